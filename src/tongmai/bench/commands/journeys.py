"""`tongmai bench journeys`: the five journeys on PostgreSQL, and how many users it takes until it is too slow."""

import argparse
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from tongmai.bench import databases, results, running
from tongmai.bench.results import Figure, Result
from tongmai.bench.running import Step

GOAL_P95_MS = 250
WARMING_SECONDS = 30  # first requests fill caches, prepare statements, compile templates
LIMIT_P95_MS = 500
LIMIT_STEP_SECONDS = 60
LIMIT_FACTOR = 1.25
LIMIT_STEPS = 14


def run(options: argparse.Namespace) -> int:
    """Play the journeys; exit 1 where a goal is missed."""
    started, at = time.monotonic(), datetime.now().astimezone()
    loaded = databases.on_postgres(databases.COUNTY, url=options.database, keep=options.keep)
    with databases.copied(loaded) as database:
        databases.use(database.url)
        data, version = sizes(), database_version()
        step = measure(database, options)
        limit = _limit(database, options) if options.find_limit else []
    result = Result(
        bench="journeys",
        at=at,
        seconds=time.monotonic() - started,
        figures=[*figures(step), *_limit_figures(limit)],
        facts={"data": data, "journeys": step.facts(), "limit": [each.facts() for each in limit]},
        database=version,
        settings=dict(loaded.server.settings) if loaded.server else {},
        details=pages_table(step),
    )
    results.publish(result, save=options.save, as_json=options.json)
    return 0 if all(figure.is_met is not False for figure in result.figures) else 1


def measure(database: databases.Database, options: argparse.Namespace, *, say: Path | None = None) -> Step:
    """Play the journeys once with the options' users and minutes, after a short time that does not count."""
    from tongmai.bench import preparing

    seconds = (min(WARMING_SECONDS, options.minutes * 60), options.minutes * 60)
    steps = [{"users": options.users, "seconds": each} for each in seconds]
    return running.run(preparing.plan(steps, port=options.port), database, say=say)[-1]


def figures(step: Step) -> list[Figure]:
    """Return the lines of a table for one measurement against the goal."""
    slowest = max(step.pages, key=lambda page: page["p95_ms"])
    wrong = step.overall["errors"]
    return [
        Figure(
            f"slowest page, p95 ({slowest['page']})", f"{slowest['p95_ms']:.0f} ms", f"≤ {GOAL_P95_MS} ms",
            slowest["p95_ms"] <= GOAL_P95_MS,
        ),
        Figure("errors", str(wrong), "0", wrong == 0),
        Figure(
            f"all pages, {step.users} users",
            f"p50 {step.overall['p50_ms']:.0f}, p95 {step.overall['p95_ms']:.0f}, p99 {step.overall['p99_ms']:.0f} ms",
        ),
        Figure("pages a second", f"{step.pages_per_second}"),
        Figure("cores used", ", ".join(f"{name} {cores}" for name, cores in step.cores.items())),
    ]  # fmt: skip


def pages_table(step: Step) -> str:
    """Return every page with its figures."""
    lines = [
        "| page | n | p50 ms | p95 ms | p99 ms | max ms | errors |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {p['page']} | {p['n']} | {p['p50_ms']:.0f} | {p['p95_ms']:.0f} | {p['p99_ms']:.0f} | {p['max_ms']:.0f} "
        f"| {p['errors']} |"
        for p in step.pages
    ]
    return "\n".join([*lines, *(f"\nErrors: {said} ({n})" for said, n in step.errors.items())])


def sizes() -> dict[str, int]:
    """Return how much the database holds."""
    from tongmai.bench import loading

    return loading.totals()


def database_version() -> str:
    """Return the database and its version."""
    from django.db import connection

    if connection.vendor == "sqlite":
        import sqlite3

        return f"SQLite {sqlite3.sqlite_version}"
    connection.ensure_connection()
    number = connection.pg_version
    connection.close()
    return f"PostgreSQL {number // 10000}.{number % 10000}"


def _limit(database: databases.Database, options: argparse.Namespace) -> list[Step]:
    """Raise the users step by step until p95 over all pages passes the limit."""
    from tongmai.bench import preparing

    users = [round(options.users * LIMIT_FACTOR**n) for n in range(LIMIT_STEPS)]
    steps: list[dict[str, Any]] = [{"users": n, "seconds": LIMIT_STEP_SECONDS} for n in users]
    plan = preparing.plan(steps, port=options.port, seed=2, until_p95_ms=LIMIT_P95_MS)
    return running.run(plan, database)


def _limit_figures(steps: list[Step]) -> list[Figure]:
    if not steps:
        return []
    within = [step for step in steps if step.overall["p95_ms"] <= LIMIT_P95_MS]
    beyond = [step for step in steps if step.overall["p95_ms"] > LIMIT_P95_MS]
    said = f"{within[-1].users} users, {within[-1].pages_per_second} pages/s" if within else "none"
    after = f"; {beyond[0].users} users: p95 {beyond[0].overall['p95_ms']:.0f} ms" if beyond else "; not reached"
    return [Figure(f"most users with p95 of all pages ≤ {LIMIT_P95_MS} ms", said + after)]
