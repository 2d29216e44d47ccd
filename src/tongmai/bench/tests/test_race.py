"""The races of the bench, run with a few writers: what they report is what happened."""

import pytest

from tongmai.bench import race, race_running

FEW = 12


@pytest.fixture
def verdicts(transactional_db):
    return race.verdicts(FEW)


def test_every_race_holds(verdicts):
    assert [each for each in verdicts if not each["holds"]] == []
    assert len(verdicts) == 8


def test_all_others_are_refused_by_name(verdicts):
    for each in verdicts:
        n_acts = each["done"] + sum(each["refused"].values())
        assert n_acts == FEW * (2 if "cancelled" in each["scene"] else 1)


def test_what_went_wrong_is_not_passed_over(transactional_db):
    def fails():
        raise RuntimeError("the database went away")

    scene = race_running.Scene(
        name="a race that fails",
        writers=[[("book", lambda: None)], [("book", fails)]],
        allowed={"book": 2},
        rows={"book": lambda: 0},
    )
    verdict = race_running.run(scene, differences=lambda: ["pool 1: taken says 1, its rows say 0"])
    assert not verdict.holds
    assert (verdict.done, verdict.lost, verdict.twice) == (1, 1, 0)
    assert verdict.errors == [
        "RuntimeError('the database went away')",
        "book succeeded 1 times, allowed are exactly 2",
    ]
