"""Texts of images: decoded as the image says, and where that cannot be true, visibly otherwise.

A device that writes Chinese but says Latin-1, or nothing, is the rule rather than the exception.  What it means is an
entry of the device (`Device.assumed_charset`); without one the most likely reading is shown, and the study waits.
"""

import re
from dataclasses import dataclass

from pydicom.charset import convert_encodings, decode_bytes

_DELIMITERS = {0x0A, 0x0C, 0x0D, 0x09, 0x5C, 0x5E, 0x3D}
_MULTIBYTE = frozenset({"GB18030", "GBK", "ISO_IR 192"})
_EAST_ASIAN = frozenset({"IR 58", "IR 87", "IR 149", "IR 159"})
_CODECS = {"GB18030": "gb18030", "ISO_IR 192": "utf-8"}
_ESCAPE = b"\x1b"
_PAIRS = re.compile(rb"([\x00-\x7f]|[\xa1-\xfe]{2})*")


@dataclass(frozen=True)
class Text:
    """A text; `is_repaired`: not read as the image says of itself; `is_doubtful`: nobody said what it is."""

    said: str
    is_repaired: bool = False
    is_doubtful: bool = False


def read(raw: bytes, *, declared: str, assumed: str = "") -> Text:
    """Return a text.  `declared`: Specific Character Set as received; `assumed`: what the device writes in truth."""
    raw = raw.rstrip(b"\0 ")
    if raw.isascii() and _ESCAPE not in raw:
        return Text(_clean(raw.decode("ascii")))
    as_said = _as_declared(raw, declared)
    if as_said is not None and _is_explicit(declared):
        return Text(_clean(as_said))
    if (other := _other(raw, assumed)) is not None:
        return Text(_clean(other), is_repaired=True)
    if (likely := _likely(raw)) is not None:
        return Text(_clean(likely), is_repaired=True, is_doubtful=True)
    if as_said is not None:
        return Text(_clean(as_said))
    return Text(_clean(raw.decode("latin-1")), is_repaired=True, is_doubtful=True)


def written_name(said: str) -> str:
    """Return the name as people write it: the ideographic group where there is one, else the first; family name first."""
    groups = [_joined(group) for group in said.split("=")]
    ideographic = groups[1] if len(groups) > 1 else ""
    return ideographic or groups[0]


def latin_name(said: str) -> str:
    """Return the alphabetic group, family name first."""
    return _joined(said.split("=")[0])


def _joined(group: str) -> str:
    parts = [part.strip() for part in group.split("^")]
    family, given, middle = (*parts, "", "", "")[:3]
    between = " " if (family + given).isascii() else ""
    return between.join(part for part in (family, given, middle) if part)


def _as_declared(raw: bytes, declared: str) -> str | None:
    values = [value.strip() for value in declared.split("\\")] if declared else [""]
    if len(values) == 1 and values[0] in _MULTIBYTE:
        return _strict(raw, "gb18030" if values[0] != "ISO_IR 192" else "utf-8")
    if values == [""]:
        return None
    try:
        encodings = convert_encodings(values)
        return decode_bytes(raw, encodings, _DELIMITERS)
    except (LookupError, UnicodeError, ValueError):
        return None


def _is_explicit(declared: str) -> bool:
    """Whether what was declared says more than that nobody chose: not the default, not a set of one byte."""
    values = [value.strip() for value in declared.split("\\")]
    return any(value in _MULTIBYTE or value.removeprefix("ISO 2022 ") in _EAST_ASIAN for value in values)


def _other(raw: bytes, assumed: str) -> str | None:
    return _strict(raw, _CODECS[assumed]) if assumed in _CODECS else None


def _likely(raw: bytes) -> str | None:
    """Return the text in the first of the two usual sets in which it is one of Chinese characters.

    The accents of a Western name in Latin-1 stand alone; the bytes of Chinese characters come in pairs.
    """
    for codec in ("utf-8", "gb18030"):
        said = _strict(raw, codec)
        is_paired = codec == "utf-8" or _PAIRS.fullmatch(raw)
        if said is not None and is_paired and any("\u4e00" <= character <= "\u9fff" for character in said):
            return said
    return None


def _strict(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None


def _clean(text: str) -> str:
    """Without what no name holds and no page shows: control characters."""
    if text.isprintable():
        return text.strip()
    return "".join(character for character in text if character.isprintable()).strip()
