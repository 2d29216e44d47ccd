"""The JSON API does what the pages do."""

import json

import pytest

from tongmai.care.referrals import services
from tongmai.care.referrals.models import FollowUp, Referral
from tongmai.foundation.orgs.tests.factories import sign_in_as

BASE = "/api/v1/referrals/"
CONSENT = {"relation": "self", "how": "signature", "agreed_name": "示例甲"}


@pytest.fixture
def ask(client, clinic):
    """`ask(role, method, path, sent, version)` answers (status, body)."""

    def send(role, method, path, sent=None, version=None, org=None):
        world = clinic.world
        place = org or {"general_practitioner": world.township, "village_doctor": world.village}.get(role, world.lead)
        sign_in_as(client, role, org=place)
        headers = {"HTTP_IF_MATCH": f'"{version}"'} if version is not None else {}
        answer = getattr(client, method)(
            path,
            json.dumps(sent, default=str) if sent is not None else None,
            content_type="application/json",
            **headers,
        )
        return answer.status_code, answer.json() if answer.content else None

    return send


def _up(clinic, **changes):
    values = {
        "resident_id": clinic.resident.id,
        "receiver_id": clinic.world.lead.id,
        "diagnosis_code": "I10.x00",
        "reason": "血压不达标",
        "consent": CONSENT,
    }
    return values | changes


def test_the_way_up_by_the_api(clinic, ask):
    status, draft = ask("general_practitioner", "post", BASE, _up(clinic))
    assert (status, draft["state"]) == (201, "draft")
    assert set(draft["steps"]) == {"submit", "withdraw"}
    one = f"{BASE}{draft['id']}"
    status, _body = ask("general_practitioner", "post", f"{one}/steps/submit", {})
    assert status == 428
    status, sent = ask("general_practitioner", "post", f"{one}/steps/submit", {}, draft["version"])
    assert (status, sent["state"]) == (200, "submitted")
    pool = clinic.pool()
    status, booked = ask("specialist", "post", f"{one}/steps/accept", {"pool_ids": [pool.id]}, sent["version"])
    assert (status, booked["state"]) == (200, "booked")
    status, read = ask("specialist", "get", one)
    assert list(booked.items()) == list(read.items()), "the answer to a step is what is read afterwards"
    status, problem = ask("specialist", "post", f"{one}/steps/treat", {}, booked["version"])
    assert (status, problem["code"]) == (409, "step-not-allowed")
    status, _body = ask("specialist", "post", f"{one}/steps/arrive", {}, sent["version"])
    assert status == 412


def test_lists_are_paged_and_scoped(clinic, ask):
    first = clinic.submitted()
    clinic.submitted(diagnosis_code="J18.900")
    _status, page = ask("specialist", "get", BASE + "?limit=1")
    assert len(page["items"]) == 1
    _status, rest = ask("specialist", "get", BASE + f"?limit=1&cursor={page['next_cursor']}")
    assert (rest["items"][0]["id"], rest["next_cursor"]) == (str(first.id), None)
    _status, theirs = ask("specialist", "get", BASE, org=clinic.world.stranger)
    assert theirs["items"] == []


def test_a_stranger_gets_404_and_the_desk_no_case(clinic, ask):
    referral = clinic.submitted()
    assert ask("specialist", "get", f"{BASE}{referral.id}", org=clinic.world.stranger)[0] == 404
    assert ask("registrar", "get", f"{BASE}{referral.id}")[1]["case"] is None
    assert ask("specialist", "get", f"{BASE}{referral.id}")[1]["case"]["summary"] == referral.summary


def test_a_draft_is_changed(clinic, ask):
    draft = clinic.draft()
    sent = _up(clinic, reason="改过")
    del sent["resident_id"]
    status, body = ask("general_practitioner", "put", f"{BASE}{draft.id}", sent, draft.version)
    assert (status, body["case"]["reason"]) == (200, "改过")


def test_what_cannot_be_used_is_a_422_that_names_the_field(clinic, ask):
    status, body = ask("general_practitioner", "post", BASE, _up(clinic, diagnosis_code="Q99.999"))
    assert (status, body["errors"][0]["field"]) == (422, "diagnosis")


def test_sent_on_is_seen_a_last_time_in_the_answer(clinic, ask):
    referral = clinic.submitted()
    sent = {"receiver_id": clinic.world.tcm.id, "reason": "专科在中医院"}
    status, _body = ask("referral_coordinator", "post", f"{BASE}{referral.id}/steps/redirect", sent, referral.version)
    assert status == 200
    assert Referral.objects.get(id=referral.id).receiver_id == clinic.world.tcm.id


def test_down_and_follow_up(clinic, ask):
    up = clinic.treated()
    plan = {
        "up_id": up.id,
        "receiver_id": clinic.world.township.id,
        "group": "acute_recovery",
        "diagnosis_code": "I10.x00",
        "discharge_summary": "血压已控制",
        "reason": "稳定",
        "medicines": [{"name": "氨氯地平片", "dose": "5 mg", "frequency": "每日一次"}],
        "consent": CONSENT,
    }
    status, draft = ask("specialist", "post", BASE + "down", plan)
    assert (status, draft["direction"]) == (201, "down")
    del plan["up_id"]
    status, draft = ask("specialist", "put", f"{BASE}{draft['id']}/plan", plan, draft["version"])
    assert status == 200
    status, sent = ask("specialist", "post", f"{BASE}{draft['id']}/steps/submit", {}, draft["version"])
    status, taken = ask("general_practitioner", "post", f"{BASE}{draft['id']}/steps/accept", {}, sent["version"])
    status, here = ask("general_practitioner", "post", f"{BASE}{draft['id']}/steps/receive", {}, taken["version"])
    assert (status, here["state"], len(here["follow_ups"])) == (200, "received", 2)
    first = FollowUp.objects.first()
    found = {"result": "stable", "way": "phone", "systolic_mmhg": 130, "diastolic_mmhg": 80}
    assert ask("general_practitioner", "post", f"/api/v1/follow-ups/{first.id}", found)[0] == 200


def test_emergency_advice_late_flow_noted_and_catalogue(clinic, ask):
    services.load_starter(alliance_id=clinic.world.alliance.id, by=clinic.coordinator)
    assert ask("general_practitioner", "get", BASE + "advice?diagnosis_code=I10.x00")[1][0]["guidance"] == "keep"
    assert ask("referral_coordinator", "get", BASE + "late") == (200, [])
    referral = clinic.submitted()
    flow = ask("manager", "get", BASE + "flow?starts_on=2026-11-01&ends_before=2026-12-01")[1]
    assert flow == [{"source": "township", "target": "county", "direction": "up", "n": 1}]
    services.decline(referral_id=referral.id, by=clinic.specialist, reason="可在卫生院处理")
    assert ask("general_practitioner", "post", f"{BASE}{referral.id}/noted")[0] == 200
    path = f"/api/v1/referral-catalogues/{clinic.world.alliance.id}"
    line = ask("specialist", "get", path + "?limit=1")[1]["items"][0]
    assert ask("specialist", "delete", f"/api/v1/referral-catalogue-lines/{line['id']}")[0] == 403
    assert ask("referral_coordinator", "delete", f"/api/v1/referral-catalogue-lines/{line['id']}")[0] == 204
    sent = {
        "level": "township", "icd10_prefix": "K21", "name": "胃食管反流病", "guidance": "keep", "conditions": "无报警症状",
        "source": "本院目录",
    }  # fmt: skip
    assert ask("manager", "post", path + "/lines/", sent)[0] == 201
