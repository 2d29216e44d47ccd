"""`tongmai bench import`: a resident register as CSV on PostgreSQL: read, every row's fate told, confirmed and done."""

import argparse
import csv
import io
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from tongmai.bench import databases, harness, postgres, results
from tongmai.bench.commands.journeys import database_version
from tongmai.bench.registries import Record, Registry
from tongmai.bench.results import Figure, Result
from tongmai.config.demo.people import AREA
from tongmai.config.importing import through

MOST_SECONDS_PER_ROW = 60 / 100_000
HEAD = ("档案编号", "姓名", "身份证号", "性别", "出生日期", "联系电话", "村代码", "详细地址", "医保类型")
_SEXES = {"1": "男", "2": "女"}


def run(options: argparse.Namespace) -> int:
    """Import a register into an empty county and again; 1 where it takes longer than the goal."""
    started, at = time.monotonic(), datetime.now().astimezone()
    server = postgres.start(postgres.DURABLE | postgres.memory_settings(databases.memory_mb()))
    databases.use(server.url)
    people = list(_records(options.rows, options.seed))
    _make_county(people, at)
    content = _csv(people)
    bare = _bare_copy(people)
    used = _used(server.pid)
    first = _imported(content, at, "register")
    used = {name: seconds - used[name] for name, seconds in _used(server.pid).items()}
    again = _imported(content, at, "the same again")
    goal = MOST_SECONDS_PER_ROW * options.rows
    spent = first["seconds"]
    total = sum(spent.values())
    figures = [
        Figure(
            f"{options.rows:,} rows into an empty county", f"{total:.1f} s, {options.rows / total:.0f} rows/s",
            f"≤ {goal:.0f} s", total <= goal,
        ),
        Figure("of it", ", ".join(f"{name} {seconds:.1f} s" for name, seconds in spent.items())),
        Figure("processor time", ", ".join(f"{name} {seconds:.1f} s" for name, seconds in used.items())),
        Figure("rows by fate", ", ".join(f"{fate} {n:,}" for fate, n in first["fates"].items() if n)),
        Figure("the same rows by a bare COPY", f"{bare:.2f} s; the import takes {total / bare:.0f} times as long"),
        Figure("the same file again", f"{sum(again['seconds'].values()):.1f} s, {again['fates']['new']} new"),
    ]  # fmt: skip
    result = Result(
        bench="import", at=at, seconds=time.monotonic() - started, figures=figures,
        facts={"rows": options.rows, "bytes": len(content), "first": first, "again": again, "bare": bare, "cpu": used},
        database=database_version(), settings=dict(server.settings),
    )  # fmt: skip
    results.publish(result, save=options.save, as_json=options.json)
    return 0 if all(figure.is_met is not False for figure in figures) else 1


def _used(server: int) -> dict[str, float]:
    return {"importer": time.process_time(), "database": harness.cpu_seconds(server)}


def _records(n: int, seed: int) -> Iterator[Record]:
    """Yield what one system says of so many people, with its mistakes."""
    for record, system in Registry(n, seed=seed).records():
        if system == 0:
            yield record


def _csv(people: list[Record]) -> bytes:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(HEAD)
    table.writerows(_line(n, each) for n, each in enumerate(people, start=1))
    return out.getvalue().encode("utf-8-sig")


def _line(n: int, each: Record) -> list[str]:
    return [
        f"JD{n:07}", each.name, each.number, _SEXES.get(each.sex, ""), each.born_on.isoformat(), each.phone,
        each.village, each.address, "城乡居民",
    ]  # fmt: skip


def _make_county(people: list[Record], at: datetime) -> None:
    from django.core.management import call_command

    from tongmai.foundation.catalog import services
    from tongmai.foundation.orgs.actors import Actor

    call_command("migrate", verbosity=0)
    villages = sorted({each.village for each in people if each.village})
    codes = sorted({code[:digits] for code in villages for digits in (6, 9)} | set(villages))
    rows = [services.DivisionRow(code=code, name=f"示例{code[6:]}" or "示例县") for code in codes]
    services.put_divisions(rows, starts_on=date(2020, 1, 1), source="bench", by=Actor.system(now=at))


def _imported(content: bytes, at: datetime, title: str) -> dict[str, Any]:
    """Import a file as `tongmai import` does; return the seconds of each part, and how many rows had which fate."""
    from tongmai.exchange import selectors
    from tongmai.exchange.services import imports
    from tongmai.foundation.orgs.actors import Actor

    by = replace(Actor.system(now=at), county_code=AREA)
    spent: dict[str, float] = {}
    began = time.monotonic()
    run = imports.start(kind="residents", source="bench", file_name="register.csv", content=content, by=by)
    spent["reading"] = time.monotonic() - began
    for name in ("dry run", "import"):
        began = time.monotonic()
        through(run.id, run.total_rows, by, f"{title}: {name}")
        if name == "dry run":
            imports.confirm(run_id=run.id, by=by)
        spent[name] = time.monotonic() - began
    return {"seconds": spent, "fates": selectors.import_report(run.id, by=by).counts}


def _bare_copy(people: list[Record]) -> float:
    """The limit line: the rows as they are into one table without a key, committed."""
    from django.db import connection

    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_rows ({', '.join(f'c{n} text' for n in range(len(HEAD)))})")  # nosec B608
        with cursor.copy("COPY bench_rows FROM STDIN") as copy:
            for n, each in enumerate(people, start=1):
                copy.write_row(_line(n, each))
    took = time.monotonic() - began
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_rows")
    return took
