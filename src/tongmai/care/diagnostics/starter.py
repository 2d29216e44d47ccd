"""The project's own templates and critical findings in `data/`: to begin with, until a centre writes its own."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tongmai.care.diagnostics.models import CriticalFinding, Template

DATA = Path(__file__).parent / "data"
STARTS_ON = date(2020, 1, 1)
SOURCE = "本项目编制，依据各地危急值目录的通行内容；各中心应按本地目录审定"


def templates() -> list[Template]:
    """Return the templates of `data/templates.csv`; in its cells `/` stands between lines."""
    return [
        Template(
            position=position,
            category=row["category"],
            modality=row["modality"],
            body_part=row["body_part"],
            name=row["name"],
            lines=row["lines"].replace("/", "\n"),
            conclusion=row["conclusion"],
        )
        for position, row in enumerate(_rows("templates"), start=1)
    ]


def findings() -> list[CriticalFinding]:
    """Return the critical findings of `data/critical_findings.csv`."""
    return [
        CriticalFinding(
            code=row["code"],
            name=row["name"],
            category=row["category"],
            modality=row["modality"],
            position=position,
            source=SOURCE,
            starts_on=STARTS_ON,
        )
        for position, row in enumerate(_rows("critical_findings"), start=1)
    ]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
