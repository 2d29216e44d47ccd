"""`tongmai bench intake`: HL7 v2 messages over MLLP on PostgreSQL, end to end, with everybody in the index to be told apart."""

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tongmai.bench import databases, harness, intake, results, running
from tongmai.bench.commands.journeys import database_version, sizes
from tongmai.bench.databases import Size
from tongmai.bench.intake import Person, Sent
from tongmai.bench.results import Figure, Result

GOAL_PER_SECOND = 300
WARMING_SECONDS = 10
BARE_SECONDS = 5
_START_SECONDS = 60


def run(options: argparse.Namespace) -> int:
    """Send for a while; exit 1 where the goal is missed."""
    started, at = time.monotonic(), datetime.now().astimezone()
    size = Size(options.residents, options.residents, max(1_000, options.residents // 100))
    database = databases.on_postgres(size, url=options.database, keep=options.keep)
    databases.use(database.url)
    facility = _enter_system(at)
    with _listening(database.url, options.port, options.workers) as listener:
        n_visits = round((WARMING_SECONDS + options.seconds) * 1_500 / intake.OF_A_VISIT)
        visits = [
            list(intake.messages_of(person, at - timedelta(hours=1), facility, Random(i)))
            for i, person in enumerate(_people(n_visits, at))
        ]
        half = len(visits) * WARMING_SECONDS // (WARMING_SECONDS + round(options.seconds))
        _sent(options, visits[:half], WARMING_SECONDS)
        used = {name: harness.cpu_seconds(pid) for name, pid in _pids(database, listener).items()}
        sent = _sent(options, visits[half:], options.seconds)
        cores = {n: (harness.cpu_seconds(p) - used[n]) / sent.seconds for n, p in _pids(database, listener).items()}
        cores["sender"] -= sum(each for name, each in cores.items() if name != "sender")  # they are its children
    bare = _bare_per_second()
    result = Result(
        bench="intake",
        at=at,
        seconds=time.monotonic() - started,
        figures=_figures(sent, options, cores, bare),
        facts={"data": sizes(), "answers": dict(sent.answers), "bare": bare, "cores": cores, "applied": _states()},
        database=database_version(),
        settings=dict(database.server.settings) if database.server else {},
    )
    results.publish(result, save=options.save, as_json=options.json)
    return 0 if all(figure.is_met is not False for figure in result.figures) else 1


def _sent(options: argparse.Namespace, visits: list[list[bytes]], seconds: float) -> Sent:
    return asyncio.run(intake.send(options.port, visits, connections=options.connections, seconds=seconds))


def _figures(sent: Sent, options: argparse.Namespace, cores: dict[str, float], bare: float) -> list[Figure]:
    rate = len(sent.times) / sent.seconds
    times = running.figures(sent.times)
    wrong = len(sent.times) - sent.answers["AA"]
    return [
        Figure("messages a second", f"{rate:.0f}", f"≥ {GOAL_PER_SECOND}", rate >= GOAL_PER_SECOND),
        Figure("answers that are not AA", str(wrong), "0", wrong == 0),
        Figure(
            f"answer, {options.connections} connections",
            f"p50 {times['p50_ms']:.0f}, p95 {times['p95_ms']:.0f}, p99 {times['p99_ms']:.0f} ms",
        ),
        Figure("one row kept and committed, in bare SQL", f"{bare:.0f} a second, {bare / rate:.1f} times as many"),
        Figure("cores used", ", ".join(f"{name} {used:.2f}" for name, used in cores.items())),
    ]


def _people(n: int, at: datetime) -> Iterator[Person]:
    """Yield residents spread over the whole register, and newcomers between them, each once."""
    from tongmai.commons.residents.models import Identifier, Resident
    from tongmai.config.demo import people

    random, stamp = Random(17), f"{at:%m%d%H%M%S}"
    rows = Resident.objects.filter(identifiers__kind=Identifier.Kind.CITIZEN_ID, identifiers__is_current=True)
    columns = ("name", "identifiers__value", "born_on", "sex", "phones__number")
    every = max(1, Resident.objects.count() // n)
    known = (row for i, row in enumerate(rows.values_list(*columns).iterator(10_000)) if i % every == 0)
    for i in range(n):
        local = f"{stamp}{i:06}"
        if random.random() < intake.NEWCOMERS:
            sex = random.choice("12")
            born = at.date() - timedelta(days=random.randint(2_000, 30_000))
            number = people.citizen_number(born, sex, 400 + i % 99)
            yield Person(local, people.name(random, sex, born.year), number, f"{born:%Y%m%d}", sex, f"198{i:08}")
            continue
        found = next(known, None)
        if found is None:
            return
        name, number, born_on, sex, phone = found
        yield Person(local, name, number, f"{born_on:%Y%m%d}", "1" if sex == "male" else "2", phone or "")


def _enter_system(at: datetime) -> str:
    from tongmai.exchange.models import SourceSystem
    from tongmai.foundation.orgs.models import Org

    org = Org.objects.filter(level=Org.Level.COUNTY, is_active=True).order_by("code").first()
    assert org is not None
    SourceSystem.objects.get_or_create(
        application=intake.APPLICATION, facility="*", defaults={"name": "HIS", "org": org, "registered_at": at}
    )
    return org.name


def _states() -> dict[str, int]:
    from django.db.models import Count

    from tongmai.exchange.models import InboundMessage

    rows = InboundMessage.objects.filter(channel="mllp").order_by().values_list("state").annotate(n=Count("id"))
    return dict(rows)


def _bare_per_second() -> float:
    """The limit line: one row a transaction, with nothing around it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_bare (id bigserial PRIMARY KEY, raw bytea NOT NULL)")
        n, until = 0, time.monotonic() + BARE_SECONDS
        while time.monotonic() < until:
            cursor.execute("INSERT INTO bench_bare (raw) VALUES (%s)", [b"x" * 800])
            n += 1
        cursor.execute("DROP TABLE bench_bare")
    return n / BARE_SECONDS


def _pids(database: databases.Database, listener: subprocess.Popen[Any]) -> dict[str, int]:
    found = {"listener": listener.pid, "sender": os.getpid()}
    return found | ({"database": database.server.pid} if database.server else {})


@contextmanager
def _listening(url: str, port: int, workers: int) -> Iterator[subprocess.Popen[Any]]:
    words = [sys.executable, "-m", "tongmai", "serve-mllp", "--port", str(port), "--workers", str(workers)]
    child = subprocess.Popen(words, env=os.environ | databases.environment(url), stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(port):
            if child.poll() is not None or time.monotonic() > deadline:
                raise harness.NotServed("the listener did not come up; the reason stands above")
            time.sleep(0.1)
        yield child
    finally:
        child.terminate()
        child.wait(timeout=60)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
