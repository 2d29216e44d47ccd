"""Results of which a doctor speaks before the resident reads them on her phone: for a time that the policy sets."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from tongmai.commons.results.choices import ReportStatus
from tongmai.commons.results.errors import DoctorFirst, NotVerifiedYet
from tongmai.commons.results.models import Report
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role

_VERIFIED = frozenset({ReportStatus.FINAL, ReportStatus.CORRECTED})


def check(report: Report, by: Actor) -> None:
    """Let everybody pass but a resident for whom it is too early.

    Raises:
        NotVerifiedYet: nobody has signed it.  DoctorFirst: fact `at`, from when on she reads it herself.
    """
    if by.role != Role.RESIDENT:
        return
    if report.status not in _VERIFIED:
        raise NotVerifiedYet()
    at = _shown_from(report, by)
    if by.now < at:
        raise DoctorFirst(at=at)


def held(report_ids: Collection[UUID], *, by: Actor) -> dict[UUID, datetime | None]:
    """Return which of the reports a resident does not read yet, and from when she does; None: once it is verified."""
    found: dict[UUID, datetime | None] = {}
    for report in Report.objects.filter(id__in=report_ids).only(
        "id", "org_id", "status", "category", "is_critical", "issued_at", "received_at"
    ):
        at = _shown_from(report, by)
        if report.status not in _VERIFIED:
            found[report.id] = None
        elif by.now < at:
            found[report.id] = at
    return found


def held_of(resident_id: UUID, *, by: Actor) -> dict[UUID, datetime | None]:
    """Return which of a person's reports she does not read yet (as `held`)."""
    lately = Q(issued_at__gt=by.now - longest_hold(by=by)) | Q(issued_at__isnull=True)
    rows = Report.objects.filter(~Q(status__in=_VERIFIED) | lately, resident_id=resident_id)
    return held(list(rows.order_by().values_list("id", flat=True)), by=by)


def longest_hold(*, by: Actor) -> timedelta:
    """Return for how long at most a verified result is held back."""
    critical = policy.value("resident_requests.critical_results_after", on=by.today).timedelta()
    return max(critical, policy.value("resident_requests.sensitive_results_after", on=by.today).timedelta())


def _shown_from(report: Report, by: Actor) -> datetime:
    issued_at = report.issued_at or report.received_at
    waits = [timedelta(0)]
    if report.is_critical:
        waits.append(
            policy.value("resident_requests.critical_results_after", on=by.today, at=report.org_id).timedelta()
        )
    if report.category in policy.value("resident_requests.sensitive_categories", on=by.today, at=report.org_id).items:
        waits.append(
            policy.value("resident_requests.sensitive_results_after", on=by.today, at=report.org_id).timedelta()
        )
    return issued_at + max(waits)
