"""Instances and frames out of the archive, in the encoding that the caller takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import SEEK_END, BytesIO
from typing import BinaryIO

from pydicom import dcmread
from pydicom.encaps import get_frame
from pydicom.pixels import pixel_array
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from tongmai.commons.imaging.opened import File
from tongmai.commons.imaging.pixels import reading
from tongmai.commons.imaging.pixels.errors import NoPixels, NoSuchFrame, Truncated, Unreadable
from tongmai.exchange.dicom.web.accepting import PLAIN
from tongmai.exchange.dicom.web.errors import NotAcceptable
from tongmai.exchange.dicom.web.multipart import Content, at_once

_LONG_HEAD, _SHORT_HEAD = 12, 8  # bytes before the pixels: explicit and implicit VR
# What is larger goes piece by piece: memory of a piece's size is reused, which is four times as fast for a film.
LARGE, _PIECE = 1 << 20, 1 << 16


@dataclass(frozen=True)
class _Layout:
    """Where the pixels of a file begin, and how long one frame is; 0 where that is not by counting."""

    begins: int
    frame_bytes: int
    n_frames: int
    is_encapsulated: bool


def instance(file: File, syntax: str, *, after: File | None = None) -> Content:
    """Return a whole file, as it is stored (opened when its pieces are taken) or uncompressed.

    `after`: what is read next; the disk begins with it meanwhile.

    Raises:
        Unreadable, NotAcceptable: it cannot be given in that transfer syntax.
    """
    if syntax == file.transfer_syntax:
        return Content(file.n_bytes, _pieces(file, 0, file.n_bytes, after))
    with file.open() as opened:
        try:
            found = dcmread(opened, force=True)
            if UID(file.transfer_syntax).is_compressed and file.n_rows:
                found.decompress()
            found.file_meta.TransferSyntaxUID = PLAIN
            out = BytesIO()
            found.save_as(out, implicit_vr=False, little_endian=True, enforce_file_format=True)
        except RuntimeError as why:  # every decoder failed, or there is none
            raise NotAcceptable(asked=PLAIN) from why
        except reading.BROKEN as why:
            raise Unreadable() from why
    return at_once(out.getvalue())


def frame(file: File, number: int, syntax: str) -> Content:
    """Return one frame (from 1), as it is stored or uncompressed with its least byte first.

    Raises:
        NoPixels, NoSuchFrame, Truncated, Unreadable, NotAcceptable.
    """
    with file.open() as opened:
        layout = _layout(file.sha256, opened)
        if not 1 <= number <= layout.n_frames:
            raise NoSuchFrame(frame=number, n_frames=layout.n_frames)
        if layout.frame_bytes:
            first = layout.begins + (number - 1) * layout.frame_bytes
            if opened.seek(0, SEEK_END) < first + layout.frame_bytes:
                raise Truncated()
            if layout.frame_bytes > LARGE:
                return Content(layout.frame_bytes, _pieces(file, first, layout.frame_bytes))
            opened.seek(first)
            return at_once(opened.read(layout.frame_bytes))
        if syntax == file.transfer_syntax and layout.is_encapsulated:
            return at_once(_fragment(opened, layout, number))
        return at_once(_decoded(opened, number))


def _pieces(file: File, first: int, n_bytes: int, after: File | None = None) -> Iterator[bytes]:
    """Yield so many bytes of a file, which has them, from the byte `first` on; the disk begins with `after` meanwhile."""
    if after is not None:
        after.expect()
    size = _PIECE if n_bytes > LARGE else n_bytes
    with file.open() as opened:
        opened.seek(first)
        for at in range(0, n_bytes, size):
            yield opened.read(min(size, n_bytes - at))


def _fragment(opened: BinaryIO, layout: _Layout, number: int) -> bytes:
    opened.seek(layout.begins)
    try:
        return get_frame(opened, number - 1, number_of_frames=layout.n_frames)
    except reading.BROKEN as why:
        raise Truncated() from why


def _decoded(opened: BinaryIO, number: int) -> bytes:
    opened.seek(0)
    try:
        found = dcmread(opened, force=True)
        values = pixel_array(found, index=number - 1, raw=True)
    except RuntimeError as why:  # every decoder failed, or there is none
        raise NotAcceptable(asked=PLAIN) from why
    except reading.BROKEN as why:
        raise Unreadable() from why
    return values.astype(values.dtype.newbyteorder("<")).tobytes()


_layouts: dict[str, _Layout] = {}
_MOST_LAYOUTS = 20_000


def _layout(key: str, opened: BinaryIO) -> _Layout:
    """Return where the pixels are; remembered, since a file never changes."""
    if key not in _layouts:
        if len(_layouts) >= _MOST_LAYOUTS:
            _layouts.clear()
        _layouts[key] = _measured(opened)
    return _layouts[key]


def _measured(opened: BinaryIO) -> _Layout:
    found = reading.image_head(opened)
    syntax = UID(found.file_meta.TransferSyntaxUID)
    begins = opened.tell() + (_SHORT_HEAD if syntax == ImplicitVRLittleEndian else _LONG_HEAD)
    n = reading.n_frames(found)
    if syntax.is_encapsulated:
        return _Layout(begins, 0, n, is_encapsulated=True)
    bits = found.Rows * found.Columns * int(found.get("SamplesPerPixel", 1)) * int(found.get("BitsAllocated", 8))
    is_counted = (
        syntax not in (DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian)
        and bits % 8 == 0
        and found.get("PhotometricInterpretation") != "YBR_FULL_422"
    )
    if not found.get("BitsAllocated"):
        raise NoPixels()
    return _Layout(begins, bits // 8 if is_counted else 0, n, is_encapsulated=False)
