"""`tongmai bench recognition`: what the recognition check adds to an order screen when millions of results are stored.

A new PostgreSQL is filled by the database itself: people, reports spread over ten years as they would have come, a value for each
laboratory report.  What is timed is the check in the product's own process: who asks, what of the record she sees, the item, the
person's reports, the images or values behind them, the marks.  Beside it stand its statements alone, through the same driver.
"""

import argparse
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

from tongmai.bench import apart, databases, postgres, results, timing
from tongmai.bench.results import Figure, Result

GOAL_MS = 20
REPORTS_EACH = 40
YEARS = 10
WARM_UP = 50
# Seven kinds in turn, so that everybody has some of each: what is asked for, what is close to it, and others.
NAMES = ("胸部正位DR", "血细胞分析", "生化全套", "尿液分析", "腹部彩超", "十二导联心电图", "胸部CT平扫")
CATEGORIES = ("imaging", "laboratory", "laboratory", "laboratory", "imaging", "ecg", "imaging")
ITEMS = {"chest film": "dr-chest-pa", "blood sugar": "lab-glucose"}


def run(options: argparse.Namespace) -> int:
    """Load, measure and publish; 1 where the goal is missed."""
    started, at = time.monotonic(), datetime.now().astimezone()
    plan = {"rows": options.rows, "queries": options.queries, "seed": options.seed}
    settings = postgres.DURABLE | postgres.memory_settings(databases.memory_mb())
    found = apart.on_new_database("tongmai.bench.recognition", plan, kind="postgres", settings=settings)
    figures = [
        Figure(
            f"check of a {each['what']} added to an order screen, p95, {found['reports']:,} results",
            f"{each['p95_ms']:.1f} ms (p50 {each['p50_ms']:.1f} ms)", f"≤ {GOAL_MS} ms", each["p95_ms"] <= GOAL_MS,
        )
        for each in found["checks"]
    ]  # fmt: skip
    figures += [
        Figure(
            f"… to its {each['statements']} statements alone, {each['what']}",
            f"× {each['p50_ms'] / each['bare_ms']:.1f}",
        )
        for each in found["checks"]
    ]
    figures.append(Figure("the whole part of the page over the middleware, p95", f"{found['page_p95_ms']:.1f} ms"))
    figures.append(Figure("loading", f"{found['load_seconds']:.0f} s"))
    result = Result(
        bench="recognition", at=at, seconds=time.monotonic() - started, figures=figures,
        facts={"plan": plan} | found, database="postgres", settings=dict(settings),
    )  # fmt: skip
    results.publish(result, save=options.save, as_json=options.json)
    return 0 if all(figure.is_met is not False for figure in figures) else 1


def measured(plan: dict[str, Any]) -> dict[str, Any]:
    """Fill the database of the settings, which has its tables and nothing else, and return the times."""
    from django.test import Client
    from django.utils import timezone

    from tongmai.commons.recognition import asking
    from tongmai.commons.recognition.tests import factories
    from tongmai.foundation.orgs.models import User
    from tongmai.foundation.orgs.roles import Role
    from tongmai.foundation.orgs.tests.factories import county_world

    now, begun = timezone.now(), time.monotonic()
    world = county_world(now=now)
    factories.load_items(now)
    for item in ("chest-film", "glucose"):
        factories.evaluation(world.township, item, on=now.date() - timedelta(days=60), now=now)
    asked = _filled(plan, world, now)
    load_seconds = time.monotonic() - begun
    doctor = world.actor(Role.SPECIALIST, now=timezone.now())
    _about_to_order(asked, doctor)

    def check(code: str) -> Callable[[int], Any]:
        return lambda i: asking.check(asked[i % len(asked)], item_code=code, by=doctor)

    checks = [{"what": what} | _one(check(code), plan["queries"]) for what, code in ITEMS.items()]
    browser = Client()
    browser.force_login(User.objects.get(id=doctor.user_id))
    page = timing.taken(
        lambda i: browser.get("/recognition/offers/", {"resident": str(asked[i % len(asked)]), "item": "dr-chest-pa"}),
        min(plan["queries"], 300), warm_up=WARM_UP,
    )  # fmt: skip
    return {
        "reports": plan["rows"], "load_seconds": load_seconds, "checks": checks, "page_p95_ms": page.p95,
        "must": len(asking.must_decide(asked[0], item_code="dr-chest-pa", by=doctor)),
    }  # fmt: skip


def _one(check: Callable[[int], Any], times: int) -> dict[str, Any]:
    taken = timing.taken(check, times, warm_up=WARM_UP)
    with timing.noted() as statements:
        check(0)
    bare = timing.taken(lambda _i: timing.replay(statements), min(times, 300), warm_up=WARM_UP)
    return {
        "p50_ms": taken.p50, "p95_ms": taken.p95, "max_ms": max(taken.ms), "statements": len(statements),
        "bare_ms": bare.p50,
    }  # fmt: skip


def _filled(plan: dict[str, Any], world: Any, now: datetime) -> list[Any]:
    """Write the people and their reports; return those who are asked about, each with a film and a blood sugar of late."""
    from django.db import connection

    from tongmai.bench.copying import bare
    from tongmai.commons.recognition.tests import factories
    from tongmai.commons.residents.models import Resident
    from tongmai.commons.residents.tests import factories as people
    from tongmai.commons.results.models import Observation, Report

    first = people.resident()
    film = factories.chest_film(first.id, world.township, now=now)
    sugar = factories.glucose(first.id, world.township, now=now)
    n_people = max(1, plan["rows"] // REPORTS_EACH)
    tables = [SimpleNamespace(name=model._meta.db_table) for model in (Report, Observation)]
    with bare(tables, os.environ["TONGMAI_DATABASE"]):  # type: ignore[arg-type]
        with connection.cursor() as cursor:
            cursor.execute(_people(Resident, n_people), [first.id])
            cursor.execute(_reports(Report, n_people, plan["rows"]), [film.id])
            cursor.execute(_values(Observation), [sugar.id])
    asked = _asked(n_people, plan)
    _of_late(asked, world, now)
    databases.rest()
    return asked


def _people(model: Any, n: int) -> str:
    return _copies(model, {"id": "md5('p' || n)::uuid"}, f"generate_series(1, {n}) n", "id = %s")


def _reports(model: Any, n_people: int, n: int) -> str:
    """Everybody's first report, then everybody's second: a person's rows lie apart, as ten years would have brought them."""
    days = f"{YEARS * 365} - {YEARS * 365 // REPORTS_EACH} * (n / {n_people}) - n %% 60"
    said = {
        "id": "md5('r' || n)::uuid", "resident_id": f"md5('p' || (n %% {n_people} + 1))::uuid",
        "category": f"(ARRAY[{_quoted(CATEGORIES)}])[n %% 7 + 1]", "name": f"(ARRAY[{_quoted(NAMES)}])[n %% 7 + 1]",
        "code": "''", "order_number": "'B' || n", "number": "'B' || n", "collected_at": "NULL",
        "issued_at": f"now() - make_interval(days => greatest(1, {days}))",
    }  # fmt: skip
    return _copies(model, said, f"generate_series(1, {n}) n", "id = %s")


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _values(model: Any) -> str:
    rows = "(SELECT id AS n FROM results_report WHERE category = 'laboratory' AND number LIKE 'B%%') each"
    return _copies(model, {"report_id": "each.n"}, rows, "report_id = %s", without=("id",))


def _copies(model: Any, said: dict[str, str], of: str, template: str, without: tuple[str, ...] = ()) -> str:
    """Return the statement that writes copies of one row, with other values in some columns."""
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields if field.column not in without]
    values = ", ".join(said.get(name, f't."{name}"') for name in columns)
    named = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{table}" ({named}) SELECT {values} FROM {of}, (SELECT * FROM "{table}" WHERE {template}) t'  # nosec B608: names of our own tables


def _asked(n_people: int, plan: dict[str, Any]) -> list[Any]:
    from hashlib import md5
    from uuid import UUID

    n = min(n_people, plan["queries"])
    chosen = Random(plan["seed"]).sample(range(1, n_people + 1), n)
    return [UUID(md5(f"p{i}".encode(), usedforsecurity=False).hexdigest()) for i in chosen]


def _about_to_order(asked: list[Any], doctor: Any) -> None:
    """Let the doctor, who has no other reason to open the records, have said what she is about to order, as the service would."""
    from tongmai.commons.recognition import items
    from tongmai.commons.recognition.models import Asking

    rows = [items.of_order(code, doctor.today) for code in ITEMS.values()]
    Asking.objects.bulk_create(
        Asking(resident_id=resident_id, item=row, org_id=doctor.org_id, asked_at=doctor.now, asked_by_id=doctor.user_id)
        for resident_id in asked for row in rows if row is not None
    )  # fmt: skip


def _of_late(asked: list[Any], world: Any, now: datetime) -> None:
    """Give those who are asked about a film of two days ago with its images' rows, and a blood sugar, as the services would."""
    from django.db import transaction

    from tongmai.commons.imaging.models import Instance, Series, Study
    from tongmai.commons.recognition.tests import factories

    studies, series, instances = [], [], []
    with transaction.atomic():
        for resident_id in asked:
            film = factories.chest_film(resident_id, world.township, now=now)
            factories.glucose(resident_id, world.township, now=now)
            uid, at = f"2.25.{resident_id.int}", film.issued_at
            study = Study(
                uid=uid, resident_id=resident_id, org=world.township, order_number=film.order_number, modality="DX",
                studied_at=at, received_at=at, linked_at=at,
            )  # fmt: skip
            one = Series(uid=f"{uid}.1", study=study, modality="DX", body_part="CHEST", received_at=at)
            image = Instance(
                sop_uid=f"{uid}.2", series=one, sop_class="1", transfer_syntax="1", n_rows=64, sha256="0" * 64, n_bytes=1,
                received_at=at,
            )  # fmt: skip
            for rows, row in ((studies, study), (series, one), (instances, image)):
                rows.append(row)
        for model, rows in ((Study, studies), (Series, series), (Instance, instances)):
            model._default_manager.bulk_create(rows, batch_size=500)


if __name__ == "__main__":
    apart.answer(measured)
