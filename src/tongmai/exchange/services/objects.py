"""The things of a source system: found by their number there, locked while a message about them is applied."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tongmai.exchange import fast
from tongmai.exchange.hl7v2 import visits_in
from tongmai.exchange.hl7v2.reading import Message
from tongmai.exchange.models import SourceObject, SourceSystem
from tongmai.foundation.audit.together import update
from tongmai.foundation.orgs.prepared import Prepared

PERSON, VISIT, REQUEST, REPORT, DOCUMENT, APPOINTMENT = (
    "person", "visit", "request", "report", "document", "appointment",
)  # fmt: skip
GIVEN_UP = (
    "given_up"  # a person's number that its system gave up before it was seen here: the registration that stands for it
)


def locked(source: SourceSystem, kind: str, key: str) -> SourceObject:
    """Return the object by its number, entered if it is new; until the transaction ends nobody else has it."""
    return fast.locked_object(source, kind, key[:199])


def all_locked(source: SourceSystem, kind: str, keys: Iterable[str]) -> dict[str, SourceObject]:
    """Return several objects by their keys, each locked as by `locked`.

    In the order of their keys: two messages about the same objects wait for each other, and never in a circle.
    """
    return {key: locked(source, kind, key) for key in sorted(set(keys))}


def target_of(source: SourceSystem, kind: str, key: str) -> UUID | None:
    """Return what the object is here; None where it is unknown or led to nothing."""
    rows = _TARGET.rows(source_id=source.id, kind=kind, key=key[:199]) if key else []
    return rows[0][0] if rows else None


def encounter_of(source: SourceSystem, read: Message) -> UUID | None:
    """Return the visit that a message names, as it is known here."""
    visit = visits_in.visit(read)
    return target_of(source, VISIT, visit.number) if visit else None


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
