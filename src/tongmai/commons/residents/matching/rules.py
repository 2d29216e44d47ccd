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
    OTHER_GIVEN_NAME = "other-given-name"  # born on one day in one family: twins, or a mistake
    OTHER_PERSONS_NUMBER = "other-persons-number"  # one number, but neither the name nor the birthday
    NO_NAME = "no-name"  # a newborn or unnamed patient whom no number identifies
    TOLD_APART = "told-apart"  # a person decided that the two are different
    TWO_ALIKE = "two-alike"  # another entry is nearly as much like her


@dataclass(frozen=True)
class Limits:
    """From which weight on (log2 of the odds) a person is linked or shown, and how far the next must lie behind."""

    link: float
    margin: float
    review: float


@dataclass(frozen=True)
class Candidate:
    """Somebody with whom a person was compared; `whose` names her, `told_apart`: a person has said they are two."""

    whose: Any
    facts: Facts
    score: Score
    told_apart: bool = False


@dataclass(frozen=True)
class Decision:
    """What the index decides; `best` and `margin` are None where nobody is like her."""

    zone: Zone
    best: Candidate | None = None
    margin: float | None = None
    why: Veto | None = None


_SAME_NAME = {"exact", "homophone"}
_SAME_BIRTH = {"exact", "swapped", "lunar", "near"}


def decide(of: Facts, candidates: Sequence[Candidate], limits: Limits) -> Decision:
    """Decide whose a registration is.  `candidates`: each entry with which it was compared, several of one person too."""
    ranked = _best_of_each([each for each in candidates if not each.told_apart])
    if not ranked or ranked[0].score.weight < limits.review:
        return Decision(Zone.NEW)
    best = ranked[0]
    margin = best.score.weight - ranked[1].score.weight if len(ranked) > 1 else None
    why = why_not_linked(of, best.facts, best.score)
    if why is Veto.TWO_NUMBERS and best.score.level("name") not in _SAME_NAME:
        return Decision(Zone.NEW)  # two numbers and two names: twins, or people of one house
    if why is None and margin is not None and margin < limits.margin:
        why = Veto.TWO_ALIKE
    is_linked = why is None and best.score.weight >= limits.link
    return Decision(Zone.LINKED if is_linked else Zone.REVIEW, best, margin, why)


def why_not_linked(a: Facts, b: Facts, score: Score) -> Veto | None:
    """Return what forbids to link two people without a person, whatever their weight; None when nothing does."""
    same_name = score.level("name") in _SAME_NAME
    same_number = a.is_number_valid and a.number == b.number
    if a.is_number_valid and b.is_number_valid and not same_number:
        return Veto.TWO_NUMBERS
    if same_number:
        is_nobody_of_both = not same_name and score.level("born") not in _SAME_BIRTH
        return Veto.OTHER_PERSONS_NUMBER if is_nobody_of_both and a.name and b.name else None
    if not (a.name and b.name):
        return None if a.insurance and a.insurance == b.insurance else Veto.NO_NAME
    if not same_name and score.level("born") == "exact" and a.surname == b.surname:
        return Veto.OTHER_GIVEN_NAME
    return None


def _best_of_each(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the best entry of each person, the best person first; equals in a fixed order."""
    ranked = sorted(candidates, key=lambda each: (-each.score.weight, str(each.whose)))
    seen: dict[Any, Candidate] = {}
    for each in ranked:
        seen.setdefault(each.whose, each)
    return list(seen.values())
