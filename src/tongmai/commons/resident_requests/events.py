"""What residents ask, and what becomes of it.  What is said stays in the tables."""

from uuid import UUID

from tongmai.foundation.audit.events import event


@event
class DisputeRaised:
    resident_id: UUID
    dispute_id: UUID
    kind: str


@event
class DisputeMoved:
    """It was answered, corrected, rejected, opened again or withdrawn."""

    resident_id: UUID
    dispute_id: UUID
    step: str


@event
class WardAsked:
    resident_id: UUID
    ward_request_id: UUID


@event
class WardRequestMoved:
    """It was accepted, refused or withdrawn."""

    resident_id: UUID
    ward_request_id: UUID
    step: str
