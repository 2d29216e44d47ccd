"""`tongmai bench match`: how well and how fast people are recognised, on invented registers whose truth is known.

A whole register by our linking and by Splink alone, on the same data in the same run, each in a process of its own; then one
person at a time against a database of that size, while others register.
"""

import argparse
import time
from datetime import datetime
from typing import Any

from tongmai.bench import apart, databases, postgres, results
from tongmai.bench.results import Figure, Result

LEAST_PRECISION = 0.9995
LEAST_AUTOMATIC = 0.75
MOST_REVIEWED = 0.01
MOST_MS = {"postgres": 2.0, "sqlite": 1.0}
MOST_TIME_RATIO = 1.2
MOST_GB = 3.0
_RUNNING = "tongmai.bench.match_running"


def run(options: argparse.Namespace) -> int:
    """Run both halves and publish them; 1 when a goal is not met."""
    started, at = time.monotonic(), datetime.now().astimezone()
    plan = {"persons": options.persons, "seed": options.seed}
    batch = {who: apart.call(_RUNNING, {"what": who} | plan) for who in ("ours", "splink")}
    online_plan = plan | {
        "what": "online", "queries": options.queries, "writers": options.writers, "writes": options.writes
    }  # fmt: skip
    chosen = ("sqlite", "postgres") if options.on == "both" else (options.on,)
    settings = postgres.DURABLE | postgres.memory_settings(databases.memory_mb())
    online = {
        database: apart.on_new_database(_RUNNING, online_plan, kind=database, settings=settings) for database in chosen
    }
    figures = [*_of_batch(batch["ours"], batch["splink"]), *_of_online(online, options)]
    result = Result(
        bench="match", at=at, seconds=time.monotonic() - started, figures=figures,
        facts={"plan": plan, "batch": batch, "online": online}, database=" and ".join(chosen), details=_details(batch),
    )  # fmt: skip
    results.publish(result, save=options.save, as_json=options.json)
    return 0 if all(figure.is_met is not False for figure in figures) else 1


def _of_batch(ours: dict[str, Any], splink: dict[str, Any]) -> list[Figure]:
    n = f"{ours['persons']:,} people, {ours['rows']:,} rows"
    ratio = ours["seconds"] / splink["seconds"]
    best = max(splink["thresholds"], key=lambda each: each["f1"])
    reviewed = ours["reviewed_rows"] / ours["rows"]
    return [
        Figure(
            f"F1 of pairs, {n}", f"{ours['f1']:.4f}; Splink alone {best['f1']:.4f} (at {best['weight']})",
            "at least Splink alone at its best threshold", ours["f1"] >= best["f1"],
        ),
        Figure(
            "precision of pairs linked automatically, whole register", f"{ours['linked_precision']:.5f}",
            f"≥ {LEAST_PRECISION}", ours["linked_precision"] >= LEAST_PRECISION,
        ),
        Figure(
            "rows shown to a person, whole register", f"{reviewed:.2%}", f"≤ {MOST_REVIEWED:.0%}", reviewed <= MOST_REVIEWED,
        ),
        Figure(
            "whole register: time against Splink's own", f"{ratio:.2f} × ({ours['seconds']:.0f} s / {splink['seconds']:.0f} s of CPU)",
            f"≤ {MOST_TIME_RATIO} ×", ratio <= MOST_TIME_RATIO,
        ),
        Figure(
            "whole register: memory", f"{ours['rss_of_linking_gb']:.2f} GB (Splink alone {splink['rss_gb']:.2f} GB)", f"≤ {MOST_GB:.0f} GB",
            ours["rss_of_linking_gb"] <= MOST_GB,
        ),
    ]  # fmt: skip


def _of_online(online: dict[str, dict[str, Any]], options: argparse.Namespace) -> list[Figure]:
    lines = []
    for database, found in online.items():
        asked = f"{found['queries']:,} asked, {database}"
        precision = found["right"] / max(1, found["linked"])
        automatic, review = found["linked"] / found["queries"], found["reviewed"] / found["queries"]
        lines += [
            Figure(f"precision of the automatic zone, {asked}", f"{precision:.5f} ({found['linked'] - found['right']} wrong)",
                   f"≥ {LEAST_PRECISION}", precision >= LEAST_PRECISION),
            Figure(f"linked automatically, {asked}", f"{automatic:.1%} of all; {found['present'] / found['queries']:.1%} are in the index",
                   f"≥ {LEAST_AUTOMATIC:.0%}", automatic >= LEAST_AUTOMATIC),
            Figure(f"shown to a person, {asked}", f"{review:.2%}; {found['missed']} entered anew though there",
                   f"≤ {MOST_REVIEWED:.0%}", review <= MOST_REVIEWED),
            Figure(
                f"one person against {found['indexed']:,}, {options.writers} writers ({found['written']} registrations meanwhile), {database}",
                f"p50 {found['ms']['p50']:.2f} ms, p95 {found['ms']['p95']:.2f}, p99 {found['ms']['p99']:.2f}"
                f" (CPU of the process p99 {found['cpu_ms']['p99']:.2f})",
                f"p99 ≤ {MOST_MS[database]:.0f} ms", found["ms"]["p99"] <= MOST_MS[database],
            ),
        ]  # fmt: skip
    return lines


def _details(batch: dict[str, dict[str, Any]]) -> str:
    rows = [
        "| weight from | precision | recall | F1 | F1 with what speaks against it |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    with_vetoes = {each["weight"]: each["f1"] for each in batch["ours"]["thresholds"]}
    for each in batch["splink"]["thresholds"]:
        rows.append(
            f"| {each['weight']} | {each['precision']:.4f} | {each['recall']:.4f} | {each['f1']:.4f} | {with_vetoes[each['weight']]:.4f} |"
        )
    why = ", ".join(f"{name} {n}" for name, n in sorted(batch["ours"]["why"].items()))
    return "\n".join([f"Shown to a person, by reason: {why}.", "", *rows])
