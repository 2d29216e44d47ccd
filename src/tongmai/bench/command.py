"""`tongmai bench NAME`: what each bench asks for on the command line, and where its work lies.

Needs no Django: a bench chooses its database first.  The module of a bench has `run(options) -> int`.
"""

import argparse
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tongmai.bench import databases, harness, postgres, results, running

DEFAULT_PORT = 18080
EXPECTED = (postgres.NoPostgres, databases.NotLoaded, harness.NotServed, running.LoadFailed, results.NoPlace)


@dataclass(frozen=True)
class Bench:
    """A bench by its module, what it answers, and its own options."""

    module: str
    what: str
    arguments: Callable[[argparse.ArgumentParser], None]


def arguments(parser: argparse.ArgumentParser) -> None:
    names = parser.add_subparsers(dest="bench", required=True, metavar="bench")
    for name, bench in BENCHES.items():
        own = names.add_parser(name, help=bench.what, description=bench.what)
        own.add_argument("--database", default="", metavar="URL", help="a loaded database; default: a private one")
        own.add_argument("--keep", type=Path, metavar="DIR", help="keep the private database here and find it again")
        own.add_argument("--json", action="store_true", help="print the result for a program")
        bench.arguments(own)


def run(options: argparse.Namespace) -> int:
    """Run the bench; told to end, it ends its servers too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return int(import_module(BENCHES[options.bench].module).run(options) or 0)
    except EXPECTED as why:
        sys.stderr.write(f"{why}\n")
        return 1


def _load_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--residents", type=int, default=100_000)
    parser.add_argument("--encounters-per", type=float, default=10, metavar="N", help="encounters for each resident")
    parser.add_argument("--encounters", type=int, metavar="N", help="all encounters, instead")
    parser.add_argument("--referrals", type=int, metavar="N", help="default: one for each resident")
    parser.add_argument("--seed", type=int, default=1, help="other people, other visits")


def _serving_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="of the server that is measured")
    parser.add_argument("--save", action="store_true", help="add the run to docs/performance.md and its history")


def _journeys_arguments(parser: argparse.ArgumentParser) -> None:
    _serving_arguments(parser)
    parser.add_argument("--users", type=int, default=70)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--find-limit", action="store_true", help="then raise the users until p95 passes 500 ms")


def _growth_arguments(parser: argparse.ArgumentParser) -> None:
    _serving_arguments(parser)
    parser.add_argument("--users", type=int, default=70)
    parser.add_argument("--minutes", type=float, default=5)


def _sqlite_arguments(parser: argparse.ArgumentParser) -> None:
    _serving_arguments(parser)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=5)


def _limit_arguments(parser: argparse.ArgumentParser) -> None:
    _serving_arguments(parser)
    parser.add_argument("--seconds", type=float, default=8, help="of each line in each round")
    parser.add_argument("--rounds", type=int, default=3, help="the middle one counts")
    parser.add_argument("--only", default="", metavar="WORD", help="the requests whose name holds this word")


def _race_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--on", choices=["sqlite", "postgres", "both"], default="both", help="new databases of this kind"
    )
    parser.add_argument("--writers", type=int, default=64, help="at the barrier of each race")
    parser.add_argument("--save", action="store_true", help="add the run to docs/performance.md and its history")


def _record_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--on", choices=["sqlite", "postgres", "both"], default="both", help="new databases of this kind"
    )
    parser.add_argument("--entries", type=int, default=3_000, help="in the long record")
    parser.add_argument("--years", type=float, default=20)
    parser.add_argument("--save", action="store_true", help="add the run to docs/performance.md and its history")


def _match_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1, help="other people, other mistakes")
    parser.add_argument("--queries", type=int, default=10_000, help="people who are asked for one at a time")
    parser.add_argument("--writers", type=int, default=8, help="who register meanwhile")
    parser.add_argument(
        "--writes", type=float, default=16, metavar="N", help="registrations a second, of all writers together"
    )
    parser.add_argument(
        "--on", choices=["sqlite", "postgres", "both"], default="both", help="new databases of this kind"
    )
    parser.add_argument("--save", action="store_true", help="add the run to docs/performance.md and its history")


def _intake_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="of the listener that is measured")
    parser.add_argument("--save", action="store_true", help="add the run to docs/performance.md and its history")
    parser.add_argument("--residents", type=int, default=1_000_000, help="in the index, to be told apart")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2, help="processes of the listener")


def _dicom_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--on", choices=["sqlite", "postgres", "both"], default="sqlite", help="new databases of this kind"
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT + 2, help="of our listener; Orthanc's is the next one")
    parser.add_argument("--slices", type=int, default=1_000, help="of one CT")
    parser.add_argument("--senders", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=2, help="CTs sent to each receiver, alternately")
    parser.add_argument("--workers", type=int, default=2, help="processes of our listener")
    parser.add_argument("--save", action="store_true", help="add the run to docs/performance.md and its history")


def _dicomweb_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--studies", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200, help="of each kind")
    parser.add_argument("--seed", type=int, default=1, help="other people, other questions")
    parser.add_argument("--on", choices=["sqlite", "postgres"], default="postgres", help="a new database of this kind")
    parser.add_argument("--save", action="store_true", help="add the run to docs/performance.md and its history")


def _recognition_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=10_000_000, help="results in the database")
    parser.add_argument("--queries", type=int, default=1_000, help="checks of each item, each of another person")
    parser.add_argument("--seed", type=int, default=1, help="other people are asked about")
    parser.add_argument("--save", action="store_true", help="add the run to docs/performance.md and its history")


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1, help="other people, other mistakes")
    parser.add_argument("--save", action="store_true", help="add the run to docs/performance.md and its history")


BENCHES = {
    "load": Bench("tongmai.bench.commands.load", "fill a database with people and visits", _load_arguments),
    "journeys": Bench(
        "tongmai.bench.commands.journeys", "five journeys of users who think: how long every page takes",
        _journeys_arguments,
    ),
    "growth": Bench(
        "tongmai.bench.commands.growth", "the journeys at 100,000 and at 1,000,000 residents", _growth_arguments
    ),
    "limit": Bench(
        "tongmai.bench.limit", "hot requests over HTTP against the same data in bare SQL, and where the rest goes",
        _limit_arguments,
    ),
    "dicom": Bench("tongmai.bench.dicom", "a CT from four senders, against Orthanc on the same disk", _dicom_arguments),
    "dicomweb": Bench(
        "tongmai.bench.dicomweb", "DICOMweb: searching 100,000 studies, frames against the bare file read",
        _dicomweb_arguments,
    ),
    "recognition": Bench(
        "tongmai.bench.recognition", "the recognition check of an order screen, with ten million results", _recognition_arguments
    ),
    "race": Bench("tongmai.bench.race", "writers at a barrier fight for the last places", _race_arguments),
    "record": Bench(
        "tongmai.bench.record", "the record of somebody with twenty years and 3,000 entries: every screen's server time",
        _record_arguments,
    ),
    "match": Bench(
        "tongmai.bench.match", "who is who: accuracy and time against Splink alone, and one person at a time", _match_arguments
    ),
    "intake": Bench(
        "tongmai.bench.commands.intake", "HL7 v2 messages over MLLP, end to end, with a million residents to be told apart",
        _intake_arguments,
    ),
    "import": Bench(
        "tongmai.bench.commands.imports", "a register of 100,000 rows as CSV: dry run and import, end to end",
        _import_arguments,
    ),
    "sqlite": Bench("tongmai.bench.commands.sqlite", "the journeys on SQLite, 10,000 residents", _sqlite_arguments),
}  # fmt: skip
