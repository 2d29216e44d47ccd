"""The things of a source system: found by their number there, locked while a message about them is applied."""

from datetime import datetime
from uuid import UUID

from tongmai.exchange.models import SourceObject, SourceSystem

PERSON, VISIT, REQUEST, REPORT, DOCUMENT, APPOINTMENT = (
    "person", "visit", "request", "report", "document", "appointment",
)  # fmt: skip


def locked(source: SourceSystem, kind: str, key: str) -> SourceObject:
    """Return the object by its number, entered if it is new; until the transaction ends nobody else has it."""
    rows = SourceObject.objects.select_for_update().filter(source=source, kind=kind, key=key[:199])
    found = rows.first()
    if found is None:
        SourceObject.objects.bulk_create([SourceObject(source=source, kind=kind, key=key[:199])], ignore_conflicts=True)
        found = rows.get()
    return found


def target_of(source: SourceSystem, kind: str, key: str) -> UUID | None:
    """Return what the object is here; None where it is unknown or led to nothing."""
    rows = SourceObject.objects.filter(source=source, kind=kind, key=key[:199])
    return rows.values_list("target_id", flat=True).first() if key else None


def is_old(known: SourceObject, said_at: datetime) -> bool:
    """Whether something newer was applied to the object before."""
    return known.said_at is not None and said_at < known.said_at


def note(known: SourceObject, *, said_at: datetime, target_id: UUID | None = None) -> None:
    """Write down how new the object is now, and what it is here."""
    target = target_id or known.target_id
    SourceObject.objects.filter(id=known.id).update(said_at=said_at, target_id=target)
    known.said_at, known.target_id = said_at, target
