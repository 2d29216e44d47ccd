"""What happens with critical values.  Ids and codes only: what was found stays in the tables."""

from datetime import date
from uuid import UUID

from tongmai.foundation.audit.events import event


@event
class CriticalValueRaised:
    value_id: UUID
    resident_id: UUID | None
    org_id: UUID


@event
class CriticalValueMoved:
    """One step of its life; escalations and corrections too."""

    value_id: UUID
    resident_id: UUID | None
    step: str
    state: str


@event
class LimitSet:
    limit_id: UUID
    org_id: UUID | None
    starts_on: date


@event
class LimitEnded:
    limit_id: UUID
    org_id: UUID | None


@event
class RungSet:
    rung_id: UUID
    org_id: UUID


@event
class RungEnded:
    rung_id: UUID
    org_id: UUID
