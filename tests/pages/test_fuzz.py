"""Every page is sent nonsense, as every role: fields missing, NUL, ten thousand characters, ids of nothing, wrong types.

Whatever is sent: no failure of ours, nothing of our insides in the answer, and where the answer is a refusal, nothing
was written.  What a request does write is rolled back, so that each starts from the same county.  The forms themselves
are read from the pages and sent back spoilt in `test_forms.py`.
"""

import importlib
import inspect
import os
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

import tongmai
from tests import living, unwritten
from tests.meta import routes
from tests.meta.acting import Acting
from tests.meta.source import python_files, text
from tongmai.foundation.orgs.roles import GRANTABLE, Role
from tongmai.foundation.orgs.tests import factories

# How many times as much as in `make test`; then it is also tried as every role that gets in, else as the
# first: who does not get in is the matter of tests/meta/test_doors.py.
MORE = int(os.environ.get("TONGMAI_EXAMPLES", "1"))
MIXED, N_ROLES = MORE, 1 if MORE == 1 else 100
ROLES = [role for role in Role if role in GRANTABLE]
NONSENSE = {
    "nothing": "",
    "NUL": "\x00",
    "ten thousand characters": "长" * 10_000,
    "an id of nothing": "01900000-0000-7000-8000-000000000000",
    "half an id": "01900000-0000-7000",
    "a number too large": "9" * 40,
    "a day that is none": "2026-13-45",
    "markup": "<script>alert(1)</script>",
    "a list where none is": '["a", {"b": null}]',
}
# Pages whose refusal is itself an event: somebody tried a wrong password.
TELLS = {"portal:sign-in"}
PLAUSIBLE = (
    "1",
    "-1",
    "0",
    "on",
    "2026-12-01",
    "2026-12-01T08:00",
    "08:00",
    "340199101201",
    "示例",
    "13900000000",
    "up",
)
PAGES = [route for route in routes.all_routes() if not route.is_api]
each_page = pytest.mark.parametrize("route", PAGES, ids=str)
_READ = re.compile(r"""(?:GET|POST|FILES)(?:\.get|\.getlist)?[(\[]"(\w+)\"""")


@cache
def _fields() -> dict[str, tuple[str, ...]]:
    """Return every name that a page of ours may read, with the choices where it has some."""
    found: dict[str, tuple[str, ...]] = {}
    for module in pkgutil.walk_packages(tongmai.__path__, "tongmai."):
        if module.name.endswith(".forms"):
            for form in _forms_of(importlib.import_module(module.name)):
                for name, field in form.base_fields.items():
                    found[name] = (*found.get(name, ()), *_choices(field))
    for path in python_files():
        for name in _READ.findall(text(path)):
            found.setdefault(name, ())
    return found


def _forms_of(module: Any) -> Iterator[type[forms.BaseForm]]:
    for _, kind in inspect.getmembers(module, inspect.isclass):
        if issubclass(kind, forms.BaseForm):
            yield kind


def _choices(field: forms.Field) -> tuple[str, ...]:
    if isinstance(field, forms.ChoiceField) and not callable(field.choices):
        return tuple(str(value) for value, _ in field.choices)
    return ()


@pytest.fixture(scope="module")
def crowd(django_db_setup, django_db_blocker):
    """The county that was lived in, and a client for each role, in one transaction for all tests here."""
    with django_db_blocker.unblock(), transaction.atomic():
        lived = living.lived_in()
        actors = {role: lived.world.actor(role) for role in ROLES}
        actors[Role.RESIDENT] = factories.actor(Role.RESIDENT, resident_id=lived.clinic.resident.id)
        yield actors, lived.objects
        transaction.set_rollback(True)


@pytest.mark.proof
@pytest.mark.django_db
@each_page
def test_nonsense_is_refused_and_nothing_written(route, crowd):
    for send, random in _admitted(route, crowd, "post"):
        for name, nonsense in _some(random):
            send(name, dict.fromkeys(_fields(), nonsense))
        for _ in range(MIXED):
            send("a mixture", {name: _value(random, name, known, crowd[1]) for name, known in _fields().items()})


@pytest.mark.proof
@pytest.mark.django_db
@each_page
def test_nonsense_in_an_address_is_no_failure(route, crowd):
    """What is searched, filtered and paged by comes from addresses, which anybody may write."""
    for send, random in _admitted(route, crowd, "get"):
        for name, nonsense in _some(random):
            if len(nonsense) < 1_000:
                send(name, dict.fromkeys(_fields(), nonsense))
        send("a mixture", {name: str(random.choice((*known, *PLAUSIBLE))) for name, known in _fields().items()})


def _some(random: Random) -> list[tuple[str, str]]:
    """Return what to send: all nonsense with more examples, else three kinds, other ones for each page and role."""
    return random.sample(list(NONSENSE.items()), len(NONSENSE) if MORE > 1 else 3)


def _admitted(route: routes.Route, crowd: Any, method: str) -> Iterator[tuple["Sender", Random]]:
    """Yield the roles that get past the door with a request that says nothing."""
    actors, objects = crowd
    n = 0
    for actor in actors.values():
        send = Sender(actor, route, route.address(objects), method=method)
        if n == N_ROLES:
            return
        if send("nothing at all", {}) not in (403, 404, 405):
            n += 1
            yield send, Random(f"{route}{actor.role}")


class Sender:
    """Sends a request to one page as one role, judges the answer, and takes back what was written."""

    acting = Acting()

    def __init__(self, actor: Any, route: routes.Route, address: str, *, method: str = "post") -> None:
        self.actor, self.route, self.address, self.method = actor, route, address, method

    def __call__(self, what: str, sent: dict[str, Any]) -> int:
        told = f"{self.route} as {self.actor.role} sent {what}"
        response, written = unwritten.sent(lambda: self.acting.send(self.actor, self.method, self.address, data=sent))
        assert response.status_code < 500, f"{told}\n{ {k: str(v)[:60] for k, v in sent.items()} }"
        assert response.streaming or b"Traceback (most recent" not in response.content, told
        assert self.route.name in TELLS or not written, f"{told}: {response.status_code}, and {written} were written"
        return response.status_code


def _value(random: Random, name: str, known: tuple[str, ...], objects: dict[str, Any]) -> Any:
    if name in ("file", "sheet", "upload"):
        return SimpleUploadedFile(
            "x.csv", random.choice((b"", b"\x00\xff\xfe", b"a,b\n1", "姓名\n示例".encode("gb18030")))
        )
    right = (*known, *(str(v) for v in (objects.get(name),) if v), *PLAUSIBLE)
    if name.endswith("_id") and random.random() < 0.6:
        return str(random.choice(list(objects.values())))
    return random.choice(right) if random.random() < 0.7 else random.choice(list(NONSENSE.values()))
