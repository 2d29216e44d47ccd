"""What the JSON API takes and gives about who is who."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field

from tongmai.commons.residents.schemas import Reason
from tongmai.ui.api import Text

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


class UndoIn(Schema):
    """`to_retired`: by key, whether what came since the merge goes to the retired entry; what is left out goes as proposed."""

    reason: Reason
    to_retired: Annotated[dict[Text(140), bool], Field(max_length=5_000)] = {}


class LaterRowOut(Schema):
    """Something that came since the merge, with `n_more` rows that go with it.

    `number`: under which another system told of it.  `to_retired`: where it goes unless somebody chooses; `is_settled`: it
    hangs on something older, and nobody chooses.
    """

    key: str
    what: str
    title: str
    org: str
    at: datetime | None
    number: str
    n_more: int
    to_retired: bool
    is_settled: bool


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
