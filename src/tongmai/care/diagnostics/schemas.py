"""The shape of what programs send and get."""

from datetime import datetime
from uuid import UUID

from ninja import Schema

from tongmai.care.diagnostics.rules import Answer
from tongmai.care.diagnostics.services import Anyway, Wanted
from tongmai.care.diagnostics.states import Priority
from tongmai.ui.api import Text


class OrderRowOut(Schema):
    """One order of a list.  `due_at`: the limit of the phase that runs."""

    id: UUID
    number: str
    version: int
    state: str
    priority: str
    category: str
    modality: str
    item_name: str
    resident_id: UUID
    orderer_id: UUID
    site_id: UUID
    centre_id: UUID
    reader_id: UUID | None
    due_at: datetime | None
    requested_at: datetime
    published_at: datetime | None
    n_versions: int
    n_rejections: int


class ReportVersionOut(Schema):
    """One published version, as it was signed."""

    number: int
    findings: str
    conclusion: str
    is_abnormal: bool
    author_name: str
    verifier_name: str
    reason: str
    published_at: datetime


class OrderOut(Schema):
    """One order whole.  `steps`: what the caller may do now."""

    id: UUID
    number: str
    study_uid: str
    version: int
    state: str
    priority: str
    item_code: str
    item_name: str
    category: str
    modality: str
    clinical_question: str
    resident_id: UUID
    orderer_id: UUID
    site_id: UUID
    centre_id: UUID
    requested_at: datetime
    performed_at: datetime | None
    sent_at: datetime | None
    published_at: datetime | None
    due_at: datetime | None
    report_id: UUID | None
    steps: list[str]
    versions: list[ReportVersionOut]


class AnywayIn(Schema):
    """Why it is ordered although a result counts (commons/recognition)."""

    report_id: UUID
    reason: Text(40, 1)
    explanation: Text(500) = ""
    is_agreed: bool = False


class OrderIn(Schema):
    """What is ordered.  `answers`: to what the item asks first, by check."""

    resident_id: UUID
    item_code: Text(32, 1)
    clinical_question: Text(500, 1)
    priority: Priority = Priority.ROUTINE
    site_id: UUID | None = None
    diagnosis_name: Text(200) = ""
    answers: dict[str, Answer] = {}
    safety_note: Text(300) = ""
    encounter_id: UUID | None = None
    anyway: AnywayIn | None = None

    def wanted(self) -> Wanted:
        """Return it as the service takes it."""
        said = self.dict(exclude={"resident_id", "anyway"})
        return Wanted(**said, anyway=Anyway(**self.anyway.dict()) if self.anyway else None)


class StepIn(Schema):
    """A step.  `reasons`: the codes of a rejection."""

    reason: Text(500) = ""
    reasons: list[Text(16)] = []


class AssignIn(Schema):
    """To whom; nobody named: who is on duty and has the fewest."""

    staff_id: UUID | None = None


class ReaderOut(Schema):
    """Somebody who may report at the caller's centre today.  `n_in_hand`: examinations claimed and not published."""

    staff_id: UUID
    name: str
    n_in_hand: int
    is_on_duty: bool


class DraftLineIn(Schema):
    name: Text(60) = ""
    text: Text(4000) = ""


class DraftIn(Schema):
    lines: list[DraftLineIn] = []
    conclusion: Text(4000) = ""
    is_abnormal: bool = False
