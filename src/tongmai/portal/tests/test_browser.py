"""The shell in a real browser: scripts bound, keys work, nothing inline, nothing inaccessible."""

import pytest

from tongmai.commons.encounters.tests import factories as visits
from tongmai.commons.residents.tests import factories as people
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories
from tongmai.foundation.orgs.tests.factories import PASSWORD


@pytest.fixture
def doctor(transactional_db):
    world = factories.county_world()
    assert world
    return factories.actor(Role.GENERAL_PRACTITIONER, org=factories.org("示例丁卫生院"))


@pytest.fixture
def signed_in(page, live_server, doctor):
    """A page of a doctor who has come in by the door; what the page's policy blocks is collected."""
    page.blocked = []
    page.on("console", lambda said: page.blocked.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(f"{live_server.url}/sign-in/")
    page.fill("[name=username]", User.objects.get(id=doctor.user_id).username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".tm-side")
    yield page
    assert not page.blocked


def test_the_door_is_accessible(page, live_server, transactional_db, axe):
    page.goto(f"{live_server.url}/sign-in/")
    axe(page)


def test_components_are_accessible_and_drawn(signed_in, live_server, axe):
    signed_in.goto(f"{live_server.url}/ui/gallery/")
    signed_in.wait_for_selector("#flow canvas")
    axe(signed_in)


def test_a_dangerous_step_asks_first_and_can_be_taken_back(signed_in, live_server):
    signed_in.goto(f"{live_server.url}/ui/gallery/")
    signed_in.click("form[data-confirm] button")
    dialog = signed_in.locator("dialog[open]")
    assert "删除后不能恢复" in dialog.inner_text()
    dialog.get_by_role("button", name="取消").click()
    assert dialog.count() == 0


def test_what_was_typed_survives_a_reload_and_not_the_sign_out(signed_in, live_server):
    signed_in.goto(f"{live_server.url}/ui/gallery/")
    signed_in.fill("[data-draft] textarea", "胸痛两小时")
    signed_in.reload()
    signed_in.wait_for_selector(".tm-draft")
    assert signed_in.input_value("[data-draft] textarea") == "胸痛两小时"
    signed_in.evaluate("document.querySelector('[data-forget-drafts]').requestSubmit()")
    signed_in.wait_for_selector(".tm-door")
    assert signed_in.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('tm-draft'))") == []


def test_a_resident_is_found_by_initials_with_the_keyboard_alone(signed_in, live_server, doctor, axe):
    her = people.resident("示例张小芳")
    people.family_doctor(her, by=doctor)
    visits.finished_visit(her, by=doctor)
    signed_in.goto(f"{live_server.url}/")
    signed_in.wait_for_load_state("networkidle")
    signed_in.keyboard.press("Control+k")
    signed_in.keyboard.type("slzxf")
    signed_in.wait_for_selector("#tm-search-found [role=option]")
    signed_in.keyboard.press("ArrowDown")
    signed_in.keyboard.press("Enter")
    signed_in.wait_for_selector(".tm-person-name")
    assert signed_in.inner_text(".tm-person-name") == her.name
    axe(signed_in)


@pytest.mark.parametrize("address", ["/", "/me/", "/help/", "/ui/gallery/"])
def test_pages_fit_a_small_phone(signed_in, live_server, address):
    signed_in.set_viewport_size({"width": 360, "height": 720})
    signed_in.goto(f"{live_server.url}{address}")
    signed_in.wait_for_load_state("networkidle")
    assert signed_in.evaluate("document.documentElement.scrollWidth") <= 360
    assert signed_in.locator(".tm-bottom a").count() >= 2
