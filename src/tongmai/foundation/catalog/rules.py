"""Which statutory disease a diagnosis means; how division codes and names are built."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Notifiable:
    """A statutory infectious disease of one day.

    `category` is a, b or c.  A code that begins with one of `fast_prefixes` is managed like category A.
    """

    slug: str
    name: str
    category: str
    prefixes: tuple[str, ...]
    fast_prefixes: tuple[str, ...] = ()


def notifiable_of(code: str, diseases: Iterable[Notifiable]) -> Notifiable | None:
    """Return the disease with the longest prefix of the ICD-10 `code`; None when the law does not list it.

    The longest prefix decides, so that `A33` (neonatal tetanus) is not swallowed by a wider entry.
    """
    fits = [(len(prefix), disease) for disease in diseases for prefix in disease.prefixes if code.startswith(prefix)]
    return max(fits, key=lambda fit: fit[0])[1] if fits else None


def is_managed_like_a(code: str, disease: Notifiable) -> bool:
    """Whether this diagnosis of the disease is managed as category A (reported within the short limit)."""
    return disease.category == "a" or any(code.startswith(prefix) for prefix in disease.fast_prefixes)


LEVEL_DIGITS = (2, 4, 6, 9, 12)  # province, city, county, town, village
_PARENT_DIGITS = {4: 2, 6: 4, 9: 6, 12: 9}


def parent_of(code: str) -> str:
    """Return the code of the division above; nothing for a province."""
    return code[: _PARENT_DIGITS.get(len(code), 0)]


def without_padding(code: str) -> str:
    """Return a statistical code without the zeros that fill it up to twelve digits (340124114000 → 340124114).

    A code that is short already stays; no division below the province is numbered 00 or 000.
    """
    if len(code) == 12:
        for digits in (9, 6, 4, 2):
            if code[digits:].strip("0"):
                break
            code = code[:digits]
    elif len(code) == 6 and code.endswith("00"):
        code = code[:2] if code.endswith("0000") else code[:4]
    return code


def short_name(name: str) -> str:
    """Return what people call a village: its name without the word for its committee (天井村民委员会 → 天井村)."""
    if name.endswith(("村民委员会", "村委会")):
        return name.removesuffix("民委员会").removesuffix("委会")
    return name.removesuffix("居民委员会").removesuffix("居委会")
