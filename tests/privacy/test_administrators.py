"""None of the three administrators reads what is clinical, at whichever address and however it is asked for.

Names and numbers of people are another matter: who imports a register sees them, and so does who judges an emergency.
"""

import io
import zipfile

import pytest

from tests.meta import routes
from tests.privacy.planted import CLINICAL, CODE
from tongmai.foundation.orgs.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.alike]
ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
# These speak of diagnoses in general, to everybody.
ABOUT_NOBODY = ("catalog:", "api:diagnos", "api:code_lists", "api:notifiable", "referrals:catalogue")


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_no_administrator_reads_clinical_content(county, ask, role):
    read, n_answers = [], 0
    for route in routes.all_routes():
        for method in route.methods:
            for address in _addresses(route, county):
                text = _text(ask(role, method, address, as_json=route.is_api))
                n_answers += bool(text)
                read += [f"{method} {address}: {what}" for what, words in _markers(route) if words in text]
    assert not read, "\n".join(read)
    assert n_answers > 30


@pytest.mark.parametrize("role", [Role.GENERAL_PRACTITIONER, Role.SPECIALIST])
def test_those_who_treat_her_do_read_it(county, ask, role):
    """Else the test above would prove nothing."""
    seen = ""
    for name in ("portal:resident", "residents:list", "referrals:list"):
        route = next(each for each in routes.all_routes() if each.name == name)
        seen += _text(ask(role, "get", route.address(county.lived.objects)))
    assert CLINICAL["allergy"] in seen or CLINICAL["medicine"] in seen


def _addresses(route, county):
    """The address of an object, and where a list is long, all of its pages' sizes at once."""
    address = route.address(county.lived.objects)
    yield address
    if not route.arguments:
        yield f"{address}?limit=200&show=all&group=all&whose=all&state=parked"
    elif route.name in ("audit:event", "api:event"):
        from tongmai.foundation.audit.models import Event

        about_her = Event.objects.filter(resident_id=county.person.id).values_list("id", flat=True)
        yield from (route.address({"event_id": event_id}) for event_id in about_her)


def _markers(route):
    about_nobody = route.name.startswith(ABOUT_NOBODY)
    words = CLINICAL | {"code": CODE}
    return [(what, text) for what, text in words.items() if not (about_nobody and what in ("diagnosis", "code"))]


def _text(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    return content.decode(errors="replace")
