"""`tongmai residents link IN --out OUT`: who is who in a register file; `tongmai residents index`: make the index of residents."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from tongmai.config.writing import write_table


def arguments(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="word", required=True, metavar="what")
    link = words.add_parser("link", help="say for every row of a register file which person it is; nothing is imported")
    link.add_argument("file", type=Path, help="CSV (UTF-8 or GB18030) or .xlsx, with the columns of an import")
    link.add_argument(
        "--out", type=Path, required=True, help="the rows with a person's number and the decision: .csv or .xlsx"
    )
    link.add_argument(
        "--column", action="append", default=[], metavar="FIELD=HEADING", help="where a heading is not known"
    )
    link.add_argument("--json", action="store_true", help="print the counts for a program")
    words.add_parser("index", help="make the index of residents who have none (a database from before there was one)")


def run(options: argparse.Namespace) -> int:
    """Return 0 when it is done, 1 when the file cannot be used."""
    import django

    django.setup()
    from tongmai.kernel.errors import TongmaiError

    try:
        return _link(options) if options.word == "link" else _index()
    except (TongmaiError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _link(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from tongmai.commons.residents.services import matching_limits
    from tongmai.exchange.tabular import linking
    from tongmai.kernel.months import local_day

    choices = dict(pair.split("=", 1) for pair in options.column if "=" in pair)
    sheet, places = linking.opened(options.file.read_bytes(), choices)
    limits = matching_limits(local_day(timezone.now()))
    rows = list(linking.linked(sheet, places, limits))
    write_table(options.out, [*sheet.head, *linking.HEAD], ([*row.cells, *row.added()] for row in rows))
    counts = Counter(str(row.zone) for row in rows)
    said = {"rows": len(rows), "people": len({row.person for row in rows}), **counts}
    if options.json:
        sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(", ".join(f"{name} {n}" for name, n in said.items()) + f"\nwritten: {options.out}\n")
    return 0


def _index() -> int:
    from tongmai.commons.residents.services.indexing import index_everybody

    done = 0
    for n in index_everybody():
        done += n
        if sys.stderr.isatty():
            sys.stderr.write(f"\rindexed: {done}")
    sys.stdout.write(f"indexed: {done}\n")
    return 0
