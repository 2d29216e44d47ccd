"""Every address refuses visitors, people of another county, and roles that may not: GET and POST, pages and API."""

import pytest
from django.db import connection, transaction

from tests.meta import county, doors
from tests.meta.routes import all_routes
from tongmai.foundation.orgs.permissions import MAY
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs

ROUTES = all_routes()
PLACES = orgs._PLACES
STRANGERS = (
    Role.GENERAL_PRACTITIONER, Role.REFERRAL_COORDINATOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.RESOURCE_MANAGER,
)  # fmt: skip
# One of each kind of post; who lacks an action is tried at its door.
WRONG_ROLES = (
    Role.PHARMACIST, Role.AUDIT_ADMIN, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN, Role.TECHNICIAN, Role.GENERAL_PRACTITIONER,
    Role.HEALTH_COMMISSION, Role.NURSE,
)  # fmt: skip
REFUSED = {401, 403, 404, 405}


@pytest.fixture
def built(db):
    return county.build()


def _call(client, route, method, objects):
    as_json = {"content_type": "application/json"} if route.is_api and method != "get" else {}
    with transaction.atomic():
        answer = getattr(client, method)(route.address(objects), data={}, **as_json)
        if connection.needs_rollback:
            transaction.set_rollback(True)
    return answer


def _is_refused(answer):
    return answer.status_code in REFUSED


def _tells_nothing(answer, client, route, method):
    """Who may do such a thing at home may hear that what she sent has no shape; but only what she hears of nothing, too."""
    if not (route.is_api and answer.status_code == 422):
        return _is_refused(answer)
    of_nothing = _call(client, route, method, county.absent())
    return (of_nothing.status_code, of_nothing.content) == (answer.status_code, answer.content)


def test_every_address_has_its_door():
    names = {route.key for route in ROUTES}
    assert not names - doors.DOORS.keys(), "say in tests/meta/doors.py which action these addresses need"
    assert not (doors.DOORS.keys() | doors.WRITES.keys()) - names, "tests/meta/doors.py names addresses that are gone"


def test_a_visitor_is_sent_to_the_door(client, built):
    let_in = []
    for route in ROUTES:
        for method in route.methods if doors.PUBLIC not in doors.DOORS.get(route.key, ()) else ():
            answer = _call(client, route, method, built[1])
            to_sign_in = answer.status_code == 302 and "/sign-in/" in answer.headers["Location"]
            if not (to_sign_in or _is_refused(answer)):
                let_in.append(f"{method} {route}: {answer.status_code}")
    assert not let_in, "visitors get in: guard these with @signed_in or @may(...)"


def test_people_of_another_county_learn_nothing(client, built):
    world, objects = built
    let_in = []
    for role in STRANGERS:
        orgs.sign_in_as(client, role, org=world.stranger)
        for route in ROUTES:
            is_about = set(route.arguments) - set(county.WORDS)
            for method in route.methods if is_about and route.key not in doors.FOR_EVERY_COUNTY else ():
                answer = _call(client, route, method, objects)
                if not _tells_nothing(answer, client, route, method):
                    let_in.append(f"{method} {route} as {role}: {answer.status_code}")
    assert not let_in, "use the app's access door, which answers 404 for absent and for not yours"


def test_a_role_without_the_action_is_refused(client, built):
    world, objects = built
    let_in = []
    for role in WRONG_ROLES:
        orgs.sign_in_as(client, role, org=getattr(world, PLACES[role][0]))
        for route in ROUTES:
            for method in route.methods:
                if doors.door(route.key, method) & {doors.PUBLIC, doors.SIGNED_IN, *MAY[role]}:
                    continue
                answer = _call(client, route, method, objects)
                if not _is_refused(answer):
                    let_in.append(f"{method} {route} as {role}: {answer.status_code}")
    assert not let_in, "guard the view with @may(...), and the service with the same action"
