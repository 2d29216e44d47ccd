"""Every address × every method × every role × {its own organisation, a neighbour in the alliance, another county}.

The addresses are those of the application itself: pages, fragments, downloads, prints, the API.  A new one needs a line
in `doors.py`, else the first test fails.  Static files are served before Django by whitenoise and are the same for
everybody; there are no uploaded files with an address, and no sockets: the second test says so.
"""

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.urls import get_resolver

from tests.meta import county, doors
from tests.meta.acting import Acting
from tests.meta.routes import all_routes
from tongmai.foundation.orgs.permissions import MAY
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs

ROUTES = all_routes()
ROLES = [role for role in Role if role != Role.SYSTEM]
REFUSED = {401, 403, 404, 405}
EVERYBODYS = {doors.PUBLIC, doors.SIGNED_IN}
each_role = pytest.mark.parametrize("role", ROLES)
pytestmark = [pytest.mark.django_db, pytest.mark.alike]


class Place:
    """The county, and who asks in it."""

    def __init__(self) -> None:
        self.world, self.objects = county.build()
        self.neighbour = orgs.org("丙镇卫生院", division=f"{orgs.COUNTY}103", class_code="C210", parent=self.world.lead)
        orgs.membership(self.world.alliance, self.neighbour)
        self.other_person = county.residents.resident("示例邻人")
        self.absent = county.absent()
        self._acting = Acting()

    def actor(self, role, where):
        """Somebody in `role`: at home, at another member of the alliance, or in another county."""
        if role == Role.RESIDENT:
            person = self.objects["resident_id"] if where == "own" else self.other_person.id
            return orgs.actor(role, resident_id=person)
        org = {"own": getattr(self.world, orgs._PLACES[role][0]) if role in orgs._PLACES else None}.get(where)
        return orgs.actor(role, org=org or {"neighbour": self.neighbour, "stranger": self.world.stranger}[where])

    def call(self, actor, route, method, objects=None):
        """Send the request and take back what it wrote."""
        with transaction.atomic():
            answer = self._acting.send(actor, method, route.address(objects or self.objects), as_json=route.is_api)
            if not answer.streaming:
                answer.content  # noqa: B018  (what is rendered late is rendered here)
            transaction.set_rollback(True)
        return answer

    def tells_nothing(self, answer, actor, route, method):
        """Who may do such a thing at home may hear that what she sent has no shape; but only what she hears of nothing, too."""
        if not (route.is_api and answer.status_code == 422):
            return answer.status_code in REFUSED
        of_nothing = self.call(actor, route, method, self.absent)
        return (of_nothing.status_code, of_nothing.content) == (answer.status_code, answer.content)


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield Place()
        transaction.set_rollback(True)


def test_every_address_has_its_door():
    names = {route.key for route in ROUTES}
    known = doors.DOORS.keys() | doors.WRITES.keys() | doors.FOR_EVERY_COUNTY | doors.FOR_THE_ALLIANCE
    new, gone = sorted(names - doors.DOORS.keys()), sorted(known - names)
    assert not new, "say in tests/meta/doors.py which action these addresses need"
    assert not gone, "tests/meta/doors.py names addresses that are gone"


def test_every_picker_is_held_back():
    """Nobody spells a county's people out letter by letter."""
    named = {route.name for route in ROUTES}
    assert {name for name in named if ":pick" in name} <= settings.SEARCHES <= named


def test_nothing_is_served_beside_the_addresses():
    """No folder of uploaded files, no debug pages, no sockets, no route that takes any path."""
    assert settings.MEDIA_URL in ("", "/") and not settings.MEDIA_ROOT and not settings.DEBUG
    assert not getattr(settings, "ASGI_APPLICATION", None)
    assert not [route for route in ROUTES if "path:" in str(route.pattern)]
    assert {str(entry.pattern) for entry in get_resolver().url_patterns if "static" in str(entry.pattern)} == set()


def test_a_visitor_is_sent_to_the_door(client, place):
    """The whole way, through every middleware."""
    let_in = []
    for route in ROUTES:
        for method in route.methods if doors.PUBLIC not in doors.DOORS.get(route.key, ()) else ():
            as_json = {"content_type": "application/json"} if route.is_api and method != "get" else {}
            answer = getattr(client, method)(route.address(place.objects), data={}, **as_json)
            to_sign_in = answer.status_code == 302 and "/sign-in/" in answer.headers["Location"]
            if not (to_sign_in or answer.status_code in REFUSED):
                let_in.append(f"{method} {route}: {answer.status_code}")
    assert not let_in, "visitors get in: guard these with @signed_in or @may(...)"


@each_role
@pytest.mark.parametrize("where", ["own", "neighbour", "stranger"])
def test_a_role_without_the_action_is_refused_everywhere(place, role, where):
    actor, let_in = place.actor(role, where), []
    for route in ROUTES:
        for method in route.methods:
            if doors.door(route.key, method) & {*EVERYBODYS, *MAY[role]}:
                continue
            answer = place.call(actor, route, method)
            if answer.status_code not in REFUSED:
                let_in.append(f"{method} {route}: {answer.status_code}")
    assert not let_in, "guard the view with @may(...), and the service with the same action"


@each_role
@pytest.mark.parametrize(
    ("where", "open_to"),
    [("neighbour", doors.FOR_EVERY_COUNTY | doors.FOR_THE_ALLIANCE), ("stranger", doors.FOR_EVERY_COUNTY)],
)
def test_others_learn_nothing_of_an_object(place, role, where, open_to):
    """Who may do it at home, elsewhere: what an address names is answered as if it were not there."""
    actor, let_in = place.actor(role, where), []
    for route in ROUTES:
        if not set(route.arguments) - set(county.WORDS) or route.key in open_to:
            continue
        for method in route.methods:
            answer = place.call(actor, route, method)
            if not place.tells_nothing(answer, actor, route, method):
                let_in.append(f"{method} {route}: {answer.status_code}")
    assert not let_in, "use the app's access door, which answers 404 for absent and for not yours"


def test_the_whole_way_knows_who_asks(client, place):
    """Session and token lead to the same actor as is told in the tests above."""
    assert connection.in_atomic_block
    for role, seen, refused in (
        (Role.SPECIALIST, "referrals:list", "audit:events"),
        (Role.AUDIT_ADMIN, "audit:events", "referrals:list"),
    ):
        orgs.sign_in_as(client, role, org=place.world.lead)
        by_name = {route.name: route for route in ROUTES}
        assert client.get(by_name[seen].address(place.objects)).status_code == 200
        assert client.get(by_name[refused].address(place.objects)).status_code == 403
