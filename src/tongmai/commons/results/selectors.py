"""Reads of results.  The caller has opened the record (`residents.access.open_record`) before asking."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongmai.commons.results.models import Document, Observation, Report, Request

MOST_LINES = 20


@dataclass(frozen=True)
class ReportLine:
    """One report in a list; `n_abnormal` counts what lies outside of its reference."""

    id: UUID
    name: str
    category: str
    status: str
    org: str
    at: datetime
    is_critical: bool
    n_abnormal: int


@dataclass(frozen=True)
class DocumentLine:
    id: UUID
    title: str
    status: str
    org: str
    at: datetime


@dataclass(frozen=True)
class RequestLine:
    """An order that is not answered yet."""

    id: UUID
    name: str
    status: str
    priority: str
    org: str
    at: datetime


@dataclass(frozen=True)
class VersionLine:
    """An earlier version of a report with its values."""

    number: int
    values: list[Observation]


def reports_of(resident_id: UUID, *, limit: int = MOST_LINES) -> list[ReportLine]:
    """Return the person's reports, the latest first; two queries."""
    rows = list(Report.objects.filter(resident_id=resident_id).select_related("org")[:limit])
    flags = Observation.objects.filter(report__in=rows).exclude(flag__in=["", "normal"])
    abnormal: dict[tuple[UUID, int], int] = {}
    for key in flags.values_list("report_id", "version"):
        abnormal[key] = abnormal.get(key, 0) + 1
    return [
        ReportLine(
            id=row.id, name=row.name, category=row.category, status=row.status, org=row.org.short_name,
            at=row.issued_at or row.received_at, is_critical=row.is_critical,
            n_abnormal=abnormal.get((row.id, row.version), 0),
        )
        for row in rows
    ]  # fmt: skip


def documents_of(resident_id: UUID, *, limit: int = MOST_LINES) -> list[DocumentLine]:
    """Return the person's documents, the latest first; those that were replaced are left out."""
    rows = Document.objects.filter(resident_id=resident_id).exclude(status="replaced").select_related("org")
    return [
        DocumentLine(row.id, row.title, row.status, row.org.short_name, row.written_at or row.received_at)
        for row in rows.defer("content", "text")[:limit]
    ]


def open_requests_of(resident_id: UUID, *, limit: int = MOST_LINES) -> list[RequestLine]:
    """Return what is ordered for the person and not answered by a report, the latest first."""
    rows = Request.objects.filter(resident_id=resident_id, status__in=["active", "on_hold"]).select_related("org")
    answered = Report.objects.filter(resident_id=resident_id).exclude(order_number="").values("order_number")
    return [
        RequestLine(row.id, row.name, row.status, row.priority, row.org.short_name, row.requested_at or row.received_at)
        for row in rows.exclude(number__in=answered)[:limit]
    ]


def values_of(report: Report) -> list[Observation]:
    """Return the current values of a report in its order."""
    return list(report.observations.filter(version=report.version))


def earlier_versions(report: Report) -> list[VersionLine]:
    """Return the values that a report had before, the latest version first."""
    found: dict[int, list[Observation]] = {}
    for row in report.observations.filter(version__lt=report.version):
        found.setdefault(row.version, []).append(row)
    return [VersionLine(number, found[number]) for number in sorted(found, reverse=True)]
