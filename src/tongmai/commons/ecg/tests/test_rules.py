"""Patterns and doubts, no database."""

from datetime import date

import pytest

from tongmai.commons.ecg import rules
from tongmai.commons.ecg.rules import Doubt, Limits, PatternCode, Urgency
from tongmai.commons.ecg.tracing import Subject, Value

LIMITS = Limits(
    rate_critical_below=40, rate_critical_above=180, rate_low=50, rate_high=120, qrs_wide_ms=120, qtc_long_ms=500,
    pr_long_ms=200, irregular_share=0.08, st_uv=100, st_in_front_uv=200,
)  # fmt: skip
NORMAL = {Value.RATE: 70.0, Value.PR: 160.0, Value.QRS: 90.0, Value.QTC: 410.0}


def codes(values=NORMAL, st_uv=None, rr_variation=0.02):
    found = rules.patterns(values, st_uv=st_uv or {}, rr_variation=rr_variation, limits=LIMITS)
    return [pattern.code for pattern in found]


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (39, [PatternCode.RATE_BELOW_40]), (40, [PatternCode.RATE_LOW]), (49, [PatternCode.RATE_LOW]), (50, []),
        (120, []), (121, [PatternCode.RATE_HIGH]), (180, [PatternCode.RATE_HIGH]), (181, [PatternCode.RATE_ABOVE_180]),
    ],
)  # fmt: skip
def test_the_rate_at_its_limits(rate, expected):
    assert codes(NORMAL | {Value.RATE: rate}) == expected


def test_the_intervals_at_their_limits():
    assert codes(NORMAL | {Value.QRS: 119, Value.QTC: 499, Value.PR: 200}, rr_variation=0.079) == []
    assert codes(NORMAL | {Value.QRS: 120, Value.QTC: 500, Value.PR: 201}, rr_variation=0.08) == [
        PatternCode.QTC_LONG, PatternCode.QRS_WIDE, PatternCode.IRREGULAR, PatternCode.PR_LONG,
    ]  # fmt: skip


def test_nothing_measured_says_nothing():
    assert codes({}, rr_variation=None) == []


class TestST:
    def test_two_leads_side_by_side(self):
        assert codes(st_uv={"II": 100, "III": 120, "aVF": 99}) == [PatternCode.STEMI_SUSPECTED]
        assert codes(st_uv={"II": 100, "V5": 300}) == []

    def test_v2_and_v3_have_a_limit_of_their_own(self):
        assert codes(st_uv={"V2": 199, "V3": 199, "V1": 99}) == []
        assert codes(st_uv={"V2": 200, "V3": 200}) == [PatternCode.STEMI_SUSPECTED]

    def test_the_leads_are_said(self):
        found = rules.patterns(NORMAL, st_uv={"V3": 250, "V4": 150, "aVL": 120}, rr_variation=None, limits=LIMITS)
        assert found[0].detail == "V3 V4"

    def test_a_wide_qrs_is_not_judged(self):
        assert codes(NORMAL | {Value.QRS: 150}, st_uv={"V1": 400, "V2": 400}) == [PatternCode.QRS_WIDE]

    def test_the_lower_of_two_moments_counts(self):
        assert rules.st_elevation(40, 300) == 40


def test_every_pattern_has_its_urgency_and_the_critical_ones_come_first():
    assert set(rules.URGENCY) == set(PatternCode)
    order = [Urgency.CRITICAL, Urgency.SOON, Urgency.NOTE]
    assert [order.index(rules.URGENCY[code]) for code in PatternCode] == sorted(
        order.index(urgency) for urgency in rules.URGENCY.values()
    )


class TestDoubts:
    def doubts(self, *said, **more):
        return rules.doubts(Subject(*said), name="示例甲", sex="female", born_on=date(1960, 5, 17), **more)

    def test_what_the_file_leaves_out_is_no_difference(self):
        assert self.doubts() == ()
        assert self.doubts("", "0001") == ()

    def test_each_difference_is_named(self):
        assert self.doubts("示例乙", "", "male", date(1960, 5, 18)) == (Doubt.NAME, Doubt.SEX, Doubt.BIRTH)
        assert self.doubts(order_said="A1", order_number="A2") == (Doubt.ORDER,)
        assert self.doubts("示例甲", "11010519491231002X") == (Doubt.NUMBER,)

    @pytest.mark.parametrize("said", ["示例甲", "示 例 甲", "SHI LIJIA", "Lijia^Shi", "shi li jia"])
    def test_ways_to_write_one_name(self, said):
        assert self.doubts(said) == ()

    def test_other_letters_are_another_name(self):
        assert self.doubts("Clark") == (Doubt.NAME,)
