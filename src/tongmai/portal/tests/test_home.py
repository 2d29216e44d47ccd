from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories
from tongmai.portal import home, services
from tongmai.ui.worklist import WorkItem


@pytest.fixture
def doctor(client, db):
    return factories.sign_in_as(client, Role.GENERAL_PRACTITIONER, org=factories.org("示例卫生院"))


def _item(kind="referrals", **fields):
    now = timezone.now()
    given = {"title": "接收转诊", "who": "示例甲", "what": "胸痛", "from_whom": "示例村", "started_at": now} | fields
    return WorkItem(kind=kind, **given)


@pytest.fixture
def waits(monkeypatch):
    """Let these items wait for everybody, in place of what the apps say."""

    def put(*items):
        monkeypatch.setattr(home, "SOURCES", [SimpleNamespace(waiting=lambda *, by: list(items))])

    return put


def test_everything_that_waits_stands_in_one_list_most_urgent_first(client, doctor, waits):
    now = timezone.now()
    waits(
        _item(title="慢", due_at=now + timedelta(days=3)),
        _item(kind="capacity", title="超", due_at=now - timedelta(minutes=20), started_at=now - timedelta(hours=2)),
        _item(title="急", urgency="emergency"),
    )
    page = client.get("/").content.decode()
    assert page.index("超") < page.index("急诊</span>") < page.index("慢")
    assert "已超 20 分钟" in page
    assert client.get("/counts/").json() == {"home": 3, "referrals": 2, "capacity": 1}


def test_one_kind_can_be_looked_at_alone(client, doctor, waits):
    waits(_item(title="转诊一件"), _item(kind="capacity", title="号源一件"))
    page = client.get("/?kind=capacity").content.decode()
    assert "号源一件" in page
    assert "转诊一件" not in page


def test_the_action_is_in_the_row_with_its_fields(client, doctor, waits):
    waits(_item(action_label="接收", action_url="/x/", hidden={"version": "3"}, href="/y/"))
    page = client.get("/").content.decode()
    assert 'hx-post="/x/"' in page
    assert 'name="version" value="3"' in page


def test_what_was_typed_elsewhere_is_not_markup_here(client, doctor, waits):
    waits(_item(who="<script>x</script>"))
    assert "<script>x" not in client.get("/").content.decode()


def test_nothing_to_do_says_what_would_appear(client, doctor, waits):
    waits()
    assert "没有等您处理的事" in client.get("/").content.decode()


@pytest.mark.parametrize("address", ["/", "/counts/"])
def test_a_poll_is_answered_304_until_something_happens(client, doctor, waits, monkeypatch, address):
    waits(_item())
    monkeypatch.setattr(home, "version", lambda *, by: home.audit.version())
    htmx = {"HX-Request": "true"}
    first = client.get(address, headers=htmx)
    again = client.get(address, headers=htmx | {"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    services.note_sign_in(by=doctor)
    assert client.get(address, headers=htmx | {"If-None-Match": first["ETag"]}).status_code == 200


def test_the_version_differs_between_posts_and_minutes(doctor):
    later = doctor.at(doctor.now + timedelta(minutes=1))
    assert home.version(by=doctor) != home.version(by=later)


def test_a_poll_is_a_fragment_and_a_visit_a_page(client, doctor, waits):
    waits(_item())
    assert "<html" not in client.get("/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in client.get("/").content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.SYSTEM, Role.RESIDENT)])
def test_every_post_has_a_home_a_menu_and_help(client, db, role):
    factories.sign_in_as(client, role, org=factories.org("示例机构", level="county"))
    for address in ("/", "/me/", "/help/", "/about/", "/counts/"):
        assert client.get(address).status_code == 200, address
