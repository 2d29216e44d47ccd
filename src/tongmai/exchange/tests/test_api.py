"""Messages and imports for programs."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tongmai.commons.residents.models import Resident
from tongmai.exchange.hl7v2.tests.samples import NUMBER, REFERRAL
from tongmai.exchange.tests.test_imports import FULL, HEAD
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import sign_in_as

API = "/api/v1/"


@pytest.fixture
def coordinator(world, client):
    sign_in_as(client, Role.REFERRAL_COORDINATOR, org=world.lead)
    return client


@pytest.fixture
def admin(world, client):
    sign_in_as(client, Role.SYSTEM_ADMIN, org=world.lead)
    return client


def post(client, path, body=None):
    return client.post(API + path, body or {}, content_type="application/json")


def test_a_message_is_taken_in_corrected_and_refused(coordinator):
    text = REFERRAL.replace(NUMBER, "")
    taken = post(coordinator, "messages/", {"text": text})
    assert taken.status_code == 201
    one = taken.json()
    assert (one["state"], one["faults"][0]["location"]) == ("held", "PID-3")
    assert post(coordinator, "messages/", {"text": text}).status_code == 200
    assert coordinator.get(API + "messages/").json()["items"][0]["id"] == one["id"]
    at = f"messages/{one['id']}/"
    assert coordinator.get(API + at).json()["state"] == "held"
    assert post(coordinator, at + "again/").json()["state"] == "held"
    assert post(coordinator, at + "correct/").status_code == 422
    assert post(coordinator, at + "reject/", {"reason": ""}).status_code == 422
    assert post(coordinator, at + "reject/", {"reason": "不是本县居民"}).json()["state"] == "rejected"
    assert post(coordinator, at + "again/").status_code == 409


def test_the_patient_is_registered(coordinator):
    one = post(coordinator, "messages/", {"text": REFERRAL.replace(NUMBER, "")}).json()
    assert one["faults"][0]["what"] == "unknown-resident"
    assert post(coordinator, f"messages/{one['id']}/register/").status_code == 422
    done = post(coordinator, f"messages/{one['id']}/register/", {"id_number": NUMBER}).json()
    assert (done["state"], Resident.objects.count()) == ("done", 1)


def test_a_register_goes_in(admin):
    file = SimpleUploadedFile("a.csv", f"{HEAD}\n{FULL}\nA2,,,,,,,,,,\n".encode())
    started = admin.post(API + "imports/", {"kind": "residents", "source": "公卫系统", "file": file})
    assert started.status_code == 201
    at = f"imports/{started.json()['id']}/"
    assert post(admin, at + "confirm/").status_code == 409
    assert post(admin, at + "go-on/").json()["counts"] == {"new": 1, "updated": 0, "same": 0, "held": 0, "rejected": 1}
    assert post(admin, at + "confirm/").json()["state"] == "applying"
    assert post(admin, at + "go-on/").json()["state"] == "applied"
    rows = admin.get(API + at + "rows/", {"limit": 1}).json()
    assert rows["items"][0]["fate"] == "new"
    assert admin.get(API + at + "rows/", {"cursor": rows["next_cursor"]}).json()["items"][0]["reason"] == "没有姓名"
    assert admin.get(API + at).json()["done_rows"] == 2


def test_an_import_is_given_up_and_a_bad_file_is_refused(admin):
    file = SimpleUploadedFile("a.csv", f"{HEAD}\n{FULL}\n".encode())
    started = admin.post(API + "imports/", {"kind": "residents", "source": "x", "file": file}).json()
    assert post(admin, f"imports/{started['id']}/abandon/").json()["state"] == "abandoned"
    bad = SimpleUploadedFile("a.xlsx", b"PK\x03\x04x")
    assert admin.post(API + "imports/", {"kind": "residents", "source": "x", "file": bad}).status_code == 422
