"""The things of a source system: found by their number there, locked while a message about them is applied."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tongmai.exchange import fast
from tongmai.exchange.hl7v2 import visits_in
from tongmai.exchange.hl7v2.reading import Message
from tongmai.exchange.models import SourceObject, SourceSystem
from tongmai.exchange.services.arrival import Arrival
from tongmai.foundation.audit.together import update
from tongmai.foundation.orgs.prepared import Prepared

PERSON, VISIT, REQUEST, REPORT, DOCUMENT, APPOINTMENT = (
    "person", "visit", "request", "report", "document", "appointment",
)  # fmt: skip
GIVEN_UP = (
    "given_up"  # a person's number that its system gave up before it was seen here: the registration that stands for it
)


def lock(arrival: Arrival, *wanted: tuple[str, str], visit: str = "") -> None:
    """Lock the objects of these (kind, key) at once, those that are new entered: until the transaction ends nobody else
    has them.  `visit`: the number of one that is read along, as it stands now.

    In one order: two messages about the same objects wait for each other, and never in a circle.
    """
    new = sorted({(kind, key[:199]) for kind, key in wanted if key} - arrival.entries.keys())
    seen = (VISIT, visit[:199]) if visit else None
    if not new:
        return
    found = fast.locked_objects(
        arrival.source, new, [seen] if seen else [], is_repeatable=arrival.is_begun_anew
    )  # fmt: skip
    arrival.entries.update((each, found[each]) for each in new)
    if seen:
        arrival.seen[seen] = found[seen].target_id if seen in found else None


def locked(arrival: Arrival, kind: str, key: str) -> SourceObject:
    """Return the object by its number, locked as by `lock`."""
    lock(arrival, (kind, key))
    return arrival.entries[kind, key[:199]]


def all_locked(arrival: Arrival, kind: str, keys: Iterable[str]) -> dict[str, SourceObject]:
    """Return several objects by their keys, locked as by `lock`."""
    wanted = set(keys)
    lock(arrival, *((kind, key) for key in wanted))
    return {key: locked(arrival, kind, key) for key in wanted}


def target_of(source: SourceSystem, kind: str, key: str) -> UUID | None:
    """Return what the object is here; None where it is unknown or led to nothing."""
    rows = _TARGET.rows(source_id=source.id, kind=kind, key=key[:199]) if key else []
    return rows[0][0] if rows else None


def visit_number(read: Message) -> str:
    """Return the number of the visit that a message names, else ""."""
    visit = visits_in.visit(read)
    return visit.number if visit else ""


def encounter_of(arrival: Arrival) -> UUID | None:
    """Return the visit that a message names, as it is known here."""
    number = visit_number(arrival.read)[:199]
    if not number:
        return None
    if (VISIT, number) in arrival.seen:
        return arrival.seen[VISIT, number]
    return target_of(arrival.source, VISIT, number)


def is_old(known: SourceObject, said_at: datetime) -> bool:
    """Whether something newer was applied to the object before."""
    return known.said_at is not None and said_at < known.said_at


def note(known: SourceObject, *, said_at: datetime, target_id: UUID | None = None) -> None:
    """Write down how new the object is now, and what it is here."""
    known.target_id, known.said_at = target_id or known.target_id, said_at
    update(known, "target_id", "said_at")


def _targets(by: None, *, source_id: UUID, kind: str, key: str) -> QuerySet:
    rows = SourceObject.objects.filter(source_id=source_id, kind=kind, key=key)
    return rows.order_by().values_list("target_id")


_TARGET = Prepared(_targets)
