"""Many people at once become what they would become one after the other."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tongmai.commons.residents.matching.facts import facts_of
from tongmai.commons.residents.models import (
    Coverage,
    Identifier,
    IndexEntry,
    IndexKey,
    KnownTo,
    Medium,
    Phone,
    Resident,
    SearchKey,
    Tag,
)
from tongmai.commons.residents.services.indexing import look_up, look_up_many, rewrite_index
from tongmai.commons.residents.services.keys import rewrite_keys
from tongmai.commons.residents.services.registering import FEW, find_by_citizen_numbers, insert_people, newcomer
from tongmai.commons.residents.tests import factories
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests.factories import county_world
from tongmai.kernel.errors import InvalidInput, NotPermitted

pytestmark = pytest.mark.django_db
BY = Actor.system(now=factories.NOW)


def told(n, **more):
    born = date(1950 + n, 3, 7)
    facts = {
        "name": f"示例{'甲乙丙丁戊己庚辛壬癸'[n]}", "sex": "female", "born_on": born, "phone": f"1390000000{n}",
        "id_number": factories.citizen_id(born, female=True), "village_code": factories.VILLAGE, "address": f"{n}号",
    }  # fmt: skip
    return facts | more


def found_by():
    return set(SearchKey.objects.values_list("resident__name", "kind", "key", "born_year"))


def compared_by():
    keys = set(IndexKey.objects.values_list("entry__resident__name", "key"))
    return keys, set(IndexEntry.objects.values_list("resident__name", "digest"))


@pytest.mark.parametrize("n", [5, FEW + 1])
def test_what_is_written_of_many_is_what_is_rewritten_of_each(n):
    many = [newcomer(by=BY, **told(i, tags=["hypertension"], card=f"YB00{i}", scheme="none")) for i in range(n)]
    insert_people(many, by=BY)
    assert Resident.objects.count() == Identifier.objects.count() == Tag.objects.count() == n
    assert Event.objects.filter(name="residents.ResidentRegistered").count() == n
    before = found_by(), compared_by()
    for each in many:
        rewrite_keys(each.person.id)
        rewrite_index(each.person.id)
    assert (found_by(), compared_by()) == before
    numbers = [each.number.value for each in many]
    assert find_by_citizen_numbers([*numbers, "x"]) == {n: e.person.id for n, e in zip(numbers, many, strict=True)}


# Of two ways to write the same, ids differ and what the moment gives.
APART = ("id", "resident_id", "entry_id", "subject_id", "payload", "added_at", "registered_at", "issued_at", "since")
TABLES = (Resident, Identifier, Phone, Coverage, Tag, Medium, KnownTo, SearchKey, IndexEntry, IndexKey, Event)


def rows_of(model):
    names = [f.attname for f in model._meta.concrete_fields if f.attname not in APART]
    return Counter(model.objects.values_list(*names))


@pytest.mark.parametrize("has_org", [False, True])
def test_many_are_written_as_few_are(has_org):
    """PostgreSQL takes many by COPY; SQLite has one way only."""
    by = replace(BY, org_id=county_world().township.id) if has_org else BY
    many = [told(n, tags=["diabetes"], card=f"YB{n}", scheme="none", address="路\\北\t\n号") for n in range(FEW + 1)]
    many[0] |= {"phone": "", "card": "", "tags": (), "scheme": "", "id_number": ""}
    insert_people([newcomer(by=by, **each) for each in many], by=by)
    together = {model: rows_of(model) for model in TABLES}
    payloads = [sorted(each) for each in Event.objects.order_by("id").values_list("payload", flat=True)]
    for model in reversed(TABLES):
        model.objects.all()._raw_delete("default")
    for each in many:
        insert_people([newcomer(by=by, **each)], by=by)
    assert {model: rows_of(model) for model in TABLES} == together
    assert sorted(payloads) == sorted(sorted(each) for each in Event.objects.values_list("payload", flat=True))


@pytest.mark.parametrize("n_others", [1, FEW])
def test_one_who_cannot_be_written_leaves_none(n_others):
    first, *others = (newcomer(by=BY, **told(n)) for n in range(n_others + 1))
    insert_people([first], by=BY)
    again = newcomer(by=BY, **told(0, name="示例别人", id_number=first.number.value))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_people([*others, again], by=BY)
    assert Resident.objects.count() == 1
    assert SearchKey.objects.values("resident").distinct().count() == 1


def test_who_cannot_be_entered_is_refused_before_anything_is_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        with pytest.raises(InvalidInput):
            newcomer(by=BY, **told(0, name=" "))
        with pytest.raises(NotPermitted):
            newcomer(by=Actor(role="pharmacist", now=factories.NOW), **told(0))


def test_many_are_looked_up_as_each_is():
    insert_people([newcomer(by=BY, **told(n)) for n in range(6)], by=BY)
    asked = [
        facts_of(name="示例甲", sex="female", born_on=date(1950, 3, 7)),
        facts_of(name="示例乙", phone="13900000001", village=factories.VILLAGE),
        facts_of(),
        facts_of(name="没有人", born_on=date(1999, 1, 1)),
    ]
    together = look_up_many(asked)
    assert [{each.resident_id for each in found} for found in together] == [
        {each.resident_id for each in look_up(facts)} for facts in asked
    ]
    assert [set(found) for found in together] == [set(look_up(facts)) for facts in asked]
    assert together[0] and not together[2] and not together[3]
    assert look_up_many([]) == []
