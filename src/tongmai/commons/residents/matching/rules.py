"""What follows from a likeness: linked, shown to a person, or somebody new."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tongmai.commons.residents.matching.facts import Facts
from tongmai.commons.residents.matching.scoring import Score


class Zone(StrEnum):
    LINKED = "linked"
    REVIEW = "review"
    NEW = "new"


class Veto(StrEnum):
    """Why two who are alike are not linked without a person."""

    TWO_NUMBERS = "two-numbers"  # each has a valid citizen's number, and they differ
    OTHER_GIVEN_NAME = "other-given-name"  # another name, and no number that says she is the same: twins, relatives
    OTHER_PERSONS_NUMBER = "other-persons-number"  # one number, but neither the name nor the birthday
    NO_NAME = "no-name"  # a newborn or unnamed patient whom no number identifies
    TWO_ALIKE = "two-alike"  # another entry is nearly as much like her


# Of these a person mostly says that they are two; of the other vetoes, that they are one.
LIKELY_TWO = frozenset({Veto.OTHER_GIVEN_NAME, Veto.OTHER_PERSONS_NUMBER})


@dataclass(frozen=True)
class Limits:
    """From which weight on (log2 of the odds) a person is linked or shown, and how far the next must lie behind."""

    link: float
    margin: float
    review: float


@dataclass(frozen=True)
class Candidate:
    """Somebody with whom a person was compared; `whose` names her."""

    whose: Any
    facts: Facts
    score: Score


@dataclass(frozen=True)
class Decision:
    """What the index decides; `best` and `margin` are None where nobody is like her."""

    zone: Zone
    best: Candidate | None = None
    margin: float | None = None
    why: Veto | None = None


_SAME_NAME = {"exact", "homophone"}
_OTHER_NAME = {"surname", "other"}
_SAME_BIRTH = {"exact", "swapped", "lunar", "near"}


def decide(of: Facts, candidates: Sequence[Candidate], limits: Limits) -> Decision:
    """Decide whose a registration is.  `candidates`: each entry with which it was compared, several of one person too."""
    ranked = _best_of_each(candidates)
    if not ranked:
        return Decision(Zone.NEW)
    best = ranked[0]
    margin = best.score.weight - ranked[1].score.weight if len(ranked) > 1 else None
    zone, why = of_pair(of, best.facts, best.score, limits)
    if zone is Zone.LINKED and margin is not None and margin < limits.margin:
        return Decision(Zone.REVIEW, best, margin, Veto.TWO_ALIKE)
    return Decision(zone, best, margin, why)


def of_pair(a: Facts, b: Facts, score: Score, limits: Limits) -> tuple[Zone, Veto | None]:
    """Decide for two people, whoever else is alike: linked, shown to a person (and why), or two."""
    if score.weight < limits.review:
        return Zone.NEW, None
    why = why_not_linked(a, b, score)
    if why is Veto.TWO_NUMBERS and score.level("name") not in _SAME_NAME:
        return Zone.NEW, why  # two numbers and two names: twins, or people of one house
    return (Zone.LINKED if why is None and score.weight >= limits.link else Zone.REVIEW), why


def why_not_linked(a: Facts, b: Facts, score: Score) -> Veto | None:
    """Return what forbids to link two people without a person, whatever their weight; None when nothing does."""
    name, born = score.level("name"), score.level("born")
    same_number = a.is_number_valid and a.number == b.number
    if a.is_number_valid and b.is_number_valid and not same_number:
        return Veto.TWO_NUMBERS
    if same_number:
        return None if name in _SAME_NAME or born in _SAME_BIRTH else Veto.OTHER_PERSONS_NUMBER
    if not (a.name and b.name):
        return None if a.insurance and a.insurance == b.insurance else Veto.NO_NAME
    if name in _OTHER_NAME or (name == "near" and born == "exact" and a.surname == b.surname):
        return Veto.OTHER_GIVEN_NAME
    return None


def _best_of_each(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the best entry of each person, the best person first; equals in a fixed order."""
    ranked = sorted(candidates, key=lambda each: (-each.score.weight, str(each.whose)))
    seen: dict[Any, Candidate] = {}
    for each in ranked:
        seen.setdefault(each.whose, each)
    return list(seen.values())
