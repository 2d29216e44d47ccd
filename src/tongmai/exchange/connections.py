"""What is told of the members' systems: who sends, how much, how late, how much is refused, how complete it is."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q

from tongmai.exchange import access, completeness
from tongmai.exchange.models import InboundMessage, SourceSystem
from tongmai.exchange.states import MessageState
from tongmai.foundation.orgs.actors import Actor

LOOKED_AT = 500  # of each system's messages, the newest, for lag and completeness
EXAMPLES = 3
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class FieldScore:
    """How often one field was there where it should be; `examples`: messages (id, control id) that leave it out."""

    field: str
    n_asked: int
    n_present: int
    examples: tuple[tuple[UUID, str], ...]

    @property
    def rate(self) -> float:
        return self.n_present / self.n_asked


@dataclass(frozen=True)
class Connection:
    """One system at a glance.  `lag` is from what happened there to its arrival here, the middle of the last messages."""

    id: UUID
    version: int
    name: str
    org: str
    org_id: UUID
    application: str
    facility: str
    is_active: bool
    last_at: datetime | None
    n_hour: int
    n_day: int
    n_held: int
    n_rejected_day: int
    lag: timedelta | None
    completeness: float | None
    fields: tuple[FieldScore, ...] = field(default=())


@dataclass(frozen=True)
class Unknown:
    """A sender that nobody has entered: its messages wait."""

    application: str
    facility: str
    n: int
    last_at: datetime


def board(*, by: Actor) -> list[Connection]:
    """Return the systems that `by` may see, the busiest of the day first."""
    systems = list(access.visible_systems(by))
    counts = _counts([system.id for system in systems], by.now)
    found = [_connection(system, counts.get(system.id, {})) for system in systems]
    return sorted(found, key=lambda each: (-each.n_day, each.name))


def system(system_id: UUID, *, by: Actor) -> SourceSystem:
    """Return what is entered of one system.  Raises NotFound."""
    return access.system(system_id, by=by)


def connection(system_id: UUID, *, by: Actor) -> tuple[SourceSystem, Connection]:
    """Return one system with every field's score.  Raises NotFound."""
    found = system(system_id, by=by)
    return found, _connection(found, _counts([found.id], by.now).get(found.id, {}))


def unknown_senders(*, by: Actor) -> list[Unknown]:
    """Return who sends and was never entered, as far as `by` may see their messages or enters systems."""
    held = InboundMessage.objects.filter(state=MessageState.HELD, source=None, faults__what="unknown-system")
    held = held.filter(county_code__in=["", by.county_code])
    rows = held.values("application", "facility").annotate(n=Count("id", distinct=True), last=Max("received_at"))
    return [Unknown(row["application"], row["facility"], row["n"], row["last"]) for row in rows.order_by("-n")[:50]]


def _counts(ids: list[UUID], now: datetime) -> dict[UUID, dict[str, Any]]:
    lately = InboundMessage.objects.filter(source_id__in=ids, received_at__gt=now - _DAY).order_by()
    rows = lately.values("source_id").annotate(
        n_hour=Count("id", filter=Q(received_at__gt=now - timedelta(hours=1))),
        n_day=Count("id"),
        n_rejected=Count("id", filter=Q(state=MessageState.REJECTED)),
    )
    found = {row["source_id"]: row for row in rows}
    held = InboundMessage.objects.filter(source_id__in=ids, state=MessageState.HELD).order_by().values("source_id")
    for row in held.annotate(n=Count("id")):
        found.setdefault(row["source_id"], {})["n_held"] = row["n"]
    return found


def _connection(system: SourceSystem, counts: dict[str, Any]) -> Connection:
    names = ("id", "control_id", "kind", "lacks", "state", "received_at", "said_at", "outcome")
    rows = list(system.messages.order_by("-received_at").values(*names)[:LOOKED_AT])
    lags = [row["received_at"] - row["said_at"] for row in rows if row["said_at"]]
    fields = tuple(scores(row for row in rows if row["state"] != MessageState.REJECTED))
    asked, present = sum(f.n_asked for f in fields), sum(f.n_present for f in fields)
    return Connection(
        id=system.id, version=system.version, name=system.name, org=system.org.short_name, org_id=system.org_id,
        application=system.application, facility=system.facility, is_active=system.is_active, last_at=rows[0]["received_at"] if rows else None,
        n_hour=counts.get("n_hour", 0), n_day=counts.get("n_day", 0), n_held=counts.get("n_held", 0),
        n_rejected_day=counts.get("n_rejected", 0), lag=median(lags) if lags else None,
        completeness=present / asked if asked else None, fields=fields,
    )  # fmt: skip


def scores(rows: Iterable[dict[str, Any]], *, most: int = EXAMPLES) -> Iterator[FieldScore]:
    """Yield how often each field was there in messages that could be read, with at most so many examples of each."""
    asked: Counter[str] = Counter()
    lacking: dict[str, list[tuple[UUID, str]]] = {}
    for row in rows:
        asked.update(completeness.asked_of(row["kind"]))
        for name in row["lacks"].split():
            lacking.setdefault(name, []).append((row["id"], row["control_id"]))
    for name in completeness.FIELDS:
        if asked[name]:
            without = lacking.get(name, [])
            yield FieldScore(name, asked[name], asked[name] - len(without), tuple(without[:most]))
