"""What a local code means, and how alike two names are.  Pure."""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from tongmai.foundation.terminology.choices import CodeSet, Relation, Standing

# Codes of these sets are built alike everywhere; the same code written by chance is no danger.  A number of nine digits
# in a price list is only known to be the national one when its name says so too.
SPEAKING_SETS = frozenset({CodeSet.DIAGNOSES})

_TIED = (Relation.EQUIVALENT, Relation.WIDER, Relation.NARROWER)
_PARTLY = 0.9  # of a name that is wholly inside the other one
_LONG_ENOUGH = 3  # characters, for a part to say anything
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Facts:
    """What decides about a local code: the decision, and what of the unified set is in force on the day."""

    code_set: str
    relation: str = ""  # "" while nobody has decided
    is_target_in_force: bool = False  # the unified code that was chosen
    is_code_in_force: bool = False  # the same code is in the unified set
    is_name_alike: bool = False  # under the same name, or the sender gives none


def standing(facts: Facts) -> Standing:
    """Return where a local code stands.  A person's decision goes before everything that follows by itself."""
    if facts.relation == Relation.NONE:
        return Standing.NONE
    if facts.relation in _TIED:
        return Standing.MAPPED if facts.is_target_in_force else Standing.GONE
    if facts.is_code_in_force and facts.is_name_alike:
        return Standing.AUTOMATIC
    if facts.is_code_in_force and facts.code_set in SPEAKING_SETS:
        return Standing.CHECK
    return Standing.UNMAPPED


def likeness(name: str, other: str) -> float:
    """Return how alike two squeezed names are, 0–1.  Numbers that differ (2型, 500mg) keep two names apart."""
    if not name or not other:
        return 0.0
    alike = fuzz.ratio(name, other) / 100
    if min(len(name), len(other)) >= _LONG_ENOUGH and (name in other or other in name):
        alike = max(alike, _PARTLY * min(1.0, 0.6 + 0.4 * min(len(name), len(other)) / max(len(name), len(other))))
    return alike if _DIGITS.findall(name) == _DIGITS.findall(other) else alike * 0.8


def shared_beginning(code: str, other: str) -> int:
    """Return how many characters two codes have in common at their beginning."""
    n = 0
    for a, b in zip(code.upper(), other.upper(), strict=False):
        if a != b:
            break
        n += 1
    return n
