"""What happens with images.  Ids and codes only."""

from uuid import UUID

from tongmai.foundation.audit.events import event


@event
class StudyArrived:
    """The first image of a study stands linked to a person and an order; again after it was linked to others."""

    study_id: UUID
    study_uid: str
    resident_id: UUID
    order_number: str
    org_id: UUID
    modality: str


@event
class StudyGrew:
    """Images came to a study that has stood for a while; told now and then while they come, not for each."""

    study_id: UUID


@event
class StudyUnlinked:
    """A person took a study back out of a record."""

    study_id: UUID
    resident_id: UUID
    order_number: str


@event
class StudyHeld:
    """A study came of which nobody is sure whose it is.  `doubts`: codes with blanks between."""

    study_id: UUID
    org_id: UUID
    doubts: str


@event
class StudySetAside:
    """A person decided that a waiting study belongs into no record, or took that back."""

    study_id: UUID
    is_rejected: bool


@event
class FileHeld:
    """A file went into quarantine."""

    held_id: UUID
    why: str


@event
class HeldSettled:
    held_id: UUID
    is_taken: bool


@event
class DeviceRegistered:
    device_id: UUID
    org_id: UUID


@event
class DeviceChanged:
    device_id: UUID


@event
class StepPerformed:
    """A device says (MPPS) that an examination began, was completed or broken off."""

    step_id: UUID
    order_number: str
    org_id: UUID
    state: str


@event
class FindingsKept:
    """A reader put what she wrote about images in a viewer of others beside them."""

    study_id: UUID
    resident_id: UUID
    instance_id: UUID


@event
class KeyImageMarked:
    """Somebody picked a frame out of a study."""

    study_id: UUID
    resident_id: UUID
    instance_id: UUID
    frame: int


@event
class KeyImageUnmarked:
    study_id: UUID
    resident_id: UUID
    instance_id: UUID
    frame: int
