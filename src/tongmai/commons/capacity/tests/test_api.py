"""The API: the same answers as the pages, and problems as problem+json."""

from datetime import timedelta

import pytest

from tongmai.commons.capacity.models import Ban, Refusal
from tongmai.commons.capacity.tests import factories
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import sign_in_as


@pytest.fixture
def as_manager(client, world):
    sign_in_as(client, Role.RESOURCE_MANAGER, org=world.lead)
    return client


@pytest.fixture
def as_registrar(client, world):
    sign_in_as(client, Role.REGISTRAR, org=world.lead)
    return client


def _send(client, method, path, sent=None, **headers):
    return getattr(client, method)(f"/api/v1{path}", sent, content_type="application/json", headers=headers or None)


def test_places_are_found_and_booked(as_registrar, world, pool):
    found = as_registrar.get("/api/v1/free-places/", {"org_id": world.lead.id, "kind": "clinic"}).json()
    assert [(each["free_reserved"], each["free_public"]) for each in found] == [(0, 8)]
    person = factories.resident()
    sent = {"resident_id": str(person.id), "pool_ids": [found[0]["pool_id"]]}
    made = _send(as_registrar, "post", "/bookings/", sent)
    assert made.status_code == 201
    assert made.json()["numbers"] == [1]
    again = _send(as_registrar, "post", "/bookings/", sent)
    assert (again.status_code, again.json()["code"]) == (409, "already-booked")
    listed = as_registrar.get("/api/v1/bookings/", {"resident_id": person.id}).json()
    assert [each["id"] for each in listed["items"]] == [made.json()["id"]]
    one = as_registrar.get(f"/api/v1/bookings/{made.json()['id']}")
    assert one["ETag"] == '"1"'


def test_a_booking_is_moved_and_cancelled(as_registrar, clinic, pool, doctor):
    booking = factories.booking(pool, by=doctor)
    later = factories.pool(clinic, starts_at=pool.starts_at + timedelta(days=1))
    path = f"/bookings/{booking.id}"
    moved = _send(as_registrar, "post", f"{path}/move", {"pool_ids": [str(later.id)], "reason": "有事"})
    assert moved.json()["pool_ids"] == [str(later.id)]
    stale = _send(as_registrar, "post", f"{path}/steps", {"step": "cancel", "reason": "不来了"}, **{"If-Match": '"1"'})
    assert stale.status_code == 412
    without = _send(as_registrar, "post", f"{path}/steps", {"step": "cancel"})
    assert (without.status_code, without.json()["errors"][0]["field"]) == (422, "reason")
    gone = _send(as_registrar, "post", f"{path}/steps", {"step": "cancel", "reason": "不来了"})
    assert gone.json()["state"] == "cancelled"


def test_sessions_are_published_changed_closed_and_opened(as_manager, clinic):
    starts = factories.NOW + timedelta(days=2)
    sent = {
        "resource_id": str(clinic.id),
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=3)).isoformat(),
        "total": 18,
    }
    made = _send(as_manager, "post", "/sessions/", sent).json()
    assert made["fill"]["reserved"] == 4
    path = f"/sessions/{made['id']}"
    assert _send(as_manager, "post", "/sessions/", sent).status_code == 409
    assert _send(as_manager, "put", f"{path}/total", {"total": 30}).status_code == 428
    changed = _send(as_manager, "put", f"{path}/total", {"total": 30}, **{"If-Match": '"1"'})
    assert changed.json()["fill"]["reserved"] == 6
    assert _send(as_manager, "post", f"{path}/close", {"reason": "外出"}).json() == {"booking_ids": []}
    assert as_manager.get(f"/api/v1{path}").json()["is_closed"]
    assert as_manager.get(f"/api/v1{path}/visitors").json() == []
    assert not _send(as_manager, "post", f"{path}/reopen").json()["is_closed"]


def test_stays_are_found(as_registrar, world, ward):
    factories.bed_days(ward, factories.NOW + timedelta(days=1), days=3)
    found = as_registrar.get("/api/v1/free-stays/", {"org_id": world.lead.id, "nights": 3}).json()
    assert [(each["nights"], len(each["pool_ids"]), each["free"]) for each in found] == [(3, 3, 3)]


def test_resources_are_kept(as_manager, world):
    sent = {
        "department_id": str(world.departments["imaging"].id),
        "kind": "exam",
        "catalog_code": "exam-ct",
        "name": "示例 CT 室",
        "reserved_rate": 0.3,
    }
    made = _send(as_manager, "post", "/resources/", sent)
    assert made.status_code == 201, made.content
    path = f"/resources/{made.json()['id']}"
    assert _send(as_manager, "post", "/resources/", sent).status_code == 422
    line = {"weekday": 0, "starts_time": "08:00", "ends_time": "12:00", "total": 10}
    weekly = _send(as_manager, "post", f"{path}/weekly", line).json()["weekly"]
    assert weekly[0]["reserved"] == 3
    change = {"name": "示例 CT 一室"}
    assert _send(as_manager, "put", path, change).status_code == 428
    version = as_manager.get(f"/api/v1{path}")["ETag"]
    assert _send(as_manager, "put", path, change, **{"If-Match": version}).json()["reserved_rate"] is None
    assert _send(as_manager, "post", "/sessions/weeks", {"from_day": "2026-11-20", "days": 14}).json() == {
        "n_published": 2
    }
    assert _send(as_manager, "delete", f"/weekly/{weekly[0]['id']}").status_code == 204
    assert [each["weekly"] for each in as_manager.get("/api/v1/resources/").json()] == [[]]


def test_compliance_refusals_and_bans(as_manager, world, clinic, doctor):
    pool = factories.pool(clinic, total=5)
    booking = factories.booking(pool, by=doctor)
    rows = as_manager.get("/api/v1/capacity-compliance/", {"from_day": pool.day, "weeks": 1}).json()
    assert [(row["total"], row["reserved"], row["rate"], row["meets"]) for row in rows] == [(5, 1, 0.2, True)]
    refusal = Refusal.objects.create(
        org=world.lead,
        kind="clinic",
        resident=booking.resident,
        share_wanted="public",
        wanted_on=pool.day,
        source_kind="desk",
        refused_at=factories.NOW,
    )
    assert [each["id"] for each in as_manager.get("/api/v1/refusals/").json()["items"]] == [str(refusal.id)]
    assert _send(as_manager, "post", f"/refusals/{refusal.id}/drop", {"reason": "已去外院"}).status_code == 204
    ban = Ban.objects.create(
        resident=booking.resident,
        org=world.lead,
        booking=booking,
        n_missed=3,
        banned_at=factories.NOW,
        until=factories.NOW + timedelta(days=30),
    )
    assert [each["id"] for each in as_manager.get("/api/v1/bans/").json()] == [str(ban.id)]
    assert _send(as_manager, "post", f"/bans/{ban.id}/lift", {"reason": "住院"}).status_code == 204


def test_strangers_find_nothing(client, world, pool, doctor):
    booking = factories.booking(pool, by=doctor)
    sign_in_as(client, Role.REGISTRAR, org=world.stranger)
    assert client.get(f"/api/v1/sessions/{pool.id}").status_code == 404
    assert client.get(f"/api/v1/bookings/{booking.id}").status_code == 404
    assert _send(client, "post", f"/bookings/{booking.id}/steps", {"step": "arrive"}).status_code == 404
    assert client.get("/api/v1/free-places/", {"org_id": world.lead.id, "kind": "clinic"}).json() == []
