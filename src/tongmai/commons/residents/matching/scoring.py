"""What the likeness of two people is worth, with the arithmetic."""

from dataclasses import dataclass
from functools import cache
from math import log2
from typing import Any

from tongmai.commons.residents.matching import settings
from tongmai.commons.residents.matching.facts import Facts


@dataclass(frozen=True)
class Part:
    """One line of the arithmetic: a field, how far it agrees, and what that adds to the log2 of the odds."""

    field: str
    level: str
    weight: float


@dataclass(frozen=True)
class Score:
    """The log2 of the odds that two people are one, and the level of each field in the order of the settings."""

    weight: float
    levels: tuple[int, ...]

    def level(self, field: str) -> str:
        """Return the name of the level on which `field` agrees."""
        at = _fields().index(field)
        return _levels()[at][self.levels[at]][0]

    def parts(self) -> list[Part]:
        """Return the arithmetic: the starting point, then each field; the weights add up to `weight`."""
        told = [Part("prior", "", prior())]
        for field, levels, number in zip(_fields(), _levels(), self.levels, strict=True):
            name, weight = levels[number]
            told.append(Part(field, name, weight))
        return told


def score(a: Facts, b: Facts) -> Score:
    """Return the score of two people; the order of the two does not matter, except for a birthday written in two ways."""
    weight, levels = _weigh()(a, b)
    return Score(weight, levels)


@cache
def prior() -> float:
    """Return the log2 of the odds that two people of whom nothing is known are one."""
    share = settings.shipped()["probability_two_random_records_match"]
    return log2(share / (1 - share))


@cache
def _weigh() -> Any:
    # Reading the conditions takes a third of a second and thirty megabytes: only who compares people pays for it.
    from tongmai.commons.residents.matching.compiling import compiled

    return compiled(settings.shipped())


@cache
def _fields() -> list[str]:
    return [comparison["output_column_name"] for comparison in settings.shipped()["comparisons"]]


@cache
def _levels() -> list[list[tuple[str, float]]]:
    from tongmai.commons.residents.matching.compiling import worth

    return [
        [(level["label_for_charts"], worth(level)) for level in comparison["comparison_levels"]]
        for comparison in settings.shipped()["comparisons"]
    ]
