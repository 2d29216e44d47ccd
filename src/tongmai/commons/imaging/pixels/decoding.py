"""One frame of an image as numbers that a screen can take: 8 or 16 bit grey, or 8 bit colour."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels import apply_color_lut, apply_modality_lut, pixel_array
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian

from tongmai.commons.imaging.pixels import reading
from tongmai.commons.imaging.pixels.describing import Described, Window, describe
from tongmai.commons.imaging.pixels.errors import NoPixels, NoSuchFrame, TooLarge, Truncated, Unreadable, Unsupported

MOST_PIXELS = 64 * 1024 * 1024  # a mammogram has 24 million, a digitised film 40 million
MOST_FRAMES = 1_000_000
_SIXTEEN = 65535


@dataclass(frozen=True)
class Frame:
    """One frame.  `values`: uint8, uint16 or int16 of (rows, columns), or uint8 of (rows, columns, 3).

    `low`, `high`: the least and greatest modality value beside the padding.
    """

    values: np.ndarray
    said: Described
    index: int
    n_frames: int
    low: float
    high: float
    voi_lut: tuple[float, np.ndarray] | None = None

    @property
    def is_color(self) -> bool:
        return self.values.ndim == 3


def frame(source: reading.Source, index: int = 0) -> Frame:
    """Return one frame of a file; only its part of the file is read where the encoding allows that.

    Raises:
        NoPixels, NoSuchFrame: there is nothing to show.
        Unreadable, Truncated, Unsupported, TooLarge: there is, but it cannot be shown.
    """
    head = reading.image_head(source)
    n = reading.n_frames(head)
    if not 0 <= index < n:
        raise NoSuchFrame(frame=index + 1, n_frames=n)
    if head.Rows * head.Columns > MOST_PIXELS:
        raise TooLarge(rows=head.Rows, columns=head.Columns)
    found = _decoded(source, head, index)
    return _of_color(head, found, index, n) if found.ndim == 3 else _of_grey(head, found, index, n)


def _decoded(source: reading.Source, head: Dataset, index: int) -> np.ndarray:
    """Return the stored values of a frame, colours as RGB."""
    syntax = head.file_meta.TransferSyntaxUID
    try:
        file: Any = reading.started(source) if _is_plain_file(head, syntax) else _whole(source, head)
        found = pixel_array(file, index=index)
    except NotImplementedError as why:
        raise Unsupported(syntax=UID(syntax).name) from why
    except AttributeError as why:
        raise (Unreadable() if "PixelData" in str(why) and "Rows" in str(why) else NoPixels()) from why
    except RuntimeError as why:  # every decoder failed, or there is none
        raise _why_not_decoded(why, syntax) from why
    except reading.BROKEN as why:
        raise _why_not_read(why, syntax) from why
    if head.PhotometricInterpretation == "PALETTE COLOR":
        return _from_palette(head, found)
    return found


def _is_plain_file(head: Dataset, syntax: str) -> bool:
    """Whether the decoder can find a frame in the file by itself."""
    return syntax != DeflatedExplicitVRLittleEndian and bool(head.file_meta.get("MediaStorageSOPClassUID"))


def _whole(source: reading.Source, head: Dataset) -> Dataset:
    found = dcmread(reading.started(source), force=True)
    found.file_meta.TransferSyntaxUID = head.file_meta.TransferSyntaxUID
    return found


def _why_not_decoded(why: RuntimeError, syntax: str) -> Exception:
    said = str(why)
    if any(word in said for word in ("missing dependencies", "does not support", "with 1 bits allocated")):
        return Unsupported(syntax=UID(syntax).name)
    return _why_not_read(why, syntax)


def _why_not_read(why: BaseException, syntax: str) -> Exception:
    said = str(why).lower()
    if "not a transfer syntax" in said:
        return Unsupported(syntax=UID(syntax).name)
    is_short = any(word in said for word in _SHORT)
    return Truncated() if is_short else Unreadable()


# What decoders say of a file that ends too early.
_SHORT = (
    "less than", "number of bytes", "unexpected end", "too short", "insufficient", "truncated", "cannot reshape",
    "end of data", "buffer is smaller", "not enough",
)  # fmt: skip


def _from_palette(head: Dataset, found: np.ndarray) -> np.ndarray:
    try:
        return apply_color_lut(found, head)
    except reading.BROKEN as why:
        raise Unreadable() from why


def _of_color(head: Dataset, found: np.ndarray, index: int, n: int) -> Frame:
    if found.shape[-1] > 3:
        found = found[..., :3]
    bits = 16 if head.PhotometricInterpretation == "PALETTE COLOR" and found.dtype.itemsize == 2 else head.BitsStored
    if bits > 8:
        found = found >> (bits - 8)
    said = replace(describe(head, index), slope=1.0, intercept=0.0, windows=(), padding=None, is_inverted=False)
    return Frame(np.ascontiguousarray(found, dtype=np.uint8), said, index, n, 0.0, 255.0)


def _of_grey(head: Dataset, found: np.ndarray, index: int, n: int) -> Frame:
    said = describe(head, index)
    if head.get("ModalityLUTSequence"):
        try:
            found = apply_modality_lut(found, head)
        except reading.BROKEN as why:
            raise Unreadable() from why
        said = replace(said, slope=1.0, intercept=0.0, padding=None)
    elif found.dtype.kind in "iu":
        found = _own_bits(head, found)
    values, said = _in_sixteen(found, said)
    low, high = _range(values, said)
    return Frame(np.ascontiguousarray(values), said, index, n, low, high, _voi_lut(head))


def _own_bits(head: Dataset, found: np.ndarray) -> np.ndarray:
    """Drop what lies above the stored bits (overlays once did), and carry the sign up."""
    unused = head.BitsAllocated - head.BitsStored
    if unused <= 0 or found.dtype.itemsize * 8 != head.BitsAllocated:
        return found
    return (found << unused) >> unused


def _in_sixteen(found: np.ndarray, said: Described) -> tuple[np.ndarray, Described]:
    """Return the values in at most 16 bits; wider ones (dose, floats) are spread over them, with their own slope."""
    if found.dtype.kind in "iub" and found.dtype.itemsize == 1:
        return (found.astype(np.int16) if found.dtype.kind == "i" else found.astype(np.uint8)), said
    if found.dtype.kind in "iu" and found.dtype.itemsize == 2:
        return found.astype(found.dtype.newbyteorder("=")), said
    numbers = np.nan_to_num(found.astype(np.float64))
    low, high = float(numbers.min()), float(numbers.max())
    step = (high - low) / _SIXTEEN or 1.0
    spread = np.round((numbers - low) / step).astype(np.uint16)
    slope, intercept = said.slope * step, said.intercept + said.slope * low
    return spread, replace(said, slope=slope, intercept=intercept, padding=None)


def _range(values: np.ndarray, said: Described) -> tuple[float, float]:
    shown = values
    if said.padding:
        beside = (values < said.padding[0]) | (values > said.padding[1])
        shown = values[beside] if beside.any() else values
    ends = [float(edge) * said.slope + said.intercept for edge in (shown.min(), shown.max())]
    return min(ends), max(ends)


def _voi_lut(head: Dataset) -> tuple[float, np.ndarray] | None:
    """Return the first VOI table as (first modality value, grey of 0–255 for it and each value above)."""
    tables = head.get("VOILUTSequence")
    if not tables or "LUTDescriptor" not in tables[0] or "LUTData" not in tables[0]:
        return None
    n, first, bits = (int(each) for each in tables[0].LUTDescriptor)
    data = tables[0].LUTData
    n = n or 65536
    numbers = np.frombuffer(data, dtype="<u2") if isinstance(data, bytes) else np.asarray(data, dtype=np.uint16)
    if len(numbers) < n or not 8 <= bits <= 16:
        return None
    if not head.get("ModalityLUTSequence") and head.get("PixelRepresentation") and first >= 32768:
        first -= 65536
    return float(first), (numbers[:n].astype(np.float64) / (2**bits - 1) * 255).round().astype(np.uint8)


def usual_window(found: Frame) -> Window:
    """Return the window in which a grey frame is first shown: the file's own, else its whole range."""
    if found.said.windows:
        return found.said.windows[0]
    width = max(found.high - found.low, 1.0)
    return Window(found.low + width / 2, width)
