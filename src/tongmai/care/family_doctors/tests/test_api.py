"""The JSON API does what the pages do."""

import json

import pytest

from tongmai.care.family_doctors.tests import factories
from tongmai.commons.residents.tests.factories import resident
from tongmai.foundation.orgs.tests.factories import county_world, sign_in_as

BASE = "/api/v1/contracts/"
TEAMS = "/api/v1/family-doctor-teams/"


@pytest.fixture
def world(db):
    return county_world()


@pytest.fixture
def gp(world):
    return world.actor("general_practitioner")


@pytest.fixture
def send(client, world, gp):
    sign_in_as(client, "general_practitioner", org=world.township)

    def ask(method, path, sent=None, version=None):
        headers = {"HTTP_IF_MATCH": f'"{version}"'} if version is not None else {}
        answer = getattr(client, method)(
            path,
            json.dumps(sent, default=str) if sent is not None else None,
            content_type="application/json",
            **headers,
        )
        return answer.status_code, answer.json() if answer.content else None

    return ask


def test_a_contract_is_prepared_signed_renewed_and_terminated(send, gp):
    team, person = factories.team(gp), resident()
    facts = {"resident_id": person.id, "team_id": team.id, "doctor_id": gp.staff_id}
    status, draft = send("post", BASE, facts)
    assert (status, draft["state"], draft["steps"]) == (201, "draft", ["sign", "discard"])
    one = f"{BASE}{draft['id']}"
    assert send("post", f"{one}/sign", {"agreed_name": "示例甲"})[0] == 428
    status, active = send("post", f"{one}/sign", {"agreed_name": "示例甲"}, draft["version"])
    assert (status, active["state"]) == (200, "active")
    assert send("post", BASE, facts)[0] == 201
    status, new = send("post", f"{one}/renew", {"agreed_name": "示例甲"}, active["version"])
    assert (status, new["renews_id"]) == (201, draft["id"])
    assert len(send("get", BASE + "?limit=1")[1]["items"]) == 1
    status, over = send("post", f"{BASE}{new['id']}/terminate", {"reason": "迁出"}, new["version"])
    assert (status, over["state"]) == (200, "terminated")


def test_an_active_contract_is_amended(send, gp):
    active = factories.signed(resident(), factories.team(gp), gp)
    one = f"{BASE}{active.id}/amend"
    assert send("post", one, {"reason": "", "years": 2}, active.version)[0] == 422
    status, told = send("post", one, {"reason": "年限录错", "years": 2}, active.version)
    assert (status, told["ends_before"], "amend" in told["steps"]) == (200, "2028-11-20", True)
    assert send("post", one, {"reason": "年限录错", "years": 1}, active.version)[0] == 412


def test_a_draft_is_discarded(send, gp):
    draft = factories.prepared(resident(), factories.team(gp), gp)
    assert send("post", f"{BASE}{draft.id}/discard", {}, draft.version)[1]["state"] == "discarded"


def test_teams_and_members(send, world, gp):
    status, made = send("post", TEAMS, {"name": "一队", "leader_id": gp.staff_id})
    assert status == 201
    member = {"staff_id": world.actor("village_doctor").staff_id, "part": "village_doctor"}
    status, joined = send("post", f"{TEAMS}{made['id']}/members/", member)
    assert status == 201
    assert len(send("get", TEAMS)[1][0]["members"]) == 2
    assert send("delete", f"{TEAMS}{made['id']}/members/{joined['id']}")[0] == 204


def test_a_stranger_gets_404(client, world, gp):
    contract = factories.signed(resident(), factories.team(gp), gp)
    sign_in_as(client, "general_practitioner", org=world.other_township)
    assert client.get(f"{BASE}{contract.id}").status_code == 404
