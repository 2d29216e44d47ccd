"""Every page that the application has, as somebody who may open it sees it.

On an old office screen in Chinese and on a phone in English, where words are longest and room is least: no serious
finding of accessibility, nothing wider than the screen, no broken script.  `make proof` tries the other two as well.
"""

import os

import pytest
from django.conf import settings
from django.test import Client

from tests import living
from tests.meta.routes import all_routes
from tests.system.screens import PHONE
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories

OFFICE = {"viewport": {"width": 1366, "height": 768}}
SEATS = {"office-zh": (OFFICE, "zh-hans"), "phone-en": (PHONE, "en")}
if os.environ.get("TONGMAI_EXAMPLES"):
    SEATS |= {"office-en": (OFFICE, "en"), "phone-zh": (PHONE, "zh-hans")}
ROLES = (
    Role.GENERAL_PRACTITIONER, Role.REFERRAL_COORDINATOR, Role.SPECIALIST, Role.REGISTRAR, Role.RESOURCE_MANAGER,
    Role.VILLAGE_DOCTOR, Role.MANAGER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN,
)  # fmt: skip
PAGES = [route for route in all_routes() if not route.is_api and "get" in route.methods]


@pytest.fixture
def crowd(transactional_db):
    """The county that was lived in, and a client for each role, a resident and a visitor."""
    lived = living.lived_in()
    actors = [lived.world.actor(role) for role in ROLES]
    actors.append(factories.actor(Role.RESIDENT, resident_id=lived.clinic.resident.id))
    clients = [Client()]
    for actor in actors:
        clients.append(Client())
        clients[-1].force_login(User.objects.get(id=actor.user_id))
    return lived, clients


def _whole(answer) -> bool:
    """A page, not a file, a fragment or a refusal."""
    return (
        answer.status_code == 200
        and answer.headers["Content-Type"].startswith("text/html")
        and b"<main" in answer.content
    )


def _seen(crowd):
    """Yield each page with the first client that gets to see it."""
    lived, clients = crowd
    for route in PAGES:
        address = route.address(lived.objects)
        for client in clients:
            answer = client.get(address)
            if _whole(answer):
                yield route, address, client
            if answer.status_code in (200, 405):
                break  # what is no page for one, or not to be opened at all, is so for everybody


@pytest.mark.browser
@pytest.mark.parametrize("at", SEATS)
def test_every_page_is_fit_to_be_looked_at(at, crowd, live_server, new_page, axe):
    options, language = SEATS[at]
    page = new_page(**options)
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    flaws, n_pages = [], 0
    for route, address, client in _seen(crowd):
        n_pages += 1
        _sit_down(page, client, live_server.url)
        try:
            _look(page, live_server.url + address, axe)
        except AssertionError as flaw:
            flaws.append(f"{route}: {flaw}")
    assert not flaws, "\n".join(flaws)
    assert n_pages >= 93, (
        f"only {n_pages} of {len(PAGES)} addresses showed a page: has the living county lost something?"
    )


def _sit_down(page, client, root: str) -> None:
    page.context.clear_cookies(name="sessionid")
    if "sessionid" in client.cookies:
        page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": root}])


def _look(page, address: str, axe) -> None:
    answer = page.goto(address, wait_until="load")
    assert answer.status == 200, f"{answer.status}"
    axe(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} px wider than the screen"
