"""multipart/related (RFC 2387), as DICOMweb uses it: packed and unpacked piece by piece."""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat

from django.core.exceptions import RequestDataTooBig

from tongmai.exchange.dicom.web.errors import NotMultipart

_PIECE = 1 << 20
_LONGEST_BOUNDARY = 200  # RFC 2046 allows 70; Orthanc's have 73
_PARAMETER = re.compile(r';\s*([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s;]+))')


@dataclass(frozen=True)
class Part:
    """One part that came: its media type with parameters, and its bytes."""

    media_type: str
    content: bytes | memoryview


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


def parts_of(read: Callable[[int], bytes], content_type: str, *, most: int) -> Iterator[Part]:
    """Yield the parts of a body, each as soon as it is whole, without keeping more than one of them.

    `read`: returns at most so many bytes of the body, none at its end; `most`: bytes of one part.

    Raises:
        NotMultipart: it is not written so, or ends before its last boundary.
        RequestDataTooBig: a part is longer.
    """
    boundary = parameters(content_type).get("boundary", "")
    if not content_type.lower().startswith("multipart/related") or not 0 < len(boundary) <= _LONGEST_BOUNDARY:
        raise NotMultipart()
    return _Unpacking(read, b"\r\n--" + boundary.encode("latin-1", "replace"), most).parts()


class _Unpacking:
    """What has been read of a body and not yet been given; `mark`: what stands between two parts."""

    def __init__(self, read: Callable[[int], bytes], mark: bytes, most: int) -> None:
        self._read, self._mark, self._most = read, mark, most
        self._here = bytearray(b"\r\n")  # the first boundary stands at the beginning of a line, too

    def parts(self) -> Iterator[Part]:
        self._up_to_mark()  # what stands before the first is none
        while not self._is_last():
            yield self._taken(self._find())

    def _up_to_mark(self) -> None:
        del self._here[: self._find() + len(self._mark)]

    def _is_last(self) -> bool:
        while len(self._here) < 2:
            self._more()
        return self._here.startswith(b"--")

    def _find(self) -> int:
        """Return where the next mark begins, having read that far."""
        begin = 0
        while (found := self._here.find(self._mark, begin)) < 0:
            if len(self._here) > self._most:
                raise RequestDataTooBig()
            begin = max(0, len(self._here) - len(self._mark) + 1)
            self._more()
        return found

    def _more(self) -> None:
        piece = self._read(_PIECE)
        if not piece:
            raise NotMultipart()
        self._here += piece

    def _taken(self, n_bytes: int) -> Part:
        head = self._here.find(b"\r\n\r\n", 0, n_bytes)
        if head < 0:
            raise NotMultipart()
        media_type = ""
        for line in self._here[:head].decode("latin-1").split("\r\n"):
            name, _colon, value = line.partition(":")
            if name.strip().lower() == "content-type":
                media_type = value.strip()
        whole, self._here = (
            self._here,
            self._here[n_bytes + len(self._mark) :],
        )  # not copied: it may be a film of gigabytes
        return Part(media_type, memoryview(whole)[head + 4 : n_bytes])
