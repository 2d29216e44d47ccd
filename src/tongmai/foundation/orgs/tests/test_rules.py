"""Boundaries of the pure rules."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongmai.foundation.orgs import rules
from tongmai.foundation.orgs.roles import ADMINISTRATORS, RECORD_SIDE, Role
from tongmai.kernel.spans import covers

A, B, C, D = (date(2026, month, 1) for month in (1, 2, 3, 4))
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@pytest.mark.parametrize(
    ("span", "outer", "expected"),
    [
        ((A, B), (A, B), True),
        ((A, B), (A, None), True),
        ((A, None), (A, None), True),
        ((A, None), (A, B), False),
        ((A, C), (A, B), False),
        ((A, B), (B, None), False),
    ],
)
def test_within(span, outer, expected):
    assert rules.within(span, outer) is expected


def test_clash_counts_shared_days_only():
    assert not rules.clash((B, C), [(A, B), (C, None)])
    assert rules.clash((B, None), [(C, D)])
    assert not rules.clash((A, B), [])


@given(st.lists(DAYS, min_size=1), DAYS)
def test_one_lead_at_a_time_whatever_is_asked(asked, day):
    """Leads follow each other without overlap and gap, in whatever order the changes are asked for."""
    leads = []
    for starts_on in asked:
        if rules.may_lead_from(starts_on, leads):
            leads = [*leads[:-1], (leads[-1][0], starts_on)] if leads else []
            leads.append((starts_on, None))
    assert sum(covers(*lead, day) for lead in leads) == (day >= leads[0][0])


@given(st.sampled_from(Role), st.sampled_from(Role))
def test_what_is_kept_apart_is_so_both_ways(one, other):
    assert rules.kept_apart(one, other) == rules.kept_apart(other, one)
    assert not rules.kept_apart(one, one)


def test_administrators_are_kept_from_each_other_and_from_records():
    for admin in ADMINISTRATORS:
        assert {other for other in Role if rules.kept_apart(admin, other)} == (ADMINISTRATORS - {admin}) | RECORD_SIDE


def test_held_against_looks_at_the_time():
    held = [rules.Held("audit_admin", (A, B))]
    assert rules.held_against("nurse", (A, None), held)
    assert rules.held_against("nurse", (B, None), held) is None


def test_cover():
    cover = rules.Cover("lead", "town", (A, C))
    assert rules.is_covered((A, C), registered_at="lead", works_at="town", cover=cover)
    assert not rules.is_covered((A, None), registered_at="lead", works_at="town", cover=cover)
    assert not rules.is_covered((A, C), registered_at="town", works_at="lead", cover=cover)
    assert not rules.is_covered((A, C), registered_at="lead", works_at="town", cover=None)


def test_nobody_without_a_person_owns_rights():
    assert not rules.is_own(None, None)
    assert rules.is_own("me", "me")


def test_last_day():
    assert rules.last_day(B) == "2026-01-31"
    assert rules.last_day(None) == ""


@pytest.mark.parametrize(("level", "code", "fits"), [
    ("village", "340199101201", True), ("village", "340199", False), ("county", "340199", True),
    ("county", "3401", False), ("outside", "3401", True), ("county", "３４０１９９", False), ("township", "", False),
])  # fmt: skip
def test_division_fits(level, code, fits):
    assert rules.division_fits(level, code) is fits
