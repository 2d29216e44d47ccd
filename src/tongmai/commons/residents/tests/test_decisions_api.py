"""Decisions and findings through the API."""

import json

import pytest

from tongmai.commons.residents import services
from tongmai.commons.residents.models import ReadingFinding, SharingChoice
from tongmai.commons.residents.tests import factories
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs


@pytest.fixture
def her(world):
    return factories.resident("示例周")


def post(client, address, **body):
    return client.post(f"/api/v1{address}", json.dumps(body), content_type="application/json")


def test_a_decision_is_written_listed_and_withdrawn(client, world, her):
    orgs.sign_in_as(client, Role.REGISTRAR, org=world.township)
    made = post(client, f"/residents/{her.id}/sharing-choices/", is_permitted=False, party="members")
    assert made.status_code == 201
    assert post(client, f"/residents/{her.id}/sharing-choices/", is_permitted=False, party="all").status_code == 422
    used = post(client, f"/residents/{her.id}/use-consents/", purpose="research", recipient="示例医科大学",
                purpose_text="随访研究", ends_before="2027-11-20")  # fmt: skip
    assert used.status_code == 201
    told = client.get(f"/api/v1/residents/{her.id}/decisions/").json()
    assert [(line["party"], line["counts"]) for line in told["sharing"]] == [("members", True)]
    assert [line["name"] for line in told["uses"]] == ["示例医科大学"]
    assert post(client, f"/sharing-choices/{made.json()['id']}/withdraw/", how="phone").status_code == 200
    assert post(client, f"/use-consents/{used.json()['id']}/withdraw/").status_code == 200
    assert SharingChoice.objects.get().withdrawn_how == "phone"


def test_a_finding_is_listed_and_moved(client, world, her):
    reader = world.actor(Role.GENERAL_PRACTITIONER)
    audit.log_access(
        resident_id=her.id, by=reader, basis="emergency", what="record", reason="急诊抢救", sensitive="hiv"
    )
    services.find_last_days(Actor.system(now=orgs.NOW.replace(day=21)))
    orgs.sign_in_as(client, Role.AUDIT_ADMIN, org=world.lead)
    listed = client.get("/api/v1/reading-findings/?kind=sensitive").json()
    assert [(line["resident"], line["n"]) for line in listed] == [("示**", 1)]
    address = f"/reading-findings/{listed[0]['id']}/steps/"
    assert post(client, address, step="accept").status_code == 422
    moved = post(client, address, step="ask")
    assert (moved.status_code, moved.json()["state"], moved.json()["steps"]) == (200, "asked", ["accept", "escalate"])
    assert ReadingFinding.objects.get().state == "asked"
