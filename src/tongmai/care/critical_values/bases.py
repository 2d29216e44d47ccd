"""Why a critical value lets somebody open the person's record; offered to `residents` by config/bases.py."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tongmai.care.critical_values import access
from tongmai.care.critical_values.models import CriticalValue
from tongmai.foundation.orgs.actors import Actor


def was_told(by: Actor, resident_id: UUID, *, since: datetime) -> bool | QuerySet:
    """Whether the actor was told of a critical value of this person that was raised after `since`."""
    if by.org_id is None:
        return False
    return CriticalValue.objects.filter(access.told(by), resident_id=resident_id, raised_at__gt=since)
