"""Prices of examinations by the level of the facility: invented, and said to be so wherever one is shown."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from tongmai.config.demo.cast import Cast
from tongmai.foundation.catalog.pricing import services
from tongmai.foundation.catalog.pricing.services import PriceEntry
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.money import fen_of_yuan

LIST = Path(__file__).with_name("prices.csv")
DOCUMENT = "演示价格表（虚构，仅供演示，不是物价文件）"
LEVELS = ("village", "township", "county")


def build(cast: Cast, *, now: datetime) -> None:
    """Let the county's examinations have prices from the beginning of the year on."""
    by = replace(Actor.system(now=now), county_code=cast.county_code)
    for entry in entries(starts_on=date(now.year, 1, 1)):
        services.set_price(entry=entry, by=by)


def entries(*, starts_on: date) -> Iterator[PriceEntry]:
    """Yield the list's prices.  Raises ValueError where a row does not say that it is for demonstration."""
    with LIST.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["status"] != "demonstration":
                raise ValueError(f"{row['code']}: only demonstration prices stand here")
            for level in LEVELS:
                if row[level]:
                    yield PriceEntry(
                        "charges", row["code"], row["name"], fen_of_yuan(row[level]), starts_on,
                        unit=row["unit"], institution=level, document=DOCUMENT,
                    )  # fmt: skip
