"""Two entries made one, and two again: everything goes back to where it hung."""

from dataclasses import replace
from datetime import date
from itertools import count

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongmai.commons.residents import access, checks, selectors, services
from tongmai.commons.residents.errors import EntryMerged, NotTheLastMerge
from tongmai.commons.residents.models import (
    Identifier,
    IndexEntry,
    IndexKey,
    IndexTurn,
    Merge,
    MergedRow,
    Phone,
    Resident,
    SearchKey,
    SourceRegistration,
    Tag,
)
from tongmai.commons.residents.services import Arrived
from tongmai.commons.residents.services.indexing import rewrite_index
from tongmai.commons.residents.services.merging import columns
from tongmai.commons.residents.tests import factories
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted

BORN = date(1960, 5, 17)
# What tells of merges, and what follows from the rows, is made anew; a resident's version counts both.
TOLD = {Merge, MergedRow, IndexKey, IndexTurn}
_serial = count(1)


def everything():
    """Every row of every table of ours, but the trail of what was done."""
    found = {}
    for model in apps.get_models():
        ours = model.__module__.startswith("tongmai.") and model not in TOLD
        if not ours or (issubclass(model, AppendOnly) and model._meta.app_label == "audit"):
            continue
        left_out = {"version"} if model is Resident else {"id"} if model in (SearchKey, IndexEntry) else set()
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in left_out]
        found[model._meta.label] = sorted(map(repr, model.objects.values_list(*names)))
    return found


def _pair(by, **fields):
    survivor = factories.resident("示例甲", born_on=BORN, phone="19912345678")
    retired = factories.resident("示例甲", **({"born_on": BORN, "id_number": "", "phone": "19900001111"} | fields))
    return survivor, retired


def test_what_hung_on_the_one_hangs_on_the_other_and_goes_back(by):
    survivor, retired = _pair(by)
    made = services.register_from_source(
        Arrived(source="示例", local_number="1", name="别人", born_on=date(1990, 1, 2)), by=by
    )
    SourceRegistration.objects.filter(id=made.registration_id).update(resident_id=retired.id)
    for each in (made.resident_id, retired.id):
        rewrite_index(each)
    before = everything()
    done = services.merge(retired_id=retired.id, survivor_id=survivor.id, reason="本人到场核实", by=by)
    assert set(Phone.objects.values_list("resident", flat=True)) == {survivor.id}
    assert Phone.objects.filter(is_main=True).get().number == "19912345678"
    assert SourceRegistration.objects.get().resident_id == survivor.id
    services.unmerge(done.id, by=by, reason="并错了")
    assert everything() == before


def test_the_retired_entry_is_found_by_nobody_and_says_who_stands_for_it(by):
    survivor, retired = _pair(by)
    services.merge(retired_id=retired.id, survivor_id=survivor.id, reason="核实", by=by)
    with pytest.raises(EntryMerged) as told:
        access.get(retired.id, by=by)
    assert told.value.facts["resident_id"] == survivor.id
    assert [found.id for found in selectors.search("示例甲", by=by)] == [survivor.id]
    assert [found.id for found in selectors.search("19900001111", by=by)] == [survivor.id]


def test_of_two_numbers_in_use_the_survivors_stays(by):
    survivor, retired = _pair(by, id_number=factories.citizen_id(BORN))
    before = everything()
    done = services.merge(retired_id=retired.id, survivor_id=survivor.id, reason="核实", by=by)
    assert Identifier.objects.filter(resident=survivor, is_current=True).count() == 1
    assert Identifier.objects.filter(resident=survivor, is_current=False).count() == 1
    services.unmerge(done.id, by=by, reason="并错了")
    assert everything() == before


def test_what_a_person_said_since_stays_and_the_rest_goes_back(by):
    survivor, retired = _pair(by)
    done = services.merge(retired_id=retired.id, survivor_id=survivor.id, reason="核实", by=by)
    services.add_phone(survivor.id, by=by, number="19955556666", is_main=False)
    services.unmerge(done.id, by=by, reason="并错了")
    assert set(Phone.objects.filter(resident=survivor).values_list("number", flat=True)) == {
        "19912345678",
        "19955556666",
    }
    assert set(Phone.objects.filter(resident=retired).values_list("number", flat=True)) == {"19900001111"}


def test_the_last_merge_is_undone_first(by):
    a, b = _pair(by)
    c = factories.resident("示例甲", born_on=BORN, id_number="")
    first = services.merge(retired_id=c.id, survivor_id=b.id, reason="核实", by=by)
    second = services.merge(retired_id=b.id, survivor_id=a.id, reason="核实", by=by)
    with pytest.raises(EntryMerged) as told:
        access.get(c.id, by=by)
    assert told.value.facts["resident_id"] == a.id
    with pytest.raises(NotTheLastMerge):
        services.unmerge(first.id, by=by, reason="并错了")
    services.unmerge(second.id, by=by, reason="并错了")
    services.unmerge(first.id, by=by, reason="并错了")
    assert {access.get(each.id, by=by).id for each in (a, b, c)} == {a.id, b.id, c.id}


def test_what_cannot_be_merged_is_refused(world, by):
    survivor, retired = _pair(by)
    with pytest.raises(NotPermitted):
        services.merge(
            retired_id=retired.id, survivor_id=survivor.id, reason="核实", by=world.actor(Role.VILLAGE_DOCTOR)
        )
    with pytest.raises(InvalidInput):
        services.merge(retired_id=retired.id, survivor_id=retired.id, reason="核实", by=by)
    with pytest.raises(InvalidInput):
        services.merge(retired_id=retired.id, survivor_id=survivor.id, reason=" ", by=by)
    stranger = world.actor(Role.REGISTRAR, org=world.stranger)
    with pytest.raises(NotFound):
        services.merge(retired_id=retired.id, survivor_id=survivor.id, reason="核实", by=stranger)
    done = services.merge(retired_id=retired.id, survivor_id=survivor.id, reason="核实", by=by)
    with pytest.raises(NotFound):
        services.unmerge(done.id, by=stranger, reason="并错了")
    with pytest.raises(InvalidInput):
        services.unmerge(done.id, by=by, reason="")
    services.unmerge(done.id, by=by, reason="并错了")
    with pytest.raises(Conflict):
        services.unmerge(done.id, by=by, reason="并错了")


def test_every_table_that_names_a_resident_moves():
    """A list in the test, so that a new table is looked at by somebody."""
    named = {f"{model._meta.label}.{column}" for model, column in columns()}
    assert {"encounters.Encounter.resident_id", "referrals.Referral.resident_id", "orgs.User.resident_id"} <= named
    assert "audit.Event.resident_id" not in named and "residents.Merge.survivor_id" not in named


_ENTRY = st.fixed_dictionaries(
    {
        "phones": st.lists(st.sampled_from(["19900000001", "19900000002", "19900000003"]), unique=True, max_size=3),
        "scheme": st.sampled_from(["", "employee", "resident"]),
        "tags": st.lists(st.sampled_from(["hypertension", "diabetes", "disabled"]), unique=True, max_size=3),
        "has_number": st.booleans(),
        "registrations": st.integers(0, 2),
        "guardians": st.lists(st.sampled_from(["示例父", "示例母"]), unique=True, max_size=2),
    }
)


def _entry(facts, by):
    number = {} if facts["has_number"] else {"id_number": ""}
    person = factories.resident("示例甲", born_on=BORN, scheme=facts["scheme"], by=by, **number)
    for phone in facts["phones"]:
        services.add_phone(person.id, by=by, number=phone)
    for kind in facts["tags"]:
        Tag.objects.create(resident=person, kind=kind, source="doctor", starts_on=by.today, added_at=by.now)
    for name in facts["guardians"]:
        services.add_guardian(person.id, by=by, name=name, relation="other")
    for _ in range(facts["registrations"]):
        n = next(_serial)
        said = Arrived(source="示例", local_number=f"L{n}", name=f"另{n}", born_on=date(1930, 1, 1 + n % 28))
        made = services.register_from_source(said, by=by)
        SourceRegistration.objects.filter(id=made.registration_id).update(resident_id=person.id)
    return person


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=_ENTRY, other=_ENTRY)
def test_merging_and_unmerging_changes_nothing(by, one, other):
    with transaction.atomic():
        survivor, retired = _entry(one, by), _entry(other, by)
        for each in Resident.objects.values_list("id", flat=True):
            rewrite_index(each)
        before = everything()
        done = services.merge(retired_id=retired.id, survivor_id=survivor.id, reason="核实", by=by)
        assert not SourceRegistration.objects.filter(resident=retired).exists()
        services.unmerge(done.id, by=by, reason="并错了")
        assert everything() == before
        transaction.set_rollback(True)


def test_a_registration_that_arrives_while_its_resident_is_merged_goes_to_the_survivor(threads):
    by = county_world().actor(Role.REGISTRAR)
    survivor = factories.resident("完全另人", born_on=date(1990, 1, 1), id_number="")
    retired = factories.resident("示例甲", born_on=BORN, phone="19912345678", id_number="")
    said = Arrived(source="示例", local_number="1", name="示例甲", born_on=BORN, phone="19912345678", sex="female")

    def act(i):
        if i == 0:
            return services.merge(retired_id=retired.id, survivor_id=survivor.id, reason="核实", by=by)
        return services.register_from_source(replace(said, local_number=str(i)), by=by)

    threads(6, act).only_errors_of()
    assert {row.resident_id for row in SourceRegistration.objects.all()} == {survivor.id}
    assert list(checks.orphans()) == []
