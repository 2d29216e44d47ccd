"""The head of an image file: everything but its pixels."""

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tongmai.commons.imaging.pixels.errors import NoPixels, Unreadable

Source = Path | BinaryIO  # a file by its path, or opened
# What pydicom, and what lies below it, raises on files that are not what they say.
BROKEN = (
    InvalidDicomError,
    BytesLengthException,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    EOFError,
    IndexError,
    struct.error,
    zlib.error,
)


def head(source: Source) -> Dataset:
    """Return the data set of a file without its pixels.

    Raises:
        Unreadable: this is no DICOM file, or it breaks off before the pixels.
    """
    try:
        found = dcmread(started(source), stop_before_pixels=True, force=True)
        _give_syntax(found)
        if "SOPClassUID" not in found and "Rows" not in found:
            raise Unreadable()
    except BROKEN as why:
        raise Unreadable() from why
    return found


def image_head(source: Source) -> Dataset:
    """Return the head of a file that should hold an image.

    Raises:
        NoPixels: it describes none.
        Unreadable: as `head`.
    """
    found = head(source)
    if not found.get("Rows") or not found.get("Columns"):
        raise NoPixels()
    return found


def started(source: Source) -> Source:
    """Return the file, read from its beginning."""
    if not isinstance(source, Path):
        source.seek(0)
    return source


def n_frames(head: Dataset) -> int:
    """Return how many frames the file says that it has; 0 for what is no image."""
    if not head.get("Rows"):
        return 0
    try:
        return max(1, int(head.get("NumberOfFrames") or 1))
    except (TypeError, ValueError):
        return 1


def _give_syntax(found: Dataset) -> None:
    """A file without a file meta says by its bytes how it is written; others leave only this element out."""
    if found.file_meta.get("TransferSyntaxUID"):
        return
    is_implicit, is_little = found.original_encoding
    uncompressed = ExplicitVRLittleEndian if is_little else ExplicitVRBigEndian
    found.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if is_implicit else uncompressed
