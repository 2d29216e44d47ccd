"""The numbers that reports gave, over time."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from tongmai.commons.residents.sections import Section
from tongmai.commons.residents.sensitive.view import View
from tongmai.commons.results.models import Observation, Report
from tongmai.foundation.orgs.prepared import Prepared

LAST_REPORTS = 30  # among which the last number of each kind is looked for
MOST_NUMBERS = 20_000  # of one person: twenty in each of a thousand reports


class Number(NamedTuple):
    """One value that is a number, of the current version of its report.  `reference` as the report prints it."""

    report_id: UUID
    at: datetime
    org: str
    specimen: str
    code: str
    system: str
    name: str
    number: Decimal
    comparator: str
    unit: str
    reference: str
    flag: str


def numbers(
    resident_id: UUID, view: View, *, since: datetime | None = None, until: datetime | None = None
) -> list[Number]:
    """Return the numbers of a person's reports in a half-open span, the latest first; of cancelled ones none."""
    return _read(view, resident_id, since=since, until=until, of_last=False)


def last_numbers(resident_id: UUID, view: View) -> list[Number]:
    """Return the numbers of the person's last reports, the latest first."""
    return _read(view, resident_id, since=None, until=None, of_last=True)


def _read(
    view: View, resident_id: UUID, *, since: datetime | None, until: datetime | None, of_last: bool
) -> list[Number]:
    if not view.has(Section.VALUES) or not view.has(Section.RESULTS):
        return []
    rows = view.rows(_NUMBERS, resident_id=resident_id, since=since, until=until, of_last=of_last)
    return [Number._make(row) for row in rows]


def _numbers(
    by: None, *, resident_id: UUID, view: View, since: datetime | None, until: datetime | None, of_last: bool
) -> QuerySet:
    reports = Report.objects.filter(view.condition(), ~Q(status="cancelled"), resident_id=resident_id)
    if of_last:
        reports = reports.order_by(F("issued_at").desc(nulls_last=True), "-id")[:LAST_REPORTS]
    rows = Observation.objects.filter(
        ~Q(status="cancelled"), report__in=reports.values("id"), version=F("report__version"), number__isnull=False
    )
    rows = rows.annotate(at=Coalesce("observed_at", "report__issued_at", "report__received_at"))
    rows = rows.filter(at__gte=since) if since is not None else rows
    rows = rows.filter(at__lt=until) if until is not None else rows
    return rows.order_by("-at", "-id").values_list(
        "report_id", "at", "report__org__short_name", "report__specimen", "code", "system", "name", "number",
        "comparator", "unit", "reference", "flag",
    )[:MOST_NUMBERS]  # fmt: skip


_NUMBERS = Prepared(_numbers)
