"""Reads of critical values: what waits, the register, one of them with its history."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.care.critical_values import access, recipients, rules
from tongmai.care.critical_values.items import names_of
from tongmai.care.critical_values.models import CriticalValue, Notice, Transition
from tongmai.care.critical_values.states import OPEN, OWES, Owed, State
from tongmai.commons.residents import selectors as residents
from tongmai.commons.residents.access import OpenedRecord
from tongmai.commons.results.numbers import Number, numbers
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.months import start_of_day

MOST_WAITING = 100
EARLIER = 6  # values shown beside a new one
LOOK_BACK = timedelta(days=730)
_NAMED = ("resident", "org", "site", "doctor", "acknowledged_org", "acknowledged_by")


def waiting(by: Actor) -> QuerySet[CriticalValue]:
    """Return what waits for the actor: to be released where it was found, to be read back, then to be acted on.

    Once somebody has read it back it waits at her organisation alone, until that is over its time: then wherever the
    chain has told of it.
    """
    hers = Q(access.told(by), acknowledged_org_id=by.org_id) | access.told(by, Owed.ACTION)
    rows = access.visible(by).filter(state__in=OPEN)
    return rows.filter(
        Q(state=State.RAISED, org_id=by.org_id)
        | Q(access.told(by), state=State.NOTIFIED)
        | Q(hers, state__in=[State.ACKNOWLEDGED, State.ACTED])
    )


def waiting_first(by: Actor) -> list[CriticalValue]:
    """Return what waits for the actor as she should take it: to be read back or over its time, to be acted on, the rest.

    A drill stands behind what is real.
    """
    found = waiting(by).select_related(*_NAMED).order_by("raised_at", "id")[:MOST_WAITING]
    return sorted(
        found, key=lambda value: (_rank(value, by.now), value.is_drill, value.due_at or value.raised_at, value.id)
    )


def is_pressing(state: str, due_at: datetime | None, *, now: datetime) -> bool:
    """Whether something is to be done at once: nobody has read it back, or nobody has acted on it in time."""
    return state == State.NOTIFIED or (state == State.ACKNOWLEDGED and due_at is not None and due_at <= now)


def _rank(value: CriticalValue, now: datetime) -> int:
    if is_pressing(value.state, value.due_at, now=now):
        return 0
    return _RANK.get(State(value.state), 2)


_RANK = {State.ACKNOWLEDGED: 1, State.ACTED: 3}


@dataclass(frozen=True)
class Asked:
    """What the register is asked for.  Days are half-open; drills are listed apart."""

    show: str = "all"  # all, open, closed, late, corrected, drills
    site_id: UUID | None = None
    since: date | None = None
    before: date | None = None
    q: str = ""  # finds the person


def register(*, by: Actor, asked: Asked) -> QuerySet[CriticalValue]:
    """Return the register: everything the actor sees, the newest first."""
    rows = access.visible(by).select_related(*_NAMED).filter(is_drill=asked.show == "drills")
    if asked.show in _SHOWS:
        rows = rows.filter(_SHOWS[asked.show])
    if asked.show == "late":
        rows = rows.filter(state__in=list(OWES), due_at__lt=by.now)
    if asked.site_id:
        rows = rows.filter(site_id=asked.site_id)
    if asked.since:
        rows = rows.filter(raised_at__gte=start_of_day(asked.since))
    if asked.before:
        rows = rows.filter(raised_at__lt=start_of_day(asked.before))
    if asked.q.strip():
        rows = rows.filter(residents.found_by(asked.q))
    return rows.order_by("-raised_at", "-id")


_SHOWS = {
    "open": Q(state__in=OPEN),
    "closed": ~Q(state__in=OPEN),
    "corrected": Q(is_corrected=True),
}


def history(value: CriticalValue) -> list[Transition]:
    """Return every step of a value in hand, the first one first."""
    return list(value.transitions.select_related("org"))


def notices(value: CriticalValue) -> list[Notice]:
    """Return who was told of a value in hand, in order."""
    return list(value.notices.select_related("org", "staff"))


def next_escalation(value: CriticalValue, *, by: Actor) -> datetime | None:
    """Return when the chain goes on by itself; None when it does not run."""
    if value.state not in OWES or value.clock_from is None:
        return None
    minutes = [each.minutes for each in recipients.chain(value, by=by)]
    remind = recipients.reminded_every(value, by=by)
    return rules.next_at(minutes, done=value.escalated_minutes, clock_from=value.clock_from, remind=remind)


def earlier_values(value: CriticalValue, opened: OpenedRecord | None, *, by: Actor) -> list[Number]:
    """Return the person's earlier values of the same item, the latest first, as far as the opened record shows them."""
    if opened is None or value.resident_id is None or value.number is None:
        return []
    found = numbers(value.resident_id, opened.view, since=by.now - LOOK_BACK, until=None)
    same = (each for each in found if value.item in names_of(code=each.code, system=each.system, name=each.name,
                                                           specimen=each.specimen))  # fmt: skip
    others = [each for each in same if each.report_id != value.report_id]
    return others[:EARLIER]


def sites_of(by: Actor) -> list[tuple[UUID, str]]:
    """Return the sites that occur in the register of the actor."""
    rows = access.visible(by).order_by("site__short_name").values_list("site_id", "site__short_name").distinct()
    return list(rows[:200])


def some(ids: set[UUID], *, by: Actor) -> list[CriticalValue]:
    """Return these values, as far as the actor sees them."""
    return list(access.visible(by).filter(id__in=list(ids)[:500]).select_related(*_NAMED))
