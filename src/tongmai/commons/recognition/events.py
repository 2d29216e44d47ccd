"""What happened with marks and decisions.  Ids and codes only."""

from uuid import UUID

from tongmai.foundation.audit.events import OfTheCase, event


@event
class EvaluationEntered:
    """A facility's item was evaluated: passed, failed, or its mark withdrawn."""

    evaluation_id: int
    org_id: UUID
    item_code: str
    outcome: str


@event
class AskingBegun:
    """Somebody without another basis is about to order something for the resident; nothing was done for her yet."""

    resident_id: UUID
    org_id: UUID
    item_code: str


@event
class ResultRecognised:
    decision_id: UUID
    resident_id: UUID
    report_id: UUID
    org_id: UUID
    item_code: str


@event
class ExaminedAnyway:
    """A repeat was ordered although a result counts; `reason` is one of the six lawful ones."""

    decision_id: UUID
    resident_id: UUID
    report_id: UUID
    org_id: UUID
    item_code: str
    order_number: str
    because: OfTheCase


@event
class RecognitionUndone:
    decision_id: UUID
    resident_id: UUID
    org_id: UUID


@event
class RecognisedItemsLoaded:
    """The list of recognised items was brought up to date."""

    n_new: int
    n_changed: int
    n_same: int
