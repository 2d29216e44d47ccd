"""Reads of the append-only tables."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongmai.foundation.audit.models import AccessLog, Event


@dataclass(frozen=True)
class Opening:
    """One look at a resident's record: who, for whom, why, at what."""

    at: datetime
    by_name: str
    by_org_name: str
    by_role: str
    basis: str
    reason: str
    what: str


def latest_event_id() -> int:
    """Return the id of the newest event, 0 before the first.  Cheap: one step into the primary key's index.

    It changes whenever a service has written anything, so a page that polls can ask this instead of itself.
    """
    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


def openings_of(resident_id: UUID, limit: int = 200) -> list[Opening]:
    """Return who opened the record of `resident_id`, newest first."""
    rows = AccessLog.objects.filter(resident_id=resident_id).order_by("-at", "-id")
    names = ("at", "by_name", "by_org_name", "by_role", "basis", "reason", "what")
    return [Opening(*row) for row in rows.values_list(*names)[:limit]]
