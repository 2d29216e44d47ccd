"""Disputes and requests to be entered as a guardian through the API: raised, answered, opened again, taken back."""

import json

import pytest

from tongmai.commons.encounters.tests import factories as visits
from tongmai.commons.resident_requests.models import Dispute, WardRequest
from tongmai.commons.residents import services as people_services
from tongmai.commons.residents.models import Guardian
from tongmai.commons.residents.tests import factories as people
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs

SAID = "这次就诊不是我"


@pytest.fixture
def world(db):
    return orgs.county_world()


@pytest.fixture
def her(world):
    return people.resident("示例张小芳", by=world.actor(Role.REGISTRAR))


def post(client, address, **body):
    return client.post(f"/api/v1{address}", json.dumps(body), content_type="application/json")


def as_herself(client, her):
    client.logout()
    she = orgs.actor(Role.RESIDENT, resident_id=her.id)
    client.force_login(User.objects.get(id=she.user_id))


def test_an_entry_is_disputed_answered_and_opened_again(client, world, her):
    visit = visits.visit(her, by=world.actor(Role.GENERAL_PRACTITIONER))
    as_herself(client, her)
    address = f"/residents/{her.id}/disputes"
    assert post(client, f"{address}/entry/", entry_kind="encounter", entry_id=str(her.id), said=SAID).status_code == 404
    made = post(client, f"{address}/entry/", entry_kind="encounter", entry_id=str(visit.id), said=SAID)
    assert (made.status_code, made.json()["state"], made.json()["steps"]) == (201, "open", ["withdraw"])
    assert (
        post(client, f"{address}/entry/", entry_kind="encounter", entry_id=str(visit.id), said=SAID).status_code == 409
    )
    own = f"/disputes/{made.json()['id']}"
    assert post(client, f"{own}/settle/", step="answer", said="已核对").status_code == 403
    orgs.sign_in_as(client, Role.GENERAL_PRACTITIONER, org=world.township)
    assert [line["id"] for line in client.get("/api/v1/disputes/").json()] == [made.json()["id"]]
    assert post(client, f"{own}/settle/", step="reopen", said="已核对").status_code == 422
    told = post(client, f"{own}/settle/", step="correct", said="已更正就诊记录")
    assert (told.status_code, told.json()["state"]) == (200, "corrected")
    as_herself(client, her)
    assert client.get(f"/api/v1{own}/").json()["answer"] == "已更正就诊记录"
    assert post(client, f"{own}/reopen/", said="仍有一处不对").json()["state"] == "reopened"
    assert post(client, f"{own}/withdraw/").json()["state"] == "withdrawn"
    assert [line["state"] for line in client.get(f"/api/v1{address}/").json()] == ["withdrawn"]


def test_an_access_is_disputed_by_its_mark(client, world, her):
    people_services.break_glass(her.id, by=world.actor(Role.GENERAL_PRACTITIONER), reason="昏迷送来，须知过敏史")
    as_herself(client, her)
    log = client.get(f"/api/v1/residents/{her.id}/accesses/").json()["items"]
    address = f"/residents/{her.id}/disputes/access/"
    assert post(client, address, mark="1", said="我没有去过").status_code == 404
    assert post(client, address, mark=log[0]["mark"], said="我没有去过").status_code == 201
    assert Dispute.objects.get().kind == "access"
    assert post(client, f"/residents/{her.id}/disputes/identity/", said="电话不对了").status_code == 201


def test_a_guardian_asks_and_the_registrar_decides(client, world, her):
    child = people.resident("示例张小宝", by=world.actor(Role.REGISTRAR))
    number = child.identifiers.get(kind="citizen_id").value
    as_herself(client, her)
    asked = post(client, "/ward-requests/", name="示例张小宝", number=number, relation="mother")
    assert (asked.status_code, asked.json()["steps"]) == (201, ["withdraw"])
    assert post(client, "/ward-requests/", name="", number=number, relation="mother").status_code == 422
    orgs.sign_in_as(client, Role.REGISTRAR, org=world.lead)
    way = f"/ward-requests/{asked.json()['id']}"
    assert [line["id"] for line in client.get("/api/v1/ward-requests/?open_only=true").json()] == [asked.json()["id"]]
    assert post(client, f"{way}/refuse/", reason="").status_code == 422
    assert post(client, f"{way}/accept/").json()["state"] == "accepted"
    assert post(client, f"{way}/refuse/", reason="太迟").status_code == 409
    assert Guardian.objects.get(resident=child).guardian_resident_id == her.id
    as_herself(client, her)
    assert post(client, f"{way}/withdraw/").status_code == 409
    assert WardRequest.objects.get().state == "accepted"
