"""`tongmai import residents|staff|prices FILE --source NAME`: lists from CSV or Excel; every row's fate is told first."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from tongmai.config.progress import meter
from tongmai.config.writing import write_table

SHOWN = 20  # refused rows that the terminal lists


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=["residents", "staff", "prices"])
    parser.add_argument("file", type=Path, help="CSV (UTF-8 or GB18030) or .xlsx")
    parser.add_argument("--source", required=True, help="the system it comes from; its rows are recognised next time")
    parser.add_argument("--county", default="", help="six digits; needed only where there are several counties")
    parser.add_argument("--column", action="append", default=[], metavar="FIELD=HEADING", help="kept for the source")
    parser.add_argument(
        "--rejected", type=Path, help="write the rows that were not taken, with reasons, to this .xlsx or .csv file"
    )
    parser.add_argument("--dry-run", action="store_true", help="tell every row's fate and change nothing")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(options: argparse.Namespace) -> int:
    """Return 0 when every row was taken, 1 when some were held or rejected or the file cannot be used."""
    import django

    django.setup()
    from tongmai.kernel.errors import TongmaiError

    try:
        return _import(options)
    except (TongmaiError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _import(options: argparse.Namespace) -> int:
    from tongmai.exchange import selectors
    from tongmai.exchange.services import imports

    by = _actor(options.county)
    choices = dict(pair.split("=", 1) for pair in options.column if "=" in pair)
    started = imports.start(
        kind=options.kind, source=options.source, file_name=options.file.name, content=options.file.read_bytes(), by=by,
        choices=choices,
    )  # fmt: skip
    through(started.id, started.total_rows, by, "dry run")
    if options.dry_run:
        imports.abandon(run_id=started.id, by=by)
    else:
        imports.confirm(run_id=started.id, by=by)
        through(started.id, started.total_rows, by, "import")
    said = selectors.import_report(started.id, by=by)
    if options.rejected:
        _write_rejected(options.rejected, said, by)
    (_say_json if options.json else _say)(said, by, is_written=not options.dry_run)
    return 1 if said.n_refused else 0


def _actor(county: str) -> Any:
    from django.utils import timezone

    from tongmai.foundation.orgs import selectors as orgs
    from tongmai.foundation.orgs.actors import Actor
    from tongmai.kernel.errors import InvalidInput

    counties = orgs.counties()
    if not county and len(counties) > 1:
        raise InvalidInput(field="--county", problem="、".join(counties))
    return replace(Actor.system(now=timezone.now()), county_code=county or next(iter(counties), ""))


def through(run_id: Any, total: int, by: Any, title: str) -> None:
    """Take a dry run or an import to its end, and say on the terminal how far it is."""
    from tongmai.exchange.services import imports

    say = meter(title)
    for done in imports.through(run_id=run_id, by=by):
        say(done, total)


def _write_rejected(path: Path, said: Any, by: Any) -> None:
    from tongmai.exchange import presenters, selectors

    head = presenters.refused_head(said)
    rows = presenters.refused_cells(said, selectors.refused_rows(said.id, by=by).iterator(chunk_size=2_000))
    write_table(path, head, rows)


def _say_json(said: Any, by: Any, *, is_written: bool) -> None:
    """One object; the rows are written as they are read, for a register may be long."""
    from tongmai.exchange import presenters, selectors

    head = {"run": str(said.id), "counts": said.counts, "written": is_written}
    sys.stdout.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": [')
    for n, row in enumerate(selectors.import_rows(said.id, by=by).iterator(chunk_size=2_000)):
        reason, remedy = presenters.row_words(row)
        told = {name: row[name] for name in ("line", "identity", "fate", "what")}
        told |= {"reason": reason, "remedy": remedy}
        sys.stdout.write((", " if n else "") + json.dumps(told, ensure_ascii=False))
    sys.stdout.write("]}\n")


def _say(said: Any, by: Any, *, is_written: bool) -> None:
    from tongmai.exchange import presenters, selectors

    for row in selectors.refused_rows(said.id, by=by)[:SHOWN]:
        sys.stdout.write(f"line {row['line']}  {row['fate']}  {' '.join(presenters.row_words(row))}\n")
    if said.n_refused > SHOWN:
        sys.stdout.write(f"… {said.n_refused - SHOWN} more (--json or --rejected lists all)\n")
    sys.stdout.write(", ".join(f"{fate} {n}" for fate, n in said.counts.items()) + "\n")
    sys.stdout.write("written\n" if is_written else "dry run: nothing was written\n")
