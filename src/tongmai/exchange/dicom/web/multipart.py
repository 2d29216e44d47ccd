"""multipart/related (RFC 2387), as DICOMweb uses it: packed piece by piece, unpacked from one body."""

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat

from tongmai.exchange.dicom.web.errors import NotMultipart

_LONGEST_BOUNDARY = 200  # RFC 2046 allows 70; Orthanc's have 73
_PARAMETER = re.compile(r';\s*([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s;]+))')


@dataclass(frozen=True)
class Part:
    """One part that came: its media type with parameters, and its bytes."""

    media_type: str
    content: bytes


@dataclass(frozen=True)
class Content:
    """Bytes to be sent, in pieces, and how many they are."""

    n_bytes: int
    pieces: Iterable[bytes]


@dataclass(frozen=True)
class Sent:
    """One part to be sent: its media type with parameters, and its bytes."""

    media_type: str
    content: Content


def at_once(content: bytes) -> Content:
    """Return bytes that are at hand to be sent."""
    return Content(len(content), (content,))


def new_boundary() -> str:
    """Return a line that stands in no image."""
    return secrets.token_hex(16)


def written(parts: Iterable[Sent], boundary: str) -> Iterator[bytes]:
    """Yield the body for parts, without keeping more than a piece of one of them."""
    before = ""
    for part in parts:
        yield head(part, boundary, before)
        yield from part.content.pieces
        before = "\r\n"
    yield tail(boundary, before)


def length(parts: Iterable[Sent], boundary: str) -> int:
    """Return how long that body is."""
    befores = chain([""], repeat("\r\n"))
    found = [
        len(head(part, boundary, before)) + part.content.n_bytes for part, before in zip(parts, befores, strict=False)
    ]
    return sum(found) + len(tail(boundary))


def head(part: Sent, boundary: str, before: str = "") -> bytes:
    """Return what stands before the bytes of a part; `before`: the end of the line of the part before it."""
    said = f"{before}--{boundary}\r\nContent-Type: {part.media_type}\r\nContent-Length: {part.content.n_bytes}\r\n\r\n"
    return said.encode("ascii")


def tail(boundary: str, before: str = "\r\n") -> bytes:
    """Return what stands after the last part."""
    return f"{before}--{boundary}--\r\n".encode("ascii")


def related(media: str, boundary: str) -> str:
    """Return the media type of a body of such parts."""
    return f'multipart/related; type="{media}"; boundary={boundary}'


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
