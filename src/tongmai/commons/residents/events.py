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
class PhoneChecked:
    """Person, papers and phone were seen together."""

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


@event
class SourceRegistrationReceived:
    """Another system's registration was linked to a resident; `zone` says how."""

    resident_id: UUID
    registration_id: UUID
    zone: str


@event
class SourceRegistrationChanged:
    resident_id: UUID
    registration_id: UUID


@event
class IdentityReviewOpened:
    """Two entries may be one person."""

    review_id: UUID
    resident_id: UUID
    other_id: UUID


@event
class IdentityReviewPostponed:
    review_id: UUID
    resident_id: UUID


@event
class IdentityReviewSettled:
    review_id: UUID
    resident_id: UUID
    other_id: UUID
    verdict: str


@event
class ResidentsMerged:
    """What hung on `retired_id` hangs on `resident_id` now."""

    merge_id: UUID
    resident_id: UUID
    retired_id: UUID


@event
class ResidentsParted:
    """A merge was undone."""

    merge_id: UUID
    resident_id: UUID
    retired_id: UUID


@event
class LaterRowsParted:
    """What had come since a merge was shared out when it was undone: `to_retired` names the rows, the others stayed."""

    merge_id: UUID
    resident_id: UUID
    retired_id: UUID
    n_kept: int
    to_retired: list[str]


@event
class SharingChosen:
    """Somebody decided with whom her record is shared.  Of which kind it speaks stands in the row: it may be telling."""

    resident_id: UUID
    choice_id: UUID


@event
class SharingWithdrawn:
    resident_id: UUID
    choice_id: UUID


@event
class UseAgreed:
    """A resident agreed to a use of her data beyond her care."""

    resident_id: UUID
    consent_id: UUID
    purpose: str


@event
class UseWithdrawn:
    resident_id: UUID
    consent_id: UUID
    purpose: str


@event
class ReadingSearched:
    """An audit administrator had days looked through for unusual reading."""

    since: date
    until: date
    n_new: int


@event
class ReadingFindingMoved:
    """A finding about somebody's reading was asked about, answered, accepted or taken further."""

    finding_id: UUID
    step: str
