"""Home: everything that waits for this actor, from all apps, most urgent first."""

from collections import Counter
from dataclasses import dataclass
from types import ModuleType

from tongmai.care.critical_values import worklists as critical_values
from tongmai.care.diagnostics import worklists as diagnostics
from tongmai.care.family_doctors import worklists as family_doctors
from tongmai.care.referrals import worklists as referrals
from tongmai.commons.capacity import worklists as capacity
from tongmai.commons.encounters import worklists as encounters
from tongmai.commons.resident_requests import worklists as resident_requests
from tongmai.commons.residents import worklists as residents
from tongmai.foundation.audit import selectors as audit
from tongmai.foundation.audit import worklists as audit_work
from tongmai.foundation.orgs import worklists as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.ui.words import Deadline
from tongmai.ui.worklist import WorkItem, most_urgent_first

SOURCES: list[ModuleType] = [
    residents,
    resident_requests,
    encounters,
    capacity,
    critical_values,
    diagnostics,
    referrals,
    family_doctors,
    orgs,
    audit_work,
]
SHOWN = 100


@dataclass(frozen=True)
class Row:
    """A work item with its bar; `id` names the row on the page, so that only changed rows move."""

    item: WorkItem
    deadline: Deadline | None


@dataclass(frozen=True)
class Waiting:
    """What waits, and the numbers that sum it up."""

    rows: list[Row]
    n_all: int
    n_late: int
    n_today: int
    n_emergency: int


def also(worklists: ModuleType) -> None:
    """Let the worklists of an app that the portal may not import (a sibling) be part of home; config says which."""
    if worklists not in SOURCES:
        SOURCES.append(worklists)


def waiting(*, by: Actor, kind: str = "") -> Waiting:
    """Return what waits for `by`, of one `kind` or of all."""
    items = most_urgent_first(_items(by), by.now)
    chosen = [item for item in items if not kind or item.kind == kind]
    return Waiting(
        rows=[Row(item, item.deadline(by.now)) for item in chosen[:SHOWN]],
        n_all=len(chosen),
        n_late=sum(1 for item in chosen if item.due_at is not None and item.due_at < by.now),
        n_today=sum(1 for item in chosen if item.due_at is not None and _is_today(item, by)),
        n_emergency=sum(1 for item in chosen if item.urgency != "routine"),
    )


def counts(*, by: Actor) -> dict[str, int]:
    """Return how many items of each kind wait for `by`, and of all kinds as "home"."""
    found: Counter[str] = Counter()
    for module in SOURCES:
        found.update(_counted(module, by))
    return dict(found) | {"home": found.total()}


def version(*, by: Actor) -> str:
    """Return a text that changes whenever what waits may have changed: cheap enough to be asked every few seconds.

    The minute is part of it, because bars fill while nothing happens.
    """
    return f"{audit.version()}-{by.post_id or by.user_id}-{by.now:%Y%m%d%H%M}"


def _counted(module: ModuleType, by: Actor) -> dict[str, int]:
    """An app whose items are many counts them itself, without making them."""
    counts = getattr(module, "counts", None)
    return counts(by=by) if counts else Counter(item.kind for item in module.waiting(by=by))


def _items(by: Actor) -> list[WorkItem]:
    return [item for module in SOURCES for item in module.waiting(by=by)]


def _is_today(item: WorkItem, by: Actor) -> bool:
    assert item.due_at is not None
    return item.due_at >= by.now and by.at(item.due_at).today == by.today
