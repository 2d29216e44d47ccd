"""Under which keys a person is looked up: whoever shares one with her is compared with her."""

from functools import lru_cache
from hashlib import blake2b

from tongmai.commons.residents.matching.facts import Facts

# Each is a column of a whole register, and a kind of key in the index.
KINDS = (
    "by_number",
    "by_insurance",
    "by_phone_name",
    "by_phone_birth",
    "by_name_year",
    "by_birth_surname",
    "by_village",
)


def keys(of: Facts) -> tuple[str, ...]:
    """Return the keys of a person in the order of `KINDS`, "" where she has none of that kind.

    Together they find her through any one mistake: a number, an insurance number, a telephone with a name or a birthday,
    the reading of her name with the year, the birthday with the surname, the reading of her name in her village.
    """
    given = of.pinyin[len(of.surname) :][:2]
    return (
        of.number,
        of.insurance,
        f"{of.phone} {given}" if of.phone and given else "",
        f"{of.phone} {of.born}" if of.phone and of.born else "",
        f"{of.pinyin} {of.born[:4]}" if of.pinyin and of.born else "",
        f"{of.born} {of.surname}" if of.born and of.surname else "",
        f"{of.pinyin} {of.village}" if of.pinyin and of.village else "",
    )


@lru_cache(maxsize=4096)  # she is looked up, waits her turn, and is entered under them
def stored_keys(of: Facts) -> frozenset[int]:
    """Return the keys as the index stores them: signed numbers of eight bytes."""
    return frozenset(_digest(kind, key) for kind, key in zip("iuptnbv", keys(of), strict=True) if key)


def _digest(kind: str, key: str) -> int:
    return int.from_bytes(blake2b(f"{kind}{key}".encode(), digest_size=8).digest(), "big", signed=True)
