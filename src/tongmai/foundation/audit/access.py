"""The doors to the trail.  Reach is the county; what nobody in particular did (jobs, sign-in) is in every reach."""

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from tongmai.foundation.audit.guards import OPERATE, READ_AUDIT
from tongmai.foundation.audit.models import AccessLog, Delivery, Event
from tongmai.kernel.errors import NotFound

Row = TypeVar("Row", bound=Model)
_LARGEST_ID = 2**63 - 1


def visible_events(by: Any) -> QuerySet[Event]:
    """Return the events that an audit administrator may read; nobody else reads any."""
    return _in_reach(Event.objects.all(), by) if by.may(READ_AUDIT) else Event.objects.none()


def visible_accesses(by: Any) -> QuerySet[AccessLog]:
    """Return the access log as an audit administrator may read it."""
    return _in_reach(AccessLog.objects.all(), by) if by.may(READ_AUDIT) else AccessLog.objects.none()


def visible_deliveries(by: Any) -> QuerySet[Delivery]:
    """Return the deliveries that a system administrator looks after."""
    if not by.may(OPERATE):
        return Delivery.objects.none()
    return _in_reach(Delivery.objects.all(), by, "event__")


def row_id(number: int) -> int:
    """Return `number` if it can be a row's id.

    Raises:
        NotFound: no row can have it.
    """
    if not 0 < number <= _LARGEST_ID:
        raise NotFound()
    return number


def _in_reach(rows: QuerySet[Row], by: Any, prefix: str = "") -> QuerySet[Row]:
    if by.role == "system":
        return rows
    nobodys = Q(**{f"{prefix}by_county_code": "", f"{prefix}by_org_id": None})
    if not by.county_code:
        return rows.filter(nobodys | Q(**{f"{prefix}by_org_id": by.org_id}))
    return rows.filter(nobodys | Q(**{f"{prefix}by_county_code": by.county_code}))
