"""Every page that holds a list, found by asking all of them: with nothing in it, and while the database is away."""

import contextlib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from tests import living
from tests.meta import county
from tests.meta.acting import Acting
from tests.meta.routes import Route, all_routes
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.roles import Role

PAGES = [route for route in all_routes() if not route.is_api and "get" in route.methods]
ROLES = (
    Role.GENERAL_PRACTITIONER, Role.REFERRAL_COORDINATOR, Role.RESOURCE_MANAGER, Role.SYSTEM_ADMIN,
    Role.SECURITY_ADMIN, Role.AUDIT_ADMIN,
)  # fmt: skip


class Lists(HTMLParser):
    """Collects the tables of a page with their numbers of rows, and the paragraphs of each word that there is nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[int] = []
        self.empty: list[list[str]] = []
        self._in_body = False
        self._depth = 0
        self._text: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tbody":
            self.rows.append(0)
            self._in_body = True
        self.rows[-1:] = [n + (tag == "tr" and self._in_body) for n in self.rows[-1:]]
        if tag == "div" and (self._depth or "tm-empty" in (dict(attrs).get("class") or "").split()):
            self.empty += [] if self._depth else [[]]
            self._depth += 1
        if tag == "p" and self._depth:
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "tbody":
            self._in_body = False
        if tag == "p" and self._text is not None:
            self.empty[-1].append(self._text.strip())
            self._text = None
        if tag == "div" and self._depth:
            self._depth -= 1


def lists(html: str) -> Lists:
    found = Lists()
    found.feed(html)
    return found


def _pages(address: Callable[[Route], str], send: Callable[[Any, str], Any], people: list[Any]) -> Iterator[Any]:
    """Yield (route, whom, answer) for each page, as the first who gets to see it whole."""
    for route in PAGES:
        for who in people:
            answer = send(who, address(route))
            if answer.status_code == 200 and b"<main" in answer.content:
                yield route, who, answer
                break


def test_rows_and_the_word_that_there_are_none_are_told_apart():
    found = lists(
        "<tbody><tr><td>1</td></tr></tbody><tbody></tbody><div class='tm-empty'><p>没有</p><p>去新建</p></div>"
    )
    assert (found.rows, found.empty) == ([1, 0], [["没有", "去新建"]])


@pytest.mark.alike
@pytest.mark.django_db
def test_a_list_with_nothing_in_it_says_so_and_what_to_do():
    """No table without a row; and whoever reads that there is nothing reads also when something comes, or what to do."""
    wrong, n_empty, acting = [], 0, Acting()
    world, objects = county.build()
    people = [world.actor(role) for role in ROLES]
    send = lambda who, address: acting.send(who, "get", address)  # noqa: E731
    for route, who, answer in _pages(lambda route: route.address(objects), send, people):
        found = lists(answer.content.decode())
        n_empty += len(found.empty)
        if 0 in found.rows:
            wrong.append(f"{route} as {who.role}: a table without a row")
        wrong += [f"{route} as {who.role}: “{said[0]}” and nothing more" for said in found.empty if len(said) < 2]
    assert not wrong, "\n".join(wrong)
    assert n_empty >= 15


@pytest.mark.alike
@pytest.mark.django_db
def test_a_list_tells_when_the_database_is_away_and_loses_nothing():
    """It fails at the first statement (who is this?), at a selector's, at the last: a page, or a notice above the list."""
    wrong, n_lists = [], 0
    lived = living.lived_in()
    clients = {role: _client(lived, role) for role in ROLES}
    send = lambda role, address: clients[role].get(address)  # noqa: E731
    for route, role, answer in _pages(lambda route: route.address(lived.objects), send, list(ROLES)):
        if not lists(answer.content.decode()).rows:
            continue
        n_lists += 1
        address = route.address(lived.objects)
        n_statements = _counted(lambda: send(role, address))  # noqa: B023
        for at in sorted({0, n_statements // 2, n_statements - 1}):
            for headers in ({}, {"HX-Request": "true", "HX-Boosted": "true"}):
                flaw = _flaw(clients[role], address, at, headers)
                wrong += (
                    [f"{route} at statement {at} of {n_statements} {headers or 'as a page'}: {flaw}"] if flaw else []
                )
    assert not wrong, "\n".join(wrong[:20])
    assert n_lists >= 25


def _client(lived: living.Living, role: Role) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(id=lived.world.actor(role).user_id))
    return client


def _counted(call: Callable[[], Any]) -> int:
    with _failing(after=10**9) as seen:
        call()
    return len(seen)


@contextlib.contextmanager
def _failing(after: int) -> Iterator[list[str]]:
    """The database answers `after` statements of this thread, and no more."""
    seen: list[str] = []

    def execute(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if len(seen) >= after:
            raise OperationalError("the connection is closed")
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield seen


def _flaw(client: Client, address: str, at: int, headers: dict[str, str]) -> str:
    with transaction.atomic():
        with _failing(after=at):
            answer = client.get(address, headers=headers)
        transaction.set_rollback(True)
    text = answer.content.decode()
    if answer.status_code != 503:
        return f"answered {answer.status_code}"
    if not all(said in text for said in ("暂时连不上数据库", "恢复后重新打开即可")):
        return f"says {text[:200]}"
    if (answer["Retry-After"], answer["Cache-Control"]) != ("5", "no-store"):
        return "may be kept, or does not say when to ask again"
    if not headers:
        return "" if "<html" in text and "tm-failure" in text else "is no page"
    above = (answer["HX-Retarget"], answer["HX-Reselect"], answer["HX-Push-Url"])
    return (
        ""
        if above == ("#tm-notices", ".tm-alert", "false") and "<html" not in text
        else f"would replace the list: {above}"
    )
