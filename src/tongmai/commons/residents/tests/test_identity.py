"""Identity is amended, never overwritten; numbers of cards are never used twice; people are in groups for a time."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tongmai.commons.residents import selectors, services
from tongmai.commons.residents.errors import AlreadyRegistered, BasisNeeded, NumberTaken
from tongmai.commons.residents.models import (
    Coverage,
    Guardian,
    Identifier,
    IdentityChange,
    Medium,
    Phone,
    Resident,
    Tag,
)
from tongmai.commons.residents.states import MediumStep
from tongmai.commons.residents.tests import factories
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW, county_world
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted, StepNotAllowed, VersionConflict


@pytest.fixture
def person(world):
    return factories.resident()


def test_an_amended_name_keeps_the_old_one_with_the_reason(by, person):
    changed = services.amend_identity(person.id, by=by, reason="户口簿更正", version=1, name="示例改")
    assert (changed.name, changed.version) == ("示例改", 2)
    row = IdentityChange.objects.get()
    assert (row.field, row.old_value, row.new_value, row.reason) == ("name", "示例甲", "示例改", "户口簿更正")
    assert [found.id for found in selectors.search("示例改", by=by)] == [person.id]
    assert selectors.search("示例甲", by=by) == []


def test_nothing_changed_writes_nothing(by, person):
    services.amend_identity(person.id, by=by, reason="核对", version=1, name="示例甲")
    assert not IdentityChange.objects.exists()


def test_amending_wants_a_reason_a_fresh_version_and_what_the_number_says(world, by, person):
    with pytest.raises(InvalidInput):
        services.amend_identity(person.id, by=by, reason=" ", version=1, name="示例改")
    with pytest.raises(VersionConflict):
        services.amend_identity(person.id, by=by, reason="旧页面", version=9, name="示例改")
    with pytest.raises(InvalidInput):
        services.amend_identity(person.id, by=by, reason="误改", version=1, born_on=date(1961, 1, 1))
    with pytest.raises(NotFound):
        stranger = world.actor(Role.REGISTRAR, org=world.stranger)
        services.amend_identity(person.id, by=stranger, reason="误", version=1, name="别名")


def test_an_unnamed_patient_is_completed_and_her_history_stays(by):
    unnamed = services.register(by=by, is_unnamed=True, sex="female")
    services.amend_identity(
        unnamed.id, by=by, reason="家属到场", version=1, name="示例己", born_on=date(1960, 5, 17), is_unnamed=False
    )
    services.add_identifier(unnamed.id, by=by, kind="citizen_id", value=factories.citizen_id(date(1960, 5, 17)))
    assert {row.field for row in IdentityChange.objects.all()} == {
        "name", "born_on", "is_unnamed", "identifier:citizen_id",
    }  # fmt: skip
    assert selectors.search("slj", by=by)[0].id == unnamed.id


def test_a_move_to_another_county_changes_who_finds_her(world, by, person):
    services.amend_identity(person.id, by=by, reason="迁居", version=1, village_code="340198101201")
    assert Resident.objects.get().county_code == "340198"
    stranger = world.actor(Role.SPECIALIST, org=world.stranger)
    assert selectors.search("示例甲", by=stranger)


def test_one_person_has_one_citizens_number_and_one_number_one_person(by, person):
    with pytest.raises(Conflict):
        services.add_identifier(person.id, by=by, kind="citizen_id", value=factories.citizen_id(person.born_on))
    other = factories.resident("示例庚", id_number="")
    with pytest.raises(AlreadyRegistered) as refused:
        services.add_identifier(other.id, by=by, kind="citizen_id", value=person.identifiers.get().value)
    assert refused.value.resident_id == person.id


def test_a_closed_number_may_be_held_by_its_rightful_owner(by, person):
    number = person.identifiers.get()
    with pytest.raises(InvalidInput):
        services.close_identifier(number.id, by=by, reason="")
    services.close_identifier(number.id, by=by, reason="录错人")
    with pytest.raises(Conflict):
        services.close_identifier(number.id, by=by, reason="再次")
    rightful = services.register(by=by, name="示例辛", id_number=number.value)
    assert selectors.by_number("citizen_id", number.value, by=by) == rightful.id


def test_a_number_that_contradicts_birth_or_sex_is_not_added(by):
    person = factories.resident(id_number="")
    with pytest.raises(InvalidInput):
        services.add_identifier(person.id, by=by, kind="citizen_id", value=factories.citizen_id(date(1970, 1, 1)))


def test_64_people_cannot_take_one_number(threads):
    by = county_world().actor(Role.REGISTRAR)
    people = [factories.resident(f"示例{i}", id_number="") for i in range(64)]
    number = factories.citizen_id(date(1960, 5, 17))
    outcomes = threads(
        64, lambda i: services.add_identifier(people[i].id, by=by, kind="citizen_id", value=number)
    ).only_errors_of(AlreadyRegistered)
    assert len(outcomes.results) == 1
    assert Identifier.objects.filter(value=number, is_current=True).count() == 1


def test_a_cards_number_is_never_given_out_again(by, person):
    card = services.issue_medium(person.id, by=by, kind="health_card", number="h-0001")
    assert selectors.search("H0001", by=by)[0].id == person.id
    services.move_medium(card.id, MediumStep.REVOKE, by=by, reason="毁损")
    assert selectors.search("H0001", by=by) == []
    with pytest.raises(NumberTaken):
        services.issue_medium(factories.resident("示例壬").id, by=by, kind="health_card", number="H0001")


def test_a_lost_card_is_found_again_or_ended(by, person):
    card = services.issue_medium(person.id, by=by, kind="e_code", number="E0001")
    services.move_medium(card.id, MediumStep.REPORT_LOST, by=by, reason="遗失")
    with pytest.raises(StepNotAllowed):
        services.move_medium(card.id, MediumStep.REPORT_LOST, by=by, reason="再次")
    services.move_medium(card.id, MediumStep.FIND, by=by, reason="找回")
    ended = services.move_medium(card.id, MediumStep.REPLACE, by=by, reason="换发")
    assert (ended.state, ended.ended_by_id) == ("replaced", by.user_id)
    assert ended.transitions.count() == 3
    with pytest.raises(InvalidInput):
        services.move_medium(card.id, MediumStep.FIND, by=by, reason=" ")


def test_a_temporary_card_has_an_end(by, person):
    with pytest.raises(InvalidInput):
        services.issue_medium(person.id, by=by, kind="temporary_card", number="T0001")
    services.issue_medium(
        person.id, by=by, kind="temporary_card", number="T0001", valid_before=by.today + timedelta(days=7)
    )


def test_a_family_shares_a_phone_and_each_is_found_by_it(by, person):
    son = factories.resident("示例子", born_on=date(1985, 2, 2), sex="male")
    for each, whose in ((person, "child"), (son, "self")):
        services.add_phone(each.id, by=by, number="+86 139-0000-0001", whose=whose)
    assert {found.id for found in selectors.search("13900000001", by=by)} == {person.id, son.id}
    assert {found.id for found in selectors.search("0001", by=by)} == {person.id, son.id}


def test_a_new_main_phone_takes_the_place_of_the_old(by, person):
    first = services.add_phone(person.id, by=by, number="13900000001")
    second = services.add_phone(person.id, by=by, number="13900000002")
    assert [phone.id for phone in selectors.phones_of(person.id)] == [second.id, first.id]
    services.close_phone(second.id, by=by)
    assert Phone.objects.get(id=first.id).is_main
    with pytest.raises(Conflict):
        services.close_phone(second.id, by=by)


def test_a_guardian_is_another_and_ends(by, person):
    child = factories.resident("示例小癸", born_on=date(2022, 3, 3))
    with pytest.raises(InvalidInput):
        services.add_guardian(child.id, by=by, name="示例小癸", relation="self")
    guardian = services.add_guardian(child.id, by=by, name="示例甲", relation="mother", guardian_resident_id=person.id)
    with pytest.raises(Conflict):
        services.add_guardian(child.id, by=by, name="示例甲", relation="mother")
    assert [each.name for each in selectors.guardians_of(child.id, by.today)] == ["示例甲"]
    services.end_guardian(guardian.id, by=by)
    assert selectors.guardians_of(child.id, by.today) == []
    with pytest.raises(Conflict):
        services.end_guardian(guardian.id, by=by)


def test_a_group_is_given_by_who_may_open_the_record(world, person):
    doctor = world.actor(Role.VILLAGE_DOCTOR)
    with pytest.raises(BasisNeeded):
        services.add_tag(person.id, by=world.actor(Role.SPECIALIST), kind="hypertension")
    tag = services.add_tag(person.id, by=doctor, kind="hypertension")
    with pytest.raises(Conflict):
        services.add_tag(person.id, by=doctor, kind="hypertension")
    assert selectors.summary(person.id, doctor.today).groups == ("elderly", "hypertension")
    services.end_tag(tag.id, by=doctor, reason="误登")
    assert selectors.summary(person.id, doctor.today).groups == ("elderly",)


def test_insurance_follows_one_after_the_other(by, person):
    first = services.set_coverage(person.id, by=by, scheme="resident", starts_on=date(2025, 1, 1))
    services.set_coverage(person.id, by=by, scheme="employee", area_code="340104", starts_on=date(2026, 1, 1))
    first.refresh_from_db()
    assert first.ends_before == date(2026, 1, 1)
    assert selectors.summary(person.id, by.today).insurance_scheme == "employee"
    with pytest.raises(InvalidInput):
        services.set_coverage(person.id, by=by, scheme="none", starts_on=date(2024, 1, 1))


def test_who_registers_nobody_enters_no_death(world, person):
    with pytest.raises(NotPermitted):
        services.mark_deceased(person.id, by=world.actor(Role.NURSE), died_on=NOW.date(), reason="死亡医学证明")


def test_a_death_is_entered_and_taken_back_with_reasons(by, person):
    with pytest.raises(InvalidInput):
        services.mark_deceased(person.id, by=by, died_on=by.today + timedelta(days=1), reason="误")
    services.mark_deceased(person.id, by=by, died_on=by.today, reason="死亡医学证明")
    assert selectors.search("示例甲", by=by)[0].is_dead
    with pytest.raises(Conflict):
        services.mark_deceased(person.id, by=by, died_on=by.today, reason="再次")
    services.revoke_death(person.id, by=by, reason="同名误登")
    assert IdentityChange.objects.filter(field="died_on").count() == 2
    with pytest.raises(Conflict):
        services.revoke_death(person.id, by=by, reason="再次")


def test_a_care_relation_is_heard_twice_and_holds_once(world, person):
    doctor = world.actor(Role.VILLAGE_DOCTOR)
    relation = factories.family_doctor(person, by=doctor)
    services.set_care_relation(
        resident_id=person.id, org_id=doctor.org_id, staff_id=doctor.staff_id, source_id=relation.source_id,
        starts_on=relation.starts_on, ends_before=None,
    )  # fmt: skip
    assert person.care_relations.count() == 1


BROKEN = {
    "identifier_one_holder": lambda p, o: Identifier.objects.create(
        resident=o, kind="citizen_id", value=p.identifiers.get().value, added_at=NOW
    ),
    "identifier_one_citizen_id": lambda p, o: Identifier.objects.create(
        resident=p, kind="citizen_id", value="X1", added_at=NOW
    ),
    "identifier_not_blank": lambda p, o: Identifier.objects.create(resident=o, kind="passport", value="", added_at=NOW),
    "identifier_kind": lambda p, o: Identifier.objects.create(resident=o, kind="none", value="1", added_at=NOW),
    "identifier_closed_says_why": lambda p, o: Identifier.objects.create(
        resident=o, kind="passport", value="1", added_at=NOW, is_current=False
    ),
    "resident_has_name": lambda p, o: Resident.objects.filter(id=p.id).update(name=""),
    "resident_sex": lambda p, o: Resident.objects.filter(id=p.id).update(sex="x"),
    "resident_birth_known": lambda p, o: Resident.objects.filter(id=p.id).update(born_on=None),
    "resident_death_after_birth": lambda p, o: Resident.objects.filter(id=p.id).update(died_on=date(1900, 1, 1)),
    "medium_state": lambda p, o: Medium.objects.create(resident=p, kind="e_code", number="1", state="x", issued_at=NOW),
    "medium_ended_has_time": lambda p, o: Medium.objects.create(
        resident=p, kind="e_code", number="1", state="revoked", issued_at=NOW
    ),
    "phone_one_main": lambda p, o: [
        Phone.objects.create(resident=p, number=n, is_main=True, added_at=NOW) for n in "12"
    ],
    "guardian_is_another": lambda p, o: Guardian.objects.create(
        resident=p, guardian_resident=p, name="x", relation="other", starts_on=NOW.date(), added_at=NOW
    ),
    "guardian_span": lambda p, o: Guardian.objects.create(
        resident=p, name="x", relation="other", starts_on=NOW.date(), ends_before=date(2020, 1, 1), added_at=NOW
    ),
    "coverage_one_open": lambda p, o: [
        Coverage.objects.create(resident=p, scheme="none", starts_on=date(2026, 1, n), added_at=NOW) for n in (1, 2)
    ],
    "coverage_has_area": lambda p, o: Coverage.objects.create(
        resident=p, scheme="resident", starts_on=NOW.date(), added_at=NOW
    ),
    "tag_once": lambda p, o: [
        Tag.objects.create(resident=p, kind="copd", source="doctor", starts_on=date(2026, 1, n), added_at=NOW)
        for n in (1, 2)
    ],
    "tag_ended_says_why": lambda p, o: Tag.objects.create(
        resident=p, kind="copd", source="doctor", starts_on=NOW.date(), added_at=NOW, ended_at=NOW
    ),
    "change_says_why": lambda p, o: IdentityChange.objects.create(
        resident=p, field="name", old_value="a", new_value="b", reason="", at=NOW, by_name=""
    ),
}


@pytest.mark.parametrize("constraint", BROKEN)
def test_the_database_refuses_nonsense(world, constraint):
    person, other = factories.resident(), factories.resident("示例他", id_number="")
    with pytest.raises(IntegrityError), transaction.atomic():
        BROKEN[constraint](person, other)
