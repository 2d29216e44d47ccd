"""One entry per person, under any concurrency."""

from datetime import date
from uuid import uuid4

import pytest

from tongmai.commons.residents import services
from tongmai.commons.residents.errors import AlreadyRegistered, DoesNotMatch, IdentifierTaken
from tongmai.commons.residents.models import Identifier, IndexEntry, IndexKey, KnownTo, Resident, SearchKey
from tongmai.commons.residents.services import Candidate
from tongmai.commons.residents.services.keys import rewrite_keys
from tongmai.commons.residents.tests import factories
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW, county_world
from tongmai.kernel.citizen_id import CitizenIdError, upgrade15
from tongmai.kernel.errors import InvalidInput, NotPermitted

BORN = date(1960, 5, 17)


def test_sex_and_birth_follow_from_the_number(world):
    by = world.actor(Role.VILLAGE_DOCTOR)
    person = services.register(by=by, name="示例甲", id_number=factories.citizen_id(BORN, female=True))
    assert (person.born_on, person.sex, person.county_code) == (BORN, "female", by.county_code)
    assert person.id_masked.startswith("340***") and "1960" not in person.id_masked


def test_a_second_entry_for_the_same_number_is_refused_and_the_first_is_named(world):
    number = factories.citizen_id(BORN)
    first = factories.resident(id_number=number)
    with pytest.raises(AlreadyRegistered) as refused:
        services.register(by=world.actor(Role.REGISTRAR), name="示例甲", id_number=number.lower())
    assert refused.value.resident_id == first.id
    assert Resident.objects.count() == 1


def test_the_old_and_the_new_form_of_a_number_are_the_same(world):
    old = "340199600517002"
    first = services.register(by=world.actor(Role.REGISTRAR), name="示例乙", id_number=old)
    assert Identifier.objects.get().value == upgrade15(old)
    with pytest.raises(AlreadyRegistered) as refused:
        services.register(by=world.actor(Role.REGISTRAR), name="示例乙", id_number=upgrade15(old))
    assert refused.value.resident_id == first.id


def test_a_holder_out_of_reach_is_not_named(world):
    number = factories.citizen_id(BORN)
    factories.resident(id_number=number)
    stranger = world.actor(Role.REGISTRAR, org=world.stranger)
    with pytest.raises(IdentifierTaken) as refused:
        services.register(by=stranger, name="别人", id_number=number)
    assert not refused.value.facts


def test_the_same_request_twice_registers_once(world):
    by, chosen = world.actor(Role.REGISTRAR), uuid4()
    once = services.register(by=by, name="示例丙", born_on=BORN, sex="male", resident_id=chosen)
    again = services.register(by=by, name="示例丙", born_on=BORN, sex="male", resident_id=chosen)
    assert once.id == again.id == chosen
    assert Resident.objects.count() == 1


def test_an_unnamed_patient_and_a_newborn_need_no_number(world):
    by = world.actor(Role.SPECIALIST)
    unnamed = services.register(by=by, is_unnamed=True, sex="male")
    newborn = services.register(by=by, name="示例甲之女", sex="female", born_on=by.today)
    assert unnamed.name == "无名氏" and unnamed.born_on is None
    assert newborn.id_masked == ""


@pytest.mark.parametrize(
    ("field", "entry"),
    [
        ("name", {"name": " ", "born_on": BORN}),
        ("born_on", {"name": "示例"}),
        ("born_on", {"name": "示例", "born_on": date(2027, 1, 1)}),
        ("born_on", {"name": "示例", "born_on": date(1850, 1, 1)}),
        ("born_on", {"name": "示例", "born_on": date(1961, 1, 1), "id_number": factories.citizen_id(BORN)}),
        ("sex", {"name": "示例", "sex": "male", "id_number": factories.citizen_id(BORN, female=True)}),
        ("sex", {"name": "示例", "sex": "robot", "born_on": BORN}),
        ("phone", {"name": "示例", "born_on": BORN, "phone": "12"}),
        ("village_code", {"name": "示例", "born_on": BORN, "village_code": "3401"}),
    ],
)
def test_what_cannot_be_right_is_named_and_nothing_is_written(world, field, entry):
    with pytest.raises(InvalidInput) as refused:
        services.register(by=world.actor(Role.REGISTRAR), **entry)
    assert refused.value.facts["field"] == field
    assert not Resident.objects.exists()


def test_a_wrong_check_digit_is_refused(world):
    number = factories.citizen_id(BORN)
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    with pytest.raises(CitizenIdError):
        services.register(by=world.actor(Role.REGISTRAR), name="示例", id_number=wrong)


def test_who_does_not_register_is_refused(world):
    with pytest.raises(NotPermitted):
        services.register(by=world.actor(Role.MANAGER), name="示例", born_on=BORN)


def test_a_person_of_elsewhere_is_introduced_by_name_and_full_number(world):
    number = factories.citizen_id(BORN)
    person = factories.resident("示例丁", id_number=number)
    by = world.actor(Role.REGISTRAR, org=world.stranger)
    with pytest.raises(DoesNotMatch):
        services.introduce(name="别名", id_kind="citizen_id", id_number=number, by=by)
    assert services.introduce(name="示例丁", id_kind="citizen_id", id_number=number, by=by).id == person.id
    services.make_known(person.id, org_id=world.stranger.id, via=KnownTo.Via.ENCOUNTER, by=by)
    assert KnownTo.objects.filter(org=world.stranger, resident=person).count() == 1


def test_the_same_person_is_found_by_exact_numbers_only(world):
    number = factories.citizen_id(BORN)
    person = factories.resident(id_number=number)
    assert services.find_same_person(Candidate(numbers=[("citizen_id", "", number.lower())])) == [person.id]
    assert services.find_same_person(Candidate(numbers=[("citizen_id", "", factories.citizen_id(BORN))])) == []


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "单示例", "id_number": "a citizen's", "phone": "+86 199-1234-5678", "address": "3组"},
        {"name": "示例甲之女", "sex": "female", "born_on": BORN},
        {"name": "示例", "sex": "male", "born_on": BORN, "id_kind": "health_file", "id_number": "HF-0012"},
        {"is_unnamed": True, "sex": "male"},
    ],
)
def test_what_is_written_at_once_is_what_would_be_rewritten(world, entry):
    if entry.get("id_number") == "a citizen's":
        entry = entry | {"id_number": factories.citizen_id(BORN)}
    made = services.register(by=world.actor(Role.REGISTRAR), **entry)

    def written():
        keys = IndexKey.objects.order_by("key").values_list("key", flat=True)
        found = SearchKey.objects.order_by("kind", "key").values_list("kind", "key", "born_year")
        return [*keys], [*found], [*IndexEntry.objects.values_list("id", "digest")], Resident.objects.get().id_masked

    before = written()
    rewrite_keys(made.id)
    assert written() == before


def test_64_at_once_make_one_entry(threads):
    number = factories.citizen_id(BORN)
    by = county_world().actor(Role.REGISTRAR)

    def register(i):
        return services.register(by=by, name="示例甲", id_number=number if i % 2 else number.lower())

    outcomes = threads(64, register).only_errors_of(AlreadyRegistered)
    assert len(outcomes.results) == 1
    assert {error.resident_id for error in outcomes.errors} == {outcomes.results[0].id}
    assert Resident.objects.count() == Identifier.objects.count() == 1


def test_64_requests_with_one_id_make_one_entry_and_none_fails(threads):
    by, chosen = county_world().actor(Role.REGISTRAR), uuid4()
    outcomes = threads(
        64, lambda i: services.register(by=by, name="示例乙", born_on=BORN, sex="male", resident_id=chosen).id
    ).only_errors_of()
    assert set(outcomes.results) == {chosen}
    assert Resident.objects.count() == 1


def test_now_is_the_actors(world):
    assert factories.resident().registered_at == NOW
