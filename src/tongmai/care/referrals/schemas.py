"""What goes in and out of the JSON API of referrals."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field

from tongmai.care.referrals import lists, selectors
from tongmai.care.referrals.services import Content, Findings, Given, Item, LineInput, Medicine, Plan
from tongmai.care.referrals.states import Urgency
from tongmai.ui.api import Text

Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2101, 1, 1))]
Direction = Literal["up", "down"]


class ReferralsSoughtIn(Schema):
    """A name, pinyin, number, phone or referral number, and what narrows the list beside it."""

    q: Text(60) = ""
    box: Text(12) = ""
    group: Text(12) = "all"
    direction: Direction | None = None
    urgency: Urgency | None = None
    state: Text(12) = ""
    only_slot_issue: bool = False
    cursor: Text(600) | None = None
    limit: int = 50

    def filters(self) -> selectors.Filters:
        given = self.dict(exclude={"cursor", "limit"})
        return selectors.Filters(**given | {name: given[name] or "" for name in ("direction", "urgency")})


class ConsentIn(Schema):
    relation: lists.Relation
    how: lists.How
    agreed_name: Text(60) = ""
    witness: Text(60) = ""
    note: Text(300) = ""

    def given(self) -> Given:
        return Given(**self.dict())


class UpIn(Schema):
    """A referral up; `resident_id` counts for a new one only."""

    receiver_id: UUID
    diagnosis_code: Text(20, 3)
    reason: Text(500, 1)
    summary: Text(5_000) = ""
    urgency: Urgency = Urgency.ROUTINE
    wants: lists.Wants = lists.Wants.CLINIC
    receiver_department_id: UUID | None = None
    outside_reason: Text(300) = ""
    source_encounter_id: UUID | None = None
    # Exactly these electrocardiograms go with it, [] takes all of them off; left out, they stay as they are.
    recording_ids: Annotated[tuple[UUID, ...], Field(max_length=10)] | None = None
    critical_value_id: UUID | None = None  # from which it was begun: its page shows what becomes of the referral
    consent: ConsentIn | None = None

    def content(self) -> Content:
        return Content(**self.dict(exclude={"consent", "resident_id", "sender_id"}))

    def given(self) -> Given | None:
        return self.consent.given() if self.consent else None


class NewUpIn(UpIn):
    resident_id: UUID


class EmergencyIn(NewUpIn):
    sender_id: UUID


class MedicineIn(Schema):
    name: Text(120, 1)
    dose: Text(60, 1)
    frequency: Text(60, 1)
    days: Annotated[int, Field(ge=1, le=366)] | None = None
    note: Text(200) = ""


class ItemIn(Schema):
    text: Text(200, 1)
    who: lists.Who
    due_on: Day | None = None


class DownIn(Schema):
    """A referral down with its plan."""

    receiver_id: UUID
    group: lists.Group
    diagnosis_code: Text(20, 3)
    discharge_summary: Text(10_000, 1)
    reason: Text(500, 1)
    red_flags: Text(2_000) = ""
    discharged_on: Day | None = None
    outside_reason: Text(300) = ""
    medicines: Annotated[list[MedicineIn], Field(max_length=40)] = []
    items: Annotated[list[ItemIn], Field(max_length=40)] = []
    consent: ConsentIn | None = None

    def plan(self) -> Plan:
        values = self.dict(exclude={"consent", "medicines", "items", "up_id", "encounter_id"})
        return Plan(
            **values,
            medicines=[Medicine(**each.dict()) for each in self.medicines],
            items=[Item(**each.dict()) for each in self.items],
        )

    def given(self) -> Given | None:
        return self.consent.given() if self.consent else None


class NewDownIn(DownIn):
    up_id: UUID | None = None
    encounter_id: UUID | None = None


class StepIn(Schema):
    """What a step may need: the reason, the places, the new receiver."""

    reason: Text(500) = ""
    pool_ids: Annotated[list[UUID], Field(max_length=31)] = []
    receiver_id: UUID | None = None
    department_id: UUID | None = None
    summary: Text(5_000) = ""
    consent: ConsentIn | None = None


class FollowUpIn(Schema):
    result: lists.Result
    way: lists.Way
    note: Text(500) = ""
    systolic_mmhg: Annotated[int, Field(ge=30, le=350)] | None = None
    diastolic_mmhg: Annotated[int, Field(ge=10, le=250)] | None = None
    pulse_per_minute: Annotated[int, Field(ge=10, le=350)] | None = None
    temperature_c: Annotated[Decimal, Field(ge=25, le=45, max_digits=3, decimal_places=1)] | None = None
    glucose_mmol: (
        Annotated[Decimal, Field(ge=Decimal("0.5"), le=Decimal("99.9"), max_digits=4, decimal_places=1)] | None
    ) = None
    takes_medicines: bool | None = None
    next_on: Day | None = None

    def findings(self) -> Findings:
        return Findings(**self.dict())


class LineIn(Schema):
    level: lists.Level
    icd10_prefix: Text(8, 1)
    name: Text(120, 1)
    guidance: lists.Guidance
    conditions: Text(500, 1)
    source: Text(300, 1)
    status: lists.Status = lists.Status.STATED

    def line(self) -> LineInput:
        return LineInput(**self.dict())


class RowOut(Schema):
    """One line of a list."""

    id: UUID
    number: str
    direction: Direction
    urgency: str
    state: str
    state_since: AwareDatetime
    version: int
    resident_id: UUID
    resident_name: str
    diagnosis_code: str
    diagnosis_name: str
    sender_id: UUID
    sender: str
    receiver_id: UUID
    receiver: str
    department: str
    is_inside: bool
    by_family_doctor: bool
    wants: str
    booked_for: datetime | None
    booked_place: str
    has_slot_issue: bool
    paperwork_until: datetime | None
    due_at: datetime | None


class TransitionOut(Schema):
    step: str
    from_state: str
    to_state: str
    at: datetime
    by_name: str
    by_role: str
    org_id: UUID | None
    reason: str
    facts: str


class FollowUpOut(Schema):
    id: UUID
    number: int
    due_on: date
    task: str
    done_at: datetime | None
    dropped_at: datetime | None
    result: str
    way: str
    note: str


class MedicineOut(Schema):
    name: str
    dose: str
    frequency: str
    days: int | None
    note: str


class ItemOut(Schema):
    text: str
    who: str
    due_on: date | None


class PlanOut(Schema):
    group: str
    discharge_summary: str
    red_flags: str
    discharged_on: date | None
    medicines: list[MedicineOut]
    items: list[ItemOut]


class CaseOut(Schema):
    """The medical part: for posts that open records."""

    reason: str
    summary: str
    consent: str
    outside_reason: str
    recording_ids: list[UUID]  # electrocardiograms that go with it
    plan: PlanOut | None


class ReferralOut(Schema):
    """One referral.  `steps` are exactly those that the caller may take now; the ETag is the version."""

    id: UUID
    number: str
    direction: Direction
    urgency: str
    state: str
    state_since: datetime
    version: int
    steps: list[str]
    due_at: datetime | None
    resident_id: UUID
    resident_name: str
    sender_id: UUID
    sender: str
    reviewer_id: UUID | None
    receiver_id: UUID
    receiver: str
    receiver_department_id: UUID | None
    alliance_id: UUID | None
    is_inside: bool
    by_family_doctor: bool
    diagnosis_code: str
    diagnosis_name: str
    wants: str
    booking_id: UUID | None
    booked_for: datetime | None
    booked_place: str
    episode_id: UUID | None
    parent_id: UUID | None
    has_slot_issue: bool
    paperwork_until: datetime | None
    created_at: datetime
    submitted_at: datetime | None
    closed_at: datetime | None
    case: CaseOut | None
    transitions: list[TransitionOut]
    follow_ups: list[FollowUpOut]


class AdviceOut(Schema):
    level: str
    icd10_prefix: str
    name: str
    guidance: str
    conditions: str
    source: str
    status: str


class LineOut(AdviceOut):
    id: UUID
    starts_on: date
    ends_before: date | None
    version: int


class FlowOut(Schema):
    source: str
    target: str
    direction: Direction
    n: int
