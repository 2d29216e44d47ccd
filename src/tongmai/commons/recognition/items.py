"""The list of recognised items: as the file says it, as the table holds it, as the rules take it."""

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Q

from tongmai.commons.recognition import rules
from tongmai.commons.recognition.models import Item
from tongmai.commons.results.models import Report
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.models import valid_on
from tongmai.kernel.months import local_day

# How the code list of a report is written where it is our own catalogue, or LOINC.
OURS = frozenset({"", "tongmai"})
LOINC = frozenset({"ln", "loinc", "http://loinc.org", "2.16.840.1.113883.6.1"})
FILE = Path(__file__).parent / "data" / "items.csv"
STARTS_ON = date(2022, 3, 1)  # the rule comes into force
DOSE_SOURCE = "Mettler 等，Radiology 2008；248：254–263，成人典型有效剂量"
_LISTS = ("catalog_codes", "same_charges", "loinc", "quantities", "modalities")


@cache
def shipped() -> tuple[Item, ...]:
    """Return the items of the project's own list, as rows that are not stored."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(_item(n, row) for n, row in enumerate(csv.DictReader(file), start=1))


def of_order(item_code: str, on: date) -> Item | None:
    """Return the line of the list to which something that can be ordered belongs; None: it is not on the list."""
    named = Q(code=item_code) | Q(catalog_codes__contains=f" {item_code} ")
    return Item.objects.filter(valid_on(on), named).order_by("position").first()


def as_rule(row: Item) -> rules.Item:
    """Return a line as the rules take it."""
    return rules.Item(
        code=row.code, category=row.category, catalog_codes=_set(row.catalog_codes), charges=_set(row.same_charges),
        loinc=_set(row.loinc), words=frozenset(_words(row.words)), near=_words(row.near),
        quantities=_set(row.quantities), modalities=_set(row.modalities), body_part=row.body_part,
        by_images=row.by_images, needs_data=row.needs_data,
    )  # fmt: skip


def window_days(row: Item, *, on: date, at: Any) -> int:
    """Return for how many days a result of the item counts at an organisation; 0: it does not."""
    return window_policy(row, on=on, at=at).int


def window_policy(row: Item, *, on: date, at: Any) -> Any:
    """Return the policy that says so."""
    return policy.value(f"recognition.window.{row.window}", on=on, at=at)


def _item(position: int, row: dict[str, str]) -> Item:
    lists = {name: f" {row[name]} " if row[name] else "" for name in _LISTS}
    dose = int(row["dose_usv"]) if row["dose_usv"] else None
    return Item(
        code=row["code"], name=row["name"], category=row["category"], window=row["window"], charge_code=row["charge_code"],
        words=_plain(row["words"]), near=_plain(row["near"]), body_part=row["body_part"], by_images=row["by_images"] == "1",
        needs_data=row["needs_data"] == "1", dose_usv=dose, dose_status=Item.DoseStatus.TYPICAL if dose else "",
        dose_source=DOSE_SOURCE if dose else "", position=position, starts_on=STARTS_ON, **lists,
    )  # fmt: skip


def _plain(words: str) -> str:
    return "|".join(rules.plain(word) for word in words.split("|") if word)


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split("|") if word)


def of_report(report: Report) -> Item | None:
    """Return the line of the list to which a report belongs, by its code and name; None: it is on no list.

    For the mark on the report itself, where nothing was asked for: its images are not looked at.
    """
    on = local_day(report.issued_at or report.received_at)
    system = report.system.strip().lower()
    said = rules.Result(
        category=report.category, status=report.status, name=report.name, taken_on=None, issued_on=None,
        code=report.code, is_ours=system in OURS, is_loinc=system in LOINC,
    )  # fmt: skip
    rows = Item.objects.filter(valid_on(on), category=report.category)
    return next((row for row in rows if rules.why_not_same(as_rule(row), said) is None), None)
