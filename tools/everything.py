"""Runs the whole suite in stages and says at the end what passed, what failed and what was not run.

With `--complete` (as in .ci/run) anything that was not run is a failure.
"""

import argparse
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

from tests.harness import browser
from tongmai.bench import postgres

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "build" / "reports"
PYTEST = [sys.executable, "-m", "pytest", "-q"]
TABLES = [sys.executable, "-m", "tests.harness.migrated"]


@dataclass
class Result:
    """How one stage went.  `closing` is the last line it printed."""

    name: str
    passed: bool
    closing: str
    seconds: float
    n_tests: int = 0
    not_run: list[str] = field(default_factory=list)


def stage(name: str, command: list[str], report: Path | None = None, **environment: str) -> Result:
    """Run one command, let its output through, and read the test report it leaves."""
    print(f"\n── {name} ──", flush=True)
    begun, last = time.monotonic(), ""
    if report:
        report.unlink(missing_ok=True)
        command = [*command, f"--junitxml={report}"]
    # Some machines are told to keep no compiled modules: each of the hundreds of processes would compile the product anew.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(
        command, cwd=ROOT, env=inherited | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            last = line.strip() or last
    result = Result(name, process.returncode == 0, last, time.monotonic() - begun)
    if report and report.is_file():
        result.n_tests, result.not_run = _read(report)
    return result


def _read(report: Path) -> tuple[int, list[str]]:
    cases = list(ElementTree.parse(report).iter("testcase"))
    skipped = [(case, case.find("skipped")) for case in cases]
    return len(cases), [
        f"{c.get('classname')}::{c.get('name')}: {s.get('message')}" for c, s in skipped if s is not None
    ]


def stages(workers: str) -> list[Result]:
    """Run every stage; a failure does not keep the later ones from telling their own."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    # Each worker begins with one stretch of the files, so that what a file makes for its tests is made by one of them.
    spread = [*PYTEST, "-n", workers, "--dist=worksteal"]
    # Where they are not there yet, the tables of both kinds are made beside the checks; who needs them waits for them.
    kinds = ("sqlite", "postgres") if postgres.programs() else ("sqlite",)
    making = [subprocess.Popen(TABLES, cwd=ROOT, env=os.environ | {"TONGMAI_TEST_DB": kind}) for kind in kinds]
    results = [
        stage(
            "Checks: format, lint, layers, types, migrations, documents, translations",
            ["make", "--silent", f"--jobs={workers}", "check"],
        ),
        stage("Tests on SQLite", [*spread, "-m", "not browser and not long"], REPORTS / "sqlite.xml"),
    ]
    if len(making) == 2:
        again = [*spread, "-m", "database and not alike and not browser and not long"]
        results.append(
            stage("Database tests on PostgreSQL", again, REPORTS / "postgres.xml", TONGMAI_TEST_DB="postgres")
        )
    else:
        results.append(Result("Database tests on PostgreSQL", True, "", 0, not_run=[postgres.MISSING]))
    results.append(stage("Tests of the scripts", ["npm", "test", "--silent"]))
    if browser.executable():
        files = sorted(str(each) for top in ("src", "tests") for each in (ROOT / top).rglob("test_*.py"))
        stories = [*spread, "-m", "browser", *(each for each in files if browser.is_driven_by(Path(each)))]
        results.append(stage("Stories in the browser", stories, REPORTS / "browser.xml"))
    else:
        missing = "No Chromium was found.  On Debian: apt-get install chromium"
        results.append(Result("Stories in the browser", True, "", 0, not_run=[missing]))
    for each in making:
        each.wait()
    return results


def summary(results: list[Result]) -> str:
    """Return the report that ends the run; its last line has the form of pytest's own."""
    lines = ["", "═" * 78]
    for r in results:
        lines.append(
            f"{'passed' if r.passed else 'FAILED':7} {r.name} ({r.seconds:.0f} s)  {r.closing if r.n_tests else ''}"
        )
    missing = [(r.name, why) for r in results for why in r.not_run]
    if missing:
        lines += ["", f"!!! NOT RUN: {len(missing)}", *[f"!!!   {name}: {why}" for name, why in missing]]
    seconds = sum(r.seconds for r in results)
    return "\n".join([*lines, "═" * 78, f"===== {_totals(results, len(missing))} in {seconds:.2f}s ====="])


def _totals(results: list[Result], n_missing: int) -> str:
    n_failed = 0
    for r in results:
        found = re.findall(r"(\d+) (?:failed|errors?)\b", r.closing) if r.n_tests else []
        n_failed += sum(map(int, found)) or (0 if r.passed else 1)
    n_skipped = sum(len(r.not_run) for r in results if r.n_tests)
    n_passed = max(0, sum(r.n_tests for r in results) - n_failed - n_skipped)
    counts = {"failed": n_failed, "passed": n_passed, "skipped": n_missing}
    return ", ".join(f"{n} {word}" for word, n in counts.items() if n or word == "passed")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--complete", action="store_true", default=os.environ.get("TONGMAI_COMPLETE") == "1")
    arguments.add_argument("--workers", default="2")
    chosen = arguments.parse_args()
    results = stages(chosen.workers)
    print(summary(results))
    incomplete = chosen.complete and any(r.not_run for r in results)
    return 0 if all(r.passed for r in results) and not incomplete else 1


if __name__ == "__main__":
    sys.exit(main())
