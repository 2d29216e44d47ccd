"""What the JSON API takes and gives."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field

from tongmai.commons.recognition.choices import Choice, Outcome, Reason, Scope, Standing, Strength, Why
from tongmai.ui.api import Text

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
ItemCode = Text(40, least=1)


class AskingIn(Schema):
    resident_id: UUID
    item_code: ItemCode


class OfferOut(Schema):
    """An existing result.  `why`: why it does not count, or not further; `last_day`: until when it does."""

    report_id: UUID
    name: str
    org_id: UUID
    org: str
    taken_on: date | None
    issued_at: datetime | None
    strength: Strength
    mark: str
    last_day: date | None
    days_left: int | None
    why: list[Why]


class CheckOut(Schema):
    """`item_code` is null where what was asked for is not on the list of recognised items."""

    item_code: str | None
    item: str | None
    offers: list[OfferOut]
    others: list[OfferOut]
    decision_id: UUID | None


class DecisionIn(Schema):
    """`recognised`; or `ordered` with one of the six reasons, what the patient was told, her agreement and the order's number."""

    resident_id: UUID
    item_code: ItemCode
    choice: Choice
    report_id: UUID
    reason: Reason | None = None
    explanation: Text(500) = ""
    is_agreed: bool = False
    order_number: Text(16) = ""
    encounter_id: UUID | None = None


class DecisionOut(Schema):
    id: UUID
    resident_id: UUID
    item_code: str
    choice: Choice
    report_id: UUID
    reason: str
    mark: str
    decided_at: datetime

    @staticmethod
    def resolve_item_code(row) -> str:
        return str(row.item_id)


class ItemOut(Schema):
    """A line of the list.  `window_days` 0: its results change too fast to be recognised."""

    code: str
    name: str
    category: str
    window_days: int
    needs_data: bool
    dose_usv: int | None


class MarkOut(Schema):
    """How a facility's item stands with one quality body; it may carry the mark only where `standing` is valid."""

    org_id: UUID
    org: str
    item_code: str
    item: str
    mark: str
    standing: Standing
    evaluated_on: date
    ends_before: date | None
    name: str
    body: str


class EvaluationIn(Schema):
    org_id: UUID
    item_code: ItemCode
    outcome: Outcome
    scope: Scope
    evaluated_on: Day
    area_name: Text(40) = ""
    areas: Annotated[list[Text(6)], Field(max_length=20)] = []
    name: Text(120) = ""
    body: Text(120) = ""
    note: Text(200) = ""


class EvaluationOut(Schema):
    id: int
    org_id: UUID
    item_code: str
    outcome: Outcome
    evaluated_on: date
    ends_before: date | None

    @staticmethod
    def resolve_item_code(row) -> str:
        return str(row.item_id)


class FigureOut(Schema):
    """`rate` 0–1, null where nothing was decided; `n_shown` null where it cannot be told apart so."""

    key: str
    label: str
    n_shown: int | None
    n_recognised: int
    n_ordered: int
    rate: float | None
    reasons: dict[str, int]
    amount_fen: int
    n_unpriced: int
    dose_usv: int
