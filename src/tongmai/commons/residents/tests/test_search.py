"""A person is found by each beginning of everything one knows of her."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongmai.commons.residents import rules, selectors, services
from tongmai.commons.residents.care_team import is_cared_for_by
from tongmai.commons.residents.models import CareTeamMember, SearchKey
from tongmai.commons.residents.services.care_team import set_care_team_member
from tongmai.commons.residents.services.keys import rewrite_keys
from tongmai.commons.residents.tests import factories
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel import pinyin

SURNAMES = "张王单仇解曾查区尉盖任华"
GIVEN = "芳伟乐行重长朝曾茜仔昱"


@pytest.fixture
def by(world):
    return world.actor(Role.VILLAGE_DOCTOR)


def ids(q, by, **more):
    return [found.id for found in selectors.search(q, by=by, **more)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.builds(
        lambda a, b: a + b, st.sampled_from(SURNAMES), st.text(st.sampled_from(GIVEN), min_size=1, max_size=2)
    )
)
def test_each_beginning_of_each_reading_finds_her(by, name):
    with transaction.atomic():
        person = factories.resident(name, id_number="")
        spelled = pinyin.keys(name)
        for key in (*spelled.full, *spelled.initials, name):
            for end in range(1, len(key) + 1):
                assert person.id in ids(key[:end], by, limit=50), key[:end]
        transaction.set_rollback(True)  # the next example begins with nobody


@given(st.text(max_size=70))
def test_folding_twice_changes_nothing(text):
    assert rules.fold(rules.fold(text)) == rules.fold(text)


def test_surnames_are_read_as_surnames(by):
    person = factories.resident("单小芳")
    assert ids("sxf", by) == [person.id]
    assert ids("shanxiaofang", by) == [person.id]
    assert ids("SHAN XF", by) == []


def test_numbers_phones_and_cards_find_by_whole_tail_and_beginning(by):
    number = factories.citizen_id(date(1960, 5, 17))
    person = factories.resident(id_number=number, phone="13955556666")
    services.issue_medium(person.id, by=by, kind="health_card", number="HC900001")
    tails = (number[-4:], number[-6:], "6666")
    for q in (number, number.lower(), number[:10], *tails, "13955556666", "139 5555 6666", "hc9000"):
        assert ids(q, by) == [person.id], q


def test_an_exact_hit_comes_before_a_beginning(by):
    long, short = factories.resident("张芳芳"), factories.resident("张芳")
    assert ids("zf", by) == [short.id, long.id]
    assert ids("张芳", by) == [short.id, long.id]


def test_a_second_word_narrows_by_year_of_birth_or_another_key(by):
    old = factories.resident("张芳", born_on=date(1950, 1, 1), id_number="")
    young = factories.resident("张芳", born_on=date(1990, 1, 1), phone="13900000001")
    assert ids("zf 1950", by) == [old.id]
    assert ids("zf 139", by) == [young.id]
    assert ids("1990", by) == []
    services.amend_identity(old.id, by=by, reason="核对", version=1, born_on=date(1951, 1, 1))
    assert (ids("zf 1950", by), ids("zf 1951", by)) == ([], [old.id])


def test_only_who_is_in_reach_is_found_and_only_one_line_is_told(world, by):
    person = factories.resident()
    assert ids("示例甲", world.actor(Role.SPECIALIST, org=world.stranger)) == []
    assert ids("示例甲", world.actor(Role.MANAGER)) == []
    line = selectors.search("示例甲", by=by)[0]
    assert person.identifiers.get().value not in str(line)


@pytest.mark.parametrize("q", ["", " ", "\x00", "%", "_", "'", "·" * 500, "x" * 500, "\\", "张\x00芳"])
def test_any_query_is_borne(by, q):
    factories.resident()
    assert isinstance(selectors.search(q, by=by), list)


def test_search_takes_few_queries(by, django_assert_max_num_queries):
    for i in range(30):
        factories.resident(f"张{i}芳", id_number="")
    with django_assert_max_num_queries(3):
        assert len(selectors.search("zh", by=by, limit=20)) == 20


def test_the_list_narrows_by_area_group_and_team(world, by):
    here = factories.resident("示例甲")
    there = factories.resident("示例乙", village_code=factories.OTHER_VILLAGE, born_on=date(2022, 1, 1))
    factories.family_doctor(there, by=by)
    assert list(selectors.residents_of(by=by)) == [here]
    assert list(selectors.residents_of(by=by, whose="team")) == [there]
    assert list(selectors.residents_of(by=by, whose="all", group="child")) == [there]
    assert list(selectors.residents_of(by=by, whose="all", village_code="340199102")) == [there]
    assert [row.name for row in selectors.listed([here, there], by=by)] == ["示例甲", "示例乙"]


def test_keys_are_rebuilt_from_what_is_known(by):
    person = factories.resident("单小芳", phone="13955556666")
    before = set(SearchKey.objects.values_list("kind", "key"))
    SearchKey.objects.all().delete()
    rewrite_keys(person.id)
    assert set(SearchKey.objects.values_list("kind", "key")) == before


def test_a_membership_of_a_care_team_is_heard_twice_and_holds_once(world, by):
    person = factories.resident()
    team, membership = uuid4(), uuid4()
    services.set_care_relation(
        resident_id=person.id, org_id=by.org_id, team_id=team, source_id=uuid4(), starts_on=by.today, ends_before=None
    )
    for _ in "12":
        set_care_team_member(
            source_id=membership, team_id=team, staff_id=by.staff_id, starts_on=by.today, ends_before=None
        )
    assert CareTeamMember.objects.count() == 1
    assert is_cared_for_by(person.id, by.staff_id, by.today)
