"""What the database refuses, whatever the code does."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from tongmai.commons.capacity import checks
from tongmai.commons.capacity.models import (
    Ban,
    BookedPlace,
    Booking,
    BookingTransition,
    Pool,
    Refusal,
    Resource,
    WeeklySession,
)
from tongmai.commons.capacity.tests import factories
from tongmai.commons.capacity.tests.factories import NOW


def refused(write) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


@pytest.mark.parametrize(
    "values",
    [
        {"taken_reserved": 3},
        {"taken_lent": 2, "taken_released": 1},
        {"taken_public": 9},
        {"taken_borrowed": 5, "taken_public": 4},
        {"taken_reserved": F("taken_reserved") - 1},
        {"reserved": 11},
        {"total": 1},
        {"ends_at": NOW},
        {"released_at": NOW},
        {"state": "closed"},
        {"closed_reason": "外出"},
    ],
    ids=str,
)
def test_a_pool_keeps_its_counters_and_reasons(pool, values):
    refused(lambda: Pool.objects.filter(id=pool.id).update(**values))


def test_a_session_exists_once(pool):
    refused(lambda: _again(pool))


def _again(pool):
    Pool.objects.create(
        resource=pool.resource,
        day=pool.day,
        starts_at=pool.starts_at,
        ends_at=pool.ends_at,
        total=1,
        reserved=0,
        reserved_due=0,
        policy_rate=0,
        applied_rate=0,
        release_at=NOW,
        created_at=NOW,
    )


def test_a_place_is_one_residents_and_has_one_number(pool, doctor):
    booking = factories.booking(pool, by=doctor)
    other = factories.booking(pool, by=doctor)
    places = BookedPlace.objects.filter(booking=other)
    refused(lambda: places.update(resident=booking.resident))
    refused(lambda: places.update(number=1))
    refused(lambda: Booking.objects.filter(id=booking.id).update(state="held", held_until=None))
    refused(lambda: Booking.objects.filter(id=booking.id).update(n_places=0))


def test_a_cancellation_has_a_reason(pool, doctor):
    booking = factories.booking(pool, by=doctor)
    refused(lambda: BookingTransition.objects.create(booking=booking, step="cancel", to_state="cancelled", at=NOW))


def test_resources_and_weeks_are_consistent(clinic):
    refused(lambda: Resource.objects.filter(id=clinic.id).update(reserved_rate="1.5"))
    refused(lambda: factories.resource(clinic.department, name=clinic.name))
    sent = {"resource": clinic, "starts_time": time(8), "ends_time": time(12), "starts_on": NOW.date()}
    refused(lambda: WeeklySession.objects.create(weekday=7, total=5, **sent))
    refused(lambda: WeeklySession.objects.create(weekday=1, total=0, **sent))
    gone = {"ends_before": NOW.date() - timedelta(days=1)}
    refused(lambda: WeeklySession.objects.create(weekday=1, total=5, **sent, **gone))
    WeeklySession.objects.create(weekday=1, total=5, **sent)
    refused(lambda: WeeklySession.objects.create(weekday=1, total=5, **sent))


def test_refusals_and_bans_say_how_they_ended(world, pool, doctor):
    booking = factories.booking(pool, by=doctor)
    sent = {"org": world.lead, "resident": booking.resident}
    wish = {"kind": "clinic", "share_wanted": "reserved", "wanted_on": pool.day, "refused_at": NOW}
    source = {"source_kind": "referral", "source_id": booking.id}
    Refusal.objects.create(**sent, **wish, **source)
    refused(lambda: Refusal.objects.create(**sent, **wish, **source))
    refused(lambda: Refusal.objects.update(outcome="booked", resolved_at=NOW))
    refused(lambda: Refusal.objects.update(outcome="dropped", resolved_at=NOW))
    ban = {"booking": booking, "n_missed": 3, "banned_at": NOW}
    refused(lambda: Ban.objects.create(**sent, **ban, until=NOW))
    Ban.objects.create(**sent, **ban, until=NOW + timedelta(days=1))
    refused(lambda: Ban.objects.create(**sent, **ban, until=NOW + timedelta(days=1)))
    refused(lambda: Ban.objects.update(lifted_at=NOW))


def test_compare_counters_finds_what_is_broken(pool, doctor):
    booking = factories.booking(pool, by=doctor)
    assert checks.compare_counters() == []
    Pool.objects.filter(id=pool.id).update(taken_public=2, tickets=0)
    BookedPlace.objects.filter(booking=booking).update(is_taken=False)
    found = {(each.what, each.stored, each.counted) for each in checks.compare_counters()}
    assert found == {("taken_public", 2, 0), ("tickets", 0, 1), ("places", 1, 0)}
    assert "taken_public says 2, its rows say 0" in " ".join(str(each) for each in checks.compare_counters())
