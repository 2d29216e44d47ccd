"""Copying lives: a home gets only lives that could have been led there."""

from random import Random
from types import SimpleNamespace

from tongmai.bench.homes import Home
from tongmai.bench.library import Pattern, Shelf
from tongmai.bench.shares import Share

CLINIC, CENTRE, OTHER = "a", "b", "c"


def _pattern(*seen_elsewhere: str) -> Pattern:
    template = SimpleNamespace(slots={})
    return Pattern(template=template, home=None, shifts=[0], seen_elsewhere=frozenset(seen_elsewhere))


def test_who_went_to_a_centre_as_a_stranger_is_not_copied_into_its_own_village():
    home = Home(clinic_id=CLINIC, lead_id="d", values={"centre.id": CENTRE})
    stranger, at_home = _pattern(CENTRE), _pattern(OTHER)
    share = SimpleNamespace(random=Random(1))
    shelf = Shelf(quiet=[stranger] * 50 + [at_home])
    chosen = {id(Share._choose(share, shelf, home, is_sent=False)) for _ in range(50)}
    assert chosen == {id(at_home)}
