"""What a search asks for: matching keys by keyword or tag, and how many (PS3.18 8.3.4)."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydicom.datadict import keyword_for_tag, tag_for_keyword

from tongmai.exchange.dicom.web.errors import WrongParameter

USUAL, MOST = 100, 1000
_OTHER = frozenset({"includefield", "fuzzymatching", "limit", "offset"})


@dataclass(frozen=True)
class Asked:
    """Values by keyword.  `not_matched`: keys that this service does not match by."""

    values: dict[str, str]
    limit: int
    offset: int
    not_matched: tuple[str, ...] = ()


def asked(query: Iterable[tuple[str, str]], *, known: frozenset[str], within: dict[str, str] | None = None) -> Asked:
    """Return what a query string asks for; `within`: what the address itself names.

    Raises:
        WrongParameter: a key that is no attribute, or a number that is none.
    """
    values, other, foreign = {}, {}, []
    for name, value in query:
        if name.lower() in _OTHER:
            other[name.lower()] = value
            continue
        keyword = _keyword(name)
        if keyword in known:
            if value.strip() and value != "*":
                values[keyword] = value.strip()[:512]
        else:
            foreign.append(keyword)
    limit = min(_whole(other, "limit", USUAL), MOST)
    return Asked(values | (within or {}), limit, _whole(other, "offset", 0), tuple(foreign))


def _keyword(name: str) -> str:
    if len(name) == 8:
        try:
            return keyword_for_tag(int(name, 16)) or _unknown(name)
        except ValueError:
            pass
    return name if tag_for_keyword(name) is not None else _unknown(name)


def _unknown(name: str) -> str:
    raise WrongParameter(name=name[:60], value="")


def _whole(said: dict[str, str], name: str, usual: int) -> int:
    value = said.get(name, "")
    if not value:
        return usual
    if not value.isdecimal() or len(value) > 9:
        raise WrongParameter(name=name, value=value[:40])
    return int(value)
