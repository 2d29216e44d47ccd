"""Booking, holding, moving, cancelling and coming: each intent once as it should go, and each refusal."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tongmai.commons.capacity import checks, errors, services
from tongmai.commons.capacity.models import BookedPlace, Booking, BookingTransition, Pool, Refusal
from tongmai.commons.capacity.sources import DESK, Source, SourceKind
from tongmai.commons.capacity.states import Share, State, Step
from tongmai.commons.capacity.tests import factories
from tongmai.commons.capacity.tests.factories import NOW, SYSTEM
from tongmai.commons.residents.models import KnownTo
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted, StepNotAllowed


def referral() -> Source:
    return Source(SourceKind.REFERRAL, uuid4())


def counters(pool) -> dict[str, int]:
    row = Pool.objects.filter(id=pool.id).values(*(f"taken_{share}" for share in Share)).get()
    return {name.removeprefix("taken_"): n for name, n in row.items() if n}


def test_a_family_doctors_referral_takes_reserved_places_first_then_borrows(pool, doctor):
    shares = [factories.booking(pool, by=doctor, share=Share.RESERVED, source=referral()).share for _ in range(3)]
    assert shares == ["reserved", "reserved", "borrowed"]
    assert counters(pool) == {"reserved": 2, "borrowed": 1}


def test_the_public_finds_no_reserved_place_before_the_release(clinic, doctor):
    pool = factories.pool(clinic, total=2, reserved=1)
    factories.booking(pool, by=doctor)
    with pytest.raises(errors.NoCapacity):
        factories.booking(pool, by=doctor)
    assert counters(pool) == {"public": 1}


def test_the_public_takes_what_is_released_even_before_the_job_ran(clinic, doctor):
    pool = factories.pool(clinic, total=2, reserved=1)
    factories.booking(pool, by=doctor)
    late = doctor.at(pool.release_at)
    assert factories.booking(pool, by=late).share == Share.RELEASED
    pool.refresh_from_db()
    assert (pool.released_at, pool.n_released) == (pool.release_at, 1)
    assert counters(pool) == {"public": 1, "released": 1}


def test_an_emergency_is_lent_a_reserved_place_before_the_release(clinic, doctor):
    pool = factories.pool(clinic, total=2, reserved=1)
    factories.booking(pool, by=doctor)
    assert factories.booking(pool, by=doctor, emergency=True).share == Share.LENT


def test_a_booking_is_written_down(pool, doctor):
    booking = factories.booking(pool, by=doctor)
    assert [(row.step, row.to_state) for row in booking.transitions.all()] == [("book", "booked")]
    assert Event.objects.filter(name="capacity.Booked", subject_id=booking.id, resident_id=booking.resident_id).exists()


def test_a_booked_resident_is_known_to_the_organisation(pool, doctor):
    person = factories.resident(county_code="340198", village_code="340198101201")
    factories.booking(pool, by=doctor, of=person, source=referral())
    assert KnownTo.objects.filter(resident=person, org_id=pool.resource.org_id, via="booking").exists()


def test_a_refused_request_is_listed_once_and_resolved_when_booked(clinic, doctor):
    pool = factories.pool(clinic, total=1, reserved=0)
    other = factories.pool(clinic, starts_at=pool.starts_at + timedelta(days=1))
    factories.booking(pool, by=doctor)
    person, source = factories.resident(), referral()
    for _ in range(2):
        with pytest.raises(errors.NoCapacity):
            factories.booking(pool, by=doctor, of=person, share=Share.RESERVED, source=source)
    refusal = Refusal.objects.get()
    assert (refusal.times, refusal.resource, refusal.department_code) == (2, clinic, "03.04")
    booking = factories.booking(other, by=doctor, of=person, share=Share.RESERVED, source=source)
    refusal.refresh_from_db()
    assert (refusal.outcome, refusal.booking) == ("booked", booking)


def test_a_refused_stay_leaves_nothing_taken(ward, doctor):
    nights = factories.bed_days(ward, NOW + timedelta(days=2), days=3, total=1)
    Pool.objects.filter(id=nights[2].id).update(total=0, reserved=0)
    with pytest.raises(errors.NoCapacity):
        factories.booking(*nights, by=doctor, share=Share.RESERVED, source=referral())
    assert [counters(night) for night in nights] == [{}, {}, {}]
    assert not Booking.objects.exists()
    assert Refusal.objects.count() == 1


def test_a_stay_whose_reserved_nights_run_out_borrows_the_others(ward, doctor):
    nights = factories.bed_days(ward, NOW + timedelta(days=2), days=2, total=2)
    factories.booking(nights[1], by=doctor, share=Share.RESERVED, source=referral())
    stay = factories.booking(*nights, by=doctor, share=Share.RESERVED, source=referral())
    places = stay.places.order_by("pool__starts_at").values_list("share", flat=True)
    assert (list(places), stay.share, stay.n_places) == (["reserved", "borrowed"], "borrowed", 2)


@pytest.mark.parametrize("case", ["none", "gap", "twice", "two clinics"])
def test_pools_that_make_no_booking_are_refused(case, world, clinic, ward, doctor):
    nights = factories.bed_days(ward, NOW + timedelta(days=2), days=3)
    others = [factories.pool(clinic), factories.pool(factories.resource(world.departments["surgery"]))]
    chosen = {"none": [], "gap": nights[::2], "twice": [nights[0], nights[0]], "two clinics": others}[case]
    with pytest.raises(errors.NotTogetherError):
        factories.booking(*chosen, by=doctor)


def test_what_has_ended_or_lies_too_far_ahead_is_not_booked(clinic, doctor):
    pool = factories.pool(clinic)
    with pytest.raises(errors.NotTogetherError):
        factories.booking(pool, by=doctor.at(pool.ends_at))
    far = factories.pool(clinic, starts_at=NOW + timedelta(days=15))
    with pytest.raises(InvalidInput):
        factories.booking(far, by=doctor)
    assert factories.booking(far, by=doctor, share=Share.RESERVED, source=referral())


def test_one_place_in_a_session_for_one_resident(pool, doctor):
    person = factories.resident()
    factories.booking(pool, by=doctor, of=person)
    with pytest.raises(errors.AlreadyBooked):
        factories.booking(pool, by=doctor, of=person)
    assert counters(pool) == {"public": 1}


def test_strangers_the_dead_and_those_who_may_not_are_refused(world, pool, doctor):
    with pytest.raises(NotFound):
        factories.booking(pool, by=world.actor(Role.SPECIALIST, org=world.stranger))
    with pytest.raises(NotPermitted):
        factories.booking(pool, by=world.actor(Role.PHARMACIST))
    dead = factories.resident(died_on=NOW.date())
    with pytest.raises(InvalidInput):
        factories.booking(pool, by=doctor, of=dead)
    with pytest.raises(NotFound):
        services.book(pool_ids=[pool.id], resident_id=uuid4(), share_wanted=Share.PUBLIC, source=DESK, by=doctor)


def test_book_at_desk_takes_a_public_place_of_someone_in_reach(world, pool):
    registrar = world.actor(Role.REGISTRAR, org=world.lead)
    booking = services.book_at_desk(pool_ids=[pool.id], resident_id=factories.resident().id, by=registrar)
    assert booking.share == Share.PUBLIC
    stranger = factories.resident(county_code="340198", village_code="340198101201")
    with pytest.raises(NotFound):
        services.book_at_desk(pool_ids=[pool.id], resident_id=stranger.id, by=registrar)


def test_a_hold_is_confirmed_in_time_or_not_at_all(pool, doctor):
    made = [
        services.hold(
            pool_ids=[pool.id],
            resident_id=factories.resident().id,
            share_wanted=Share.PUBLIC,
            source=DESK,
            by=doctor,
        )
        for _ in range(2)
    ]
    assert made[0].state == State.HELD
    assert made[0].held_until == NOW + timedelta(minutes=30)
    assert services.confirm(booking_id=made[0].id, by=doctor.at(NOW + timedelta(minutes=29))).state == State.BOOKED
    with pytest.raises(errors.HoldIsOver):
        services.confirm(booking_id=made[1].id, by=doctor.at(made[1].held_until))
    with pytest.raises(InvalidInput):
        factories.booking(pool, by=doctor, hold_until=NOW)


def test_a_hold_that_ran_out_gives_its_place_to_the_next(clinic, doctor):
    pool = factories.pool(clinic, total=1, reserved=0)
    held = factories.booking(pool, by=doctor, hold_until=NOW + timedelta(minutes=30))
    with pytest.raises(errors.NoCapacity):
        factories.booking(pool, by=doctor.at(NOW + timedelta(minutes=29)))
    assert factories.booking(pool, by=doctor.at(NOW + timedelta(minutes=30))).state == State.BOOKED
    held.refresh_from_db()
    assert held.state == State.EXPIRED
    assert checks.compare_counters() == []


def test_ones_own_hold_that_ran_out_does_not_stand_in_the_way(pool, doctor):
    person = factories.resident()
    factories.booking(pool, by=doctor, of=person, hold_until=NOW + timedelta(minutes=30))
    assert factories.booking(pool, by=doctor.at(NOW + timedelta(minutes=31)), of=person).state == State.BOOKED
    assert counters(pool) == {"public": 1}


def test_cancelling_gives_the_place_back_to_its_share(pool, doctor, gp):
    bookings = [factories.booking(pool, by=gp, share=Share.RESERVED, source=referral()) for _ in range(3)]
    services.cancel(booking_id=bookings[0].id, by=gp, reason="病情好转")
    assert counters(pool) == {"reserved": 1, "borrowed": 1}
    with pytest.raises(StepNotAllowed):
        services.cancel(booking_id=bookings[0].id, by=gp, reason="病情好转")
    with pytest.raises(InvalidInput):
        services.cancel(booking_id=bookings[1].id, by=gp, reason=" ")
    assert BookingTransition.objects.filter(step="cancel").count() == 1


def test_a_reserved_place_given_back_after_the_release_is_free_for_everybody(clinic, doctor):
    pool = factories.pool(clinic, total=1, reserved=1)
    booking = factories.booking(pool, by=doctor, share=Share.RESERVED, source=referral())
    late = doctor.at(pool.release_at + timedelta(hours=1))
    services.cancel(booking_id=booking.id, by=late, reason="改在本地治疗")
    assert factories.booking(pool, by=late).share == Share.RELEASED


def test_nobody_cancels_what_is_over(pool, doctor):
    booking = factories.booking(pool, by=doctor)
    with pytest.raises(errors.TooLate):
        services.cancel(booking_id=booking.id, by=doctor.at(pool.ends_at), reason="没来")


def test_the_sender_of_the_referral_cancels_through_it_and_nobody_else(world, pool, doctor, gp):
    source = referral()
    booking = factories.booking(pool, by=doctor, share=Share.RESERVED, source=source)
    with pytest.raises(NotFound):
        services.cancel(booking_id=booking.id, by=gp, reason="撤回")
    with pytest.raises(NotFound):
        services.cancel(booking_id=booking.id, by=gp, reason="撤回", through=referral())
    assert services.cancel(booking_id=booking.id, by=gp, reason="撤回", through=source).state == State.CANCELLED


def test_rescheduling_takes_the_new_place_and_gives_the_old_back(clinic, pool, doctor):
    later = factories.pool(clinic, starts_at=pool.starts_at + timedelta(days=1))
    booking = factories.booking(pool, by=doctor, share=Share.RESERVED, source=referral())
    moved = services.reschedule(booking_id=booking.id, pool_ids=[later.id], by=doctor, reason="家中有事")
    assert (moved.starts_at, moved.share) == (later.starts_at, "reserved")
    assert (counters(pool), counters(later)) == ({}, {"reserved": 1})
    assert Event.objects.get(name="capacity.BookingRescheduled").payload["reason"] == "家中有事"


def test_the_old_place_is_kept_when_the_new_session_is_full(clinic, pool, doctor):
    full = factories.pool(clinic, starts_at=pool.starts_at + timedelta(days=1), total=1, reserved=0)
    factories.booking(full, by=doctor)
    booking = factories.booking(pool, by=doctor)
    with pytest.raises(errors.NoCapacity):
        services.reschedule(booking_id=booking.id, pool_ids=[full.id], by=doctor, reason="换个时间")
    booking.refresh_from_db()
    assert booking.starts_at == pool.starts_at
    assert counters(pool) == {"public": 1}
    assert checks.compare_counters() == []


def test_nights_that_stay_are_neither_given_back_nor_taken_anew(ward, doctor):
    nights = factories.bed_days(ward, NOW + timedelta(days=2), days=4, total=1)
    stay = factories.booking(*nights[:3], by=doctor, share=Share.RESERVED, source=referral())
    services.reschedule(booking_id=stay.id, pool_ids=[n.id for n in nights[1:]], by=doctor, reason="晚一天入院")
    assert [counters(night) for night in nights] == [{}, {"reserved": 1}, {"reserved": 1}, {"reserved": 1}]
    assert BookedPlace.objects.filter(is_taken=True).count() == 3
    assert checks.compare_counters() == []


def test_a_clinic_is_not_moved_to_a_bed(ward, pool, doctor):
    night = factories.bed_days(ward, NOW + timedelta(days=2), days=1)[0]
    booking = factories.booking(pool, by=doctor)
    with pytest.raises(InvalidInput):
        services.reschedule(booking_id=booking.id, pool_ids=[night.id], by=doctor, reason="住院")


def test_arriving_is_marked_from_the_day_on_by_the_organisation(pool, doctor, gp):
    booking = factories.booking(pool, by=gp)
    with pytest.raises(errors.TooEarly):
        services.arrive(booking_id=booking.id, by=doctor.at(pool.starts_at - timedelta(days=1)))
    with pytest.raises(StepNotAllowed):
        services.arrive(booking_id=booking.id, by=gp.at(pool.starts_at))
    assert services.arrive(booking_id=booking.id, by=doctor.at(pool.starts_at)).state == State.ARRIVED
    assert counters(pool) == {"public": 1}


def test_a_no_show_is_marked_after_the_grace(pool, doctor):
    booking = factories.booking(pool, by=doctor)
    with pytest.raises(errors.TooEarly):
        services.no_show(booking_id=booking.id, by=doctor.at(pool.starts_at + timedelta(minutes=59)))
    marked = services.no_show(booking_id=booking.id, by=doctor.at(pool.starts_at + timedelta(minutes=60)))
    assert marked.state == State.NO_SHOW
    assert services.arrive(booking_id=booking.id, by=doctor.at(pool.ends_at)).state == State.ARRIVED


def test_the_desk_takes_steps_and_leaves_referrals_to_their_own_page(clinic, pool, doctor):
    later = factories.pool(clinic, starts_at=pool.starts_at + timedelta(days=1))
    booking = factories.booking(pool, by=doctor)
    services.reschedule_at_desk(booking_id=booking.id, pool_ids=[later.id], by=doctor, reason="换一天")
    assert services.take_at_desk(booking_id=booking.id, step=Step.CANCEL, by=doctor, reason="有事").state == "cancelled"
    of_referral = factories.booking(pool, by=doctor, share=Share.RESERVED, source=referral())
    with pytest.raises(errors.BelongsToReferral):
        services.take_at_desk(booking_id=of_referral.id, step=Step.CANCEL, by=doctor, reason="有事")


def test_the_job_ends_holds_and_the_next_release(clinic, doctor):
    pool = factories.pool(clinic, total=5)
    factories.booking(pool, by=doctor, hold_until=NOW + timedelta(minutes=5))
    assert services.expire_holds(SYSTEM.at(NOW + timedelta(minutes=5))) == 1
    assert counters(pool) == {}
    assert services.release_due(SYSTEM.at(pool.release_at - timedelta(seconds=1))) == 0
    assert services.release_due(SYSTEM.at(pool.release_at)) == 1
    assert services.release_due(SYSTEM.at(pool.release_at)) == 0
    assert Event.objects.get(name="capacity.CapacityReleased").payload["n_released"] == 1
