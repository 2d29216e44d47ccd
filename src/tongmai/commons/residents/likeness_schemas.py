"""What the JSON API takes and gives about who is who."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ninja import Schema

from tongmai.commons.residents.schemas import Reason

SameOrNot = StrEnum("SameOrNot", {"SAME": "same", "DIFFERENT": "different"})


class SettleIn(Schema):
    verdict: SameOrNot
    reason: Reason


class SettledOut(Schema):
    """`merge_id`: of the merge that followed; null where the two are different people."""

    merge_id: UUID | None


class MergeIn(Schema):
    retired_id: UUID
    reason: Reason


class MergedOut(Schema):
    id: UUID
    survivor_id: UUID
    retired_id: UUID
    reason: str
    merged_at: datetime
    undone_at: datetime | None


class MergeOut(Schema):
    id: UUID
    retired_id: UUID
    retired_name: str
    reason: str
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None
    undone_by: str
    undo_reason: str
    n_rows: int


class ReviewLineOut(Schema):
    """Two entries that may be one person.  `weight`: log2 of the odds; `why`: what kept them from being linked."""

    id: UUID
    kind: str
    resident_name: str
    other_name: str
    why: str
    weight: float
    opened_at: datetime
    note: str


class SideOut(Schema):
    resident_id: UUID
    name: str
    since: datetime
    org: str
    died_on: date | None
    values: dict[str, str]
    registrations: list[tuple[str, str]]


class ComparedOut(Schema):
    field: str
    level: str
    weight: float
    left: str
    right: str


class ReviewOut(Schema):
    """`prior` and the weights of `fields` add up to `weight`.  Once it is decided, the sides are not shown any more."""

    id: UUID
    kind: str
    why: str
    weight: float
    prior: float
    model_version: str
    opened_at: datetime
    note: str
    left: SideOut | None
    right: SideOut | None
    fields: list[ComparedOut]
    verdict: str
    reason: str
    settled_at: datetime | None
    settled_by: str
    merge_id: UUID | None
    other_id: UUID
