"""Registrations of other systems: kept as received, each linked to one resident."""

from dataclasses import replace
from datetime import date

import pytest

from tongmai.commons.residents import services
from tongmai.commons.residents.models import (
    Identifier,
    IdentityReview,
    IndexEntry,
    IndexKey,
    KnownTo,
    LinkDecision,
    ReceivedVersion,
    Resident,
    SourceRegistration,
)
from tongmai.commons.residents.services import Arrived
from tongmai.commons.residents.tests import factories
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world
from tongmai.kernel.citizen_id import check_digit
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted

BORN = date(1960, 5, 17)
PHONE = "19912345678"
SAID = Arrived(
    source="示例 HIS", local_number="P001", name="示例甲", sex="female", born_on=BORN, phone=PHONE,
    village_code=factories.VILLAGE, address="3组12号", raw={"PID.5": "示例甲"},
)  # fmt: skip


def _known(**fields):
    return factories.resident("示例甲", born_on=BORN, phone=PHONE, address="3组12号", **fields)


def test_somebody_new_gets_an_entry_and_is_kept_as_received(by):
    number = factories.citizen_id(BORN)
    made = services.register_from_source(replace(SAID, id_number=number), by=by)
    assert (made.zone, made.is_first) == ("new", True)
    row = SourceRegistration.objects.get()
    assert row.resident_id == made.resident_id and row.raw == {"PID.5": "示例甲"} and row.org_id == by.org_id
    assert Identifier.objects.get().value == number
    assert KnownTo.objects.filter(resident=made.resident_id, org=by.org_id).exists()
    assert services.resident_of_source("示例 HIS", "P001") == made.resident_id
    assert services.resident_of_source("示例 HIS", "P002") is None


def test_somebody_who_is_here_is_linked_with_the_arithmetic(by):
    person = _known(id_number="")
    made = services.register_from_source(SAID, by=by)
    assert (made.zone, made.resident_id) == ("linked", person.id)
    decision = LinkDecision.objects.get()
    assert decision.weight >= 10 and decision.model_version
    assert sum(part["weight"] for part in decision.parts) == pytest.approx(float(decision.weight), abs=0.05)
    assert Resident.objects.count() == 1


@pytest.mark.parametrize(
    "said",
    [
        {"id_number": "the old form"},
        {"name": "示历甲", "id_number": "her number"},  # 历 sounds like 例
        {"born_on": date(1960, 4, 22), "id_number": "her number"},  # her day in the Chinese calendar
        {"sex": "", "born_on": None, "id_number": "her number", "phone": ""},
        {"name": "示 例·甲（老）", "phone": "+86 199-1234-5678"},
    ],
)
def test_one_mistake_does_not_hide_her(by, said):
    whole = "34019919600517002" + check_digit("34019919600517002")
    person = _known(id_number=whole)
    spelled = {"the old form": whole[:6] + whole[8:17], "her number": whole, None: ""}[said.get("id_number")]
    made = services.register_from_source(replace(SAID, **(said | {"id_number": spelled})), by=by)
    assert (made.zone, made.resident_id) == ("linked", person.id)


def test_two_different_valid_numbers_are_never_linked(by):
    person = _known(id_number=factories.citizen_id(BORN))
    made = services.register_from_source(replace(SAID, id_number=factories.citizen_id(BORN)), by=by)
    assert made.zone == "review" and made.resident_id != person.id
    review = IdentityReview.objects.get()
    assert (review.resident_id, review.other_id, review.why) == (made.resident_id, person.id, "two-numbers")


def test_twins_are_shown_to_a_person_unless_their_numbers_tell_them_apart(by):
    factories.resident("示例春", born_on=BORN, phone=PHONE, address="3组12号", id_number="")
    twin = replace(SAID, name="示例秋")
    assert services.register_from_source(twin, by=by).zone == "review"
    assert IdentityReview.objects.get().why == "other-given-name"


def test_twins_with_numbers_are_two_people_without_asking(by):
    factories.resident("示例春", born_on=BORN, phone=PHONE, address="3组12号", id_number=factories.citizen_id(BORN))
    twin = replace(SAID, name="示例秋", id_number=factories.citizen_id(BORN))
    assert services.register_from_source(twin, by=by).zone == "new"
    assert not IdentityReview.objects.exists()


def test_a_child_under_a_parents_number_is_not_the_parent(by):
    number = factories.citizen_id(BORN)
    parent = _known(id_number=number)
    child = replace(SAID, name="示例小宝", born_on=date(2020, 2, 3), id_number=number)
    made = services.register_from_source(child, by=by)
    assert made.zone == "review" and made.resident_id != parent.id
    assert Identifier.objects.get().resident_id == parent.id


def test_a_newborn_without_a_name_is_shown_to_a_person(by):
    born = date(2026, 10, 1)
    factories.resident("示例新", born_on=born, phone=PHONE, address="3组12号", id_number="")
    said = replace(SAID, name="示例甲之女", born_on=born)
    assert services.register_from_source(said, by=by).zone == "review"


def test_an_unnamed_patient_needs_nothing(by):
    made = services.register_from_source(Arrived(source="120", local_number="7", is_unnamed=True), by=by)
    assert made.zone == "new"
    assert Resident.objects.get().is_unnamed


def test_said_again_it_is_the_same_and_said_anew_the_old_version_is_kept(by):
    first = services.register_from_source(SAID, by=by)
    again = services.register_from_source(SAID, by=by)
    assert again == replace(first, is_first=False)
    moved = services.register_from_source(replace(SAID, address="9组1号"), by=by)
    assert moved.resident_id == first.resident_id
    assert SourceRegistration.objects.get().address == "9组1号"
    assert ReceivedVersion.objects.get().raw["fields"]["address"] == "3组12号"
    assert LinkDecision.objects.count() == 1


def test_a_change_that_looks_like_somebody_else_is_shown_to_a_person(by):
    number = factories.citizen_id(BORN)
    person = _known(id_number=number)
    first = services.register_from_source(
        replace(SAID, name="完全另人", born_on=date(1990, 1, 1), phone="", address=""), by=by
    )
    assert first.zone == "new"
    services.register_from_source(replace(SAID, id_number=number), by=by)
    review = IdentityReview.objects.get()
    assert (review.kind, review.resident_id, review.other_id) == ("changed", first.resident_id, person.id)


def test_a_system_that_merges_two_of_its_numbers_is_followed(by):
    system = replace(by, role=Role.SYSTEM)
    kept = services.register_from_source(SAID, by=by)
    gone = services.register_from_source(
        replace(
            SAID, local_number="P002", name="示例甲", born_on=date(1988, 3, 4), phone="", address="", village_code=""
        ),
        by=by,
    )
    assert gone.resident_id != kept.resident_id
    said = services.source_says_same(source=SAID.source, kept="P001", gone="P002", by=system)
    assert said.resident_id == kept.resident_id
    assert services.resident_of_source(SAID.source, "P002") == kept.resident_id
    assert services.source_says_same(source=SAID.source, kept="P001", gone="P002", by=system) == said
    with pytest.raises(NotFound):
        services.source_says_same(source=SAID.source, kept="P001", gone="P999", by=system)


def test_a_system_that_merges_two_numbers_of_two_citizens_is_asked_about(by):
    first = services.register_from_source(replace(SAID, id_number=factories.citizen_id(BORN)), by=by)
    other = replace(SAID, local_number="P002", name="示例乙", id_number=factories.citizen_id(date(1988, 3, 4)))
    second = services.register_from_source(replace(other, born_on=date(1988, 3, 4), phone=""), by=by)
    services.source_says_same(source=SAID.source, kept="P001", gone="P002", by=replace(by, role=Role.SYSTEM))
    assert services.resident_of_source(SAID.source, "P002") == second.resident_id != first.resident_id
    assert IdentityReview.objects.get().resident_id == second.resident_id


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("source", {"source": " "}),
        ("local_number", {"local_number": ""}),
        ("name", {"name": "长" * 61}),
        ("born_on", {"born_on": None}),
        ("born_on", {"born_on": date(2030, 1, 1)}),
        ("born_on", {"born_on": date(1850, 1, 1)}),
    ],
)
def test_what_cannot_be_entered_is_named_and_nothing_is_written(by, field, said):
    with pytest.raises(InvalidInput) as refused:
        services.register_from_source(replace(SAID, **said), by=by)
    assert refused.value.facts["field"] == field
    assert not Resident.objects.exists() and not SourceRegistration.objects.exists()


def test_who_does_not_register_is_refused(world):
    with pytest.raises(NotPermitted):
        services.register_from_source(SAID, by=world.actor(Role.MANAGER))


def test_the_index_follows_the_entry(by):
    person = _known(id_number="")
    before = set(IndexKey.objects.values_list("key", flat=True))
    services.add_phone(person.id, by=by, number="19900001111")
    after = set(IndexKey.objects.values_list("key", flat=True))
    assert IndexEntry.objects.count() == 1 and before != after
    assert services.register_from_source(replace(SAID, phone="19900001111"), by=by).resident_id == person.id
    assert IndexEntry.objects.count() == 1  # she said the same there


def test_32_at_once_with_the_same_number_make_one(threads):
    by = county_world().actor(Role.REGISTRAR)
    outcomes = threads(32, lambda i: services.register_from_source(SAID, by=by)).only_errors_of()
    assert len({made.resident_id for made in outcomes.results}) == 1
    assert sum(made.is_first for made in outcomes.results) == 1
    assert Resident.objects.count() == SourceRegistration.objects.count() == 1


@pytest.mark.parametrize("with_number", [True, False])
def test_32_systems_at_once_with_one_person_make_one_resident(threads, with_number):
    by = county_world().actor(Role.REGISTRAR)
    said = replace(SAID, id_number=factories.citizen_id(BORN) if with_number else "")
    outcomes = threads(
        32, lambda i: services.register_from_source(replace(said, source=f"示例系统{i}"), by=by)
    ).only_errors_of()
    assert len({made.resident_id for made in outcomes.results}) == 1
    assert Resident.objects.count() == 1 and SourceRegistration.objects.count() == 32
