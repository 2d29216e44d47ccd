"""Which statutory disease a diagnosis means."""

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
    fits = [
        (len(prefix), disease) for disease in diseases for prefix in disease.prefixes if code.startswith(prefix)
    ]
    return max(fits, key=lambda fit: fit[0])[1] if fits else None


def is_managed_like_a(code: str, disease: Notifiable) -> bool:
    """Whether this diagnosis of the disease is managed as category A (reported within the short limit)."""
    return disease.category == "a" or any(code.startswith(prefix) for prefix in disease.fast_prefixes)
