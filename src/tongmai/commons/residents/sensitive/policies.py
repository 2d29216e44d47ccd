"""What policies/access.yaml says of sensitive entries, as the rules take it."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from re import Pattern

from tongmai.commons.residents.sensitive import rules
from tongmai.commons.residents.sensitive.rules import Definition, Denials, Kind
from tongmai.foundation.orgs import policy

_LISTED = tuple(kind for kind in Kind if kind != Kind.RESTRICTED)


def kinds_of(
    codes: Iterable[str], names: Iterable[str], *, on: date, is_restricted: bool = False,
    texts: Iterable[str] = (), notes: Iterable[str] = (),
) -> str:  # fmt: skip
    """Return the sensitive kinds of an entry written on that day, as its column `sensitivity` has them.

    `texts`, `notes`: what was written freely, in a report or of a person, where a denied word does not count
    (`rules.kinds_of`).
    """
    codes, names, texts, notes = tuple(codes), tuple(names), tuple(texts), tuple(notes)
    if not any(codes) and not is_restricted and not _words(on).search("\n".join((*names, *texts, *notes))):
        return ""  # of nearly everything
    found = rules.kinds_of(
        codes, names, definitions=definitions(on), is_restricted=is_restricted,
        texts=texts, notes=notes, denials=denials(on),
    )  # fmt: skip
    return rules.stored(found)


@cache
def definitions(on: date) -> tuple[Definition, ...]:
    """Return what makes an entry sensitive on a day: the same everywhere, since entries are shared everywhere."""
    return tuple(_definition(kind, on) for kind in _LISTED)


@cache
def denials(on: date) -> Denials:
    """Return the words by which free text denies."""
    return Denials(
        policy.value("access.denying_words", on=on).items,
        policy.value("access.negative_words", on=on).items,
        policy.value("access.positive_words", on=on).items,
    )


@cache
def _words(on: date) -> Pattern[str]:
    return rules.words_of(definitions(on))


@cache
def ways(on: date) -> Mapping[str, frozenset[str]]:
    """Return by kind the ways that open it on a day."""
    return {str(kind): frozenset(policy.value(f"access.sensitive_ways.{kind}", on=on).items) for kind in Kind}


def firm_bases(on: date) -> frozenset[str]:
    """Return the bases that remain when a resident refuses to share her record."""
    return frozenset(policy.value("access.firm_bases", on=on).items)


def is_counted(on: date) -> bool:
    """Whether a reader is told how many entries are withheld from her."""
    return policy.value("access.withheld_counted", on=on).yes


def _definition(kind: Kind, on: date) -> Definition:
    codes = policy.value(f"access.sensitive_codes.{kind}", on=on).items
    return Definition(
        kind=kind,
        codes=tuple(each for each in codes if not each.startswith("!")),
        but=tuple(each[1:] for each in codes if each.startswith("!")),
        words=policy.value(f"access.sensitive_words.{kind}", on=on).items,
    )
