"""`tongmai bench record`: the record of somebody with twenty years and thousands of entries, on a new database of each kind.

What a screen takes is the time of the product from the request to the answer, in its own process: middleware, session,
rights, access log, statements and template; no network.  It stands beside the statements of the same screen alone, through
the same driver, and beside the same screen of a short record.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tongmai.bench import apart, databases, results, timing
from tongmai.bench.results import Figure, Result

DATABASES = ("sqlite", "postgres")
GOAL_MS = 100
FIRST = "first screen"
ENTRIES_OF_SHORT, N_SHORT = 30, 40
WARM_UP, TIMES = 15, 150
SLOW_TIMES = 5  # of what takes a process of its own


def run(options: argparse.Namespace) -> int:
    """Measure on both databases and publish; 1 where the goal is missed."""
    started, at = time.monotonic(), datetime.now().astimezone()
    chosen = DATABASES if options.on == "both" else (options.on,)
    plan = {"entries": options.entries, "years": options.years}
    found = {
        database: apart.on_new_database("tongmai.bench.record", plan, kind=database, more={"TONGMAI_RATE_LIMITS": "0"})
        for database in chosen
    }
    result = Result(
        bench="record",
        at=at,
        seconds=time.monotonic() - started,
        figures=figures(found, options.entries),
        facts={"plan": plan, "databases": found},
        database=" and ".join(chosen),
        details="\n".join(table(found)),
    )
    results.publish(result, save=options.save, as_json=options.json)
    return 0 if all(figure.is_met is not False for figure in result.figures) else 1


def figures(found: dict[str, list[dict[str, Any]]], entries: int) -> list[Figure]:
    """Return what is compared with the goal, and the two ratios, for each database."""
    lines = []
    for database, screens in found.items():
        first = next(each for each in screens if each["screen"] == FIRST)
        lines += [
            Figure(
                f"{FIRST} of {entries} entries, p95, {database}", f"{first['p95_ms']:.0f} ms", f"≤ {GOAL_MS} ms",
                first["p95_ms"] <= GOAL_MS,
            ),
            Figure(f"… CPU of the product, {database}", f"{first['cpu_ms']:.0f} ms"),
            Figure(f"… to its statements alone, {database}", f"× {first['p50_ms'] / first['bare_ms']:.1f}"),
            Figure(f"… to a record of {ENTRIES_OF_SHORT} entries, {database}", f"× {first['p50_ms'] / first['short_ms']:.2f}"),
        ]  # fmt: skip
    return lines


def table(found: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Return every screen on every database as a Markdown table."""
    lines = [
        "| screen | database | statements | p50 | p95 | CPU | its statements alone | the same of a short record | size |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for database, screens in found.items():
        lines += [
            f"| {each['screen']} | {database} | {each['statements']} | {each['p50_ms']:.1f} ms | {each['p95_ms']:.1f} ms "
            f"| {each['cpu_ms']:.1f} ms | {each['bare_ms']:.1f} ms | {each['short_ms']:.1f} ms | {each['kb']:.0f} kB |"
            for each in screens
        ]
    return lines


def measured(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Fill the database of the settings, which has its tables and nothing else, and return each screen's times."""
    from django.test import Client
    from django.utils import timezone

    from tongmai.bench import lifelong, race_scenes
    from tongmai.commons.capacity.states import Kind
    from tongmai.foundation.orgs.models import User

    now = timezone.now()
    county = race_scenes.County(now)
    world, gp = county.world, county.clinic.gp
    resource = county.pool(Kind.CLINIC, 10).resource
    place = lifelong.Place([world.lead, world.township, world.village], User.objects.get(id=gp.user_id), resource)
    long, short = county.person(), [county.person() for _ in range(N_SHORT)]
    lifelong.live(long, place, n=plan["entries"], years=plan["years"], now=now)
    for i, each in enumerate(short):
        lifelong.live(each, place, n=ENTRIES_OF_SHORT, years=3, now=now, seed=2 + i)
    databases.rest()
    browser = Client()
    browser.force_login(User.objects.get(id=gp.user_id))
    return [_screen(browser, name, way, long.id, [each.id for each in short]) for name, way in screens()]


def screens() -> Iterator[tuple[str, str]]:
    """Yield each screen and its address; {0} is the resident."""
    yield FIRST, "/residents/{0}/"
    yield "one year", "/residents/{0}/?period=year"
    yield "reports only", "/residents/{0}/?kind=report"
    yield "by episode", "/residents/{0}/?group=episode"
    yield "courses", "/residents/{0}/values/"
    yield "first page, API", "/api/v1/residents/{0}/timeline/"
    yield "summary on paper", "/residents/{0}/summary.pdf"


def _screen(browser: Any, name: str, way: str, long: Any, short: list[Any]) -> dict[str, Any]:
    from django.db import transaction

    times = SLOW_TIMES if way.endswith(".pdf") else TIMES
    address = way.format(long)
    answer = browser.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    taken = timing.taken(lambda i: browser.get(address), times, warm_up=WARM_UP)
    of_short = timing.taken(lambda i: browser.get(way.format(short[i % len(short)])), times, warm_up=WARM_UP)
    with timing.noted() as statements:
        browser.get(address)
    replay = transaction.atomic(timing.replay)
    bare = timing.taken(lambda i: replay(statements), times, warm_up=WARM_UP)
    return {
        "screen": name, "statements": len(statements), "p50_ms": taken.p50, "p95_ms": taken.p95,
        "cpu_ms": statistics.median(taken.cpu_ms), "bare_ms": bare.p50, "short_ms": of_short.p50,
        "kb": len(answer.content) / 1024,
    }  # fmt: skip


if __name__ == "__main__":
    apart.answer(measured)
