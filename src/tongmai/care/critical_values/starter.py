"""The limits that we ship: what counts until an organisation or its alliance says otherwise."""

import csv
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from tongmai.care.critical_values.items import ITEMS
from tongmai.care.critical_values.rules import Level, Limit

# A change of the file is a new version: every value says in which one it was found critical.
VERSION = 1
STARTS_ON = date(2020, 1, 1)


@cache
def limits() -> tuple[Limit, ...]:
    """Return the shipped limits."""
    with (Path(__file__).parent / "starter.csv").open(encoding="utf-8") as file:
        return tuple(_limit(row) for row in csv.DictReader(file))


def _limit(row: dict[str, str]) -> Limit:
    return Limit(
        ref=f"ours:{row['item']}:{row['sex'] or '-'}:{row['age_from_days']}", level=Level.OURS, item=row["item"],
        unit=ITEMS[row["item"]].unit, low=Decimal(row["low"]) if row["low"] else None,
        high=Decimal(row["high"]) if row["high"] else None, sex=row["sex"], age_from_days=int(row["age_from_days"]),
        age_before_days=int(row["age_before_days"]), version=VERSION, source=row["source"], status=row["status"],
    )  # fmt: skip
