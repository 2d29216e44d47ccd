"""Every form that a page shows is read from the page and sent back spoilt: as every role that sees it.

Nonsense in each field, fields missing, twice, too many, huge, in other writings, of the wrong type.  Whatever is sent: no
failure of ours, nothing of our insides in the answer, and a refusal writes nothing.
"""

import os
from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.urls import Resolver404, resolve

from tests import living, unwritten
from tests.meta import routes
from tests.meta.acting import Acting
from tests.pages.test_fuzz import NONSENSE, PLAUSIBLE, TELLS
from tongmai.foundation.orgs.roles import GRANTABLE, Role
from tongmai.foundation.orgs.tests import factories
from tongmai.ui import once

MORE = int(os.environ.get("TONGMAI_EXAMPLES", "1"))
# A form is tried as so many of the roles that see it, and so many of its fields; with more examples all of both.
MOST_ROLES, MOST_FIELDS = (1, 3) if MORE == 1 else (100, 100)
PAGES = [route for route in routes.all_routes() if not route.is_api and "get" in route.methods]
# Forms that write nothing that could be there twice, so they have no key of their own.
ASK_ONLY = frozenset(
    """
    portal:search residents:list referrals:list diagnostics:list critical_values:list family_doctors:list orgs:staff audit:events audit:accesses
    portal:resident portal:sign-in-code portal:sign-in-code-enter residents:findings
    portal:language portal:post portal:sign-in portal:sign-out portal:second-factor exchange:go-on
    """.split()
)
SPOILS = {
    **NONSENSE,
    "other writings": "𠮷𠜎 ‮abc‬ é́ 👩‍⚕️ ﷽ ١٢٣ Ｉ１０",
    "a quote": "\"'`;--<!--",
    "a format": "%s%n{0}{{x}}${x}",
    "half a surrogate": "\ufffd\u200b\u2028",
}


@dataclass
class Form:
    """One form of a page: where it goes, and its fields with the values that it would send as it stands."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class Reader(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._page, self._form, self._select = page, None, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(at.get("action") or self._page, at.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None and tag in ("input", "textarea", "button") and at.get("name"):
            self._form.fields.setdefault(at["name"], []).append(at.get("value", ""))
        elif self._form is not None and tag == "select" and at.get("name"):
            self._select = at["name"]
            self._form.fields.setdefault(self._select, [])
        elif self._form is not None and tag == "option" and self._select:
            self._form.fields[self._select].append(at.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


@pytest.fixture(scope="module")
def crowd(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        lived = living.lived_in()
        actors = [lived.world.actor(role) for role in Role if role in GRANTABLE]
        actors.append(factories.actor(Role.RESIDENT, resident_id=lived.clinic.resident.id))
        yield actors, lived.objects
        transaction.set_rollback(True)


@pytest.mark.proof
@pytest.mark.django_db
def test_every_form_of_every_page_bears_anything(crowd):
    actors, objects = crowd
    acting, tried, n_sent = Acting(), {}, 0
    for route in PAGES:
        for actor in actors:
            if tried.get((route.name, "seen"), 0) >= MOST_ROLES:
                break
            page = unwritten.sent(lambda a=actor, r=route: acting.send(a, "get", r.address(objects)))[0]
            if page.status_code != 200 or page.streaming or b"<form" not in page.content:
                continue
            tried[route.name, "seen"] = tried.get((route.name, "seen"), 0) + 1
            for form in _forms(page.content.decode(), page_address=route.address(objects)):
                key = _key(form)
                assert form.method == "get" or (once.FIELD in form.fields) != (key[0] in ASK_ONLY), f"{route}: {key}"
                if tried.get(key, 0) < MOST_ROLES:
                    tried[key] = tried.get(key, 0) + 1
                    n_sent += _spoil(acting, actor, form, key)
    assert len([key for key in tried if key[1] != "seen"]) > 60 and n_sent > 600


def _forms(html: str, page_address: str) -> list[Form]:
    reader = Reader(page_address)
    reader.feed(html)
    return reader.forms


def _key(form: Form) -> tuple[str, str, tuple[str, ...]]:
    """The same form on two pages, or of two objects, is one."""
    path = form.action.partition("?")[0] or "/"
    try:
        return resolve(path).view_name, form.method, tuple(sorted(form.fields))
    except Resolver404:
        return path, form.method, tuple(sorted(form.fields))


def _spoil(acting: Acting, actor: Any, form: Form, key: Any) -> int:
    random, n = Random(str(key)), 0
    stands = {
        name: next((v for v in values if v), "") for name, values in form.fields.items() if name not in once.NOT_SAID
    }
    for what, data in _spoilt(stands, form, random):
        n += 1
        told = f"{key[0]} as {actor.role} sent {what}: { {k: str(v)[:40] for k, v in data.items()} }"
        answer, written = unwritten.sent(lambda d=data: acting.send(actor, form.method, form.action, data=d))
        assert answer.status_code < 500, told
        assert answer.streaming or b"Traceback (most recent" not in answer.content, told
        assert key[0] in TELLS or not written, f"{told}: {answer.status_code}, and {written} were written"
    return n


def _spoilt(stands: dict[str, Any], form: Form, random: Random):
    yield "as it stands", stands
    yield "nothing", {}
    for name in random.sample(list(stands), min(len(stands), MOST_FIELDS)):
        yield f"without {name}", {k: v for k, v in stands.items() if k != name}
        what = random.choice(list(SPOILS))
        if form.method == "post" or len(SPOILS[what]) < 1_000:
            yield f"{what} in {name}", stands | {name: SPOILS[what]}
    yield "all twice", {name: [value, random.choice(PLAUSIBLE)] for name, value in stands.items()}
    yield "each some other value", {name: random.choice([*form.fields[name], *PLAUSIBLE]) for name in stands}
    yield (
        "strange fields",
        stands | {"id": "1", "pk": "1", "version": "-1", "is_superuser": "on", "by": "x", "__class__": "x"},
    )
    for _ in range(4 * (MORE - 1)):
        yield (
            "a mixture",
            {name: random.choice([*form.fields[name], *PLAUSIBLE, *SPOILS.values()])[:5_000] for name in stands},
        )


def test_forms_are_read_from_a_page():
    page = '<form method="post"><input name="a" value="1"><select name="b"><option value="2"></select></form>'
    assert _forms(page, "/x/") == [Form("/x/", "post", {"a": ["1"], "b": ["2"]})]
