"""What happens to a person's entry.  Ids only: names and numbers stay in the tables."""

from datetime import date
from uuid import UUID

from tongmai.foundation.audit.events import OfTheCase, event


@event
class ResidentRegistered:
    resident_id: UUID
    is_unnamed: bool


@event
class ResidentIntroduced:
    """An organisation came to know a resident of another county by her document."""

    resident_id: UUID
    org_id: UUID


@event
class IdentityAmended:
    resident_id: UUID
    fields: str  # names of the changed fields, separated by blanks


@event
class IdentifierAdded:
    resident_id: UUID
    identifier_id: UUID
    kind: str


@event
class IdentifierClosed:
    resident_id: UUID
    identifier_id: UUID
    kind: str


@event
class MediumIssued:
    resident_id: UUID
    medium_id: UUID
    kind: str


@event
class MediumMoved:
    """A card or code was reported lost, found, revoked or replaced."""

    resident_id: UUID
    medium_id: UUID
    step: str


@event
class GuardianAdded:
    resident_id: UUID
    guardian_id: UUID


@event
class GuardianEnded:
    resident_id: UUID
    guardian_id: UUID


@event
class PhoneAdded:
    resident_id: UUID
    phone_id: UUID


@event
class PhoneClosed:
    resident_id: UUID
    phone_id: UUID


@event
class TagAdded:
    resident_id: UUID
    tag_id: UUID
    kind: OfTheCase


@event
class TagEnded:
    resident_id: UUID
    tag_id: UUID
    kind: OfTheCase


@event
class CoverageChanged:
    resident_id: UUID
    coverage_id: UUID


@event
class ResidentDied:
    resident_id: UUID
    died_on: date


@event
class DeathRevoked:
    """The death had been entered by mistake."""

    resident_id: UUID


@event
class RecordOpenedInEmergency:
    """Somebody without another basis opened the record and said why."""

    resident_id: UUID
    access_id: UUID
    org_id: UUID | None


@event
class EmergencyReviewed:
    resident_id: UUID
    access_id: UUID
    side: str
    verdict: str
