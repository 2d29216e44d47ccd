from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from tongmai.commons.residents.bases import LABELS
from tongmai.foundation.audit import guards, presenters, seals
from tongmai.foundation.audit.models import Delivery, Event
from tongmai.foundation.audit.tests import factories
from tongmai.foundation.audit.tests.factories import NOW, system
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world, sign_in_as

pytestmark = pytest.mark.django_db
PAGES = {
    "/operations/": Role.SYSTEM_ADMIN,
    "/operations/events/": Role.AUDIT_ADMIN,
    "/operations/events/accesses/": Role.AUDIT_ADMIN,
}


@pytest.fixture
def world():
    return county_world()


@pytest.fixture
def operator(client, world):
    return sign_in_as(client, Role.SYSTEM_ADMIN, org=world.lead)


@pytest.fixture
def auditor(client, world):
    return sign_in_as(client, Role.AUDIT_ADMIN, org=world.lead)


def test_the_actions_are_called_as_in_the_table_of_permissions():
    assert (guards.OPERATE, guards.READ_AUDIT) == (Action.OPERATE, Action.READ_AUDIT)


def test_every_basis_has_the_word_that_the_residents_page_has():
    assert presenters.BASES == {str(basis): word for basis, word in LABELS.items()}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.SYSTEM, Role.RESIDENT)])
def test_each_desk_is_open_to_one_administrator_only(client, world, path, role):
    place = next(org for org in (world.lead, world.township, world.village))
    sign_in_as(client, role, org=place)
    assert client.get(path).status_code == (200 if PAGES[path] == role else 403)


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_is_sent_to_sign_in(client, path):
    assert client.get(path).status_code == 302


def test_a_parked_delivery_is_shown_with_its_traceback_and_put_back(client, operator):
    row = factories.happened()
    parked = Delivery.objects.create(
        event=row,
        subscriber="books_a_bed",
        next_try_at=NOW,
        state="parked",
        attempts=8,
        last_error="a\nZeroDivisionError: b",
    )
    shown = client.get("/operations/").content.decode()
    assert "books_a_bed" in shown and "ZeroDivisionError: b" in shown
    answer = client.post(f"/operations/deliveries/{parked.id}/retry")
    assert (answer.status_code, answer["Location"]) == (302, "/operations/")
    parked.refresh_from_db()
    assert parked.state == "pending"
    assert client.post(f"/operations/deliveries/{parked.id}/retry").status_code == 404


@pytest.mark.parametrize("number", [0, 10**18, 10**30])
def test_a_delivery_that_does_not_exist_is_not_found(client, operator, number):
    assert client.post(f"/operations/deliveries/{number}/retry").status_code == 404


def test_seals_and_jobs_are_shown(client, operator):
    factories.happened()
    seals.seal_due(system(NOW + timedelta(days=1)))
    assert seals.last_link().mac in client.get("/operations/").content.decode()


def test_the_trail_is_searched(client, auditor, world):
    factories.happened(by=world.actor(Role.SPECIALIST))
    factories.happened(by=world.actor(Role.SPECIALIST, org=world.stranger))
    row = factories.happened(by=world.actor(Role.GENERAL_PRACTITIONER))
    shown = client.post(
        "/operations/events/", {"who": world.township.name, "until": "2026-11-20"}, follow=True
    ).content.decode()
    assert shown.count("/operations/events/") >= 1 and f"/operations/events/{row.id}" in shown
    assert f"/operations/events/{row.id - 1}" not in shown and f"/operations/events/{row.id - 2}" not in shown
    assert "没有符合条件的事件" in client.get("/operations/events/", {"until": "2026-11-19"}).content.decode()


@pytest.mark.parametrize(
    "nonsense",
    [{"since": "x"}, {"until": "9999-12-31"}, {"about": "x"}, {"name": "x"}, {"who": "a\x00"}, {"page": "-1"}],
)
def test_nonsense_in_a_search_does_no_harm(client, auditor, nonsense):
    assert client.get("/operations/events/", nonsense).status_code == 200
    assert client.get("/operations/events/accesses/", nonsense).status_code == 200


def test_an_event_of_another_county_is_not_found(client, auditor, world):
    ours = factories.happened(by=world.actor(Role.SPECIALIST))
    theirs = factories.happened(by=world.actor(Role.SPECIALIST, org=world.stranger))
    assert client.get(f"/operations/events/{ours.id}").status_code == 200
    assert client.get(f"/operations/events/{theirs.id}").status_code == 404
    assert client.get(f"/operations/events/{10**30}").status_code == 404


def test_the_access_log_names_people_bases_and_reasons(client, auditor, world):
    factories.opened(by=world.actor(Role.SPECIALIST), basis="emergency", reason="昏迷送来")
    factories.opened(by=world.actor(Role.SPECIALIST), basis="contract")
    shown = client.get("/operations/events/accesses/", {"basis": "emergency"}).content.decode()
    assert "昏迷送来" in shown and "紧急查阅" in shown


def test_an_export_holds_what_was_looked_for_and_is_written_down(client, auditor, world):
    factories.happened("=1+1", by=world.actor(Role.SPECIALIST))
    found = client.post("/operations/events/", {"who": world.lead.name})
    answer = client.post("/operations/events/export" + found.headers["Location"].removeprefix("/operations/events/"))
    sheet = load_workbook(BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[2]][8] == "note：=1+1"
    assert Event.objects.latest("id").payload == {"what": "events", "n_rows": 1}
    factories.opened(by=world.actor(Role.SPECIALIST))
    assert load_workbook(BytesIO(client.post("/operations/events/accesses/export").content)).active.max_row == 2
    assert client.get("/operations/events/export").status_code == 405
