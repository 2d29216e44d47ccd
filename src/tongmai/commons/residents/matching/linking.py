"""Who is who in a whole register: people made of rows, and pairs of rows for a person to look at.

By the same weights, limits and vetoes as the index decides for one; nobody gets two valid citizen's numbers through a
third row in between.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

from tongmai.commons.residents.matching.batch import Pair
from tongmai.commons.residents.matching.facts import Facts
from tongmai.commons.residents.matching.rules import Limits, Veto, Zone, of_pair
from tongmai.commons.residents.matching.scoring import score


@dataclass(frozen=True)
class Doubt:
    """A pair of rows that may be one person."""

    other: int
    weight: float
    why: Veto | None


@dataclass
class People:
    """The rows of a register as people.  `doubts`: for a row, the heaviest pair that a person is to look at."""

    n: int
    parent: array = field(init=False)
    weights: dict[int, float] = field(default_factory=dict)  # of the pair by which a row was linked
    doubts: dict[int, Doubt] = field(default_factory=dict)
    _numbers: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parent = array("q", range(self.n))

    def person(self, row: int) -> int:
        """Return the first row of the person whose row this is."""
        while self.parent[row] != row:
            self.parent[row] = self.parent[self.parent[row]]
            row = self.parent[row]
        return row

    def link(self, pair: Pair, a: Facts, b: Facts) -> bool:
        """Make one person of two rows; False where the two people have different valid numbers already."""
        left, right = sorted((self.person(pair.left), self.person(pair.right)))
        numbers = {
            number
            for number in (
                self._numbers.get(left, ""), self._numbers.get(right, ""),
                *(each.number for each in (a, b) if each.is_number_valid),
            )
            if number
        }  # fmt: skip
        if len(numbers) > 1:
            return False
        if numbers:
            self._numbers[left] = numbers.pop()
        self.parent[right] = left
        for row in (pair.left, pair.right):
            self.weights.setdefault(row, pair.weight)
        return True

    def doubt(self, pair: Pair, why: Veto | None) -> None:
        """Keep a pair for a person to look at, at the later of the two rows."""
        row, other = max(pair.left, pair.right), min(pair.left, pair.right)
        self.doubts.setdefault(row, Doubt(other, pair.weight, why))


def people(n: int, compared: Iterable[tuple[Pair, Facts, Facts]], limits: Limits) -> People:
    """Return who is who among `n` rows; `compared` yields the pairs from the heaviest on."""
    found = People(n)
    for pair, a, b in compared:
        zone, why = of_pair(a, b, score(a, b), limits)
        if zone is Zone.LINKED and found.link(pair, a, b):
            continue
        if zone is not Zone.NEW:
            found.doubt(pair, why or (Veto.TWO_NUMBERS if zone is Zone.LINKED else None))
    # A pair whose rows came to be one person by another way is settled.
    found.doubts = {row: d for row, d in found.doubts.items() if found.person(row) != found.person(d.other)}
    return found
