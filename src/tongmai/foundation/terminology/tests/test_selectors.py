"""Reads: the statement that tells where codes stand agrees with the rule; lists, shares, search."""

from itertools import product

import pytest

from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW, county_world
from tongmai.foundation.terminology import rules, selectors, services
from tongmai.foundation.terminology.choices import CodeSet, Relation
from tongmai.foundation.terminology.models import LocalCode
from tongmai.foundation.terminology.tests.factories import local, meaning, unified_set

pytestmark = [pytest.mark.django_db, pytest.mark.database]
TODAY = NOW.date()


@pytest.fixture
def world():
    for code_set in CodeSet:
        unified_set(code_set, ("A1", "甲", "甲氏；100%甲_"), ("B1", "乙"))
    return county_world()


def test_the_statement_agrees_with_the_rule(world):
    """Every combination of set, decision, target, code and name."""
    names = {"": True, "甲": True, "100%甲_": True, "10甲": False, "甲%": True, "乙": False}
    cases = product(CodeSet, ["", *Relation], ["B1", "GONE"], ["A1", "X9"], names)
    for n, (code_set, relation, target, code, name) in enumerate(cases):
        row = local(world, code, name, code_set=code_set, system=str(n))
        tied = relation not in ("", Relation.NONE)
        LocalCode.objects.filter(id=row.id).update(
            relation=relation, unified_code=target if tied else "", decided_at=NOW if relation else None
        )
        facts = rules.Facts(
            code_set=code_set, relation=relation, is_target_in_force=tied and target == "B1",
            is_code_in_force=code == "A1", is_name_alike=names[name],
        )  # fmt: skip
        assert meaning(row).standing == rules.standing(facts), (code_set, relation, target, code, name)


def test_a_code_that_was_never_noted_means_nothing_here(world):
    assert selectors.meanings([selectors.Key(world.lead.id, "icd10", "", "A1")], TODAY) == {}
    assert selectors.meanings([], TODAY) == {}


def test_two_code_lists_of_one_member_keep_their_own_meanings(world):
    by = world.actor(Role.REFERRAL_COORDINATOR)
    his, lis = local(world, "7", system="HIS"), local(world, "7", system="LIS")
    services.map_code(his.id, unified_code="A1", by=by)
    services.map_code(lis.id, unified_code="B1", by=by)
    assert (meaning(his).code, meaning(lis).code) == ("A1", "B1")
    anywhere = selectors.Key(world.township.id, "icd10", None, "7")
    assert selectors.meanings([anywhere], TODAY)[anywhere].standing == "unmapped"
    services.map_code(lis.id, unified_code="A1", by=by)
    assert selectors.meanings([anywhere], TODAY)[anywhere].code == "A1"


def test_the_list_begins_with_what_is_seen_most_and_is_narrowed(world):
    by = world.actor(Role.REFERRAL_COORDINATOR)
    rare, often = local(world, "X1", "罕见病"), local(world, "X2", "感冒")
    local(world, "A1", "甲")
    LocalCode.objects.filter(id=often.id).update(n_seen=9)
    assert list(selectors.local_codes(by=by, standing=selectors.WAITS)) == [often, rare]
    for query in ("hjb", "罕见", "hanjian", "x1"):
        assert list(selectors.local_codes(by=by, query=query)) == [rare], query
    assert not selectors.local_codes(by=by, org_id=world.lead.id)
    assert not selectors.local_codes(by=by, code_set="drugs")
    assert [row.code for row in selectors.local_codes(by=by, standing="automatic")] == ["A1"]
    assert selectors.next_waiting(often, by=by) == rare.id
    assert selectors.members(by=by) == [(world.township.id, world.township.short_name)]


def test_shares_count_codes_and_how_often_they_were_seen(world):
    local(world, "A1", "甲")
    open_code = local(world, "X1")
    LocalCode.objects.filter(code="A1").update(n_seen=99)
    LocalCode.objects.filter(id=open_code.id).update(n_seen=1)
    [share] = selectors.shares(by=world.actor(Role.SYSTEM_ADMIN))
    assert (share.n_codes, share.n_settled, share.n_seen, share.n_seen_settled, share.n_waiting) == (2, 1, 100, 99, 1)
    assert share.rate == 0.5
    assert selectors.shares(by=world.actor(Role.REFERRAL_COORDINATOR, org=world.tcm)) == []


def test_a_set_is_searched_by_code_and_pinyin(world):
    assert [each.code for each in selectors.search_set("drugs", "yi", TODAY)] == ["B1"]
    assert [each.code for each in selectors.search_set("charges", "A1", TODAY)] == ["A1"]
    assert selectors.search_set("stars", "yi", TODAY) == []
