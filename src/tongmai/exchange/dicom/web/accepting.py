"""What a caller takes: media types, for pixels with their transfer syntax (PS3.18 8.7)."""

from dataclasses import dataclass
from functools import lru_cache

from pydicom.uid import (
    JPEG2000,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from tongmai.exchange.dicom.web.errors import NotAcceptable
from tongmai.exchange.dicom.web.multipart import parameters

PLAIN = str(ExplicitVRLittleEndian)
OCTETS, DICOM, JSON = "application/octet-stream", "application/dicom", "application/dicom+json"
# How a compressed frame is called when it is given as it is stored (PS3.18 table 8.7.3-3).
MEDIA = {
    str(JPEGBaseline8Bit): "image/jpeg", str(JPEGLosslessSV1): "image/jpeg", "1.2.840.10008.1.2.4.51": "image/jpeg",
    "1.2.840.10008.1.2.4.57": "image/jpeg", str(JPEGLSLossless): "image/jls", str(JPEGLSNearLossless): "image/jls",
    str(JPEG2000Lossless): "image/jp2", str(JPEG2000): "image/jp2", str(RLELossless): "image/dicom-rle",
}  # fmt: skip
# A frame by itself has no elements to be written so or so, and is given with its least byte first.
_NATIVE = frozenset(map(str, (ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian)))


@dataclass(frozen=True)
class Wanted:
    """One form that the caller takes.  `syntax`: "" where none is named."""

    media_type: str
    syntax: str
    is_multipart: bool
    weight: float


def wanted(header: str) -> list[Wanted]:
    """Return what an Accept header names, the best first; anything where there is none."""
    found = [_one(each) for each in _split(header or "*/*")]
    return sorted((each for each in found if each.weight > 0), key=lambda each: -each.weight)


@lru_cache(256)
def syntax_for(header: str, stored: str, *, of: str) -> tuple[str, str]:
    """Return (media type, transfer syntax) in which pixels stored in `stored` are given.  `of`: DICOM or OCTETS.

    What is stored is given as it is where the caller takes that; else uncompressed.

    Raises:
        NotAcceptable: the caller takes neither.
    """
    as_stored = MEDIA.get(stored, OCTETS) if of == OCTETS else DICOM
    given = PLAIN if of == OCTETS and stored in _NATIVE else stored
    for each in wanted(header):
        takes_any = each.media_type in ("*/*", "application/*")
        if each.syntax in ("*", stored) and (takes_any or each.media_type in (of, as_stored)):
            return as_stored, given
        if not each.syntax and each.media_type == as_stored and as_stored not in (OCTETS, DICOM):
            return as_stored, stored
        if each.syntax in ("", PLAIN) and (takes_any or each.media_type == of):
            return of, PLAIN
    raise NotAcceptable(asked=header[:200])


def first_of(header: str, offered: tuple[str, ...]) -> str:
    """Return the offered media type that the caller likes best.

    Raises:
        NotAcceptable: none of them.
    """
    for each in wanted(header):
        for media_type in offered:
            kind = media_type.split("/")[0]
            if each.media_type in (media_type, "*/*", f"{kind}/*"):
                return media_type
    raise NotAcceptable(asked=header[:200])


def _one(text: str) -> Wanted:
    said = parameters(text)
    name = text.split(";")[0].strip().lower()
    is_multipart = name == "multipart/related"
    try:
        weight = float(said.get("q", "1"))
    except ValueError:
        weight = 0.0
    media_type = said.get("type", "*/*").lower() if is_multipart else name
    return Wanted(media_type, said.get("transfer-syntax", ""), is_multipart, weight)


def _split(header: str) -> list[str]:
    """Return the entries of a header; a comma inside of quotes parts nothing."""
    found, is_quoted, at = [], False, 0
    for i, character in enumerate(header):
        if character == '"':
            is_quoted = not is_quoted
        elif character == "," and not is_quoted:
            found.append(header[at:i])
            at = i + 1
    return [each.strip() for each in [*found, header[at:]] if each.strip()]
