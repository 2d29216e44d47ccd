"""Messages and imports for programs."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tongmai.commons.residents.models import Resident
from tongmai.exchange import connection_words
from tongmai.exchange.hl7v2.tests.adt import adt, pid
from tongmai.exchange.hl7v2.tests.samples import NUMBER, REFERRAL
from tongmai.exchange.services import messages
from tongmai.exchange.tests.test_imports import FULL, HEAD
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW, sign_in_as

API = "/api/v1/"
TEXT = adt("A01", "w1", "20261110093000", facility="没有的医院", application="OTHER").decode()


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


def test_what_waits_is_listed_by_reason_corrected_and_tried_again(world, coordinator):
    kept = [post(coordinator, "messages/", {"text": TEXT.replace("w1", f"w{i}")}).json() for i in (1, 2)]
    reason = coordinator.get(API + "messages/reasons/").json()[0]
    assert (reason["what"], reason["n"]) == ("unknown-system", 2) and reason["problem"] and reason["remedy"]
    held = coordinator.get(API + "messages/?what=unknown-system&state=held").json()["items"]
    assert {row["id"] for row in held} == {row["id"] for row in kept} and held[0]["reasons"] == ["unknown-system"]
    assert post(coordinator, "messages/try-all/", {"what": "unknown-system"}).json() == {"n_in": 0, "n_held": 2}
    at = f"{API}messages/{kept[0]['id']}/"
    one = coordinator.get(at)
    text = {"text": one.json()["text"].replace("没有的医院", "示例县人民医院"), "why": "机构名写错"}
    put = {"path": at + "text/", "data": text, "content_type": "application/json"}
    assert coordinator.put(**put, headers={"If-Match": '"9"'}).status_code == 412
    assert coordinator.put(**put | {"data": text | {"why": ""}}).status_code == 422
    done = coordinator.put(**put, headers={"If-Match": one["ETag"]}).json()
    assert (done["state"], done["outcome"], done["reasons"]) == ("done", "visit", [])
    assert "没有的医院" in done["original"] and "没有的医院" not in done["text"]


def test_a_connection_is_entered_changed_and_switched_off(world, client):
    sign_in_as(client, Role.SYSTEM_ADMIN, org=world.lead)
    new = {"application": "HIS", "facility": "*", "name": "县医院 HIS", "org_id": str(world.lead.id)}
    assert post(client, "connections/", new | {"address": "here"}).status_code == 422
    made = post(client, "connections/", new)
    assert made.status_code == 201 and post(client, "connections/", new).status_code == 409
    at = f"{API}connections/{made.json()['id']}/"
    change = {"data": new | {"name": "改名"}, "content_type": "application/json"}
    assert client.put(at, **change).status_code == 428
    changed = client.put(at, **change, headers={"If-Match": made["ETag"]})
    assert (changed.json()["name"], changed["ETag"]) == ("改名", '"2"')
    assert client.put(at, **change, headers={"If-Match": made["ETag"]}).status_code == 412
    off = client.post(at + "stop/", headers={"If-Match": changed["ETag"]})
    assert (off.json()["is_active"], off.json()["version"]) == (False, 3)
    again = client.post(at + "stop/", headers={"If-Match": off["ETag"]})
    assert again.json()["version"] == 3, "switched off twice is switched off once"
    assert client.post(at + "go-on/", headers={"If-Match": off["ETag"]}).json()["is_active"] is True
    assert client.get(API + "messages/").status_code == 403, "she reads no messages"


def test_page_and_program_are_told_the_same_of_a_connection(world, client):
    for control, who in (("b1", pid()), ("b2", pid(number="0002", citizen="", born=""))):
        messages.take_in(adt("A01", control, "20261110093000", who=who), by=Actor.system(now=NOW))
    sign_in_as(client, Role.SYSTEM_ADMIN, org=world.lead)
    told = client.get(API + "connections/").json()["connections"][0]
    cells = _cells(client.get(reverse("exchange:connections")))
    assert cells[4:6] == [str(told["n_hour"]), str(told["n_day"])] and cells[7] == str(told["n_held"])
    assert cells[9] == connection_words.percent(told["completeness"])
    one = client.get(f"{API}connections/{told['id']}/").json()
    scores = _cells(client.get(reverse("exchange:connection", args=[told["id"]])))
    for each in one["fields"]:
        at = scores.index(str(connection_words.completeness.FIELDS[each["field"]]))
        assert scores[at + 1 : at + 3] == [
            connection_words.percent(each["rate"]), str(each["n_asked"] - each["n_present"]),
        ]  # fmt: skip
    assert [e["control_id"] for f in one["fields"] if f["field"] == "citizen" for e in f["examples"]] == ["b2"]


def _cells(page):
    """The texts of a page's table, cell by cell."""
    return [
        re.sub("<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?>(.*?)</td>", page.content.decode(), re.S)
    ]
