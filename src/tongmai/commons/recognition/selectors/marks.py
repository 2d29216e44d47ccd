"""Which facility's item carries which mark, and how it came to that."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tongmai.commons.recognition import access, finding, items, rules
from tongmai.commons.recognition.choices import Standing
from tongmai.commons.recognition.models import Evaluation, Item
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import valid_on
from tongmai.kernel.errors import NotFound

SOON_DAYS = 30  # before it lapses a mark is shown as about to


@dataclass(frozen=True)
class MarkLine:
    """A facility's item with one quality body: how it stands today.  `ends_before` of a passed evaluation."""

    org_id: UUID
    org: str
    item_code: str
    item: str
    mark: str
    standing: Standing
    evaluated_on: date
    ends_before: date | None
    is_ending: bool
    name: str
    body: str
    note: str


@dataclass(frozen=True)
class ItemLine:
    """A line of the list with the policy of its window."""

    row: Item
    window: Any


def mark_lines(*, by: Actor, org_id: UUID | None = None, item_code: str = "", standing: str = "") -> list[MarkLine]:
    """Return the marks of the facilities in the reach of `by`, by facility and item; `standing` chooses among them."""
    rows = access.evaluations(by).select_related("org", "item")
    rows = rows.filter(org_id=org_id) if org_id else rows
    rows = rows.filter(item_id=item_code) if item_code else rows
    grouped: dict[tuple[UUID, str, str], list[Evaluation]] = {}
    for row in rows.order_by("org__short_name", "org_id", "item__position", "areas"):
        grouped.setdefault((row.org_id, row.item_id, row.areas), []).append(row)
    lines = [_line(each, by.today) for each in grouped.values()]
    return [line for line in lines if not standing or line.standing == standing]


def history(org_id: UUID, item_code: str, *, by: Actor) -> list[Evaluation]:
    """Return every evaluation of a facility's item, the latest first (errors as in `access.facility`)."""
    access.facility(org_id, by=by)
    return list(access.evaluations(by).filter(org_id=org_id, item_id=item_code).select_related("item"))


def items_of_day(on: date) -> list[Item]:
    """Return the list of recognised items in force on a day; it is public (article 15)."""
    return list(Item.objects.filter(valid_on(on)))


def item_lines(*, by: Actor) -> list[ItemLine]:
    """Return the list with the window that holds at the facility of `by` today."""
    return [ItemLine(row, items.window_policy(row, on=by.today, at=by.org_id)) for row in items_of_day(by.today)]


def item(item_code: str) -> Item:
    """Return one line of the list.  Raises NotFound."""
    found = Item.objects.filter(code=item_code).first()
    if found is None:
        raise NotFound()
    return found


def _line(rows: list[Evaluation], today: date) -> MarkLine:
    known = [
        finding.evaluated(row.area_name, row.areas, row.outcome, row.evaluated_on, row.ends_before, row.id)
        for row in rows
    ]
    how, _last = rules.standing(known, today)
    row = max(rows, key=lambda each: (each.evaluated_on, each.id))
    soon = row.ends_before is not None and row.ends_before - today <= timedelta(days=SOON_DAYS)
    return MarkLine(
        org_id=row.org_id, org=row.org.short_name, item_code=row.item_id, item=row.item.name, mark=f"{row.area_name}HR",
        standing=how, evaluated_on=row.evaluated_on, ends_before=row.ends_before,
        is_ending=how == Standing.VALID and soon, name=row.name, body=row.body, note=row.note,
    )  # fmt: skip
