"""Long values that are not written into the metadata: palettes, overlays, enclosed documents.  Each has an address there."""

import re

from pydicom.dataset import Dataset

from tongmai.commons.imaging import documents
from tongmai.commons.imaging.opened import File
from tongmai.exchange.dicom.web.accepting import OCTETS
from tongmai.kernel.errors import NotFound

# Of an element, or of one in an item (from 0) of a sequence: 00420011, 54000100.0.54001010.
_PLACE = re.compile(r"(?:[0-9A-Fa-f]{8}\.\d{1,6}\.){0,8}[0-9A-Fa-f]{8}")
_WORDS = {"OW": 2, "OL": 4, "OF": 4, "OD": 8, "OV": 8}


def value_at(place: str, *, of: File) -> tuple[tuple[str, ...], bytes]:
    """Return the media types in which a value is given, the fitting one first, and its bytes, the least first.

    Raises:
        NotFound: there is no such value, or it stands in the metadata.
    """
    if not _PLACE.fullmatch(place):
        raise NotFound()
    found, (*way, tag) = of.head(), place.split(".")
    try:
        for sequence, n in zip(way[::2], way[1::2], strict=True):
            found = found[int(sequence, 16)].value[int(n)]
        element = found[int(tag, 16)]
    except (KeyError, IndexError, TypeError, AttributeError) as why:
        raise NotFound() from why
    if not isinstance(element.value, bytes):
        raise NotFound()
    size = 1 if found.original_encoding[1] is not False else _WORDS.get(element.VR, 1)
    return _media(found, element.keyword), _turned(element.value, size)


def _media(found: Dataset, keyword: str) -> tuple[str, ...]:
    # As it says itself where that is harmless: another kind would be shown by the browser as a page of ours.
    is_pdf = keyword == "EncapsulatedDocument" and documents.is_pdf(found)
    return (documents.PDF, OCTETS) if is_pdf else (OCTETS,)


def _turned(value: bytes, size: int) -> bytes:
    """Return words of `size` bytes the other way round."""
    return b"".join(value[i : i + size][::-1] for i in range(0, len(value), size)) if size > 1 else value
