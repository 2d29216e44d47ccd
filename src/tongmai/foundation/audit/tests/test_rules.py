from datetime import datetime, timedelta

import pytest

from tongmai.foundation.audit import rules

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (100_000, 60)])
def test_the_delay_doubles_up_to_its_longest(attempts, minutes):
    assert rules.delay_after(attempts, first=MINUTE, longest=HOUR) == minutes * MINUTE


@pytest.mark.parametrize(("attempts", "spent"), [(7, False), (8, True), (9, True)])
def test_a_delivery_is_spent_after_its_last_attempt(attempts, spent):
    assert rules.is_spent(attempts, most=8) is spent


@pytest.mark.parametrize(
    ("now", "horizon"),
    [
        ("2026-11-20T09:00+08:00", "2026-11-20T08:00+08:00"),
        ("2026-11-20T00:59+08:00", "2026-11-19T23:00+08:00"),
        ("2026-11-20T01:00+08:00", "2026-11-20T00:00+08:00"),
        ("2026-11-19T17:30+00:00", "2026-11-20T00:00+08:00"),
    ],
)
def test_an_hour_is_sealed_after_it_has_ended_and_the_delay_has_passed(now, horizon):
    found = rules.seal_horizon(datetime.fromisoformat(now), delay=HOUR)
    assert found == datetime.fromisoformat(horizon)
