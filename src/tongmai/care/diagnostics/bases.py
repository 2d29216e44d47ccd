"""Why a record is opened here: an examination of the person is to be performed, or to be reported."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tongmai.care.diagnostics.models import Order
from tongmai.foundation.orgs.actors import Actor


def performs(by: Actor, resident_id: UUID, *, since: datetime) -> bool | QuerySet:
    """Whether the actor's organisation examines the person, by an order after `since` that was not cancelled."""
    if by.org_id is None:
        return False
    return Order.objects.filter(
        resident_id=resident_id, site_id=by.org_id, requested_at__gt=since, cancelled_at__isnull=True
    )


def reports(by: Actor, resident_id: UUID, *, since: datetime) -> bool | QuerySet:
    """Whether an examination of the person was sent to the actor's centre after `since`."""
    if by.org_id is None:
        return False
    return Order.objects.filter(resident_id=resident_id, centre_id=by.org_id, sent_at__gt=since)
