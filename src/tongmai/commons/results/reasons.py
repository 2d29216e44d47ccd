"""What this app knows of why a record is opened: the actor's organisation ordered something, or reported on it."""

from datetime import datetime
from uuid import UUID

from django.db.models import Model, QuerySet

from tongmai.commons.results.models import Document, Report, Request
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor


def counts_since(by: Actor) -> datetime:
    """Return the instant after which an order or a report is still a reason, by policy."""
    return by.now - policy.value("access.after_order", on=by.today, at=by.org_id).timedelta()


def has_ordered(by: Actor, resident_id: UUID, *, since: datetime) -> bool | QuerySet:
    """Whether the organisation ordered something for the person after `since`, and did not cancel it."""
    if by.org_id is None:
        return False
    rows = Request.objects.filter(resident_id=resident_id, org_id=by.org_id, received_at__gt=since)
    return rows.exclude(status="cancelled")


def has_reported(by: Actor, resident_id: UUID, *, since: datetime) -> bool | QuerySet:
    """Whether the organisation issued a report on the person after `since`, or corrected one."""
    if by.org_id is None:
        return False
    return Report.objects.filter(resident_id=resident_id, org_id=by.org_id, received_at__gt=since)


def marked_requests(resident_id: UUID) -> QuerySet:
    """Return the kinds and the organisation of each sensitive order of the person."""
    return _marked(Request, resident_id)


def marked_reports(resident_id: UUID) -> QuerySet:
    """Return the same of the reports."""
    return _marked(Report, resident_id)


def marked_documents(resident_id: UUID) -> QuerySet:
    """Return the same of the documents."""
    return _marked(Document, resident_id)


def _marked(model: type[Model], resident_id: UUID) -> QuerySet:
    rows = model._default_manager.filter(resident_id=resident_id).exclude(sensitivity="")
    return rows.values_list("sensitivity", "org_id")
