"""Who may find whom, who may open what, and that it is written down."""

from datetime import timedelta

import pytest

from tongmai.commons.residents import access, selectors, services
from tongmai.commons.residents.bases import Basis
from tongmai.commons.residents.errors import BasisNeeded
from tongmai.commons.residents.models import EmergencyReview
from tongmai.commons.residents.tests import factories
from tongmai.commons.residents.worklists import waiting
from tongmai.foundation.audit.models import AccessLog, Event
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted

REASON = "昏迷送来，无家属陪同，需了解用药"


@pytest.fixture
def person(world):
    return factories.resident()


def test_a_resident_is_found_in_her_county_and_where_she_is_known(world, person):
    assert access.get(person.id, by=world.actor(Role.SPECIALIST)) == person
    assert access.get(person.id, by=world.actor(Role.REGISTRAR)) == person
    for by in (
        world.actor(Role.SPECIALIST, org=world.stranger),
        world.actor(Role.SPECIALIST, org=world.outside),
        world.actor(Role.MANAGER),
        world.actor(Role.AUDIT_ADMIN),
    ):
        with pytest.raises(NotFound):
            access.get(person.id, by=by)
    services.make_known(person.id, org_id=world.outside.id, via="referral", by=world.actor(Role.SYSTEM))
    assert access.get(person.id, by=world.actor(Role.SPECIALIST, org=world.outside)) == person


def test_a_resident_finds_herself_and_her_ward_only(world, person):
    ward, other = factories.resident("示例小乙"), factories.resident("示例丁")
    by = world.actor(Role.REGISTRAR)
    services.add_guardian(ward.id, by=by, name="示例甲", relation="mother", guardian_resident_id=person.id)
    herself = world.actor(Role.RESIDENT, resident_id=person.id)
    assert set(access.visible(herself)) == {person, ward}
    assert access.open_record(person.id, by=herself, what="record").basis == Basis.SELF
    assert access.open_record(ward.id, by=herself, what="record").basis == Basis.GUARDIAN
    with pytest.raises(NotFound):
        access.open_record(other.id, by=herself, what="record")


def test_the_village_doctor_of_the_area_opens_and_it_is_logged(world, person):
    by = world.actor(Role.VILLAGE_DOCTOR)
    assert access.open_record(person.id, by=by, what="timeline").basis == Basis.RESPONSIBLE_AREA
    entry = AccessLog.objects.get()
    assert (entry.resident_id, entry.by_post_id, entry.basis, entry.what, entry.at) == (
        person.id,
        by.post_id,
        "responsible_area",
        "timeline",
        by.now,
    )


def test_the_doctor_of_another_area_needs_a_contract(world, person):
    by = world.actor(Role.VILLAGE_DOCTOR, org=world.other_village)
    with pytest.raises(BasisNeeded):
        access.open_record(person.id, by=by, what="timeline")
    assert not access.may_open(person.id, by=by)
    relation = factories.family_doctor(person, by=by)
    assert access.open_record(person.id, by=by, what="timeline").basis == Basis.CONTRACT
    assert selectors.family_doctor_of(person.id, by.today).staff_id == by.staff_id
    assert selectors.has_family_doctor_at(person.id, by.org_id, by.today)
    services.end_care_relation(source_id=relation.source_id, ends_before=by.today)
    with pytest.raises(BasisNeeded):
        access.open_record(person.id, by=by, what="timeline")


def test_finding_alone_opens_nothing(world, person):
    with pytest.raises(NotPermitted):
        access.open_record(person.id, by=world.actor(Role.REGISTRAR), what="timeline")
    assert access.identity(person.id, by=world.actor(Role.REGISTRAR), what="identity").basis == Basis.REGISTRATION
    with pytest.raises(NotPermitted):
        access.identity(person.id, by=world.actor(Role.NURSE), what="identity")


def test_an_emergency_opens_for_a_day_in_the_post_that_asked(world, person):
    by = world.actor(Role.SPECIALIST)
    with pytest.raises(InvalidInput):
        services.break_glass(person.id, by=by, reason="紧急")
    opened = services.break_glass(person.id, by=by, reason=REASON)
    assert services.break_glass(person.id, by=by, reason=REASON) == opened
    record = access.open_record(person.id, by=by, what="timeline")
    assert (record.basis, record.reason) == (Basis.EMERGENCY, REASON)
    assert {entry.reason for entry in AccessLog.objects.all()} == {REASON}
    assert Event.objects.filter(name="residents.RecordOpenedInEmergency").count() == 1
    with pytest.raises(BasisNeeded):
        access.open_record(person.id, by=by.at(opened.until), what="timeline")
    with pytest.raises(NotPermitted):
        services.break_glass(person.id, by=world.actor(Role.NURSE), reason=REASON)


def test_the_family_doctor_managers_and_audit_each_judge_an_emergency_once(world, person):
    doctor = world.actor(Role.VILLAGE_DOCTOR, org=world.other_village)
    factories.family_doctor(person, by=doctor)
    opened = services.break_glass(person.id, by=world.actor(Role.SPECIALIST), reason=REASON)
    judges = [doctor, world.actor(Role.MANAGER), world.actor(Role.AUDIT_ADMIN)]
    for by in judges:
        item = waiting(by=by)[0]
        assert (item.who, item.what) == (person.name, REASON)
        services.review_emergency(opened.id, by=by, verdict="justified")
        assert waiting(by=by) == []
        with pytest.raises(Conflict):
            services.review_emergency(opened.id, by=by, verdict="justified")
    assert EmergencyReview.objects.count() == 3
    for by in (
        world.actor(Role.VILLAGE_DOCTOR),
        world.actor(Role.MANAGER, org=world.tcm),
        world.actor(Role.AUDIT_ADMIN, org=world.stranger),
        world.actor(Role.REGISTRAR),
    ):
        assert waiting(by=by) == []
        with pytest.raises(NotFound):
            services.review_emergency(opened.id, by=by, verdict="justified")


def test_an_emergency_is_questioned_only_with_words(world, person):
    opened = services.break_glass(person.id, by=world.actor(Role.SPECIALIST), reason=REASON)
    with pytest.raises(InvalidInput):
        services.review_emergency(opened.id, by=world.actor(Role.AUDIT_ADMIN), verdict="questioned")


def test_the_resident_and_the_audit_administrator_read_the_access_log(world, person):
    access.open_record(person.id, by=world.actor(Role.VILLAGE_DOCTOR), what="timeline")
    for by in (world.actor(Role.RESIDENT, resident_id=person.id), world.actor(Role.AUDIT_ADMIN)):
        assert [entry.what for entry in selectors.access_log(person.id, by=by)] == ["timeline"]
    for by in (
        world.actor(Role.VILLAGE_DOCTOR),
        world.actor(Role.AUDIT_ADMIN, org=world.stranger),
        world.actor(Role.RESIDENT, resident_id=factories.resident("示例戊").id),
    ):
        with pytest.raises(NotFound):
            selectors.access_log(person.id, by=by)


def test_an_emergency_that_ends_leaves_no_way_in_for_others(world, person):
    by = world.actor(Role.SPECIALIST)
    services.break_glass(person.id, by=by, reason=REASON)
    colleague = world.actor(Role.SPECIALIST, org=world.tcm)
    with pytest.raises(BasisNeeded):
        access.open_record(person.id, by=colleague, what="timeline")
    assert access.may_open(person.id, by=by.at(by.now + timedelta(hours=23)))
