"""The JSON API of residents, as a program uses it."""

import json
from uuid import uuid4

import pytest
from ninja.responses import NinjaJSONEncoder

from tongmai.commons.residents import selectors, services
from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.schemas import FoundOut
from tongmai.commons.residents.tests import factories
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import sign_in_as

API = "/api/v1"
REASON = "昏迷送来，无家属陪同，需了解用药"


@pytest.fixture
def person(world):
    return factories.resident()


@pytest.fixture
def doctor(client, world):
    return sign_in_as(client, Role.VILLAGE_DOCTOR, org=world.village)


def post(client, path, body=None, **more):
    return client.post(f"{API}{path}", body or {}, content_type="application/json", **more)


def test_a_person_is_registered_found_looked_up_and_opened(client, doctor):
    number = factories.citizen_id()
    body = {"name": "示例甲", "id_number": number, "resident_id": str(uuid4()), "village_code": factories.VILLAGE}
    first, again = post(client, "/residents/", body), post(client, "/residents/", body)
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    made = first.json()["id"]
    assert post(client, "/residents/search/", {"q": "slj"}).json()["items"][0]["id"] == made
    looked_up = post(client, "/residents/lookup/", {"kind": "citizen_id", "value": number.lower()})
    assert looked_up.json() == {"resident_id": made}
    opened = client.get(f"{API}/residents/{made}/")
    assert opened.json()["basis"] == "responsible_area" and opened["ETag"] == '"1"'
    refused = post(client, "/residents/", {"name": "示例甲", "id_number": number})
    assert (refused.status_code, refused.json()["code"]) == (409, "already-registered")


def test_amending_wants_the_version_that_was_seen(client, doctor, person):
    def amend(**headers):
        return client.patch(
            f"{API}/residents/{person.id}/", {"name": "示例改", "reason": "更正"},
            content_type="application/json", headers=headers,
        )  # fmt: skip

    assert amend().status_code == 428
    assert amend(**{"If-Match": '"7"'}).status_code == 412
    assert amend(**{"If-Match": '"1"'})["ETag"] == '"2"'
    identity = client.get(f"{API}/residents/{person.id}/identity/").json()
    assert identity["changes"][0]["new_value"] == "示例改"


def test_every_part_of_the_identity_is_written(client, doctor, person):
    base = f"/residents/{person.id}"
    card = post(client, f"{base}/media/", {"kind": "health_card", "number": "H0001"}).json()
    assert post(client, f"/media/{card['id']}/report_lost/", {"reason": "遗失"}).json()["state"] == "lost"
    phone = post(client, f"{base}/phones/", {"number": "13900000001"}).json()
    assert post(client, f"/phones/{phone['id']}/close/").status_code == 200
    guardian = post(client, f"{base}/guardians/", {"name": "示例监护", "relation": "spouse"}).json()
    assert post(client, f"/guardians/{guardian['id']}/end/").json()["ends_before"]
    assert post(client, f"{base}/coverages/", {"scheme": "resident"}).status_code == 201
    passport = post(client, f"{base}/identifiers/", {"kind": "passport", "value": "E12345678"}).json()
    assert not post(client, f"/identifiers/{passport['id']}/close/", {"reason": "过期"}).json()["is_current"]
    tag = post(client, f"{base}/tags/", {"kind": "diabetes"}).json()
    assert post(client, f"/tags/{tag['id']}/end/", {"reason": "误登"}).json()["ends_before"]
    assert post(client, f"{base}/death/", {"died_on": "2026-11-01", "reason": "证明"}).status_code == 200
    assert post(client, f"{base}/death/revoke/", {"reason": "误登"}).status_code == 200


def test_an_emergency_is_opened_and_judged(client, world, person):
    sign_in_as(client, Role.SPECIALIST, org=world.lead, department=world.departments["cardiology"])
    assert client.get(f"{API}/residents/{person.id}/").json()["code"] == "basis-needed"
    opened = post(client, f"/residents/{person.id}/break-glass/", {"reason": REASON})
    assert opened.status_code == 201
    assert client.get(f"{API}/residents/{person.id}/").json()["basis"] == "emergency"
    sign_in_as(client, Role.AUDIT_ADMIN, org=world.lead)
    waiting = client.get(f"{API}/emergencies/").json()
    assert [entry["reason"] for entry in waiting] == [REASON]
    assert post(client, f"/emergencies/{opened.json()['id']}/reviews/", {"verdict": "justified"}).status_code == 201
    page = client.get(f"{API}/residents/{person.id}/accesses/", {"limit": 1}).json()
    assert page["items"][0]["basis"] == "emergency" and page["next_cursor"]
    following = client.get(f"{API}/residents/{person.id}/accesses/", {"cursor": page["next_cursor"]}).json()
    assert len(following["items"]) == 1


def test_a_person_of_elsewhere_is_introduced(client, world, person):
    sign_in_as(client, Role.REGISTRAR, org=world.stranger)
    number = person.identifiers.get().value
    body = {"name": "示例甲", "id_kind": "citizen_id", "id_number": number}
    assert client.get(f"{API}/residents/{person.id}/identity/").status_code == 404
    assert post(client, "/residents/introduce/", body).json() == {"id": str(person.id)}
    assert client.get(f"{API}/residents/{person.id}/identity/").status_code == 200


def test_the_resident_reads_who_opened_her_record(client, world, person):
    herself = world.actor(Role.RESIDENT, resident_id=person.id)
    client.force_login(User.objects.get(id=herself.user_id))
    assert client.get(f"{API}/residents/{person.id}/").json()["basis"] == "self"
    assert client.get(f"{API}/residents/{person.id}/accesses/").json()["items"][0]["basis"] == "self"
    assert post(client, "/residents/", {"name": "x"}).status_code == 403


@pytest.mark.parametrize(
    "body",
    [{"name": "a\x00b"}, {"name": "x" * 61}, {"born_on": "0001-01-01"}, {"sex": "robot"}, {"village_code": "1"}, {}],
)
def test_a_bad_body_is_refused_and_nothing_is_written(client, doctor, body):
    answer = post(client, "/residents/", body)
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json"
    assert not Resident.objects.exists()


def test_a_search_answers_as_its_schema_would(client, doctor, person):
    answer = post(client, "/residents/search/", {"q": person.name}).json()
    found = selectors.search(person.name, by=doctor, limit=20)
    items = [FoundOut.from_orm(each).model_dump() for each in found]
    assert found and answer == json.loads(json.dumps({"items": items, "next_cursor": None}, cls=NinjaJSONEncoder))


def test_a_visitor_is_refused(client, world):
    assert post(client, "/residents/search/", {"q": "x"}).status_code == 401


def test_a_stranger_gets_the_answer_of_absence(client, world, person):
    phone = services.add_phone(person.id, by=world.actor(Role.REGISTRAR), number="13900000001")
    sign_in_as(client, Role.VILLAGE_DOCTOR, org=world.stranger)
    for path, body in {
        f"/residents/{person.id}/phones/": {"number": "13900000002"},
        f"/residents/{person.id}/tags/": {"kind": "diabetes"},
        f"/residents/{person.id}/death/": {"died_on": "2026-11-01", "reason": "x"},
        f"/phones/{phone.id}/close/": {},
        f"/residents/{uuid4()}/phones/": {"number": "13900000002"},
    }.items():
        assert post(client, path, body).status_code == 404, path
