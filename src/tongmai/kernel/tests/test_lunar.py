"""Days in the Chinese calendar."""

from datetime import date, timedelta

import pytest

from tongmai.kernel import lunar


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(1900, 1, 31), (1900, 1, 1)),
        (date(1949, 10, 1), (1949, 8, 10)),
        (date(2000, 2, 5), (2000, 1, 1)),
        (date(2023, 3, 22), (2023, 2, 1)),  # the first day of the leap month
        (date(2024, 2, 9), (2023, 12, 30)),
        (date(2024, 2, 10), (2024, 1, 1)),
        (date(2026, 9, 25), (2026, 8, 15)),  # the Mid-Autumn Festival
        (date(1900, 1, 30), None),
        (date(2101, 1, 29), None),
    ],
)
def test_a_day_in_the_chinese_calendar(day, said):
    assert lunar.lunar(day) == said


def test_there_and_back_outside_of_leap_months():
    day = date(1930, 1, 1)
    while day < date(2030, 1, 1):
        found = lunar.solar(*lunar.lunar(day))
        assert found == day or (day - found).days in (29, 30), day
        day += timedelta(days=17)


def test_no_such_day():
    assert lunar.solar(2024, 1, 31) is None
    assert lunar.solar(1800, 1, 1) is None
