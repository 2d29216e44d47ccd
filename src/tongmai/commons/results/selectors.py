"""Reads of results.  The caller has opened the record (`residents.access.open_record`) before asking."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tongmai.commons.results.models import Document, Observation, Report, Request
from tongmai.foundation.orgs.prepared import Prepared

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
    """Return the person's reports, the latest first."""
    return [ReportLine(*row) for row in _REPORTS.rows(resident_id=resident_id, most=limit)]


def documents_of(resident_id: UUID, *, limit: int = MOST_LINES) -> list[DocumentLine]:
    """Return the person's documents, the latest first; those that were replaced are left out."""
    return [DocumentLine(*row) for row in _DOCUMENTS.rows(resident_id=resident_id, most=limit)]


def open_requests_of(resident_id: UUID, *, limit: int = MOST_LINES) -> list[RequestLine]:
    """Return what is ordered for the person and not answered by a report, the latest first."""
    return [RequestLine(*row) for row in _OPEN_REQUESTS.rows(resident_id=resident_id, most=limit)]


def values_of(report: Report) -> list[Observation]:
    """Return the current values of a report in its order."""
    return list(report.observations.filter(version=report.version))


def earlier_versions(report: Report) -> list[VersionLine]:
    """Return the values that a report had before, the latest version first."""
    found: dict[int, list[Observation]] = {}
    for row in report.observations.filter(version__lt=report.version):
        found.setdefault(row.version, []).append(row)
    return [VersionLine(number, found[number]) for number in sorted(found, reverse=True)]


def _reports(by: None, *, resident_id: UUID, most: int) -> QuerySet:
    beyond = Observation.objects.filter(report=OuterRef("pk"), version=OuterRef("version"))
    n_beyond = beyond.exclude(flag__in=["", "normal"]).order_by().values("report").annotate(n=Count("pk")).values("n")
    return Report.objects.filter(resident_id=resident_id).values_list(
        "id", "name", "category", "status", "org__short_name", Coalesce("issued_at", "received_at"), "is_critical",
        Coalesce(Subquery(n_beyond), 0),
    )[:most]  # fmt: skip


def _documents(by: None, *, resident_id: UUID, most: int) -> QuerySet:
    rows = Document.objects.filter(resident_id=resident_id).exclude(status="replaced")
    return rows.values_list("id", "title", "status", "org__short_name", Coalesce("written_at", "received_at"))[:most]


def _open_requests(by: None, *, resident_id: UUID, most: int) -> QuerySet:
    answered = Report.objects.filter(resident_id=resident_id).exclude(order_number="").values("order_number")
    rows = Request.objects.filter(resident_id=resident_id, status__in=["active", "on_hold"])
    return rows.exclude(number__in=answered).values_list(
        "id", "name", "status", "priority", "org__short_name", Coalesce("requested_at", "received_at")
    )[:most]


_REPORTS = Prepared(_reports)
_DOCUMENTS = Prepared(_documents)
_OPEN_REQUESTS = Prepared(_open_requests)
