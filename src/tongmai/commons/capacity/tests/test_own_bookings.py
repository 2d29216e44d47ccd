"""A resident cancels her own booking, or a ward's, while somebody else can still use the place."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tongmai.commons.capacity import services
from tongmai.commons.capacity.errors import BelongsToReferral, TooLateForResident
from tongmai.commons.capacity.models import Booking
from tongmai.commons.capacity.sources import Source, SourceKind
from tongmai.commons.capacity.tests import factories
from tongmai.commons.residents.models import Guardian
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW, actor
from tongmai.kernel.errors import NotFound, StepNotAllowed


def _resident(person):
    return actor(Role.RESIDENT, resident_id=person.id)


@pytest.fixture
def her(db):
    return factories.resident()


@pytest.fixture
def booked(pool, gp, her):
    return factories.booking(pool, by=gp, of=her)


def test_she_gives_her_place_back(booked, her):
    done = services.cancel_own(booking_id=booked.id, by=_resident(her))
    assert done.state == "cancelled" and not done.is_late_cancel
    event = Event.objects.get(name="capacity.BookingCancelled")
    assert event.payload["reason"] == "居民自行取消" and event.by_role == "resident"
    with pytest.raises(StepNotAllowed):
        services.cancel_own(booking_id=booked.id, by=_resident(her))


def test_a_guardian_does_so_for_her_ward(booked, her):
    mother = factories.resident()
    with pytest.raises(NotFound):
        services.cancel_own(booking_id=booked.id, by=_resident(mother))
    Guardian.objects.create(
        resident=her, guardian_resident=mother, name="示例母", relation="mother", starts_on=NOW.date(), added_at=NOW
    )
    assert services.cancel_own(booking_id=booked.id, by=_resident(mother)).state == "cancelled"


@pytest.mark.parametrize(("minutes", "may"), [(121, True), (120, True), (119, False)])
def test_two_hours_before_it_is_too_late(booked, her, minutes, may):
    she = _resident(her).at(booked.starts_at - timedelta(minutes=minutes))
    assert services.may_cancel_own(booked.starts_at, booked.resource.org_id, by=she) is may
    if may:
        assert services.cancel_own(booking_id=booked.id, by=she).state == "cancelled"
    else:
        with pytest.raises(TooLateForResident):
            services.cancel_own(booking_id=booked.id, by=she)
        assert Booking.objects.get().state == "booked"


def test_a_referrals_booking_is_moved_by_those_who_refer(pool, gp, her):
    booked = factories.booking(pool, by=gp, of=her, source=Source(SourceKind.REFERRAL, uuid4()))
    with pytest.raises(BelongsToReferral):
        services.cancel_own(booking_id=booked.id, by=_resident(her))
    assert Booking.objects.get().state == "booked"


def test_nobody_elses_booking_is_there_for_her(booked):
    with pytest.raises(NotFound):
        services.cancel_own(booking_id=booked.id, by=_resident(factories.resident()))
    with pytest.raises(NotFound):
        services.cancel_own(booking_id=uuid4(), by=_resident(factories.resident()))
