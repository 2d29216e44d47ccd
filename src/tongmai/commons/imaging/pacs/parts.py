"""The bodies of STOW-RS and WADO-RS: one instance in a multipart/related (RFC 2387)."""

import json
import re
import secrets

from tongmai.commons.imaging.archive import Pieces

MEDIA = "application/dicom"
# As it is stored, whatever that is.  Without the asterisk the PACS would have to encode it anew.
AS_STORED = f'multipart/related; type="{MEDIA}"; transfer-syntax=*'
ANSWER = "application/dicom+json"
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))', re.IGNORECASE)
_FAILED, _REASON = "00081198", "00081197"


def wrapped(pieces: Pieces) -> tuple[str, Pieces, int]:
    """Return the media type, the pieces and the length of a body that holds one file."""
    line = secrets.token_hex(16)
    before = f"--{line}\r\nContent-Type: {MEDIA}\r\n\r\n".encode("ascii")
    after = f"\r\n--{line}--\r\n".encode("ascii")
    body = (before, *pieces, after)
    return f'multipart/related; type="{MEDIA}"; boundary={line}', body, sum(map(len, body))


def unwrapped(body: bytes, media_type: str) -> memoryview | None:
    """Return the one file in an answer; None where there is not just one, or it breaks off."""
    if media_type.lower().startswith(MEDIA) and not media_type.lower().startswith(ANSWER):
        return memoryview(body)  # some give a single instance without wrapping
    said = _BOUNDARY.search(media_type)
    if not media_type.lower().startswith("multipart/related") or said is None:
        return None
    mark = b"--" + (said[1] or said[2]).encode("latin-1", "replace")
    begins, ends = body.find(b"\r\n\r\n"), body.rfind(b"\r\n" + mark + b"--")
    if not body.lstrip(b"\r\n").startswith(mark) or not 0 <= begins < ends:
        return None
    return memoryview(body)[begins + 4 : ends]


def failure(body: bytes) -> int:
    """Return why an instance was not stored (PS3.18 table I.2-2), as its answer says; 0 where it says nothing."""
    try:
        return int(json.loads(body)[_FAILED]["Value"][0][_REASON]["Value"][0])
    except (ValueError, KeyError, IndexError, TypeError):
        return 0
