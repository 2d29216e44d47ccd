"""Files that somebody uploads: put together, looked at before they are kept, and carried to the second step in the form."""

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from tongmai.commons.ecg import services
from tongmai.commons.ecg.flaws import Unreadable
from tongmai.commons.ecg.reading import MOST_BYTES, wfdb
from tongmai.commons.ecg.tracing import Tracing

MOST_FILES = 12
_MOST_TOGETHER = 12 * 1024 * 1024  # carried in the page between the two steps


@dataclass(frozen=True)
class Looked:
    """One recording among the uploaded files: what it holds, or why it cannot be read."""

    name: str
    content: bytes
    tracing: Tracing | None = None
    error: Unreadable | None = None

    @property
    def carried(self) -> str:
        """The file as text, for the form of the second step."""
        return base64.b64encode(zlib.compress(self.content, 6)).decode()


def looked(files: Sequence[tuple[str, bytes]]) -> list[Looked]:
    """Return the recordings in the files, each read or with the reason why not; nothing is kept.

    A WFDB header and its samples are one recording.
    """
    if len(files) > MOST_FILES or sum(len(content) for _, content in files) > _MOST_TOGETHER:
        raise Unreadable("too-large", most=_MOST_TOGETHER // 1024 // 1024)
    return [_one(name, content) for name, content in _together(files)]


def unpacked(carried: str) -> bytes:
    """Return a file that the form carried.  Raises Unreadable where somebody changed it."""
    try:
        packed = base64.b64decode(carried, validate=True)
        unfolding = zlib.decompressobj()
        content = unfolding.decompress(packed, MOST_BYTES)
    except (binascii.Error, ValueError, zlib.error):
        raise Unreadable("broken", what="form") from None
    if unfolding.unconsumed_tail:
        raise Unreadable("too-large", most=MOST_BYTES // 1024 // 1024)
    return content


def _one(name: str, content: bytes) -> Looked:
    try:
        return Looked(name, content, tracing=services.look(content))
    except Unreadable as error:
        return Looked(name, content, error=error)


def _together(files: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    headers = {PurePosixPath(name).stem: name for name, _ in files if name.lower().endswith(".hea")}
    parts: dict[str, dict[str, bytes]] = {}
    found: list[tuple[str, bytes]] = []
    for name, content in files:
        stem = PurePosixPath(name).stem
        if stem in headers or name.lower().endswith((".dat", ".mat")):
            parts.setdefault(stem, {})[name] = content
        else:
            found.append((name, content))
    return found + [(headers.get(stem, stem), wfdb.packed(group)) for stem, group in parts.items()]
