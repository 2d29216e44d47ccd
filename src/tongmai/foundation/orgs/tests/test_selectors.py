"""Who belongs to whom, and where a resident may be sent."""

from datetime import date

import pytest

from tongmai.foundation.orgs import selectors
from tongmai.foundation.orgs.models import Membership, Org
from tongmai.foundation.orgs.tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


def test_a_village_clinic_belongs_where_its_township_belongs(world):
    (found,) = selectors.alliances_of(world.village.id, DAY)
    assert (found.id, found.part, found.through_id) == (world.alliance.id, "member", world.township.id)


def test_membership_counts_from_its_first_day_to_the_day_before_its_end(world):
    Membership.objects.filter(org=world.township).update(starts_on=date(2026, 1, 1), ends_before=date(2026, 2, 1))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1)]
    assert [bool(selectors.alliances_of(world.township.id, day)) for day in days] == [False, True, True, False]


def test_the_county_community_is_named_before_looser_ties(world):
    network = factories.alliance("心电网", form="telemedicine_network", tightness="loose", code="AAA")
    factories.membership(network, world.township)
    assert [a.id for a in selectors.alliances_of(world.township.id, DAY)] == [world.alliance.id, network.id]


def test_in_same_alliance(world):
    def same(a, b):
        return selectors.in_same_alliance(a.id, b.id, DAY)

    assert same(world.village, world.lead)
    assert same(world.lead, world.township)
    assert not same(world.village, world.tcm)
    assert not same(world.lead, world.stranger)


def test_alliance_lead_and_members_in_order(world):
    assert selectors.alliance_lead(world.alliance.id, DAY).id == world.lead.id
    found = selectors.members(world.alliance.id, DAY)
    assert [m.org.id for m in found] == [world.lead.id, world.township.id, world.village.id]
    assert found[2].through_id == world.township.id and found[2].membership_id is None


def test_a_village_sends_up_to_its_township_then_its_alliance_then_the_county_then_outside(world):
    found = selectors.upper_orgs(world.village.id, DAY)
    assert [(d.org.id, d.nearness) for d in found] == [
        (world.township.id, "alliance"),
        (world.lead.id, "alliance"),
        (world.tcm.id, "county"),
        (world.outside.id, "outside"),
    ]


def test_a_county_hospital_sends_to_its_peers_and_outside(world):
    found = selectors.upper_orgs(world.lead.id, DAY)
    assert [d.org.id for d in found] == [world.tcm.id, world.outside.id]


def test_down_goes_to_the_alliance_first_and_to_the_highest_level_first(world):
    found = selectors.lower_orgs(world.lead.id, DAY)
    assert [d.org.id for d in found] == [
        world.township.id,
        world.village.id,
        world.other_township.id,
        world.other_village.id,
    ]
    from_outside = selectors.lower_orgs(world.outside.id, DAY)
    assert {d.nearness for d in from_outside} == {"outside"}
    assert world.township.id in {d.org.id for d in from_outside}


def test_closed_organisations_and_authorities_receive_nobody(world):
    Org.objects.filter(id=world.tcm.id).update(is_active=False)
    found = {d.org.id for d in selectors.upper_orgs(world.village.id, DAY)}
    assert not found & {world.tcm.id, world.commission.id, world.cdc.id, world.stranger.id}


def test_catchment_orgs_the_most_local_first(world):
    found = selectors.catchment_orgs(world.village.division_code, DAY)
    assert [o.id for o in found] == [world.village.id, world.township.id]
    assert selectors.catchment_orgs("340199103", DAY) == []


def test_staff_of_names_people_in_force_only(world):
    post = factories.post("nurse", at=world.tcm, ends_before=DAY)
    kept = factories.post("nurse", at=world.tcm)
    assert [p.id for p in selectors.staff_of(world.tcm.id, DAY)] == [kept.id]
    assert post.id != kept.id


def test_many_answers_cost_few_queries(world, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        selectors.upper_orgs(world.village.id, DAY)
