"""Nobody oversells: threads that begin together, on whichever database the suite runs."""

import random
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from tongmai.commons.capacity import checks, errors, services
from tongmai.commons.capacity.models import BookedPlace, Booking, Pool, Refusal
from tongmai.commons.capacity.sources import DESK, Source, SourceKind
from tongmai.commons.capacity.states import Kind, PoolState, Share, State
from tongmai.commons.capacity.tests import factories
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW, county_world
from tongmai.kernel.errors import StepNotAllowed, VersionConflict

WRITERS = 64


def _book(pools, person, share, by, **fields):
    source = Source(SourceKind.REFERRAL, uuid4()) if share == Share.RESERVED else DESK
    return services.book(
        pool_ids=[pool.id for pool in pools], resident_id=person.id, share_wanted=share, source=source, by=by, **fields
    )


@pytest.fixture
def scene(transactional_db):
    world = county_world()
    return world, world.actor(Role.SPECIALIST)


def test_sixty_four_writers_get_ten_places(threads, scene):
    world, by = scene
    pool = factories.pool(factories.resource(world.departments["cardiology"]), total=10)
    people = [factories.resident() for _ in range(WRITERS)]
    outcomes = threads(WRITERS, lambda i: _book([pool], people[i], Share.RESERVED, by))
    outcomes.only_errors_of(errors.NoCapacity)
    assert len(outcomes.results) == 10
    assert Counter(booking.share for booking in outcomes.results) == {"reserved": 2, "borrowed": 8}
    assert BookedPlace.objects.filter(is_taken=True).count() == 10
    assert sorted(BookedPlace.objects.values_list("number", flat=True)) == list(range(1, 11))
    assert Refusal.objects.count() == WRITERS - 10
    assert checks.compare_counters() == []


def test_the_public_never_gets_into_the_reserved_part_before_its_release(threads, scene):
    world, by = scene
    pool = factories.pool(factories.resource(world.departments["cardiology"]), total=10, reserved=4)
    people = [factories.resident() for _ in range(40)]
    shares = [Share.PUBLIC, Share.RESERVED] * 20
    outcomes = threads(40, lambda i: _book([pool], people[i], shares[i], by))
    outcomes.only_errors_of(errors.NoCapacity)
    pool.refresh_from_db()
    assert len(outcomes.results) == 10
    assert pool.taken_reserved == 4
    assert pool.taken_public + pool.taken_borrowed == 6
    assert checks.compare_counters() == []


def test_cancelled_places_are_taken_again_while_others_book(threads, scene):
    world, by = scene
    pool = factories.pool(factories.resource(world.departments["cardiology"]), total=10)
    held = [factories.booking(pool, by=by, share=Share.RESERVED) for _ in range(10)]
    people = [factories.resident() for _ in range(20)]

    def work(i):
        if i < 10:
            return services.cancel(booking_id=held[i].id, by=by, reason="另约")
        return _book([pool], people[i - 10], Share.RESERVED, by)

    outcomes = threads(30, work).only_errors_of(errors.NoCapacity)
    got = [each for each in outcomes.results if each.state == State.BOOKED]
    assert len(got) <= 10
    assert BookedPlace.objects.filter(is_taken=True).count() == len(got)
    assert checks.compare_counters() == []


def test_one_booking_is_cancelled_once(threads, scene):
    world, by = scene
    pool = factories.pool(factories.resource(world.departments["cardiology"]), total=10)
    booking = factories.booking(pool, by=by)
    outcomes = threads(8, lambda i: services.cancel(booking_id=booking.id, by=by, reason="另约"))
    outcomes.only_errors_of(StepNotAllowed)
    assert len(outcomes.results) == 1
    assert checks.compare_counters() == []


def test_swapping_between_two_sessions_neither_deadlocks_nor_loses_a_place(threads, scene):
    world, by = scene
    clinic = factories.resource(world.departments["cardiology"])
    pools = [factories.pool(clinic, starts_at=NOW + timedelta(days=3 + i), total=20) for i in range(2)]
    bookings = [factories.booking(pools[i % 2], by=by) for i in range(16)]

    def work(i):
        there = pools[(i + 1) % 2]
        return services.reschedule(booking_id=bookings[i].id, pool_ids=[there.id], by=by, reason="换个时间")

    outcomes = threads(16, work).only_errors_of(errors.NoCapacity)
    assert len(outcomes.results) == 16
    assert BookedPlace.objects.filter(is_taken=True).count() == 16
    assert checks.compare_counters() == []


def test_stays_that_cross_on_a_full_ward_take_all_their_nights_or_none(threads, scene):
    world, by = scene
    ward = factories.resource(world.departments["surgery"], Kind.BED)
    nights = factories.bed_days(ward, NOW + timedelta(days=2), days=6, total=3)
    people = [factories.resident() for _ in range(24)]
    random.seed(7)
    starts = [random.randrange(4) for _ in range(24)]

    def work(i):
        run = nights[starts[i] : starts[i] + 3]
        return _book(random.sample(run, 3), people[i], Share.RESERVED, by)

    outcomes = threads(24, work).only_errors_of(errors.NoCapacity)
    assert outcomes.results
    places = Counter(BookedPlace.objects.filter(is_taken=True).values_list("booking", flat=True))
    assert set(places.values()) == {3}
    assert checks.compare_counters() == []


def test_holds_that_ran_out_are_reclaimed_by_those_who_come(threads, scene):
    world, by = scene
    ward = factories.resource(world.departments["surgery"], Kind.BED)
    nights = factories.bed_days(ward, NOW + timedelta(days=2), days=4, total=4)
    for i in range(4):
        run = nights[i % 2 : i % 2 + 3]
        factories.booking(*run, by=by, share=Share.RESERVED, hold_until=NOW + timedelta(minutes=5))
    people = [factories.resident() for _ in range(16)]
    later = by.at(NOW + timedelta(minutes=6))
    outcomes = threads(
        18,
        lambda i: (
            _book(nights[i % 2 : i % 2 + 3], people[i], Share.RESERVED, later)
            if i < 16
            else services.expire_holds(by=factories.SYSTEM.at(later.now))
        ),
    ).only_errors_of(errors.NoCapacity)
    got = [each for each in outcomes.results if isinstance(each, Booking)]
    assert len(got) == 4
    assert checks.compare_counters() == []


def test_one_resident_gets_one_place_in_a_session(threads, scene):
    world, by = scene
    pool = factories.pool(factories.resource(world.departments["cardiology"]), total=10)
    person = factories.resident()
    outcomes = threads(8, lambda i: _book([pool], person, Share.PUBLIC, by)).only_errors_of(errors.AlreadyBooked)
    assert len(outcomes.results) == 1
    pool.refresh_from_db()
    assert pool.taken_public == 1
    assert checks.compare_counters() == []


def test_fewer_places_and_more_bookings_at_once_never_cross(threads, scene):
    world, by = scene
    manager = world.actor(Role.RESOURCE_MANAGER)
    pool = factories.pool(factories.resource(world.departments["cardiology"]), total=20)
    people = [factories.resident() for _ in range(24)]

    def work(i):
        if i % 4 == 0:
            version = Pool.objects.values_list("version", flat=True).get(id=pool.id)
            return services.change_total(pool_id=pool.id, total=10 + i // 4, version=version, by=manager)
        return _book([pool], people[i], Share.PUBLIC, by)

    threads(24, work).only_errors_of(errors.NoCapacity, errors.BelowTaken, VersionConflict)
    pool.refresh_from_db()
    assert pool.taken_public <= pool.total - pool.reserved
    assert checks.compare_counters() == []


def test_nobody_slips_into_a_session_after_it_was_closed(threads, scene):
    world, by = scene
    manager = world.actor(Role.RESOURCE_MANAGER)
    pool = factories.pool(factories.resource(world.departments["cardiology"]), total=20)
    people = [factories.resident() for _ in range(12)]

    def work(i):
        if i == 0:
            return services.close(pool_id=pool.id, reason="医生外出", by=manager)
        return _book([pool], people[i], Share.PUBLIC, by)

    outcomes = threads(12, work).only_errors_of(errors.SessionClosed)
    pool.refresh_from_db()
    assert pool.state == PoolState.CLOSED
    assert pool.taken_public == len(outcomes.results) - 1
    assert set(outcomes.returned[0]) <= {each.id for each in outcomes.results[1:]}
