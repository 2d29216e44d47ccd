"""Codes are noted as they come: once, with their message or not at all, and without a statement when they are known."""

from datetime import timedelta

import pytest
from django.db import transaction

from tongmai.foundation.audit.together import together
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world
from tongmai.foundation.terminology import noting
from tongmai.foundation.terminology.models import LocalCode
from tongmai.foundation.terminology.noting import Said

pytestmark = [pytest.mark.django_db, pytest.mark.database]
FLU = Said("icd10", "ICD10", "J11.100", "流感", "DG1-3: J11.100^流感")


@pytest.fixture
def world():
    return county_world()


def _note(world, *said, minutes=0):
    by = world.actor(Role.SYSTEM, now=world.now + timedelta(minutes=minutes))
    with together():
        noting.note(world.township.id, said, by=by)


def test_a_new_code_is_kept_with_what_was_said_of_it(world):
    _note(world, FLU, FLU, Said("icd10", "", "", "没有编码"))
    row = LocalCode.objects.get()
    assert (row.org_id, row.code, row.name, row.example, row.n_seen) == (
        world.township.id, "J11.100", "流感", "DG1-3: J11.100^流感", 1,
    )  # fmt: skip
    assert "|lg|" in row.search


@pytest.mark.django_db(transaction=True)
def test_a_known_code_asks_the_database_once_a_minute(world, django_assert_num_queries):
    _note(world, FLU)
    with django_assert_num_queries(0):
        noting.note(world.township.id, [FLU], by=world.actor(Role.SYSTEM))
    _note(world, FLU, minutes=0)
    assert LocalCode.objects.get().n_seen == 1
    _note(world, FLU, minutes=2)
    row = LocalCode.objects.get()
    assert (row.n_seen, row.last_seen_at) == (4, world.now + timedelta(minutes=2))


@pytest.mark.django_db(transaction=True)
def test_what_is_counted_can_be_written_down_at_any_time(world):
    _note(world, FLU)
    _note(world, FLU)
    noting.write_counts()
    assert LocalCode.objects.get().n_seen == 2
    assert noting.write_counts() == 0


@pytest.mark.django_db(transaction=True)
def test_a_message_that_is_taken_back_takes_its_codes_with_it(world):
    with pytest.raises(RuntimeError), transaction.atomic():
        _note(world, FLU)
        raise RuntimeError
    assert not LocalCode.objects.exists()
    _note(world, FLU)
    assert LocalCode.objects.get().code == "J11.100"


@pytest.mark.proof
def test_several_messages_with_the_same_new_codes_leave_each_once(world, threads):
    said = [Said("charges", "", f"C{i}", "检查") for i in range(20)]
    threads(4, lambda i: _note(world, *(said if i % 2 else reversed(said)))).only_errors_of()
    assert LocalCode.objects.count() == 20
