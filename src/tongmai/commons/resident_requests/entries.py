"""Which entries of a record can be disputed, and where each of them is found: whose it is and who wrote it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tongmai.commons.encounters.models import Encounter, Kind
from tongmai.commons.results.models import Document, Report
from tongmai.ui.words import day

ENCOUNTER, REPORT, DOCUMENT = "encounter", "report", "document"


@dataclass(frozen=True)
class EntryFacts:
    """One entry: whose record it stands in, whose organisation wrote it, and what it is in a line."""

    kind: str
    id: UUID
    resident_id: UUID
    org_id: UUID
    org_name: str
    title: str
    at: datetime

    @property
    def line(self) -> str:
        return f"{day(self.at)} · {self.title} · {self.org_name}"[:200]


def facts_of(kind: str, entry_id: UUID) -> EntryFacts | None:
    """Return what is known of an entry; None for an unknown kind or an entry that does not exist."""
    find = _FIND.get(kind)
    return find(entry_id) if find else None


def _encounter(entry_id: UUID) -> EntryFacts | None:
    row = Encounter.objects.filter(id=entry_id).select_related("org").first()
    if row is None:
        return None
    title = f"{_(str(Kind(row.kind).label))} {row.complaint}".strip()
    at = row.started_at or row.planned_for
    assert at is not None
    return EntryFacts(ENCOUNTER, row.id, row.resident_id, row.org_id, row.org.short_name, title, at)


def _report(entry_id: UUID) -> EntryFacts | None:
    row = Report.objects.filter(id=entry_id).select_related("org").first()
    return row and EntryFacts(
        REPORT, row.id, row.resident_id, row.org_id, row.org.short_name, row.name, row.issued_at or row.received_at
    )


def _document(entry_id: UUID) -> EntryFacts | None:
    row = Document.objects.filter(id=entry_id).select_related("org").first()
    return row and EntryFacts(
        DOCUMENT, row.id, row.resident_id, row.org_id, row.org.short_name, row.title, row.written_at or row.received_at
    )


_FIND: dict[str, Callable[[UUID], EntryFacts | None]] = {
    ENCOUNTER: _encounter,
    REPORT: _report,
    DOCUMENT: _document,
}
