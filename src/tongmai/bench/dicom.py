"""`tongmai bench dicom`: a CT of a thousand slices from four senders, against Orthanc on the same disk in the same run.

Orthanc is started with TCP_NODELAY=1, its best; the senders are dcmtk's storescu, with it too.  Both keep every file on
the disk before they answer.  What is compared is the rate at which images are taken in, and answered for.
"""

import argparse
import time
from datetime import datetime
from statistics import median
from typing import Any

from tongmai.bench import apart, results
from tongmai.bench.results import Figure, Result

MOST_SECONDS = 2.0


def run(options: argparse.Namespace) -> int:
    """Send, compare and publish; 1 when a goal is missed."""
    started, at = time.monotonic(), datetime.now().astimezone()
    plan = {
        "slices": options.slices, "senders": options.senders, "rounds": options.rounds, "workers": options.workers,
        "port": options.port,
    }  # fmt: skip
    kinds = ("sqlite", "postgres") if options.on == "both" else (options.on,)
    found = {kind: apart.on_new_database("tongmai.bench.dicom_running", plan, kind=kind) for kind in kinds}
    result = Result(
        bench="dicom", at=at, seconds=time.monotonic() - started, figures=figures(found, options),
        facts=plan | {"databases": found}, database=" and ".join(kinds),
    )  # fmt: skip
    results.publish(result, save=options.save, as_json=options.json)
    return 0 if all(figure.is_met is not False for figure in result.figures) else 1


def figures(found: dict[str, dict[str, Any]], options: argparse.Namespace) -> list[Figure]:
    """Return one line for each receiver and database, and how fast a film is on the worklist."""
    lines = []
    for kind, measured in found.items():
        ours, theirs = (median(measured[name]) for name in ("ours", "orthanc"))
        what = f"{options.slices} slices of 512², {options.senders} senders, {kind}"
        ratio = ours / theirs if theirs else 0.0
        said = f"{ours:.0f} images/s; Orthanc {theirs:.0f}; ratio {ratio:.2f}"
        lines.append(Figure(f"C-STORE intake, {what}", said, "≥ 1.00 of Orthanc", ratio >= 1.0))
        slowest = max(measured["worklist_seconds"])
        lines.append(
            Figure(
                f"from storescu's start to the centre's worklist, a chest film, {kind}", f"{slowest:.2f} s at most",
                f"≤ {MOST_SECONDS:.0f} s", slowest <= MOST_SECONDS,
            )
        )  # fmt: skip
        whole = measured["findings"] == 0 and measured["stored"] == measured["sent"]
        lines.append(
            Figure(f"stored whole, {kind}", f"{measured['stored']} of {measured['sent']}; {measured['findings']} findings",
                   "all; 0 findings of `check images`", whole)
        )  # fmt: skip
    return lines
