"""One person at a time against a database of a whole county, while others register."""

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tongmai.bench.registries import Record, Registry

STRANGERS = 0.2  # of those who are asked for
LEFT_OUT = 0.02  # of the people who are asked for: they are in no index, though a system knows them
WARM_UP = 300
PART = 5_000


def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Fill the database, ask while others write, and count what was decided."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    registry = Registry(plan["persons"], seed=plan["seed"])
    ids, asked = _filled(registry, plan)
    writers = subprocess.Popen(
        [sys.executable, "-c", f"from tongmai.bench.match_online import write; write({plan!r})"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        writers.stdout.readline()  # they write
        found = _asked(asked, ids)
    finally:
        said, _ = writers.communicate("stop\n", timeout=120)
    return found | {"indexed": len(ids), "written": int(said.split()[-1])}


def _filled(registry: Registry, plan: dict[str, Any]) -> tuple[dict[int, UUID], list[Record]]:
    """Index the first record of everybody; return her id by person, and whom to ask for."""
    from tongmai.bench.copying import CopyWriter, InsertWriter, bare
    from tongmai.bench.indexing import INDEX, fill
    from tongmai.bench.lives import tables_below
    from tongmai.bench.match_running import facts_in
    from tongmai.commons.residents.models import Resident
    from tongmai.kernel.ids import new_id

    url, ids = os.environ["TONGMAI_DATABASE"], {}
    others = Reservoir(int(plan["queries"] * (1 - STRANGERS)), random.Random(f"ask-{plan['seed']}"))
    table = next(table for table in tables_below(Resident) if table.model is Resident)

    def writer():
        return InsertWriter() if url.startswith("sqlite") else CopyWriter(url)

    def people() -> Iterator[tuple[UUID, Any]]:
        rows = writer()
        for record, system in registry.records():
            if system:
                others.offer(record)
            elif others.pick.random() >= LEFT_OUT:
                ids[record.person] = new_id()
                rows.write(table, _line(table, ids[record.person], record))
                yield ids[record.person], facts_in(record)
                if len(ids) % PART == 0:
                    rows.flush()
        rows.close()

    with bare([table, *INDEX], url):
        fill(people(), writer(), total=plan["persons"])
    strangers = [registry.stranger() for _ in range(plan["queries"] - len(others.kept))]
    asked = [*others.kept, *(replace(each, person=-1) for each in strangers)]
    others.pick.shuffle(asked)
    return ids, asked


@dataclass
class Reservoir:
    """Keeps `n` of all that are offered, each with the same chance."""

    n: int
    pick: random.Random
    kept: list[Record] = field(default_factory=list)
    seen: int = 0

    def offer(self, record: Record) -> None:
        self.seen += 1
        if len(self.kept) < self.n:
            self.kept.append(record)
        elif (at := self.pick.randrange(self.seen)) < self.n:
            self.kept[at] = record


def _asked(asked: list[Record], ids: dict[int, UUID]) -> dict[str, Any]:
    from tongmai.bench.match_running import facts_in
    from tongmai.commons.residents.matching.rules import Zone
    from tongmai.commons.residents.services.indexing import recognise

    today = datetime.now(UTC).date()
    for record in asked[:WARM_UP]:
        recognise(facts_in(record), on=today)
    counts, ms, cpu_ms, why = Counter[str](), [], [], Counter[str]()
    for record in asked:
        began, cpu = time.perf_counter(), time.thread_time()
        decision = recognise(facts_in(record), on=today)
        ms.append((time.perf_counter() - began) * 1000)
        cpu_ms.append((time.thread_time() - cpu) * 1000)
        truth = ids.get(record.person)
        is_right = decision.best is not None and decision.best.whose == truth
        counts["present"] += truth is not None
        counts["linked"] += decision.zone is Zone.LINKED
        counts["right"] += decision.zone is Zone.LINKED and is_right
        counts["reviewed"] += decision.zone is Zone.REVIEW
        counts["missed"] += decision.zone is Zone.NEW and truth is not None
        why[str(decision.why or "weight")] += decision.zone is Zone.REVIEW
    return dict(counts) | {"queries": len(asked), "ms": _quantiles(ms), "cpu_ms": _quantiles(cpu_ms), "why": dict(why)}


def write(plan: dict[str, Any]) -> None:
    """In a process of its own: writers who register newcomers, together so many a second, until they are told to stop."""
    import django

    django.setup()
    from django.db import connections
    from django.utils import timezone

    from tongmai.commons.residents.services import Arrived, register_from_source
    from tongmai.foundation.orgs.actors import Actor

    stop, done = threading.Event(), Counter[int]()
    by = Actor.system(now=timezone.now())

    def work(number: int) -> None:
        newcomers = Registry(10**6, seed=10_000 + number)
        pause = plan["writers"] / plan["writes"]
        while not stop.wait(pause):
            each = newcomers.stranger()
            sex = {"1": "male", "2": "female"}.get(each.sex, "")
            said = Arrived(
                source=f"bench {number}", local_number=str(done[number]), name=each.name, sex=sex, born_on=each.born_on,
                id_number=each.number, phone=each.phone, village_code=each.village, address=each.address,
                insurance_number=each.insurance,
            )  # fmt: skip
            register_from_source(said, by=by)
            done[number] += 1
        connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(plan["writers"])]
    for thread in threads:
        thread.start()
    time.sleep(2)
    sys.stdout.write("writing\n")
    sys.stdout.flush()
    sys.stdin.readline()
    stop.set()
    for thread in threads:
        thread.join()
    sys.stdout.write(f"{done.total()}\n")


def _line(table: Any, resident_id: UUID, record: Record) -> str:
    values = {
        "id": resident_id.hex, "name": record.name, "sex": {"1": "male", "2": "female"}.get(record.sex, "unknown"),
        "born_on": record.born_on.isoformat(), "is_born_on_estimated": "0", "is_unnamed": "0",
        "village_code": record.village, "county_code": "340199", "address": record.address, "id_masked": "",
        "registered_at": "2026-01-01 00:00:00+00", "version": "1",
    }  # fmt: skip
    return "\t".join(values.get(column, "\\N") for column in table.columns) + "\n"


def _quantiles(values: list[float]) -> dict[str, float]:
    ranked = sorted(values)
    return {f"p{q}": ranked[min(len(ranked) - 1, len(ranked) * q // 100)] for q in (50, 95, 99)} | {"max": ranked[-1]}
