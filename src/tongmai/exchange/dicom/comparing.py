"""Is the person of an image the person of the order?  Nothing is guessed: what is not plainly equal is a doubt."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

# What does the same work under another name.
_ALIKE = ({"CR", "DX", "DR", "RG"},)
_SEX = {"male": "M", "female": "F"}


@dataclass(frozen=True)
class Said:
    """What the image says."""

    accession: str
    number: str
    name: str
    latin: str
    sex: str
    born_on: date | None
    modality: str
    is_doubtful: bool = False  # nobody knows in which characters its name is written


@dataclass(frozen=True)
class Ordered:
    """What the order says.  `readings`: of the name in pinyin, without blanks; `number`: the platform's own."""

    number: str
    name: str
    readings: tuple[str, ...]
    sex: str
    born_on: date | None
    modality: str
    is_cancelled: bool = False
    is_here: bool = True  # it is to be performed where the device stands


def doubts(said: Said, ordered: Ordered | None) -> tuple[str, ...]:
    """Return why it is not sure that the image belongs to the order; nothing means that it is.

    Sure is: the order is performed here with this kind of device, the name is the same, at least the number or the
    birth date is the same, and nothing that is said contradicts.
    """
    if not said.accession:
        return ("no-accession",)
    if ordered is None:
        return ("unknown-order",)
    is_born_then = said.born_on is not None and said.born_on == ordered.born_on
    is_numbered = bool(said.number) and said.number.lower() == ordered.number.lower()
    found = [
        ("cancelled-order", ordered.is_cancelled),
        ("other-site", not ordered.is_here),
        ("other-modality", not _same_kind(said.modality, ordered.modality)),
        ("charset", said.is_doubtful),
        ("other-name", not _same_name(said, ordered)),
        ("other-sex", said.sex in ("M", "F") and _SEX.get(ordered.sex, said.sex) != said.sex),
        ("other-birth", None not in (said.born_on, ordered.born_on) and not is_born_then),
        # A device may write the hospital's own number; with the same birth date that speaks against nobody.
        ("other-number", bool(said.number) and not is_numbered and not is_born_then),
        ("too-little", not said.number and not is_born_then),
    ]
    return tuple(code for code, holds in found if holds)


def _same_kind(a: str, b: str) -> bool:
    return not b or a == b or any({a, b} <= alike for alike in _ALIKE)


def _same_name(said: Said, ordered: Ordered) -> bool:
    if said.name and not said.name.isascii():
        return _plain(said.name) == _plain(ordered.name)
    spelt = _plain(said.latin)
    return bool(spelt) and (spelt in ordered.readings or spelt == _plain(ordered.name))


def _plain(text: str) -> str:
    return "".join(_letters(text)).lower()


def _letters(text: str) -> Iterable[str]:
    return (character for character in text if character.isalnum())
