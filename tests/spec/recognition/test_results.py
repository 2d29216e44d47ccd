from dataclasses import replace
from datetime import date, timedelta

import pytest

from tongmai.commons.recognition import items, rules
from tongmai.commons.recognition.choices import Outcome, Reason, Strength, Why
from tongmai.commons.recognition.rules import Evaluated, Kept, Result

title = "Which results are recognised"

TODAY = date(2026, 11, 22)
COUNTY = "340199"
FILM = next(items.as_rule(row) for row in items.shipped() if row.code == "chest-film")
BODIES = {
    "全国": ("",),
    "本省": ("34",),
    "本市": ("3401",),
    "本县": (COUNTY,),
    "邻县": ("340198",),
    "外省": ("32",),
    "协议": ("31", "34"),
}


def _result(days_ago: int, **facts) -> Result:
    day = TODAY - timedelta(days=days_ago)
    said = {
        "category": "imaging", "status": "final", "name": "胸部正位DR", "taken_on": day, "issued_on": day,
        "kept": Kept("DX", "CHEST"),
    }  # fmt: skip
    return Result(**(said | facts))


def _evaluated(area: str, outcome: Outcome, days_ago: int, order: int = 0) -> Evaluated:
    on = TODAY - timedelta(days=days_ago)
    ends = on + timedelta(days=181) if outcome == Outcome.PASSED else None
    return Evaluated(f"{area}HR", BODIES[area], outcome, on, ends, order)


def _judge(result: Result, evaluations=(), *, window: int = 30):
    return rules.judge(FILM, result, evaluations=list(evaluations), county_code=COUNTY, window_days=window, today=TODAY)


def test_how_far_a_mark_obliges(table):
    """Article 16: what is marked for the country or one's own area must be recognised; for the rest it is encouraged."""
    for row in table("""
        mark | county's doctor
        全国 | must
        本省 | must
        本市 | must
        本县 | must
        协议 | must
        邻县 | may
        外省 | may
        none | may
    """):
        marks = [] if row["mark"] == "none" else [_evaluated(row["mark"], Outcome.PASSED, 60)]
        assert _judge(_result(2), marks).strength == row["county's doctor"], row


def test_until_when_a_result_counts(table):
    """The day of the picture or the specimen counts; the last day is in.  A window of nought: never."""
    for row in table("""
        taken, days ago | window | counts | days left
        0               | 30     | yes    | 30
        2               | 30     | yes    | 28
        30              | 30     | yes    | 0
        31              | 30     | no     |
        0               | 0      | no     |
        7               | 7      | yes    | 0
        8               | 7      | no     |
    """):
        said = _judge(
            _result(int(row["taken, days ago"])), [_evaluated("本县", Outcome.PASSED, 60)], window=int(row["window"])
        )
        assert (said.strength == Strength.MUST) == (row["counts"] == "yes"), row
        if row["days left"]:
            assert (said.last_day - TODAY).days == int(row["days left"]), row


def test_what_became_of_the_mark(table):
    """Articles 13 and 25.  A report of ten days ago; evaluations of the same quality body, days ago.

    A mark counts that stood on the day of the report.  Lapsed since then it still counts; failed since then it does not.
    """
    for row in table("""
        passed | failed | strength | why
               |        | may      | no_mark
        60     |        | must     |
        10     |        | must     |
        9      |        | may      | no_mark
        300    |        | may      | expired
        185    |        | must     |
        191    |        | may      | expired
        60     | 30     | not      | failed
        60     | 5      | not      | failed
        5      | 30     | not      | failed
        30     | 60     | must     |
    """):
        marks = [
            _evaluated("本县", outcome, int(row[name]))
            for name, outcome in (("passed", Outcome.PASSED), ("failed", Outcome.FAILED))
            if row[name]
        ]
        said = _judge(_result(10), marks)
        assert said.strength == row["strength"], row
        assert list(said.why) == ([row["why"]] if row["why"] else []), row


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"status": "preliminary"}, Why.NOT_FINAL),
        ({"status": "partial"}, Why.NOT_FINAL),
        ({"kept": None}, Why.NO_DATA),
        ({"kept": Kept("CT", "CHEST")}, Why.OTHER_METHOD),
        ({"kept": Kept("DX", "KNEE")}, Why.OTHER_PART),
        ({"name": "胸部CT平扫"}, None),
        ({"name": "膝关节正侧位DR", "kept": Kept("DX", "KNEE")}, Why.OTHER_ITEM),
        ({"category": "ecg"}, Why.OTHER_ITEM),
        ({"issued_on": None}, Why.NO_DATE),
    ],
)
def test_what_stands_against_a_result(facts, why):
    """Whatever its mark says.  What the kept images say of themselves goes before what the report is called."""
    said = _judge(_result(2, **facts), [_evaluated("全国", Outcome.PASSED, 60)])
    assert (said.strength == Strength.NOT, why in said.why) == ((True, True) if why else (False, False))


def test_of_several_quality_bodies_the_one_that_speaks_best_decides():
    marks = [
        _evaluated("本县", Outcome.FAILED, 40),
        _evaluated("本省", Outcome.PASSED, 60),
        _evaluated("外省", Outcome.PASSED, 60),
    ]
    said = _judge(_result(2), marks)
    assert (said.strength, said.mark) == (Strength.MUST, "本省HR")


def test_ones_own_result_binds_nobody_without_a_mark():
    """Recognition is between facilities; one's own earlier result is shown all the same."""
    assert _judge(_result(2, is_own=True)).why == (Why.OWN,)
    assert _judge(_result(2, is_own=True), [_evaluated("本县", Outcome.PASSED, 60)]).strength == Strength.MUST


def test_a_correction_after_a_failure_on_the_same_day_counts_as_it_was_entered():
    day = [_evaluated("本县", Outcome.FAILED, 60, 1), _evaluated("本县", Outcome.PASSED, 60, 2)]
    assert _judge(_result(2), day).strength == Strength.MUST
    turned = [replace(each, order=3 - each.order) for each in day]
    assert _judge(_result(2), turned).strength == Strength.NOT


def test_there_are_six_reasons_to_examine_anew():
    """Article 19, in its order."""
    assert list(Reason) == ["conflict", "changes_fast", "before_major", "emergency", "appraisal", "other_need"]


def test_which_mark_a_report_carries(table):
    """Article 13: of several valid ones the widest; none without a passed evaluation on the day of the report."""
    for row in table("""
        本县   | 本省   | 全国   | carries
               |        |        |
        passed |        |        | 本县HR
        passed | passed |        | 本省HR
        passed | passed | passed | 全国HR
        passed | failed |        | 本县HR
        failed | failed |        |
    """):
        marks = [_evaluated(area, Outcome(row[area]), 60) for area in ("本县", "本省", "全国") if row[area]]
        assert rules.mark_on(marks, TODAY) == row["carries"], row
