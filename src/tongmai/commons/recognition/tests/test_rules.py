"""Promises of the rules for whatever there may be."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongmai.commons.recognition import items, rules
from tongmai.commons.recognition.choices import Outcome, Standing, Strength
from tongmai.commons.recognition.rules import Evaluated, Kept, Result

TODAY = date(2026, 11, 22)
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine proves nothing
DAYS = st.integers(-500, 100).map(lambda n: TODAY + timedelta(days=n))
ITEM = next(items.as_rule(row) for row in items.shipped() if row.code == "chest-film")
AREAS = st.sampled_from([("",), ("34",), ("340199",), ("340198",)])


def _evaluated(outcome, on, areas, order):
    ends = on + timedelta(days=181) if outcome == Outcome.PASSED else None
    return Evaluated("".join(areas) + "HR", areas, outcome, on, ends, order)


EVALUATIONS = st.builds(_evaluated, st.sampled_from(list(Outcome)), DAYS, AREAS, st.integers(0, 9))


@st.composite
def _results(draw):
    taken = draw(st.none() | DAYS)
    return Result(
        category=draw(st.sampled_from(["imaging", "laboratory"])), status=draw(st.sampled_from(["final", "corrected", "partial"])),
        name=draw(st.sampled_from(["胸部正位DR", "胸片", "胸部CT平扫", ""])), taken_on=taken,
        issued_on=taken if draw(st.booleans()) else draw(st.none() | DAYS),
        kept=draw(st.none() | st.builds(Kept, st.sampled_from(["", "DX", "CT"]), st.sampled_from(["", "CHEST", "KNEE"]))),
        is_own=draw(st.booleans()),
    )  # fmt: skip


@PATIENT
@given(_results(), st.lists(EVALUATIONS, max_size=6), st.integers(0, 60))
def test_what_must_be_recognised_is_final_recent_kept_and_marked_in_the_county(result, evaluations, window):
    said = rules.judge(ITEM, result, evaluations=evaluations, county_code="340199", window_days=window, today=TODAY)
    assert (said.strength == Strength.MUST) <= (said.why == ())
    assert (said.strength == Strength.NOT) <= (said.why != ())
    if said.strength != Strength.NOT:
        assert result.status != "partial" and result.kept is not None and result.kept.modality != "CT"
        assert window > 0 and said.last_day is not None and said.last_day >= TODAY
    if said.strength == Strength.MUST:
        assert said.mark in {"HR", "34HR", "340199HR"}


@PATIENT
@given(st.lists(EVALUATIONS, max_size=6), DAYS)
def test_the_order_in_which_evaluations_are_read_says_nothing(evaluations, on):
    mine = [each for each in evaluations if each.areas == ("34",)]
    keys = {(each.evaluated_on, each.order) for each in mine}
    if len(keys) == len(mine):
        assert rules.standing(mine, on)[0] == rules.standing(mine[::-1], on)[0]


@PATIENT
@given(st.lists(EVALUATIONS, max_size=6), DAYS)
def test_a_mark_on_a_report_is_a_valid_one(evaluations, on):
    mark = rules.mark_on(evaluations, on)
    valid = {
        last.mark
        for each in rules.by_body(evaluations)
        for how, last in [rules.standing(each, on)]
        if how == Standing.VALID
    }
    assert mark in valid if valid else mark == ""


@PATIENT
@given(st.integers(0, 30))
def test_the_last_day_lies_the_window_after_the_examination(days):
    last = rules.last_day_of(TODAY, window_days=days)
    assert last == (TODAY + timedelta(days=days) if days else None)


def test_every_item_of_the_list_knows_its_own_names():
    """What can be ordered under a name is recognised by it, and by no other item's."""
    for row in items.shipped():
        item = items.as_rule(row)
        for word in item.words:
            said = Result(category=row.category, status="final", name=word, taken_on=TODAY, issued_on=TODAY)
            same = [other.code for other in items.shipped() if rules.why_not_same(items.as_rule(other), said) is None]
            assert same == [row.code], word
