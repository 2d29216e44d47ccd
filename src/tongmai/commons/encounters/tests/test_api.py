"""The JSON API of the record, as a program uses it."""

from uuid import uuid4

import pytest

from tongmai.commons.encounters.models import Vitals
from tongmai.commons.encounters.tests import factories
from tongmai.commons.residents.tests.factories import resident
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world, sign_in_as

API = "/api/v1"


@pytest.fixture
def world(db):
    factories.catalogue()
    return county_world()


@pytest.fixture
def person(world):
    return resident()


@pytest.fixture
def doctor(client, world):
    return sign_in_as(client, Role.GENERAL_PRACTITIONER, org=world.township, department=world.departments["general"])


def post(client, path, body=None, **headers):
    return client.post(f"{API}{path}", body or {}, content_type="application/json", headers=headers)


def put(client, path, body):
    return client.put(f"{API}{path}", body, content_type="application/json")


def test_a_visit_from_its_beginning_to_its_end(client, doctor, person):
    body = {"encounter_id": str(uuid4()), "complaint": "头晕"}
    visit = post(client, f"/residents/{person.id}/visits/", body).json()
    assert post(client, f"/residents/{person.id}/visits/", body).json() == visit
    path = f"/encounters/{visit['id']}"
    assert put(client, f"{path}/diagnoses/", {"diagnoses": [{"code": "I10.x00"}]}).json()[0]["is_main"]
    assert post(client, f"{path}/vitals/", {"systolic": 150, "diastolic": 95, "temperature": "36.5"}).status_code == 201
    note = post(client, f"{path}/notes/", {"text": "头晕三天"}).json()
    amended = post(client, f"/notes/{note['id']}/versions/", {"version": 1, "text": "头晕五天", "reason": "更正"})
    assert amended.status_code == 201
    page = client.get(f"{API}{path}/")
    assert page.json()["notes"][0]["versions"][0]["text"] == "头晕三天"
    assert page.json()["steps"] == ["finish", "cancel"]
    assert post(client, f"{path}/finish/").status_code == 428
    assert post(client, f"{path}/finish/", **{"If-Match": page["ETag"]}).json()["state"] == "finished"
    assert post(client, f"{path}/reopen/", {"reason": "补记"}).json()["state"] == "in_progress"
    assert post(client, f"{path}/cancel/", {"reason": "误"}, **{"If-Match": "*"}).json()["state"] == "cancelled"


def test_a_planned_visit_begins_and_a_stay_ends_with_its_summary(client, doctor, person):
    planned = post(
        client, f"/residents/{person.id}/planned-visits/", {"planned_for": "2026-12-01T09:00:00+08:00"}
    ).json()
    assert client.get(f"{API}/encounters/").json()[0]["id"] == planned["id"]
    assert post(client, f"/encounters/{planned['id']}/start/").json()["state"] == "in_progress"
    stay = post(client, f"/residents/{person.id}/stays/", {"bed": "3"}).json()
    put(client, f"/encounters/{stay['id']}/diagnoses/", {"diagnoses": [{"code": "I21.900"}]})
    ended = post(client, f"/encounters/{stay['id']}/discharge/", {"summary": "好转"}, **{"If-Match": "*"})
    assert ended.json()["state"] == "finished"


def test_the_record_at_a_glance(client, doctor, person):
    visit = factories.finished_visit(person, by=doctor)
    allergy = post(client, f"/residents/{person.id}/allergies/", {"substance": "青霉素", "severity": "severe"}).json()
    taken = post(client, f"/residents/{person.id}/medications/", {"name": "示例药", "is_long_term": True}).json()
    glance = client.get(f"{API}/residents/{person.id}/record/").json()
    assert glance["basis"] == "own_encounter"
    assert glance["timeline"][0]["lines"][0]["encounter_id"] == str(visit.id)
    assert [each["code"] for each in glance["problems"]] == ["I10.x00"]
    assert glance["allergies"][0]["substance"] == "青霉素" and glance["medications"][0]["name"] == "示例药"
    assert post(client, f"/allergies/{allergy['id']}/refute/", {"reason": "阴性"}).status_code == 200
    assert post(client, f"/medications/{taken['id']}/stop/", {"reason": "换药"}).status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"systolic": 120}, {"pulse": 100_000}, {"pulse": -1}, {"temperature": "36.55"}, {"glucose": "NaN"}]
)
def test_impossible_measurements_are_refused(client, doctor, person, body):
    visit = factories.visit(person, by=doctor)
    assert post(client, f"/encounters/{visit.id}/vitals/", body).status_code == 422
    assert not Vitals.objects.exists()


def test_withdrawn_measurements_say_so(client, doctor, person):
    visit = factories.visit(person, by=doctor)
    taken = post(client, f"/encounters/{visit.id}/vitals/", {"pulse": 70}).json()
    assert post(client, f"/vitals/{taken['id']}/withdraw/", {"reason": "录错"}).json()["withdraw_reason"] == "录错"


def test_a_stranger_gets_the_answer_of_absence(client, world, person):
    visit = factories.visit(person, by=world.actor(Role.GENERAL_PRACTITIONER))
    sign_in_as(client, Role.SPECIALIST, org=world.stranger)
    assert client.get(f"{API}/encounters/{visit.id}/").status_code == 404
    assert client.get(f"{API}/residents/{person.id}/record/").status_code == 404
    for path, body in {
        f"/residents/{person.id}/visits/": {},
        f"/encounters/{visit.id}/notes/": {"text": "x"},
        f"/encounters/{visit.id}/reopen/": {"reason": "x"},
        f"/residents/{person.id}/allergies/": {"substance": "x"},
    }.items():
        assert post(client, path, body).status_code == 404, path
