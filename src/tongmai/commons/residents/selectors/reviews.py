"""Entries that may be one person, side by side; merges; and what other systems say of somebody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from tongmai.commons.residents import access, words
from tongmai.commons.residents.matching.settings import COMPARISONS
from tongmai.commons.residents.models import (
    Identifier,
    IdentityReview,
    Medium,
    Merge,
    Phone,
    Resident,
    SourceRegistration,
)
from tongmai.commons.residents.selectors.places import place_names
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action


@dataclass(frozen=True)
class ReviewLine:
    """One line of the list of reviews."""

    id: UUID
    kind: str
    resident_name: str
    other_name: str
    why: str
    weight: Decimal
    opened_at: datetime
    note: str  # why it was put off, "" for one that was not


@dataclass(frozen=True)
class Side:
    """One of two who are compared, as she stands here: `values` by field of the comparison."""

    resident_id: UUID
    name: str
    since: datetime
    org: str
    died_on: date | None
    values: dict[str, str]
    registrations: tuple[tuple[str, str], ...]  # (system, its number)


@dataclass(frozen=True)
class ComparedField:
    """One line of the arithmetic with what both sides say."""

    field: str
    level: str
    weight: float
    left: str
    right: str


@dataclass(frozen=True)
class ReviewPage:
    """Everything for a decision.  `left` is the newer entry, which a merge retires; both are None once it is decided."""

    id: UUID
    kind: str
    why: str
    weight: Decimal
    prior: float
    model_version: str
    opened_at: datetime
    note: str
    left: Side | None
    right: Side | None
    fields: tuple[ComparedField, ...]
    verdict: str
    reason: str
    settled_at: datetime | None
    settled_by: str
    merge_id: UUID | None
    other_id: UUID


@dataclass(frozen=True)
class MergeLine:
    """A merge of this person's entry with another."""

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


def reviews(*, by: Actor) -> QuerySet[IdentityReview]:
    """Return the open reviews that `by` may decide: those put off behind the others, the oldest first."""
    rows = access.reviews(by).filter(settled_at=None).select_related("resident", "other")
    return rows.order_by(F("postponed_at").asc(nulls_first=True), "opened_at", "id")


def review_lines(rows: list[IdentityReview]) -> list[ReviewLine]:
    """Return reviews as lines of a list."""
    return [
        ReviewLine(
            id=row.id, kind=row.kind, resident_name=row.resident.name, other_name=row.other.name, why=row.why,
            weight=row.weight, opened_at=row.opened_at, note=row.note,
        )
        for row in rows
    ]  # fmt: skip


def review(review_id: UUID, *, by: Actor) -> ReviewPage:
    """Return two people side by side.  What identifies both is opened, and logged.

    Raises:
        NotFound: absent, or out of reach.
    """
    row = access.review(review_id, by=by)
    sides: tuple[Side | None, Side | None] = (None, None)
    if row.settled_at is None:
        for each in (row.resident_id, row.other_id):
            access.identity(each, by=by, what="identity-review")
        sides = (_side(row.resident, row.registration, by), _side(row.other, None, by))
    parts = {part["field"]: part for part in row.parts}
    return ReviewPage(
        id=row.id, kind=row.kind, why=row.why, weight=row.weight, prior=parts.get("prior", {}).get("weight", 0.0),
        model_version=row.model_version, opened_at=row.opened_at, note=row.note, left=sides[0], right=sides[1],
        fields=tuple(_compared(parts, *sides)), verdict=row.verdict, reason=row.reason, settled_at=row.settled_at,
        settled_by=row.settled_by.display_name if row.settled_by else "",
        merge_id=row.merges.values_list("id", flat=True).first(), other_id=row.other_id,
    )  # fmt: skip


def merges_of(resident_id: UUID) -> list[MergeLine]:
    """Return the merges into this person's entry, undone ones too, the latest first.  The caller has opened the entry."""
    rows = Merge.objects.filter(survivor=resident_id).select_related("retired", "merged_by", "undone_by")
    return [
        MergeLine(
            id=row.id, retired_id=row.retired_id, retired_name=row.retired.name, reason=row.reason,
            merged_at=row.merged_at, merged_by=row.merged_by.display_name if row.merged_by else "",
            undone_at=row.undone_at, undone_by=row.undone_by.display_name if row.undone_by else "",
            undo_reason=row.undo_reason, n_rows=row.rows.values("model", "row_key").distinct().count(),
        )
        for row in rows
    ]  # fmt: skip


def registrations_of(resident_id: UUID) -> list[SourceRegistration]:
    """Return what other systems say of a person, as they said it.  The caller has opened the entry."""
    return list(SourceRegistration.objects.filter(resident=resident_id))


def may_match(by: Actor) -> bool:
    """Whether `by` decides who is who."""
    return by.may(Action.MATCH_RESIDENTS)


def _side(resident: Resident, registration: SourceRegistration | None, by: Actor) -> Side:
    rows = SourceRegistration.objects.filter(resident=resident).values_list("source", "local_number")
    return Side(
        resident_id=resident.id, name=resident.name, since=resident.registered_at,
        org=resident.registered_org.name if resident.registered_org else "", died_on=resident.died_on,
        values=_said(registration, by) if registration else _known(resident, by),
        registrations=tuple(rows[:20]),
    )  # fmt: skip


def _known(resident: Resident, by: Actor) -> dict[str, str]:
    numbers = Identifier.objects.filter(resident=resident, is_current=True, kind="citizen_id")
    phones = Phone.objects.filter(resident=resident, closed_at=None)
    cards = Medium.objects.filter(resident=resident, kind="insurance_card")
    return {
        "name": resident.name,
        "sex": words.sex(resident.sex),
        "born": _day(resident.born_on),
        "number": numbers.values_list("value", flat=True).first() or "",
        "phone": "、".join(phones.values_list("number", flat=True)[:3]),
        "insurance": cards.values_list("number", flat=True).first() or "",
        "village": _place(resident.village_code, resident.address, by.today),
    }


def _said(row: SourceRegistration, by: Actor) -> dict[str, str]:
    return {
        "name": row.name,
        "sex": words.sex(row.sex) if row.sex in ("male", "female") else "",
        "born": _day(row.born_on),
        "number": row.id_number,
        "phone": row.phone,
        "insurance": row.insurance_number,
        "village": _place(row.village_code, row.address, by.today),
    }


def _compared(parts: dict[str, Any], left: Side | None, right: Side | None) -> Iterator[ComparedField]:
    for name in COMPARISONS:
        part = parts.get(name, {"level": "unknown", "weight": 0.0})
        said = [side.values.get(name, "") if side else "" for side in (left, right)]
        yield ComparedField(name, part["level"], part["weight"], *said)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _place(village_code: str, address: str, on: date) -> str:
    return " ".join(part for part in (*place_names([village_code], on).get(village_code, ()), address) if part)
