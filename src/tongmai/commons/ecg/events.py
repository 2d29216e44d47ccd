"""What happens with electrocardiograms.  Ids and codes only."""

from uuid import UUID

from tongmai.foundation.audit.events import OfTheCase, event


@event
class RecordingArrived:
    """A recording stands in a person's record; again after it was linked anew."""

    recording_id: UUID
    resident_id: UUID
    order_number: str
    org_id: UUID


@event
class PatternMeasured:
    """The computer measured something that wants somebody at once: a suggestion, unconfirmed."""

    recording_id: UUID
    resident_id: UUID
    order_number: str
    org_id: UUID
    pattern: OfTheCase


@event
class RecordingHeld:
    """A recording came of which nobody is sure whose it is.  `doubts`: codes with blanks between."""

    recording_id: UUID
    org_id: UUID
    doubts: str


@event
class RecordingSetAside:
    """A person decided that a held recording belongs into no record."""

    recording_id: UUID


@event
class RecordingUnlinked:
    """A person took a recording back out of a record; it waits again."""

    recording_id: UUID
    resident_id: UUID
    order_number: str
