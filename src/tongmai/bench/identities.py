"""Who the copies are: names, numbers and what they are found by, made by the same functions that the services use."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from random import Random

from tongmai.commons.residents import rules
from tongmai.config.demo import people
from tongmai.kernel.citizen_id import masked

LOADED_PAIRS = 400  # of the 500 that a birthday and a sex have; the rest is for those who are registered in a run
GROWN = 21
OLD = 92


@dataclass(frozen=True)
class Identity:
    """An invented person.  `born_on` is an ordinal."""

    name: str
    number: str
    masked: str
    phone: str
    born_on: int
    address: str


class Identities:
    """Gives out people, each number once; `share` of `n_shares` processes gives out its own numbers."""

    def __init__(self, random: Random, *, share: int, n_shares: int, taken: set[str]) -> None:
        self._random = random
        self._share, self._n = share, n_shares
        self._taken = taken
        self._pairs: Counter[tuple[int, str]] = Counter()

    def like(self, *, sex: str, born_on: date, on: date, earlier: int) -> Identity:
        """Return somebody of that sex and about that age, who at every event of `earlier` days before was not younger."""
        age = (on - born_on).days // 365
        drift = self._random.randint(-700, 700) if GROWN < age < OLD else -earlier - self._random.randint(0, 330)
        code = "1" if sex == "male" else "2"
        born, number = self._number(born_on.toordinal() + drift, code)
        name = people.name(self._random, code, date.fromordinal(born).year)
        return Identity(
            name=name, number=number, masked=masked(number), born_on=born,
            phone=f"199{self._random.randrange(10_000_000, 99_999_999)}",
            address=f"{self._random.randint(1, 30)}组{self._random.randint(1, 60)}号",
        )  # fmt: skip

    def _number(self, born: int, code: str) -> tuple[int, str]:
        while True:
            pair = self._pairs[born, code] * self._n + self._share
            if pair >= LOADED_PAIRS:
                born -= 1
                continue
            self._pairs[born, code] += 1
            number = people.citizen_number(date.fromordinal(born), code, pair)
            if number not in self._taken:
                return born, number


def keys(identity: Identity) -> set[tuple[str, str]]:
    """Return what somebody is found by: (kind, key)."""
    return _of_name(identity.name) | rules.search_keys(
        name="", is_unnamed=True, numbers=[identity.number], phones=[identity.phone], cards=[]
    )


@lru_cache(maxsize=400_000)
def _of_name(name: str) -> frozenset[tuple[str, str]]:
    """Half of a million people share their name with somebody; spelling each once halves the work."""
    return frozenset(rules.search_keys(name=name, is_unnamed=False, numbers=[], phones=[], cards=[]))
