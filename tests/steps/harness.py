"""One way to ask of every life-cycle: who is offered which step, is it taken, and do page and API say the same?

A `Machine` is a table of a `states.py` with a way into each of its states; a `Case` is one row in one state.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from tests.meta.acting import Acting
from tongmai.care.referrals.tests.factories import Clinic
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import GRANTABLE, Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.kernel.errors import NotFound, NotPermitted, StepNotAllowed, TongmaiError
from tongmai.kernel.states import Table

# Everybody everywhere is asked what she is offered.  The services themselves, and page and API, are tried by all with
# more examples, else by those who differ: whoever is in no table is one of many alike, and so is who stands nowhere.
ALIKE = {
    Role.REPORTING_DOCTOR, Role.PHARMACIST, Role.INSURANCE_OFFICER, Role.HEALTH_COMMISSION, Role.CDC_OFFICER,
}  # fmt: skip
ALL = int(os.environ.get("TONGMAI_EXAMPLES", "1")) > 1
ROLES = sorted(GRANTABLE)
TRIED_AT = {"sender", "receiver"}
DENIED = (StepNotAllowed, NotPermitted, NotFound)


@dataclass
class Case:
    """A row in one state: which steps there are, who is offered which, and how each is taken."""

    row: Any
    steps: list[str]
    offered: Callable[[Any], set[str]]
    expected: Callable[[Any, str], set[str]]  # of an actor at a place
    take: Callable[[str, Any], Any]
    same: Callable[[str], set[str]] = lambda step: {step}
    state: Callable[[Any], Any] = lambda row: row.state
    page: str = ""  # the address of its page, and what its buttons, links and forms offer
    on_page: Callable[[str], set[str]] = lambda html: set()
    api: str = ""
    in_api: Callable[[Any], set[str]] = lambda told: set(told["steps"])
    on_page_as: Callable[[set[str]], set[str]] = lambda steps: steps  # what of the steps the page shows, in its words
    residents: dict[str, Actor] = field(default_factory=dict)  # who else is asked, by where she stands to the matter
    own_page: str = ""  # the address of the page on which residents read it


@dataclass(frozen=True)
class Machine:
    """A life-cycle: `states` says how a row gets into each of them."""

    name: str
    table: Table | None
    states: dict[str, Callable[[Clinic], Any]]
    case: Callable[[Clinic, Any], Case]
    further: frozenset[str] = frozenset()  # names of more cases, in states that have one already

    @property
    def reached(self) -> set[str]:
        return set(self.states) - self.further


def places(clinic: Clinic) -> dict[str, Any]:
    """Return where people are asked: at both ends of the matter, beside it, below it, and far from it."""
    world = clinic.world
    return {
        "sender": world.township, "receiver": world.lead, "neighbour": world.other_township,
        "village": world.village, "another county": world.stranger,
    }  # fmt: skip


def people(clinic: Clinic) -> list[tuple[str, Actor]]:
    """Return somebody in each role at each of the places."""
    at = places(clinic).items()
    return [(place, orgs.actor(role, org=org, now=clinic.world.now)) for place, org in at for role in ROLES]


def everybody(clinic: Clinic, case: Case) -> Iterator[tuple[str, Actor, bool]]:
    """Yield a place, somebody there in each role, and whether she differs from many alike; then the case's residents."""
    for place, actor in clinic.people:
        yield place, actor, place in TRIED_AT and actor.role not in ALIKE
    for place, actor in case.residents.items():
        yield place, actor, True


def judge(clinic: Clinic, case: Case) -> None:
    """Ask everybody everywhere for every step: offered is what the table says, and what is offered is taken."""
    wrong = []
    for place, actor, differs in everybody(clinic, case):
        offered, expected = case.offered(actor), case.expected(actor, place)
        if offered != expected:
            wrong.append(f"{actor.role} at {place}: offered {sorted(offered)}, the table says {sorted(expected)}")
        if ALL or differs:
            wrong += [f"{actor.role} at {place} {what}" for what in _tried(case, actor, offered)]
    assert not wrong, "\n".join(wrong[:20])


def compare(clinic: Clinic, case: Case, acting: Acting) -> int:
    """Open page and API as everybody; each offers exactly what the service does.  Return how many were offered something."""
    wrong, n_offered = [], 0
    for place, actor, differs in everybody(clinic, case):
        if not (ALL or differs):
            continue
        offered = case.offered(actor)
        page = case.own_page if actor.role == Role.RESIDENT else case.page
        shown = _shown(acting.send(actor, "get", page), lambda answer: case.on_page(answer.content.decode()))
        if shown != case.on_page_as(offered):
            wrong.append(f"{actor.role} at {place}: the page {sorted(shown)}, the service {sorted(offered)}")
        told = (
            _shown(acting.send(actor, "get", case.api), lambda answer: case.in_api(json.loads(answer.content)))
            if case.api
            else offered
        )
        if told != offered:
            wrong.append(f"{actor.role} at {place}: the API {sorted(told)}, the service {sorted(offered)}")
        n_offered += bool(offered)
    assert not wrong, "\n".join(wrong[:20])
    return n_offered


def _shown(answer: Any, read: Callable[[Any], set[str]]) -> set[str]:
    return read(answer) if answer.status_code == 200 else set()


def _tried(case: Case, actor: Any, offered: set[str]) -> list[str]:
    """Take every step as `actor`, each from the same state; return what was wrong about it."""
    wrong, state = [], case.state(case.row)
    for step in case.steps:
        with transaction.atomic():
            why = _refusal(case, step, actor)
            case.row.refresh_from_db()
            is_kept = case.state(case.row) == state
            transaction.set_rollback(True)
        if why is None or not is_kept:
            case.row.refresh_from_db()
        if step in offered and isinstance(why, DENIED):
            wrong.append(f"is offered {step} and refused: {why.code}")
        if not offered & case.same(step) and (why is None or not is_kept):
            wrong.append(f"took {step} without being offered it")
    return wrong


def _refusal(case: Case, step: str, actor: Any) -> TongmaiError | None:
    try:
        with transaction.atomic():
            case.take(step, actor)
    except TongmaiError as refused:
        return refused
    return None
