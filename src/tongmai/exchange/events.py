"""What happened at the edge."""

from uuid import UUID

from tongmai.foundation.audit.events import event


@event
class MessageHeld:
    """A referral message waits for a person, who is told why on the page of messages."""

    message_id: UUID
    control_id: str
    n_faults: int


@event
class MessageTaken:
    """A message became a referral."""

    message_id: UUID
    control_id: str
    referral_id: UUID


@event
class MessageRejected:
    message_id: UUID
    control_id: str
    what: str  # a key of wording.MESSAGES


@event
class MessageCorrected:
    """A person settled what a message left open.  `fields` names what."""

    message_id: UUID
    fields: list[str]


@event
class MeaningRemembered:
    """A text of a source system means this organisation from now on."""

    meaning_id: UUID
    org_id: UUID


@event
class MeaningForgotten:
    meaning_id: UUID
    org_id: UUID


@event
class SystemRegistered:
    """A member's system may send to us from now on."""

    system_id: UUID
    org_id: UUID


@event
class SystemChanged:
    system_id: UUID
    org_id: UUID


@event
class ColumnsRemembered:
    """A person has said which columns of a source's files these fields are."""

    kind: str
    source: str
    fields: list[str]


@event
class ColumnsForgotten:
    kind: str
    source: str
    fields: list[str]


@event
class ImportChecked:
    """The dry run of a file is through."""

    run_id: UUID
    kind: str
    source: str
    n_rows: int


@event
class ImportConfirmed:
    run_id: UUID
    kind: str
    source: str
    n_rows: int


@event
class ImportFinished:
    run_id: UUID
    kind: str
    source: str
    n_new: int
    n_updated: int
    n_same: int
    n_held: int
    n_rejected: int


@event
class ImportAbandoned:
    run_id: UUID
    kind: str
    source: str
