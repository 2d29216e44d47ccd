"""What the JSON API takes and gives.  Instants carry an offset; shares are 0–1."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field

from tongmai.commons.capacity.services.sessions import MOST_DAYS, MOST_PLACES
from tongmai.commons.capacity.states import Kind, Share, State, Step
from tongmai.ui.api import Text

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
Instant = Annotated[
    AwareDatetime,
    Field(
        ge=datetime.fromisoformat("2000-01-01T00:00:00+00:00"), le=datetime.fromisoformat("2099-12-31T00:00:00+00:00")
    ),
]
Places = Annotated[int, Field(ge=1, le=MOST_PLACES)]
Pools = Annotated[list[UUID], Field(min_length=1, max_length=60)]
Reason = Text(200, least=1)
Cursor = Text(400)
Limit = Annotated[int, Field(ge=1, le=200)]
Days = Annotated[int, Field(ge=1, le=MOST_DAYS)]
Weeks = Annotated[int, Field(ge=1, le=26)]
Nights = Annotated[int, Field(ge=1, le=30)]
Rate = Annotated[float, Field(ge=0, le=1)]


class FillOut(Schema):
    """The counters of a session."""

    total: int
    reserved: int
    taken_reserved: int
    taken_borrowed: int
    taken_lent: int
    taken_released: int
    taken_public: int


class FreePlaceOut(Schema):
    """An open session and what this asker may take in it."""

    pool_id: UUID
    resource_id: UUID
    resource: str
    practitioner: str
    department: str
    department_code: str
    org_id: UUID
    kind: Kind
    place: str
    notice: str
    day: date
    starts_at: datetime
    ends_at: datetime
    total: int
    reserved: int
    reserved_left: int
    free_reserved: int
    free_public: int
    is_released: bool


class StayOut(Schema):
    """A bed for consecutive days."""

    pool_ids: list[UUID]
    resource: str
    from_day: date
    nights: int
    free: int


class SessionOut(Schema):
    """A session with its counters and the evidence of its reserved share."""

    id: UUID
    resource_id: UUID
    resource: str
    kind: Kind
    department: str
    practitioner: str
    org_id: UUID
    org: str
    starts_at: datetime
    ends_at: datetime
    fill: FillOut
    policy_rate: float
    applied_rate: float
    release_at: datetime
    is_released: bool
    is_closed: bool
    closed_reason: str
    version: int


class SessionIn(Schema):
    resource_id: UUID
    starts_at: Instant
    ends_at: Instant
    total: Places


class WeeksIn(Schema):
    """Publish what the weekly templates say for these days; with `resource_id` only that one's."""

    from_day: Day
    days: Days = 14
    resource_id: UUID | None = None


class TotalIn(Schema):
    total: Places


class ReasonIn(Schema):
    reason: Reason


class StrandedOut(Schema):
    """The bookings that must now be moved or told."""

    booking_ids: list[UUID]


class BookingOut(Schema):
    """A booking; `pool_ids` and `numbers` in the order of time."""

    id: UUID
    resident_id: UUID
    resource_id: UUID
    resource: str
    kind: Kind
    department: str
    practitioner: str
    org_id: UUID
    org: str
    place: str
    notice: str
    starts_at: datetime
    ends_at: datetime
    n_places: int
    numbers: list[int]
    pool_ids: list[UUID]
    share: Share
    share_wanted: Share
    state: State
    held_until: datetime | None
    source_kind: str
    source_id: UUID | None
    is_in_closed_session: bool
    version: int


class BookingAndStepsOut(BookingOut):
    """A booking; `steps` are exactly those that this actor may take with it now."""

    steps: list[Step]


class BookingIn(Schema):
    """A public place for a resident.  Reserved places are taken by the referral that needs them."""

    resident_id: UUID
    pool_ids: Pools
    emergency: bool = False


class StepIn(Schema):
    """One step of a booking; a reason is due for `cancel`."""

    step: Literal["confirm", "arrive", "miss", "cancel"]
    reason: Text(200) = ""


class MoveIn(Schema):
    pool_ids: Pools
    reason: Reason


class VisitorOut(Schema):
    """A place of a session and who has it; `steps` are those that this actor may take."""

    booking_id: UUID
    resident_id: UUID
    number: int
    name: str
    sex: str
    age: int | None
    id_masked: str
    share: Share
    state: State
    held_until: datetime | None
    booked_by: str
    booked_at: datetime
    source_kind: str
    source_id: UUID | None
    steps: list[str]


class ComplianceOut(Schema):
    """One organisation, kind and ISO week; see the page's definitions."""

    org_id: UUID
    org: str
    kind: Kind
    week: str
    week_starts_on: date
    due_rate: float
    rate: float | None
    meets: bool | None
    n_sessions: int
    n_closed: int
    n_short: int
    total: int
    reserved: int
    used: int
    lent: int
    borrowed: int
    n_released: int
    used_released: int
    returned: int
    refused: int


class RefusalOut(Schema):
    """A request that found no place."""

    id: UUID
    org_id: UUID
    org: str
    kind: Kind
    department_code: str
    resource: str
    resident_id: UUID
    name: str
    share_wanted: Share
    wanted_on: date
    times: int
    refused_at: datetime
    source_kind: str
    source_id: UUID | None
    resolved_at: datetime | None
    outcome: str
    booking_id: UUID | None


class BanOut(Schema):
    """A resident who may not book for now, or might not then."""

    id: UUID
    resident_id: UUID
    name: str
    id_masked: str
    org: str
    n_missed: int
    banned_at: datetime
    until: datetime
    lifted_at: datetime | None
    lifted_by: str
    lift_reason: str
    is_in_force: bool


class WeeklyIn(Schema):
    """A line of the weekly template; 0 is Monday; an end of 00:00 is the end of the day."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    starts_time: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    ends_time: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    total: Places


class WeeklyOut(Schema):
    id: UUID
    weekday: int
    starts_time: Any
    ends_time: Any
    total: int
    reserved: int


class ResourceOut(Schema):
    """A resource of one's own organisation, with its weekly template."""

    id: UUID
    name: str
    kind: Kind
    catalog_code: str
    department_id: UUID
    department: str
    practitioner_id: UUID | None
    practitioner: str
    reserved_rate: float | None
    place: str
    notice: str
    is_active: bool
    version: int
    weekly: list[WeeklyOut]


class ResourceChangeIn(Schema):
    """All of what can be changed; what is left out becomes blank."""

    name: Text(60, least=1)
    practitioner_id: UUID | None = None
    reserved_rate: Rate | None = None
    place: Text(80) = ""
    notice: Text(200) = ""
    is_active: bool = True


class ResourceIn(Schema):
    """A new resource of a department of one's own organisation."""

    department_id: UUID
    kind: Kind
    catalog_code: Text(32, least=1)
    name: Text(60, least=1)
    practitioner_id: UUID | None = None
    reserved_rate: Rate | None = None
    place: Text(80) = ""
    notice: Text(200) = ""
