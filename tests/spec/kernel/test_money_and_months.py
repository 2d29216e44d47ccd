"""Fen are shared without losing one, and an instant belongs to the day of the reporting zone."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.harness.tables import rows
from tongmai.kernel import money, months

title = "Money and months"


@pytest.mark.parametrize(
    "row",
    rows("""
        total | weights   | shares
        100   | 1 1 1     | 34 33 33
        100   | 1 2       | 33 67
        5     | 1 1 1 1   | 2 1 1 1
        1     | 1 1       | 1 0
        0     | 3 4       | 0 0
        -100  | 1 1 1     | -34 -33 -33
        10    | 0 1       | 0 10
        1000  | 333 333 334 | 333 333 334
    """),
    ids=lambda row: f"{row['total']} by {row['weights']}",
)
def test_fen_are_shared_by_weight(row):
    """Left-over fen go to the largest remainders, ties to the earlier position."""
    weights = [int(weight) for weight in row["weights"].split()]
    assert money.split_fen(int(row["total"]), weights) == [int(share) for share in row["shares"].split()]


@pytest.mark.parametrize(
    "row",
    rows("""
        amount | rounded
        2.4    | 2
        2.5    | 3
        3.5    | 4
        -2.5   | -3
        0.49   | 0
    """),
    ids=lambda row: row["amount"],
)
def test_a_half_is_rounded_away_from_zero(row):
    assert money.round_half_up(Decimal(row["amount"])) == int(row["rounded"])


@pytest.mark.parametrize(
    "row",
    rows("""
        fen     | written
        0       | 0.00
        5       | 0.05
        123456  | 1,234.56
        -90     | -0.90
    """),
    ids=lambda row: row["fen"],
)
def test_fen_are_written_as_yuan(row):
    assert money.yuan_text(int(row["fen"])) == row["written"]


@pytest.mark.parametrize(
    "row",
    rows("""
        instant                   | day        | month
        2026-01-31T23:59:00+08:00 | 2026-01-31 | 2026-01
        2026-01-31T16:00:00+00:00 | 2026-02-01 | 2026-02
        2026-02-01T07:59:00+00:00 | 2026-02-01 | 2026-02
        2025-12-31T15:59:59+00:00 | 2025-12-31 | 2025-12
    """),
    ids=lambda row: row["instant"],
)
def test_an_instant_belongs_to_a_day_in_the_reporting_zone(row):
    instant = datetime.fromisoformat(row["instant"])
    assert (months.local_day(instant).isoformat(), str(months.Month.of(instant))) == (row["day"], row["month"])


@pytest.mark.parametrize(
    "row",
    rows("""
        day        | months | leads to
        2026-01-31 | 1      | 2026-02-28
        2024-01-31 | 1      | 2024-02-29
        2026-03-31 | -1     | 2026-02-28
        2026-11-22 | -6     | 2026-05-22
        2026-12-15 | 1      | 2027-01-15
    """),
    ids=lambda row: f"{row['day']} {row['months']}",
)
def test_a_day_moves_by_months(row):
    """Where the month is shorter, its last day."""
    assert months.plus_months(date.fromisoformat(row["day"]), int(row["months"])).isoformat() == row["leads to"]


@pytest.mark.parametrize(
    "row",
    rows("""
        born       | on         | age
        1961-11-22 | 2026-11-21 | 64
        1961-11-22 | 2026-11-22 | 65
        2020-02-29 | 2021-02-28 | 0
        2020-02-29 | 2021-03-01 | 1
    """),
    ids=lambda row: f"{row['born']} on {row['on']}",
)
def test_age_is_counted_in_completed_years(row):
    assert months.age_on(date.fromisoformat(row["born"]), date.fromisoformat(row["on"])) == int(row["age"])
