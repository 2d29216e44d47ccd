"""Server and worker are killed at random moments: nothing that was acknowledged is lost, nothing happens twice."""

import random
import time

import pytest

from tests.faults import proving
from tests.faults.installation import Installation
from tests.faults.journeys import Journeys
from tests.harness.environment import ON_POSTGRES

pytestmark = pytest.mark.database

# What is killed: all of the server, only the process that answers, only the one that watches it, the worker.
TARGETS = ("server", "answering", "watching") + (("worker",) if ON_POSTGRES else ())


def _kill(at: Installation, target: str) -> None:
    if target == "answering":
        at.kill("server", only_children=True)
    elif target == "watching":
        at.kill("server", only_parent=True)
    else:
        at.kill(target)


def _prove(at: Installation, *, kills: int, first_number: int) -> None:
    chance = random.Random(kills)
    journeys = Journeys(at, first_number=first_number)
    journeys.begin()
    targets = (TARGETS * kills)[:kills]
    for target in chance.sample(targets, k=kills):
        time.sleep(chance.uniform(0.3, 2.0))
        _kill(at, target)
        at.keep_alive()
    journeys.end()
    proving.wait_until_delivered(at)
    proving.check(at, journeys)
    assert journeys.acknowledged and journeys.unclear, "no request met a kill: this proved nothing"


def test_a_kill_of_each_kind_loses_nothing_and_does_nothing_twice(served):
    _prove(served, kills=len(TARGETS), first_number=0)


@pytest.mark.long
def test_fifty_kills_lose_nothing_and_do_nothing_twice(served):
    _prove(served, kills=50, first_number=5_000)
