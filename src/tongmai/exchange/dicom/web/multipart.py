"""multipart/related (RFC 2387), as DICOMweb uses it: packed piece by piece, unpacked from one body."""

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tongmai.exchange.dicom.web.errors import NotMultipart

_LONGEST_BOUNDARY = 200  # RFC 2046 allows 70; Orthanc's have 73
_PARAMETER = re.compile(r';\s*([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s;]+))')


@dataclass(frozen=True)
class Part:
    """One part: its media type with parameters, and its pieces."""

    media_type: str
    content: bytes


def new_boundary() -> str:
    """Return a line that stands in no image."""
    return secrets.token_hex(16)


def written(parts: Iterable[Part], boundary: str) -> Iterator[bytes]:
    """Yield the body for parts, without keeping more than one of them."""
    for part in parts:
        head = f"--{boundary}\r\nContent-Type: {part.media_type}\r\nContent-Length: {len(part.content)}\r\n\r\n"
        yield head.encode("ascii")
        yield part.content
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode("ascii")


def parameters(header: str) -> dict[str, str]:
    """Return the parameters of a media type, names in small letters."""
    return {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(header)}


def parts_of(body: bytes, content_type: str) -> list[Part]:
    """Return the parts of a body.

    Raises:
        NotMultipart: it is not written so, or ends before its last boundary.
    """
    boundary = parameters(content_type).get("boundary", "")
    if not content_type.lower().startswith("multipart/related") or not 0 < len(boundary) <= _LONGEST_BOUNDARY:
        raise NotMultipart()
    mark = b"\r\n--" + boundary.encode("latin-1", "replace")
    pieces = (b"\r\n" + body).split(mark)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise NotMultipart()
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> Part:
    head, blank, content = piece.partition(b"\r\n\r\n")
    if not blank:
        raise NotMultipart()
    media_type = ""
    for line in head.decode("latin-1").split("\r\n"):
        name, _colon, value = line.partition(":")
        if name.strip().lower() == "content-type":
            media_type = value.strip()
    return Part(media_type, content)
