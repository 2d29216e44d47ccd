"""What goes in and out of the JSON API of critical values."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field

from tongmai.care.critical_values.choices import Basis, Measure
from tongmai.ui.api import Text

Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2101, 1, 1))]
Limit = Annotated[str, Field(pattern=r"^-?\d{1,10}(\.\d{1,4})?$")]
Days = Annotated[int, Field(ge=0, le=60_000)]


class StepOut(Schema):
    step: str
    to_state: str
    at: datetime
    by_name: str
    by_role: str
    org_id: UUID | None
    minutes: int | None
    reason: str
    facts: str


class CriticalValueOut(Schema):
    """One critical value; `steps` are those that the caller may take now.  Limits as they were then."""

    id: UUID
    short: str
    is_drill: bool
    source: str
    resident_id: UUID | None
    report_id: UUID | None
    order_number: str
    setting: str
    org_id: UUID
    site_id: UUID
    doctor_id: UUID | None
    item: str
    name: str
    text: str
    unit: str
    direction: str
    rule_kind: str
    rule_ref: str
    rule_version: int
    state: str
    raised_at: datetime
    notified_at: datetime | None
    due_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_name: str
    read_back: str
    acted_at: datetime | None
    measure: str
    closed_at: datetime | None
    is_corrected: bool
    corrected_text: str
    version: int


class ReferredOut(Schema):
    """A referral that was begun from it; without `referral_id` the caller does not see the referral itself."""

    referral_id: UUID | None
    number: str
    to: str
    sent_at: datetime | None  # null: a draft


class OneOut(CriticalValueOut):
    steps: list[str] = []
    history: list[StepOut] = []
    referrals: list[ReferredOut] = []


class StepIn(Schema):
    """A step: what it needs depends on which it is."""

    step: str
    read_back: Text(300) = ""
    to: Text(60) = ""
    measure: Measure | None = None
    text: Text(500) = ""
    reason: Text(500) = ""


class LimitOut(Schema):
    """A limit in force; `ref` is what a value names as its rule."""

    ref: str
    level: str
    item: str
    unit: str
    low: str | None
    high: str | None
    sex: str
    age_from_days: int
    age_before_days: int
    version: int
    source: str
    status: str


class LimitIn(Schema):
    item: Text(120, 1)
    unit: Text(40) = ""
    low: Limit | None = None
    high: Limit | None = None
    sex: Text(8) = ""
    age_from_days: Days = 0
    age_before_days: Days = 60_000
    status: Basis = Basis.LOCAL
    source: Text(300, 1)
    starts_on: Day
    for_alliance: bool = False


class FigureOut(Schema):
    n: int
    of: int
    missing: list[UUID]


class SiteFiguresOut(Schema):
    """The figures of one site; without `site_id` those of all.  Shares are n ÷ of."""

    site_id: UUID | None
    site: str
    told: FigureOut
    told_in_time: FigureOut
    acted_in_time: FigureOut
