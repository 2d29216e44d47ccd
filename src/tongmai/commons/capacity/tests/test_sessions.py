"""Publishing, changing, closing; resources and their weeks; sheets."""

from datetime import time, timedelta
from decimal import Decimal

import pytest

from tongmai.commons.capacity import errors, services
from tongmai.commons.capacity.models import Pool
from tongmai.commons.capacity.services import sessions
from tongmai.commons.capacity.states import Kind, PoolState, Share
from tongmai.commons.capacity.tests import factories
from tongmai.commons.capacity.tests.factories import NOW
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted, VersionConflict
from tongmai.kernel.months import local_day

TOMORROW = NOW + timedelta(days=1)


def test_publish_reserves_the_share_and_keeps_the_evidence(clinic, manager):
    pool = services.publish(
        resource_id=clinic.id, starts_at=TOMORROW, ends_at=TOMORROW + timedelta(hours=3), total=18, by=manager
    )
    assert (pool.reserved, pool.reserved_due) == (4, 4)
    assert (pool.policy_rate, pool.applied_rate) == (Decimal("0.2"), Decimal("0.2"))
    assert pool.release_at == TOMORROW - timedelta(hours=24)
    assert pool.day == local_day(TOMORROW)


def test_a_resource_may_reserve_more(world, manager):
    resource = factories.resource(world.departments["cardiology"], reserved_rate=Decimal("0.5"))
    pool = factories.pool(resource, total=9)
    assert (pool.reserved, pool.reserved_due) == (5, 2)


def test_a_township_reserves_what_it_configures(world):
    assert factories.pool(factories.resource(world.departments["general"]), total=10).reserved == 0


@pytest.mark.parametrize(
    ("hours", "total", "by_days"),
    [(0, 10, 0), (-1, 10, 0), (3, 0, 0), (3, 5000, 0), (3, 10, -5)],
)
def test_nonsense_is_not_published(clinic, manager, hours, total, by_days):
    starts = TOMORROW + timedelta(days=by_days)
    with pytest.raises(InvalidInput):
        services.publish(
            resource_id=clinic.id, starts_at=starts, ends_at=starts + timedelta(hours=hours), total=total, by=manager
        )


def test_a_ward_is_published_by_whole_days_and_a_closed_resource_not_at_all(ward, manager):
    with pytest.raises(InvalidInput):
        sessions.check(sessions.Session(ward, TOMORROW, TOMORROW + timedelta(hours=3), 4), by=manager)
    ward.is_active = False
    with pytest.raises(InvalidInput):
        sessions.check(sessions.bed_days(ward, TOMORROW.date(), TOMORROW.date(), 4)[0], by=manager)


def test_only_the_organisations_own_manager_publishes(world, clinic, doctor):
    ends = TOMORROW + timedelta(hours=3)
    for by, refusal in (
        (doctor, NotPermitted),
        (world.actor(Role.RESOURCE_MANAGER, org=world.tcm), NotPermitted),
        (world.actor(Role.RESOURCE_MANAGER, org=world.stranger), NotFound),
    ):
        with pytest.raises(refusal):
            services.publish(resource_id=clinic.id, starts_at=TOMORROW, ends_at=ends, total=5, by=by)


def test_the_same_session_is_published_once(clinic, manager):
    sent = {"resource_id": clinic.id, "starts_at": TOMORROW, "ends_at": TOMORROW + timedelta(hours=3), "total": 5}
    services.publish(by=manager, **sent)
    with pytest.raises(errors.OneSessionAtATime):
        services.publish(by=manager, **sent)


def test_publish_days_offers_a_ward_for_a_week(ward, manager):
    sent = {"resource_id": ward.id, "first": TOMORROW.date(), "starts": None, "ends": None, "total": 4, "by": manager}
    assert services.publish_days(last=TOMORROW.date() + timedelta(days=6), **sent) == 7
    assert services.publish_days(last=TOMORROW.date() + timedelta(days=7), **sent) == 1
    with pytest.raises(errors.OneSessionAtATime):
        services.publish_days(last=TOMORROW.date(), **sent)
    assert Pool.objects.first().reserved == 1


def test_publish_weeks_follows_the_template_and_repeats_without_harm(world, clinic, ward, manager):
    services.set_weekly(resource_id=clinic.id, weekday=1, starts_time=time(8), ends_time=time(12), total=20, by=manager)
    for weekday in range(7):
        services.set_weekly(
            resource_id=ward.id, weekday=weekday, starts_time=time.min, ends_time=time.min, total=6, by=manager
        )
    first = services.publish_weeks(from_day=TOMORROW.date(), days=14, by=manager)
    assert first == 2 + 14
    assert services.publish_weeks(from_day=TOMORROW.date(), days=14, by=manager) == 0
    with pytest.raises(InvalidInput):
        services.publish_weeks(from_day=NOW.date() - timedelta(days=1), days=14, by=manager)
    with pytest.raises(NotPermitted):
        services.publish_weeks(from_day=TOMORROW.date(), days=14, by=world.actor(Role.MANAGER))


def test_a_template_line_ends_and_may_come_back(clinic, manager):
    sent = {"resource_id": clinic.id, "weekday": 1, "starts_time": time(8), "ends_time": time(12), "by": manager}
    line = services.set_weekly(total=20, **sent)
    with pytest.raises(Conflict):
        services.set_weekly(total=10, **sent)
    with pytest.raises(InvalidInput):
        services.set_weekly(total=10, **(sent | {"ends_time": time(7)}))
    services.drop_weekly(line_id=line.id, by=manager)
    services.set_weekly(total=10, **sent)
    services.publish_weeks(from_day=TOMORROW.date(), days=7, by=manager)
    assert Pool.objects.get().total == 10


def test_change_total_moves_the_reserved_part_along(pool, manager):
    changed = services.change_total(pool_id=pool.id, total=21, version=pool.version, by=manager)
    assert (changed.reserved, changed.version) == (5, pool.version + 1)
    with pytest.raises(VersionConflict):
        services.change_total(pool_id=pool.id, total=30, version=pool.version, by=manager)
    with pytest.raises(InvalidInput):
        services.change_total(pool_id=pool.id, total=0, version=changed.version, by=manager)


def test_change_total_never_goes_below_what_is_taken_in_a_part(pool, manager, doctor):
    for _ in range(2):
        factories.booking(pool, by=doctor, share=Share.RESERVED)
    for _ in range(3):
        factories.booking(pool, by=doctor)
    with pytest.raises(errors.BelowTaken):
        services.change_total(pool_id=pool.id, total=4, version=1, by=manager)
    changed = services.change_total(pool_id=pool.id, total=5, version=1, by=manager)
    assert (changed.total, changed.reserved) == (5, 2)


def test_closing_names_those_who_must_be_moved_or_told(pool, manager, doctor):
    booked = factories.booking(pool, by=doctor)
    gone = factories.booking(pool, by=doctor)
    services.cancel(booking_id=gone.id, by=doctor, reason="有事")
    assert services.close(pool_id=pool.id, reason="医生外出", by=manager) == [booked.id]
    with pytest.raises(errors.SessionClosed):
        factories.booking(pool, by=doctor)
    with pytest.raises(Conflict):
        services.close(pool_id=pool.id, reason="医生外出", by=manager)
    with pytest.raises(InvalidInput):
        services.close(pool_id=pool.id, reason=" ", by=manager)
    assert services.reopen(pool_id=pool.id, by=manager).state == PoolState.OPEN
    with pytest.raises(Conflict):
        services.reopen(pool_id=pool.id, by=manager)


def test_people_leave_a_closed_session_by_being_moved(clinic, pool, manager, doctor):
    booking = factories.booking(pool, by=doctor)
    later = factories.pool(clinic, starts_at=pool.starts_at + timedelta(days=1))
    services.close(pool_id=pool.id, reason="医生外出", by=manager)
    assert services.reschedule(booking_id=booking.id, pool_ids=[later.id], by=doctor, reason="停诊")


def test_resources_are_created_and_changed_by_their_own(world, manager):
    sent = {
        "department_id": world.departments["imaging"].id,
        "kind": Kind.EXAM,
        "catalog_code": "exam-ct",
        "name": "示例 CT 室",
    }
    resource = services.create_resource(by=manager, **sent)
    with pytest.raises(InvalidInput):
        services.create_resource(by=manager, **sent)
    with pytest.raises(NotPermitted):
        services.create_resource(by=world.actor(Role.RESOURCE_MANAGER, org=world.tcm), **sent)
    other = services.create_resource(by=manager, **(sent | {"name": "示例 MR 室"}))
    with pytest.raises(InvalidInput):
        services.change_resource(resource_id=other.id, version=1, name="示例 CT 室", by=manager)
    with pytest.raises(VersionConflict):
        services.change_resource(resource_id=resource.id, version=9, place="1 楼", by=manager)
    with pytest.raises(InvalidInput):
        services.change_resource(resource_id=resource.id, version=1, practitioner_id=resource.id, by=manager)
    assert services.change_resource(resource_id=resource.id, version=1, place="1 楼", by=manager).version == 2
