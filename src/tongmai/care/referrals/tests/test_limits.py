"""How long a referral may wait is what its own alliance says, else its county, else the country."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tongmai.care.referrals import fast, selectors, services, worklists
from tongmai.care.referrals.models import Referral
from tongmai.care.referrals.selectors import Filters
from tongmai.care.referrals.tests.factories import CONSENT
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.orgs import policy as near
from tongmai.kernel import policy

HOUR = timedelta(hours=1)
POLICY = "referrals.answer.routine"


@pytest.fixture
def override(monkeypatch):
    """Let an alliance or a county answer within other hours than the country."""
    values = list(policy.shipped())

    def say(level, code, hours):
        national = next(each for each in values if each.id == POLICY and each.level == "national")
        values.append(replace(national, level=level, code=code, value=hours))
        found = policy.Policies(values)
        monkeypatch.setattr(near, "shipped", lambda: found)

    return say


@pytest.fixture
def two(clinic):
    """A referral in each of two alliances, both waiting for their answer."""
    other = clinic.world.actor("general_practitioner", org=clinic.world.other_township)
    person = residents.resident("示例乙", village_code=clinic.world.other_village.division_code, by=other)
    first = clinic.submitted()
    draft = services.save_draft(
        content=clinic.content(receiver_id=clinic.world.tcm.id), by=other, resident_id=person.id, consent_given=CONSENT
    )
    return first, services.submit(referral_id=draft.id, by=other)


def _hours(clinic, *referrals):
    rows = selectors.rows_of(Referral.objects.filter(id__in=[each.id for each in referrals]), by=clinic.specialist)
    by_id = {row.id: (row.due_at - row.state_since) / HOUR for row in rows}
    return [by_id[each.id] for each in referrals]


def test_two_alliances_in_one_list_differ(clinic, two, override, django_assert_num_queries):
    assert _hours(clinic, *two) == [24, 24]
    override("county", clinic.world.lead.county_code, 9)
    assert _hours(clinic, *two) == [9, 9]
    override("alliance", clinic.world.alliance.code, 3)
    with django_assert_num_queries(1):
        assert _hours(clinic, *two) == [3, 9]


def test_the_page_the_board_and_the_worklist_say_the_same(clinic, two, override):
    override("alliance", clinic.world.alliance.code, 3)
    found = selectors.detail(two[0].id, by=clinic.specialist)
    assert (found.due_at - found.referral.state_since) / HOUR == 3
    assert (found.limit.level, found.limit.value) == ("alliance", 3)
    assert [row.due_at for row in selectors.queue(Filters(), by=clinic.specialist)] == [found.due_at]
    assert worklists.waiting(by=clinic.specialist)[0].due_at == found.due_at


def test_the_coordinator_of_each_alliance_sees_what_is_late_by_its_own_limit(clinic, two, override):
    override("alliance", clinic.world.alliance.code, 3)
    theirs = clinic.world.actor("referral_coordinator", org=clinic.world.tcm)
    for late in (selectors.late, fast.late):
        assert [row.id for row in late(by=clinic.later(clinic.coordinator, hours=4))] == [two[0].id]
        assert late(by=clinic.later(theirs, hours=4)) == []
        assert [row.id for row in late(by=clinic.later(theirs, hours=25))] == [two[1].id]
