"""`tongmai bench growth`: what becomes of each page's p95 when there are ten times the people and seven times the visits."""

import argparse
import subprocess
import sys
import time
from datetime import datetime
from json import loads
from typing import Any

from tongmai.bench import databases, results
from tongmai.bench.databases import COUNTY, LARGE, Size
from tongmai.bench.results import Figure, Result

MOST_GROWTH = 1.2
FEWEST = 50  # a p95 of fewer measurements says little; such a page is shown and not judged


def run(options: argparse.Namespace) -> int:
    """Load both sizes, measure one after the other, compare; exit 1 where a page grew more than its goal."""
    started, at = time.monotonic(), datetime.now().astimezone()
    base = databases.on_postgres(COUNTY, keep=options.keep)
    assert base.server is not None
    databases.load_beside(base.server, LARGE)
    small, large = (_journeys(base.server.url, size, options) for size in (COUNTY, LARGE))
    rows = _compared(small, large)
    result = Result(
        bench="growth",
        at=at,
        seconds=time.monotonic() - started,
        figures=_figures(small, large, rows),
        facts={"small": small, "large": large},
        database=large["versions"]["database"],
        settings=dict(base.server.settings),
        details=_table(rows),
    )
    results.publish(result, save=options.save, as_json=options.json)
    return 0 if all(figure.is_met is not False for figure in result.figures) else 1


def _journeys(server: str, size: Size, options: argparse.Namespace) -> dict[str, Any]:
    """Run `tongmai bench journeys` on one of the databases, in a process of its own: settings are read once."""
    words = [
        "bench", "journeys", "--json", "--database", databases.url_of(server, size), "--users", str(options.users),
        "--minutes", str(options.minutes), "--port", str(options.port),
    ]  # fmt: skip
    done = subprocess.run([sys.executable, "-m", "tongmai", *words], stdout=subprocess.PIPE, text=True, check=False)
    return loads(done.stdout)


def _compared(small: dict[str, Any], large: dict[str, Any]) -> list[dict[str, Any]]:
    before = {page["page"]: page for page in small["facts"]["journeys"]["pages"]}
    return [
        {
            "page": page["page"], "n": min(page["n"], before[page["page"]]["n"]), "small": before[page["page"]]["p95_ms"],
            "large": page["p95_ms"], "ratio": page["p95_ms"] / (before[page["page"]]["p95_ms"] or 1),
        }
        for page in large["facts"]["journeys"]["pages"]
        if page["page"] in before
    ]  # fmt: skip


def _figures(small: dict[str, Any], large: dict[str, Any], rows: list[dict[str, Any]]) -> list[Figure]:
    judged = [row for row in rows if row["n"] >= FEWEST]
    worst = max(judged or rows, key=lambda row: row["ratio"])
    overall = [each["facts"]["journeys"]["overall"]["p95_ms"] for each in (small, large)]
    wrong = sum(each["facts"]["journeys"]["overall"]["errors"] for each in (small, large))
    return [
        Figure(
            f"p95 of the page that grew most ({worst['page']})",
            f"{worst['small']:.0f} → {worst['large']:.0f} ms, × {worst['ratio']:.2f}", f"≤ × {MOST_GROWTH}",
            worst["ratio"] <= MOST_GROWTH,
        ),
        Figure(
            "p95 of all pages", f"{overall[0]:.0f} → {overall[1]:.0f} ms, × {overall[1] / overall[0]:.2f}",
            f"≤ × {MOST_GROWTH}", overall[1] <= overall[0] * MOST_GROWTH,
        ),
        Figure("errors", str(wrong), "0", wrong == 0),
        Figure("residents", _sizes(small, large, "residents")),
        Figure("encounters", _sizes(small, large, "encounters")),
        Figure("referrals", _sizes(small, large, "referrals")),
    ]  # fmt: skip


def _sizes(small: dict[str, Any], large: dict[str, Any], what: str) -> str:
    return f"{small['facts']['data'][what]:,} → {large['facts']['data'][what]:,}"


def _table(rows: list[dict[str, Any]]) -> str:
    lines = ["| page | fewest n | p95 before, ms | p95 after, ms | × |", "| --- | ---: | ---: | ---: | ---: |"]
    return "\n".join(
        lines + [f"| {r['page']} | {r['n']} | {r['small']:.0f} | {r['large']:.0f} | {r['ratio']:.2f} |" for r in rows]
    )
