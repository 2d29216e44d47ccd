"""What stands in a data set before its pixels, and whether it is whole.

pydicom builds an object for every element; an archive needs two dozen texts and must know whether the last byte is
there.  So the elements are walked over by their lengths alone: nothing is decoded that is not asked for, and a length
that leads beyond the end is found at once, also in the pixel data.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

PIXELS = 0x7FE00010
_UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_ENDS, _SEQUENCE_ENDS = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
LONG = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
_MOST_DEPTH = 40
_HEADS = {order: struct.Struct(order + "HH2sH").unpack_from for order in "<>"}
_LENGTHS = {order: struct.Struct(order + "I").unpack_from for order in "<>"}


class Broken(Exception):
    """This is no data set; `at` is the byte at which that is seen."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class CutOff(Broken):
    """It ends in the middle."""


@dataclass
class Header:
    """The wanted elements as bytes by tag.  `n_pixel_bytes`: None without pixel data; `n_fragments`: of compressed ones."""

    values: dict[int, bytes] = field(default_factory=dict)
    n_pixel_bytes: int | None = None
    n_fragments: int = 0
    is_encapsulated: bool = False
    byteorder: Literal["little", "big"] = "little"

    def text(self, tag: int) -> str:
        """Return an element whose characters are ASCII by definition (UIDs, codes, dates, numbers)."""
        return self.values.get(tag, b"").decode("ascii", "replace").strip(" \0")

    def number(self, tag: int) -> int:
        """Return an unsigned 16-bit number; 0 where there is none."""
        value = self.values.get(tag, b"")
        return int.from_bytes(value[:2], self.byteorder) if len(value) >= 2 else 0


@dataclass(frozen=True)
class _Way:
    """How elements are written."""

    is_explicit: bool
    order: str  # "<" or ">"


def read(data: bytes | memoryview, *, is_implicit: bool, is_big_endian: bool = False, wanted: Iterable[int]) -> Header:
    """Walk over a whole data set and return what is wanted of it.

    Raises:
        CutOff: it ends in the middle.  Broken: these bytes are no data set.
    """
    way = _Way(not is_implicit, ">" if is_big_endian else "<")
    found = Header(byteorder="big" if is_big_endian else "little")
    view, tags, at, before = memoryview(data), frozenset(wanted), 0, 0
    while at < len(view):
        tag, vr, length, start = _element(view, at, way)
        if tag <= before or tag >> 16 == 0xFFFE:
            raise Broken(at)
        before = tag
        if length == _UNDEFINED:
            at = _undefined(view, start, tag, vr, way, found)
            continue
        if start + length > len(view):
            raise CutOff(at)
        if tag == PIXELS:
            found.n_pixel_bytes = length
        elif tag in tags:
            found.values[tag] = bytes(view[start : start + length])
        at = start + length
    return found


def _element(view: memoryview, at: int, way: _Way) -> tuple[int, bytes, int, int]:
    """Return tag, VR, length and where the value begins."""
    if at + 8 > len(view):
        raise CutOff(at)
    group, number, vr, length = _HEADS[way.order](view, at)
    tag = group << 16 | number
    if not way.is_explicit or group == 0xFFFE:
        return tag, b"", _LENGTHS[way.order](view, at + 4)[0], at + 8
    if not (vr.isalpha() and vr.isupper()):
        raise Broken(at)
    if vr not in LONG:
        return tag, vr, length, at + 8
    if at + 12 > len(view):
        raise CutOff(at)
    return tag, vr, _LENGTHS[way.order](view, at + 8)[0], at + 12


def _undefined(view: memoryview, start: int, tag: int, vr: bytes, way: _Way, found: Header) -> int:
    if tag == PIXELS:
        end, found.n_fragments = _fragments(view, start, way)
        found.is_encapsulated, found.n_pixel_bytes = True, end - start
        return end
    # A sequence whose VR nobody knew is written in implicit VR, whatever the rest is (PS3.5 6.2.2, note 2).
    return _sequence(view, start, _Way(False, way.order) if vr == b"UN" else way, 0)


def _fragments(view: memoryview, at: int, way: _Way) -> tuple[int, int]:
    """Return where compressed pixel data ends, and how many fragments it has beside the table of offsets."""
    n = -1
    while True:
        tag, _vr, length, start = _element(view, at, way)
        if tag == _SEQUENCE_ENDS:
            return start, max(n, 0)
        if tag != _ITEM or length == _UNDEFINED:
            raise Broken(at)
        if start + length > len(view):
            raise CutOff(at)
        n, at = n + 1, start + length


def _sequence(view: memoryview, at: int, way: _Way, depth: int) -> int:
    if depth > _MOST_DEPTH:
        raise Broken(at)
    while True:
        tag, _vr, length, start = _element(view, at, way)
        if tag == _SEQUENCE_ENDS:
            return start
        if tag != _ITEM:
            raise Broken(at)
        at = _item(view, start, way, depth) if length == _UNDEFINED else start + length
        if at > len(view):
            raise CutOff(start)


def _item(view: memoryview, at: int, way: _Way, depth: int) -> int:
    while True:
        tag, vr, length, start = _element(view, at, way)
        if tag == _ITEM_ENDS:
            return start
        if length == _UNDEFINED:
            at = _sequence(view, start, _Way(False, way.order) if vr == b"UN" else way, depth + 1)
        else:
            at = start + length
        if at > len(view):
            raise CutOff(start)
