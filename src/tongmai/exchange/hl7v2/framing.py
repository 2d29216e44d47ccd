"""MLLP frames: <VT> message <FS><CR>, out of bytes as they arrive.  Pure; knows no socket.

Forgiven, each seen in the field: a frame in pieces, several frames in one piece; no CR after FS, blanks and line ends
between frames; no VT; no FS before the next VT; several messages in one frame; the envelopes of a batch (FHS, BHS, BTS, FTS);
a message without any frame, when its sender closes or falls silent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

VT, FS, CR = b"\x0b", b"\x1c", b"\x0d"
MOST_BYTES = 5 * 1024 * 1024
_BETWEEN = b"\r\n\t \x00"
_BEFORE = re.compile(rb"[\r\n\t \x00\x0b]*")
_HEADER = re.compile(rb"(?:^|[\r\n])(?=MSH[^A-Za-z0-9\s])")
_ENVELOPE = re.compile(rb"(?:^|(?<=[\r\n]))(?:FHS|BHS|BTS|FTS)[^\r\n]*[\r\n]*")


@dataclass(frozen=True)
class Frame:
    """One message as it came.  `is_too_long`: only its beginning; `is_cut`: it ends in the middle of a segment."""

    body: bytes
    is_too_long: bool = False
    is_cut: bool = False

    @property
    def is_whole(self) -> bool:
        return not (self.is_too_long or self.is_cut)


class Framer:
    """Cuts one connection's bytes into messages."""

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._buffer = bytearray()
        self._searched = 0  # so far no FS and no further VT was found
        self._is_skipping = False

    @property
    def has_begun(self) -> bool:
        """Whether part of a message is here, and its end is not."""
        return self._is_skipping or self._begins_at() < len(self._buffer)

    @property
    def n_bytes(self) -> int:
        """How much is held of a message whose end is not here."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Take further bytes and yield the messages that are whole now."""
        self._buffer += data
        while (cut := self._next_cut()) is not None:
            body, self._buffer = bytes(self._buffer[: cut[0]]), self._buffer[cut[1] :]
            self._searched = 0
            was_skipping, self._is_skipping = self._is_skipping, False
            if not was_skipping:
                yield from _messages(body, self._most)
        if len(self._buffer) > self._most:
            if not self._is_skipping:
                self._is_skipping = True
                yield Frame(bytes(self._buffer[:4096]).strip(_BETWEEN + VT), is_too_long=True)
            self._buffer.clear()
            self._searched = 0
        elif self._begins_at() == len(self._buffer):
            self._buffer.clear()  # blanks alone are nothing, however many come
            self._searched = 0

    def rest(self) -> Iterator[Frame]:
        """Yield what stands without its end, once nothing more comes: a sender that frames nothing or forgot the end."""
        body, was_skipping = bytes(self._buffer), self._is_skipping
        is_cut = not body.rstrip(b" \t\x00").endswith((b"\r", b"\n"))
        self._buffer.clear()
        self._searched, self._is_skipping = 0, False
        frames = [] if was_skipping else list(_messages(body, self._most))
        yield from frames[:-1]
        yield from (replace(frame, is_cut=is_cut) for frame in frames[-1:])

    def _next_cut(self) -> tuple[int, int] | None:
        """Return where the first message ends, and where what follows it begins."""
        end = self._buffer.find(FS, self._searched)
        again = self._buffer.find(VT, max(self._begins_at(), self._searched))
        self._searched = len(self._buffer)
        if again >= 0 and (end < 0 or again < end):
            return again, again  # the end was forgotten
        return (end, end + 1) if end >= 0 else None

    def _begins_at(self) -> int:
        found = _BEFORE.match(self._buffer)
        return found.end() if found else 0


def _messages(body: bytes, most: int) -> Iterator[Frame]:
    """Yield the messages of one frame; what is no message at all is one too, and refused by who reads it."""
    body = _ENVELOPE.sub(b"", body.strip(_BETWEEN + VT))
    if not body.strip(_BETWEEN):
        return
    starts = [found.end() for found in _HEADER.finditer(body)]
    if len(starts) < 2 or starts[0] != 0:
        yield Frame(body[: most + 1], is_too_long=len(body) > most)
        return
    for begin, end in zip(starts, [*starts[1:], len(body)], strict=True):
        part = body[begin:end].strip(_BETWEEN)
        yield Frame(part[: most + 1], is_too_long=len(part) > most)


def framed(body: bytes) -> bytes:
    """Return an answer as it goes out."""
    return VT + body + FS + CR
