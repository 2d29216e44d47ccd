"""The pages: the happy path, and that others are refused."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tongmai.care.family_doctors import worklists
from tongmai.care.family_doctors.models import Contract, TeamMember
from tongmai.care.family_doctors.tests import factories
from tongmai.commons.residents.tests.factories import resident
from tongmai.foundation.orgs.tests.factories import county_world, sign_in_as


@pytest.fixture
def world(db):
    return county_world()


@pytest.fixture
def gp(world):
    return world.actor("general_practitioner")


@pytest.fixture
def contract(gp):
    return factories.signed(resident(), factories.team(gp), gp)


def _url(name, *args):
    return reverse(f"family_doctors:{name}", args=args)


def test_my_residents_and_my_teams(client, world, contract):
    sign_in_as(client, "general_practitioner", org=world.township)
    for query in ("", "?search=gone", "?tag=hypertension", "?show=expiring", "?show=all"):
        assert client.get(_url("list") + query).status_code == 200
    assert "示例甲" in client.post(_url("list"), {"q": "slj"}, follow=True).content.decode()
    assert client.get(_url("teams")).status_code == 200
    assert client.get(_url("export")).status_code == 200


def test_signing_on_the_phone(client, world, gp):
    team, person = factories.team(gp), resident()
    sign_in_as(client, "general_practitioner", org=world.township)
    assert client.get(_url("new", person.id)).status_code == 200
    client.post(_url("new", person.id), {"team_id": team.id, "doctor_id": gp.staff_id})
    draft = Contract.objects.get()
    wrong = client.post(_url("sign", draft.id), {"agreed_name": "示例甲", "agreed_how": "signature"})
    assert wrong.status_code == 422
    form = {"agreed_name": "示例甲", "agreed_how": "signature", "read_out": "on"}
    assert client.post(_url("sign", draft.id), form).status_code == 302
    assert Contract.objects.get().state == "active"
    assert client.post(_url("renew", draft.id), form).status_code == 302
    active = Contract.objects.get(state="active")
    assert client.post(_url("terminate", active.id), {"reason": "迁出"}).status_code == 302


def test_a_draft_is_discarded_from_its_page(client, world, gp):
    draft = factories.prepared(resident(), factories.team(gp), gp)
    sign_in_as(client, "general_practitioner", org=world.township)
    assert client.post(_url("discard", draft.id)).status_code == 302


def test_the_agreement_is_printed(client, world, contract):
    sign_in_as(client, "general_practitioner", org=world.township)
    assert client.get(_url("contract", contract.id)).status_code == 200
    assert client.get(_url("agreement", contract.id)).content.startswith(b"%PDF")


def test_members_come_and_go(client, world, gp):
    sign_in_as(client, "general_practitioner", org=world.township)
    client.post(_url("teams"), {"name": "一队", "leader_id": gp.staff_id})
    member = TeamMember.objects.get()
    village = world.actor("village_doctor")
    form = {"staff_id": village.staff_id, "part": "village_doctor"}
    assert client.post(_url("add-member", member.team_id), form).status_code == 302
    joined = TeamMember.objects.get(part="village_doctor")
    assert client.post(_url("end-member", member.team_id, joined.id)).status_code == 302


@pytest.mark.parametrize("name", ["contract", "agreement"])
def test_another_organisation_does_not_learn_that_it_exists(client, world, contract, name):
    sign_in_as(client, "general_practitioner", org=world.other_township)
    assert client.get(_url(name, contract.id)).status_code == 404


def test_what_was_written_down_wrong_is_put_right_on_its_page(client, world, gp, contract):
    sign_in_as(client, "general_practitioner", org=world.township)
    page = client.get(_url("contract", contract.id)).content.decode()
    assert "更正登记" in page and "签约日期录错" not in page
    earlier = contract.starts_on - timedelta(days=30)
    sent = {
        "doctor_id": str(contract.doctor_id),
        "starts_on": earlier.isoformat(),
        "years": "",
        "reason": "签约日期录错",
    }
    for wrong, word in (
        ({"reason": ""}, "更正原因"),
        ({"years": "9"}, "年限"),
        ({"doctor_id": str(world.lead.id)}, "签约医生"),
    ):
        answer = client.post(_url("amend", contract.id), sent | wrong)
        assert answer.status_code == 422 and word in answer.content.decode()
    contract.refresh_from_db()
    assert contract.starts_on != earlier
    assert client.post(_url("amend", contract.id), sent).status_code == 302
    contract.refresh_from_db()
    assert contract.starts_on == earlier
    page = client.get(_url("contract", contract.id)).content.decode()
    assert "更正记录" in page and "签约日期录错" in page and earlier.isoformat() in page


@pytest.mark.parametrize("name", ["amend", "sign", "renew", "terminate", "discard"])
def test_another_organisation_changes_nothing(client, world, contract, name):
    sign_in_as(client, "general_practitioner", org=world.other_township)
    form = {"agreed_name": "示例甲", "agreed_how": "signature", "read_out": "on", "reason": "无"}
    assert client.post(_url(name, contract.id), form).status_code == 404
    assert client.post(_url(name, contract.id), {}).status_code == 404  # before what she wrote is looked at


def test_what_ends_soon_waits_for_its_team(gp, contract):
    assert worklists.waiting(by=gp) == []
    soon = gp.at(gp.now + timedelta(days=340))
    assert [item.title for item in worklists.waiting(by=soon)] == ["签约即将到期"]
