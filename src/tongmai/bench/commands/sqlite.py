"""`tongmai bench sqlite`: the journeys on the embedded database, as a single clinic or a trial runs it."""

import argparse
import tempfile
import time
from datetime import datetime
from pathlib import Path

from tongmai.bench import databases, results
from tongmai.bench.commands import journeys
from tongmai.bench.results import Figure, Result

LOCKED = "database is locked"


def run(options: argparse.Namespace) -> int:
    """Play the journeys; exit 1 where a goal is missed."""
    started, at = time.monotonic(), datetime.now().astimezone()
    database = databases.on_sqlite(databases.CLINIC, url=options.database, keep=options.keep)
    databases.use(database.url)
    with tempfile.TemporaryDirectory() as said:
        step = journeys.measure(database, options, say=Path(said))
        n_locked = sum(log.read_text(errors="replace").count(LOCKED) for log in Path(said).glob("*.log"))
    result = Result(
        bench="sqlite",
        at=at,
        seconds=time.monotonic() - started,
        figures=[*journeys.figures(step), Figure(f"“{LOCKED}” in the log", str(n_locked), "0", n_locked == 0)],
        facts={"data": journeys.sizes(), "journeys": step.facts(), "locked": n_locked},
        database=journeys.database_version(),
        details=journeys.pages_table(step),
    )
    results.publish(result, save=options.save, as_json=options.json)
    return 0 if all(figure.is_met is not False for figure in result.figures) else 1
