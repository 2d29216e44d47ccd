"""Free places, boards, compliance and worklists: the right numbers, to those who may read them."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from tongmai.commons.capacity import errors, presenters, selectors, services, worklists
from tongmai.commons.capacity.models import Pool
from tongmai.commons.capacity.sources import Source, SourceKind
from tongmai.commons.capacity.states import Kind, Share, State, Step
from tongmai.commons.capacity.tests import factories
from tongmai.commons.capacity.tests.factories import NOW, SYSTEM
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotFound, NotPermitted


def free(org, by, *, doctors, **asked):
    return [
        (each.free_reserved, each.free_public)
        for each in selectors.free_places(
            org_id=org.id, kind=Kind.CLINIC, from_day=NOW.date(), days=14, for_family_doctor=doctors, by=by, **asked
        )
    ]


def referral() -> Source:
    return Source(SourceKind.REFERRAL, uuid4())


def test_free_places_answer_for_the_asker(world, pool, gp):
    factories.booking(pool, by=gp)
    assert free(world.lead, gp, doctors=True) == [(2, 7)]
    assert free(world.lead, gp, doctors=False) == [(0, 7)]
    assert free(world.lead, gp, doctors=False, emergency=True) == [(2, 7)]
    assert free(world.lead, gp.at(pool.release_at), doctors=False) == [(2, 7)]


def test_free_places_count_holds_that_ran_out_as_free(world, clinic, gp):
    pool = factories.pool(clinic, total=1, reserved=0)
    factories.booking(pool, by=gp, hold_until=NOW + timedelta(minutes=10))
    assert free(world.lead, gp, doctors=False) == []
    assert free(world.lead, gp.at(NOW + timedelta(minutes=10)), doctors=False) == [(0, 1)]


def test_free_places_are_one_query_and_leave_out_what_cannot_be_taken(
    world, clinic, gp, manager, django_assert_num_queries
):
    for days in (1, 2, 20):
        factories.pool(clinic, starts_at=NOW + timedelta(days=days))
    factories.pool(clinic, starts_at=NOW - timedelta(hours=4))
    closed = factories.pool(clinic, starts_at=NOW + timedelta(days=3))
    services.close(pool_id=closed.id, reason="外出", by=manager)
    with django_assert_num_queries(1):
        assert len(free(world.lead, gp, doctors=True)) == 2
    assert len(free(world.lead, gp, doctors=True, department_code="03.04")) == 2
    assert free(world.lead, gp, doctors=True, department_code="99") == []
    assert free(world.lead, world.actor(Role.GENERAL_PRACTITIONER, org=world.stranger), doctors=True) == []


def test_full_sessions_are_named_when_asked(world, clinic, gp):
    factories.booking(factories.pool(clinic, total=1, reserved=0), by=gp)
    assert free(world.lead, gp, doctors=False, only_free=False) == [(0, 0)]


def test_free_stays_need_every_night(world, ward, gp):
    nights = factories.bed_days(ward, NOW + timedelta(days=1), days=5, total=2)
    Pool.objects.filter(id=nights[2].id).update(total=0, reserved=0)
    stays = selectors.free_stays(
        org_id=world.lead.id, from_day=NOW.date(), days=14, nights=2, for_family_doctor=True, by=gp
    )
    assert [[day.day.day for day in stay.days] for stay in stays] == [[21, 22], [24, 25]]
    assert stays[0].free == 2
    assert stays[0].free_reserved == 1


def test_the_board_shows_resources_without_sessions_too(world, clinic, ward, pool, manager, gp):
    factories.booking(pool, by=gp)
    found = selectors.board(world.lead.id, from_day=NOW.date(), days=14, by=manager)
    assert [(line.resource, sum(len(day) for day in line.by_day.values())) for line in found.lines] == [
        (ward.name, 0),
        (clinic.name, 1),
    ]
    session = found.lines[1].by_day[pool.day][0]
    assert (session.total, session.taken, session.reserved_left, session.free) == (10, 1, 2, 9)
    assert found.may_manage
    assert not selectors.board(world.lead.id, from_day=NOW.date(), days=14, by=gp).may_manage
    assert [name for _, name in selectors.offering_orgs(by=gp)] == [world.lead.name]


def test_names_are_for_those_whose_place_or_booking_it_is(world, pool, gp, manager):
    factories.booking(pool, by=gp, of=factories.resident("示例甲"))
    names = {
        role: [each.name for each in selectors.visitors(pool.id, by=actor)]
        for role, actor in {
            "offerer": manager,
            "booker": gp,
            "neighbour": world.actor(Role.GENERAL_PRACTITIONER, org=world.other_township),
        }.items()
    }
    assert names == {"offerer": ["示例甲"], "booker": ["示例甲"], "neighbour": []}
    with pytest.raises(NotFound):
        selectors.visitors(pool.id, by=world.actor(Role.MANAGER, org=world.stranger))


def test_a_resident_sees_her_own_bookings_and_their_history(world, pool, gp):
    person = factories.resident()
    booking = factories.booking(pool, by=gp, of=person)
    factories.booking(pool, by=gp)
    herself = world.actor(Role.RESIDENT, resident_id=person.id)
    found = selectors.bookings_of_resident(person.id, by=herself, coming_only=True)
    assert [(each.id, each.numbers) for each in found] == [(booking.id, [1])]
    assert [step.step for step in selectors.history(booking.id, by=herself)] == ["book"]


def test_a_booking_is_found_by_what_it_was_made_for(pool, gp):
    source = referral()
    booking = factories.booking(pool, by=gp, share=Share.RESERVED, source=source)
    assert selectors.booking_of_source(source).id == booking.id
    assert selectors.booking_of_source(referral()) is None


def test_a_booking_is_a_basis_for_the_organisation_that_expects_the_resident(world, pool, gp, doctor):
    booking = factories.booking(pool, by=gp)
    assert _is_basis(booking, doctor)
    assert not _is_basis(booking, gp)
    services.cancel(booking_id=booking.id, by=gp, reason="有事")
    assert not _is_basis(booking, doctor)


def test_a_booking_is_a_basis_until_the_day_after_it(pool, gp, doctor):
    booking = factories.booking(pool, by=gp)
    day_after = doctor.at(booking.ends_at + timedelta(days=1))
    assert _is_basis(booking, day_after)
    assert not _is_basis(booking, day_after.at(day_after.now + timedelta(days=1)))


def _is_basis(booking, by):
    return bool(selectors.holds_booking(by, booking.resident_id, since=selectors.bookings_count_since(by)))


def test_compliance_counts_what_became_of_the_reserved_places(world, clinic, doctor, manager):
    pool = factories.pool(clinic, total=10, reserved=3)
    made = [factories.booking(pool, by=doctor, share=Share.RESERVED, source=referral()) for _ in range(4)]
    services.cancel(booking_id=made[0].id, by=doctor, reason="好转")
    for _ in range(6):
        factories.booking(pool, by=doctor)
    late = doctor.at(pool.release_at)
    factories.booking(pool, by=late)
    with pytest.raises(errors.NoCapacity):
        factories.booking(pool, by=late)
    services.release_due(SYSTEM.at(late.now))
    row = selectors.compliance(from_day=pool.day, weeks=1, by=manager)[0]
    assert (row.week, row.total, row.reserved, row.rate, row.due_rate) == (
        "2026-W48", 10, 3, Decimal("0.3"), Decimal("0.2"),
    )  # fmt: skip
    assert (row.used, row.borrowed, row.n_released, row.used_released, row.returned, row.refused) == (2, 1, 1, 1, 1, 1)
    assert row.meets is True


def test_compliance_names_what_falls_short(clinic, manager):
    pool = factories.pool(clinic, total=10, reserved=1)
    row = selectors.compliance(from_day=pool.day, weeks=1, by=manager)[0]
    assert (row.n_short, row.meets) == (1, False)
    sessions = selectors.compliance_sessions(
        org_id=pool.resource.org_id, kind=Kind.CLINIC, week_starts_on=pool.day, by=manager
    )
    assert [each.pool_id for each in sessions] == [pool.id]


def test_a_closed_session_was_not_offered(clinic, manager):
    pool = factories.pool(clinic)
    services.close(pool_id=pool.id, reason="外出", by=manager)
    row = selectors.compliance(from_day=pool.day, weeks=1, by=manager)[0]
    assert (row.total, row.n_closed, row.rate, row.meets) == (0, 1, None, None)


def test_who_reads_compliance(world, clinic, manager, gp):
    pool = factories.pool(clinic)
    with pytest.raises(NotPermitted):
        selectors.compliance(from_day=pool.day, weeks=1, by=gp)
    assert selectors.compliance(from_day=pool.day, weeks=1, by=world.actor(Role.HEALTH_COMMISSION))
    for org in (world.tcm, world.stranger):
        other = world.actor(Role.RESOURCE_MANAGER, org=org)
        assert selectors.compliance(from_day=pool.day, weeks=1, by=other) == []


def test_refusals_name_the_resident_only_to_the_two_sides(world, clinic, gp, doctor):
    pool = factories.pool(clinic, total=1, reserved=0)
    factories.booking(pool, by=doctor)
    with pytest.raises(errors.NoCapacity):
        factories.booking(pool, by=gp, of=factories.resident("示例甲"), share=Share.RESERVED, source=referral())
    names = [
        [row.name for row in selectors.refusals(by=by)] for by in (gp, doctor, world.actor(Role.HEALTH_COMMISSION))
    ]
    assert names == [["示例甲"], ["示例甲"], [""]]
    assert selectors.refusals(by=world.actor(Role.SPECIALIST, org=world.tcm)) == []


def test_a_request_without_any_place_to_choose_is_noted_and_dropped(world, gp, doctor):
    person, source = factories.resident(), referral()
    services.note_refusal(
        org_id=world.lead.id,
        kind=Kind.BED,
        resident_id=person.id,
        share_wanted=Share.RESERVED,
        wanted_on=NOW.date(),
        source=source,
        by=gp,
    )
    row = selectors.refusals(by=gp, open_only=True)[0]
    with pytest.raises(NotPermitted):
        services.drop_refusal(refusal_id=row.id, by=world.actor(Role.HEALTH_COMMISSION), reason="不用了")
    services.drop_refusal(refusal_id=row.id, by=doctor, reason="撤回", through=source)
    assert selectors.refusals(by=gp, open_only=True) == []


def test_worklist_of_the_desk_and_of_those_who_move_people(world, clinic, doctor, manager, gp):
    registrar = world.actor(Role.REGISTRAR, org=world.lead)
    today = factories.pool(clinic, starts_at=NOW + timedelta(hours=1))
    closed = factories.pool(clinic, starts_at=NOW + timedelta(days=1))
    factories.booking(today, by=doctor, of=factories.resident("示例甲"))
    factories.booking(today, by=doctor, share=Share.RESERVED, source=referral())
    factories.booking(closed, by=gp, of=factories.resident("示例乙"))
    services.close(pool_id=closed.id, reason="外出", by=manager)
    assert [(item.who, item.urgency) for item in worklists.waiting(by=registrar)] == [
        ("示例甲", "routine"),
        ("示例乙", "urgent"),
    ]
    assert [item.who for item in worklists.waiting(by=manager)] == ["示例乙"]
    assert worklists.waiting(by=gp) == []
    assert worklists.waiting(by=world.actor(Role.REGISTRAR, org=world.tcm)) == []


def test_every_word_has_a_label():
    assert set(presenters.STATES) == set(State)
    assert set(presenters.SHARES) == set(presenters.SHARE_TONES) == set(Share)
    assert set(presenters.STEPS) == set(Step)
    assert set(presenters.KINDS) == set(Kind)
    assert set(presenters.SOURCES) == set(SourceKind)


def test_a_share_is_never_rounded_up_to_the_limit():
    assert presenters.percent(Decimal("0.19999")) == "19.9%"
    assert presenters.rate_said(Decimal("0.2")) == "20%"
    assert presenters.rate_said(Decimal("0.225")) == "22.5%"
