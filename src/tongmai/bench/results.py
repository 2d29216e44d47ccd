"""Where the figures go: a line of the history, and the bench's table in docs/performance.md, between its marks."""

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tongmai.bench import machine

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE = "performance.md"
HISTORY = "performance-history.jsonl"


class NoPlace(Exception):
    """There is no documentation here to write to: this is an installation and no repository."""


@dataclass(frozen=True)
class Figure:
    """One line of the table.  `goal` in words; `is_met` None where there is no goal."""

    what: str
    value: str
    goal: str = ""
    is_met: bool | None = None

    def line(self) -> str:
        verdict = {True: "met", False: "**not met**", None: ""}[self.is_met]
        return f"| {self.what} | {self.value} | {self.goal} | {verdict} |"


@dataclass(frozen=True)
class Result:
    """A finished run of one bench.  `facts` is all of it for programs, `details` further text below the table."""

    bench: str
    at: datetime
    seconds: float
    figures: Sequence[Figure]
    facts: dict[str, Any]
    database: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    details: str = ""

    def record(self) -> dict[str, Any]:
        """Return everything, as the history keeps it."""
        return {
            "bench": self.bench, "at": self.at.isoformat(timespec="seconds"), "seconds": round(self.seconds),
            "commit": machine.commit(), "machine": machine.machine(), "versions": machine.versions(self.database),
            "settings": self.settings,
            "figures": [{"what": f.what, "value": f.value, "goal": f.goal, "met": f.is_met} for f in self.figures],
            "facts": self.facts,
        }  # fmt: skip

    def text(self) -> str:
        """Return the table and what it was taken with, as the page shows it."""
        on, known = machine.machine(), machine.versions(self.database)
        lines = ["| figure | measured | goal | |", "| --- | --- | --- | --- |", *(f.line() for f in self.figures), ""]
        made = ", ".join(f"{name} {number}" for name, number in known.items() if name != "database")
        lines.append(
            f"{self.at:%Y-%m-%d}, commit {machine.commit() or 'unknown'}, {round(self.seconds / 60)} min.  "
            f"{on['cores']} cores {on['processor']}, {on['memory_gb']} GB, {on['system']}; {self.database}; {made}."
        )
        if self.settings:
            lines.append("Database: " + ", ".join(f"{name} {value}" for name, value in self.settings.items()) + ".")
        return "\n".join([*lines, *(["", self.details] if self.details else [])])


def publish(result: Result, *, save: bool, as_json: bool, docs: Path = DOCS) -> None:
    """Print the result; with `save` also keep it in the history and put its table into the page.

    Raises:
        NoPlace: there is no docs/performance.md with marks for this bench.
    """
    sys.stdout.write(json.dumps(result.record(), ensure_ascii=False) + "\n" if as_json else f"{result.text()}\n")
    if save:
        put(result, docs)


def put(result: Result, docs: Path) -> None:
    """Replace the bench's table in the page and add a line to the history."""
    page = docs / PAGE
    begin, end = f"<!-- {result.bench}: begin -->", f"<!-- {result.bench}: end -->"
    old = page.read_text(encoding="utf-8") if page.is_file() else ""
    marked = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.S)
    if not marked.search(old):
        raise NoPlace(f"{PAGE} has no place for {result.bench}: {begin} … {end}")
    page.write_text(marked.sub(lambda _: f"{begin}\n{result.text()}\n{end}", old), encoding="utf-8")
    with (docs / HISTORY).open("a", encoding="utf-8") as history:
        history.write(json.dumps(result.record(), ensure_ascii=False) + "\n")
