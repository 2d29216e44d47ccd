"""Missing bookings, being banned, and the way back."""

from datetime import timedelta

import pytest

from tongmai.commons.capacity import errors, selectors, services
from tongmai.commons.capacity.models import Ban
from tongmai.commons.capacity.states import Share
from tongmai.commons.capacity.tests import factories
from tongmai.commons.capacity.tests.factories import NOW
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted


@pytest.fixture
def person(db):
    return factories.resident("示例甲")


def miss(clinic, person, by, days):
    """Book the person on a day and mark that she did not come; return when that was marked."""
    pool = factories.pool(clinic, starts_at=NOW + timedelta(days=days))
    booking = factories.booking(pool, by=by, of=person)
    services.no_show(booking_id=booking.id, by=by.at(pool.ends_at))
    return booking, pool.ends_at


@pytest.fixture
def banned(clinic, person, doctor):
    """The person, banned by her third no-show; when that was."""
    for days in (3, 5):
        miss(clinic, person, doctor, days)
    return miss(clinic, person, doctor, 7)[1]


def test_the_third_no_show_bans_for_thirty_days(banned, person):
    ban = Ban.objects.get()
    assert (ban.n_missed, ban.until) == (3, banned + timedelta(days=30))


def test_a_ban_refuses_the_desk_but_not_a_referral_nor_an_emergency(clinic, banned, person, doctor):
    pool = factories.pool(clinic, starts_at=banned + timedelta(days=1))
    later = doctor.at(banned)
    with pytest.raises(errors.Banned):
        factories.booking(pool, by=later, of=person)
    assert factories.booking(pool, by=later, of=person, share=Share.RESERVED)
    other = factories.pool(clinic, starts_at=banned + timedelta(days=2))
    assert factories.booking(other, by=later, of=person, emergency=True)


def test_a_ban_ends_by_itself(clinic, banned, person, doctor):
    free_at = banned + timedelta(days=30)
    pool = factories.pool(clinic, starts_at=free_at + timedelta(days=1))
    assert factories.booking(pool, by=doctor.at(free_at), of=person)


def test_a_ban_is_lifted_with_a_reason_by_those_whose_it_is(world, clinic, banned, person, doctor, manager):
    ban, later = Ban.objects.get(), doctor.at(banned)
    with pytest.raises(NotPermitted):
        services.lift_ban(ban_id=ban.id, by=later, reason="住院")
    with pytest.raises(NotFound):
        services.lift_ban(ban_id=ban.id, by=world.actor(Role.RESOURCE_MANAGER, org=world.tcm), reason="住院")
    with pytest.raises(InvalidInput):
        services.lift_ban(ban_id=ban.id, by=manager.at(banned), reason=" ")
    services.lift_ban(ban_id=ban.id, by=manager.at(banned), reason="住院")
    with pytest.raises(Conflict):
        services.lift_ban(ban_id=ban.id, by=manager.at(banned), reason="住院")
    assert selectors.bans(by=manager.at(banned)) == []
    pool = factories.pool(clinic, starts_at=banned + timedelta(days=1))
    assert factories.booking(pool, by=later, of=person)


def test_what_led_to_one_ban_does_not_lead_to_the_next(clinic, banned, person, doctor, manager):
    services.lift_ban(ban_id=Ban.objects.get().id, by=manager.at(banned), reason="住院")
    miss(clinic, person, doctor.at(banned), 12)
    assert Ban.objects.count() == 1


def test_whoever_comes_late_after_all_is_not_banned_for_it(clinic, person, doctor):
    for days in (3, 5):
        miss(clinic, person, doctor, days)
    booking, marked_at = miss(clinic, person, doctor, 7)
    services.arrive(booking_id=booking.id, by=doctor.at(marked_at))
    assert Ban.objects.get().lifted_at == marked_at


def test_cancelling_at_the_last_moment_counts_unless_the_offerer_cancels(world, clinic, person, doctor, gp):
    for days in (3, 5):
        miss(clinic, person, doctor, days)
    pool = factories.pool(clinic, starts_at=NOW + timedelta(days=8))
    booking = factories.booking(pool, by=gp, of=person)
    late = pool.starts_at - timedelta(hours=1)
    assert services.cancel(booking_id=booking.id, by=gp.at(late), reason="不想去了").is_late_cancel
    assert Ban.objects.count() == 1
    other = factories.booking(pool, by=gp)
    assert not services.cancel(booking_id=other.id, by=doctor.at(late), reason="设备故障").is_late_cancel
