import pytest

from tongmai.foundation.audit.models import Delivery
from tongmai.foundation.audit.tests import factories
from tongmai.foundation.audit.tests.factories import NOW
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world, sign_in_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return county_world()


def test_events_come_in_pages_newest_first(client, world):
    rows = [factories.happened(str(i), by=world.actor(Role.SPECIALIST)) for i in range(3)]
    sign_in_as(client, Role.AUDIT_ADMIN, org=world.lead)
    first = client.get("/api/v1/events/?limit=2").json()
    second = client.get("/api/v1/events/", {"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [each["id"] for each in first["items"] + second["items"]] == [row.id for row in reversed(rows)]
    assert client.get(f"/api/v1/events/{rows[0].id}").json()["payload"] == {"note": "0"}
    assert client.get(f"/api/v1/events/{rows[2].id + 99}").status_code == 404


def test_openings_come_with_their_basis(client, world):
    factories.opened(by=world.actor(Role.SPECIALIST), basis="contract")
    sign_in_as(client, Role.AUDIT_ADMIN, org=world.lead)
    assert [each["basis"] for each in client.get("/api/v1/accesses/?basis=contract").json()["items"]] == ["contract"]
    assert client.get("/api/v1/accesses/?basis=self").json()["items"] == []


def test_an_operator_sees_the_queue_and_puts_a_delivery_back(client, world):
    row = factories.happened()
    parked = Delivery.objects.create(event=row, subscriber="a", next_try_at=NOW, state="parked", last_error="示例")
    sign_in_as(client, Role.SYSTEM_ADMIN, org=world.lead)
    assert client.get("/api/v1/operations/").json()["n_parked"] == 1
    assert client.get("/api/v1/deliveries/").json()["items"][0]["last_error"] == "示例"
    assert client.get("/api/v1/seals/").json() == []
    assert client.post(f"/api/v1/deliveries/{parked.id}/retry").status_code == 204
    assert client.post(f"/api/v1/deliveries/{parked.id}/retry").status_code == 404


@pytest.mark.parametrize("path", ["operations/", "deliveries/", "seals/", "events/", "events/1", "accesses/"])
def test_others_are_refused(client, world, path):
    assert client.get(f"/api/v1/{path}").status_code == 401
    sign_in_as(client, Role.SECURITY_ADMIN, org=world.lead)
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
