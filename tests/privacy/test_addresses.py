"""No name, number or phone stands in an address: not in what is read from one, and not in one that we write."""

import re
from urllib.parse import unquote

import pytest
from django.http import QueryDict
from django.test import Client

from tests.meta import routes
from tests.privacy import addresses
from tests.privacy.asking import sender
from tests.privacy.planted import PERSONAL
from tongmai.config.api import api
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.alike]
ROUTES = routes.all_routes()
# Together they get into every page that is not a resident's own.
LOOKED_AT = (Role.GENERAL_PRACTITIONER, Role.REFERRAL_COORDINATOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN,
             Role.AUDIT_ADMIN, Role.RESOURCE_MANAGER)  # fmt: skip
_ADDRESS = re.compile(r"""\b(?:href|action|src|hx-get|hx-post|data-href|data-picker|data-counts)=["']([^"']*)["']""")
_GET_FORM = re.compile(r"<form\b(?![^>]*method=[\"']?post)[^>]*>(.*?)</form>", re.S | re.I)
_FIELD = re.compile(r"<(?:input|select|textarea)\b[^>]*\bname=[\"']([\w-]+)[\"']")
# Consecutive numbers in a path: they name a line of the trail, an edition or a frame of an image, and say nothing of a person.
NUMBERED = {"event_id", "delivery_id", "edition_id", "number"}


@pytest.fixture(scope="module")
def seen(_county, django_db_blocker):
    """Every page that somebody of `LOOKED_AT` sees, as (role, route, text); and what was read from the addresses."""
    pages, read = [], {}
    ask = sender(_county)
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        here = [""]
        patch.setattr("django.core.handlers.wsgi.WSGIRequest.GET", property(_recording(read, here)))
        for role in LOOKED_AT:
            for route in ROUTES:
                if "get" in route.methods and not route.is_api:
                    here[0] = route.name
                    answer = ask(role, "get", route.address(_county.lived.objects))
                    if answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("text/html"):
                        pages.append((role, route, answer.content.decode()))
    return pages, read


@pytest.fixture
def pages(seen):
    return seen[0]


def test_every_name_that_the_pages_read_from_an_address_is_known(seen):
    read = seen[1]
    unknown = {
        name: sorted(at)[:5] for name, at in read.items() if name not in addresses.READ and not _is_said(name, at)
    }
    assert not unknown, "say in tests/privacy/addresses.py what these mean, or post them"
    assert len(read) > 15


def test_every_name_that_the_api_reads_from_an_address_is_known():
    unknown = []
    for path, operations in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items():
        for verb, operation in operations.items():
            for parameter in operation.get("parameters", []):
                known = addresses.READ if parameter["in"] == "query" else None
                if known is not None and parameter["name"] not in known and not _is_said(parameter["name"], {path}):
                    unknown.append(f"{verb} {path} {parameter['name']}")
    assert not unknown, "say in tests/privacy/addresses.py what these mean, or post them"


def test_what_a_path_names_is_a_random_id_or_a_word_of_a_closed_list(county):
    named = {name for route in ROUTES for name in route.arguments}
    consecutive = {name for name in named if isinstance(county.lived.objects.get(name), int)}
    assert consecutive <= NUMBERED, "a consecutive number in a path lets people count and guess"


def test_no_page_writes_a_persons_data_into_an_address(pages, county):
    told = []
    for role, route, text in pages:
        for address in _ADDRESS.findall(text):
            plain = unquote(address)
            told += [f"{route} as {role}: {address}" for words in county.everything() if words in plain]
    assert not told and len(pages) > 150


def test_no_form_puts_typed_words_of_a_person_into_the_address(pages):
    wrong = set()
    for _role, route, text in pages:
        for form in _GET_FORM.findall(text):
            wrong |= {
                f"{route}: {name}"
                for name in _FIELD.findall(form)
                if name not in addresses.READ and not _is_said(name, {route.name})
            }
    assert not wrong, (
        "a form that asks for a person has method=post; the other names stand in tests/privacy/addresses.py"
    )


@pytest.mark.parametrize("name", sorted(addresses.KEPT))
def test_words_in_an_address_of_a_list_of_people_find_nothing(county, name):
    """Byte for byte the list is what it is without them, but for the addresses in it."""
    client = Client()
    factories.sign_in_as(client, Role.GENERAL_PRACTITIONER, org=county.world.township)
    for route in ("residents:list", "referrals:list", "family_doctors:list", "portal:search", "orgs:staff"):
        address = next(each for each in ROUTES if each.name == route).address(county.lived.objects)
        without, given = client.get(address), client.get(address, {name: PERSONAL["name"]})
        rows = [page.content.decode().count("<tr") for page in (without, given)]
        assert rows[0] == rows[1], route
        assert f'value="{PERSONAL["name"]}"' not in given.content.decode()


def _is_said(name, at) -> bool:
    """Words at addresses where nobody is looked for; kept words are looked for under the session's name only."""
    return bool(at) and at <= addresses.WORDS.get(name, set())


def _recording(read: dict[str, set[str]], here: list[str]):
    """Return a `request.GET` that notes what is read from it; a copy, made to put kept words into, is not noted."""

    def noted(method):
        def look(self, key, *args):
            if not self._mutable:
                read.setdefault(key, set()).add(here[0])
            return method(self, key, *args)

        return look

    class Recorded(QueryDict):
        get, getlist = noted(QueryDict.get), noted(QueryDict.getlist)
        __getitem__, __contains__ = noted(QueryDict.__getitem__), noted(QueryDict.__contains__)

    def given(request):
        if "_recorded" not in request.__dict__:
            request._recorded = Recorded(request.META.get("QUERY_STRING", ""))
        return request._recorded

    return given
