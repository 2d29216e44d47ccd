"""Alliances and agreements: joining, leaving, leading, signing, ending."""

from datetime import date

import pytest

from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs import selectors, services
from tongmai.foundation.orgs.errors import (
    AgreementInUse,
    AlreadyExists,
    LeadCannotLeave,
    LeadTaken,
    MembershipOverlaps,
)
from tongmai.foundation.orgs.models import Membership, Org
from tongmai.foundation.orgs.tests import factories
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted, VersionConflict

DAY = date(2026, 11, 20)
LATER = date(2027, 1, 1)


def create(by, lead, **fields):
    wanted = {
        "code": "SP1", "name": "胸痛专科联盟", "form": "specialty_alliance", "tightness": "loose",
        "specialty_code": "03.04", "starts_on": DAY,
    }  # fmt: skip
    return services.create_alliance(by=by, lead_id=lead.id, **(wanted | fields))


def test_create_alliance_with_its_lead(world, system):
    row = create(system, world.lead)
    assert selectors.alliance_lead(row.id, DAY).id == world.lead.id
    assert create(system, world.lead).id == row.id
    with pytest.raises(AlreadyExists):
        create(system, world.lead, name="另一个联盟")
    assert Event.objects.filter(name="orgs.AllianceCreated").count() == 1


def test_create_alliance_refuses_nonsense(world, system, security):
    for fields in (
        {"form": "club"},
        {"tightness": "?"},
        {"form": "urban_group"},
        {"name": "x"},
        {"specialty_code": "99"},
    ):
        with pytest.raises(InvalidInput):
            create(system, world.lead, **fields)
    with pytest.raises(NotFound):
        create(system, world.stranger)
    with pytest.raises(NotPermitted):
        create(system, world.lead, county_code="340198")
    with pytest.raises(NotPermitted):
        create(security, world.lead)


def test_change_alliance(world, system):
    change = {"by": system, "alliance_id": world.alliance.id, "name": "新名称医共体"}
    assert services.change_alliance(**change, version=1, tightness="loose").tightness == "loose"
    with pytest.raises(VersionConflict):
        services.change_alliance(**change, version=1, tightness="tight")


def test_join_and_leave(world, system):
    joined = services.join(by=system, alliance_id=world.alliance.id, org_id=world.tcm.id, starts_on=DAY, version=1)
    again = services.join(by=system, alliance_id=world.alliance.id, org_id=world.tcm.id, starts_on=DAY, version=1)
    assert again.id == joined.id
    with pytest.raises(MembershipOverlaps):
        services.join(by=system, alliance_id=world.alliance.id, org_id=world.tcm.id, starts_on=LATER)
    with pytest.raises(InvalidInput):
        services.leave(by=system, membership_id=joined.id, ends_before=DAY)
    left = services.leave(by=system, membership_id=joined.id, ends_before=LATER)
    assert services.leave(by=system, membership_id=joined.id, ends_before=LATER).ends_before == left.ends_before
    with pytest.raises(InvalidInput):
        services.leave(by=system, membership_id=joined.id, ends_before=date(2027, 2, 1))
    services.join(by=system, alliance_id=world.alliance.id, org_id=world.tcm.id, starts_on=LATER)
    assert Event.objects.filter(name__in=["orgs.MemberJoined", "orgs.MemberLeft"]).count() == 3


def test_join_refusals(world, system):
    join = {"by": system, "alliance_id": world.alliance.id}
    with pytest.raises(NotFound):
        services.join(**join, org_id=world.stranger.id, starts_on=DAY)
    with pytest.raises(InvalidInput):
        services.join(**join, org_id=world.tcm.id, starts_on=date(2019, 1, 1))
    with pytest.raises(VersionConflict):
        services.join(**join, org_id=world.tcm.id, starts_on=DAY, version=7)
    Org.objects.filter(id=world.tcm.id).update(is_active=False)
    with pytest.raises(InvalidInput):
        services.join(**join, org_id=world.tcm.id, starts_on=DAY)
    far = factories.alliance(county_code=factories.OTHER_COUNTY)
    with pytest.raises(NotFound):
        services.join(by=system, alliance_id=far.id, org_id=world.tcm.id, starts_on=DAY)


def test_a_lead_cannot_leave(world, system):
    lead = Membership.objects.get(alliance=world.alliance, part="lead")
    with pytest.raises(LeadCannotLeave):
        services.leave(by=system, membership_id=lead.id, ends_before=DAY)


def test_change_lead_keeps_the_former_lead_as_a_member(world, system):
    services.change_lead(by=system, alliance_id=world.alliance.id, org_id=world.township.id, starts_on=LATER, version=1)
    assert selectors.alliance_lead(world.alliance.id, date(2026, 12, 31)).id == world.lead.id
    assert selectors.alliance_lead(world.alliance.id, LATER).id == world.township.id
    parts = {m.org.id: m.part for m in selectors.members(world.alliance.id, LATER)}
    assert parts[world.lead.id] == "member" and parts[world.township.id] == "lead"
    before = {m.org.id: m.part for m in selectors.members(world.alliance.id, DAY)}
    assert before[world.township.id] == "member"


def test_change_lead_to_who_leads_already_changes_nothing(world, system):
    services.change_lead(by=system, alliance_id=world.alliance.id, org_id=world.lead.id, starts_on=DAY)
    assert Membership.objects.filter(alliance=world.alliance).count() == 2
    assert not Event.objects.filter(name="orgs.LeadChanged").exists()


def test_change_lead_twice_for_one_time_is_refused(world, system):
    change = {"by": system, "alliance_id": world.alliance.id, "org_id": world.township.id}
    services.change_lead(**change, starts_on=LATER)
    with pytest.raises(LeadTaken):
        services.change_lead(by=system, alliance_id=world.alliance.id, org_id=world.tcm.id, starts_on=DAY)


def test_change_lead_on_the_day_the_new_one_joined(world, system):
    services.join(by=system, alliance_id=world.alliance.id, org_id=world.tcm.id, starts_on=DAY)
    row = services.change_lead(by=system, alliance_id=world.alliance.id, org_id=world.tcm.id, starts_on=DAY)
    assert (row.part, row.starts_on) == ("lead", DAY)


def test_end_alliance_ends_its_memberships(world, system):
    end = {"by": system, "alliance_id": world.alliance.id}
    with pytest.raises(InvalidInput):
        services.end_alliance(**end, version=1, ends_before=factories.LONG_AGO)
    services.end_alliance(**end, version=1, ends_before=LATER)
    services.end_alliance(**end, version=1, ends_before=LATER)
    assert selectors.members(world.alliance.id, LATER) == []
    assert selectors.alliances_of(world.township.id, LATER) == []
    with pytest.raises(InvalidInput):
        services.join(**end, org_id=world.tcm.id, starts_on=DAY)


def test_two_who_change_the_lead_at_once(transactional_db, threads):
    """Both looked at version 1: one is done, the other is told; there is one lead afterwards."""
    factories.kinds()
    world = factories.county_world()
    services.join(
        by=world.actor("system"), alliance_id=world.alliance.id, org_id=world.tcm.id, starts_on=DAY, version=1
    )
    wanted = [world.township.id, world.tcm.id, world.township.id, world.tcm.id]
    by = world.actor("system_admin")

    def change(i):
        return services.change_lead(
            by=by, alliance_id=world.alliance.id, org_id=wanted[i], starts_on=LATER, version=2
        ).org_id

    outcomes = threads(4, change).only_errors_of(VersionConflict, LeadTaken)
    assert len(set(outcomes.results)) == 1
    leads = Membership.objects.filter(alliance=world.alliance, part="lead", ends_before=None)
    assert [lead.org_id for lead in leads] == [outcomes.results[0]]
    assert Event.objects.filter(name="orgs.LeadChanged").count() == 1


def test_sign_agreement_and_end_agreement(world, system):
    terms = {"by": system, "kind": "posting", "from_org_id": world.lead.id, "to_org_id": world.township.id}
    row = services.sign_agreement(**terms, starts_on=DAY, alliance_id=world.alliance.id, number="示例〔2026〕1号")
    assert services.sign_agreement(
        **terms, starts_on=DAY, alliance_id=world.alliance.id, number="示例〔2026〕1号"
    ).id == row.id  # fmt: skip
    post = factories.post("specialist", at=world.township, agreement=row, posting="long_term", starts_on=DAY)
    later = factories.post("specialist", at=world.township, agreement=row, posting="rounds", starts_on=LATER)
    with pytest.raises(AgreementInUse):
        services.end_agreement(by=system, agreement_id=row.id, version=1, ends_before=date(2026, 12, 1))
    later.delete()
    services.end_agreement(by=system, agreement_id=row.id, version=1, ends_before=date(2026, 12, 1))
    services.end_agreement(by=system, agreement_id=row.id, version=1, ends_before=date(2026, 12, 1))
    post.refresh_from_db()
    assert post.ends_before == date(2026, 12, 1)
    with pytest.raises(InvalidInput):
        services.end_agreement(by=system, agreement_id=row.id, version=2, ends_before=LATER)


def test_sign_agreement_refusals(world, system):
    terms = {"by": system, "kind": "posting", "from_org_id": world.lead.id, "to_org_id": world.township.id}
    for wrong in ({"kind": "x"}, {"to_org_id": world.lead.id}, {"ends_before": DAY}):
        with pytest.raises(InvalidInput):
            services.sign_agreement(**(terms | wrong), starts_on=DAY)
    with pytest.raises(NotFound):
        services.sign_agreement(**(terms | {"to_org_id": world.stranger.id}), starts_on=DAY)
    with pytest.raises(NotPermitted):
        services.sign_agreement(**(terms | {"by": world.actor("manager")}), starts_on=DAY)
