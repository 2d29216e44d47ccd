"""What follows from a contract."""

from datetime import date, timedelta

import pytest

from tongmai.care.family_doctors import rules
from tongmai.care.family_doctors.rules import Status
from tongmai.care.family_doctors.states import State

NOTICE = timedelta(days=30)


def test_a_year_is_a_year():
    assert rules.ends_before(date(2026, 11, 20), 1) == date(2027, 11, 20)
    assert rules.ends_before(date(2024, 2, 29), 1) == date(2025, 2, 28)
    with pytest.raises(ValueError, match="at least a year"):
        rules.ends_before(date(2026, 1, 1), 0)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 12, 1), Status.IN_FORCE),
        (date(2027, 10, 20), Status.IN_FORCE),
        (date(2027, 10, 21), Status.EXPIRING),
        (date(2027, 11, 19), Status.EXPIRING),
        (date(2027, 11, 20), Status.EXPIRED),
    ],
)
def test_how_an_active_contract_stands(today, expected):
    status = rules.status_of(
        state=State.ACTIVE, starts_on=date(2026, 11, 20), ends_before=date(2027, 11, 20), today=today, notice=NOTICE
    )
    assert status == expected


def test_a_renewal_keeps_the_time_that_is_left():
    left = rules.renewed_until(ends_before_now=date(2027, 1, 10), today=date(2026, 12, 20), years=1)
    assert left == date(2028, 1, 10)


def test_priority_groups():
    assert rules.is_priority(["elderly", "tumour"], ["elderly"])
    assert not rules.is_priority([], ["elderly"])
