"""`tongmai bench load`: a county of any size in a few minutes, row for row as the services write it."""

import multiprocessing
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from queue import Empty

from django.db import connection, connections

from tongmai.bench import stage
from tongmai.bench.copying import CopyWriter, InsertWriter, bare
from tongmai.bench.indexing import INDEX, index_everybody
from tongmai.bench.library import SHIFTS, Shelf, collect
from tongmai.bench.lives import Table, tables_below
from tongmai.bench.places import Sessions, settle
from tongmai.bench.shares import Share, Task, counted
from tongmai.care.referrals.models import Referral
from tongmai.commons.capacity.models import Pool
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents.models import Identifier, Resident
from tongmai.config.demo import building
from tongmai.config.demo.county import COUNTIES
from tongmai.config.progress import progress
from tongmai.kernel.ids import new_id
from tongmai.kernel.months import local_day

STAGE = building.Size(
    clinics_per_town=1000, residents_per_clinic=1, visits_a_day=8, bookings_a_day=4, has_messages=False
)
PROCESSES = 2
PATIENCE_SECONDS = 5  # between two looks at whether a silent process still lives


class LoadFailed(Exception):
    """One of the processes broke down; what it said, or how it ended."""


@dataclass(frozen=True)
class Plan:
    """How much there is to be; the same plan and instant give the same people and visits."""

    residents: int = 100_000
    encounters: int = 1_000_000
    referrals: int = 100_000
    seed: int = 1
    county: Path = COUNTIES / "lujiang.yaml"
    size: building.Size = STAGE


def load(plan: Plan, url: str, *, now: datetime) -> dict[str, int]:
    """Fill the empty database that Django is connected to (`url` names the same one); return how much there is.

    Raises:
        stage.NotEmpty: somebody's data are there.
        lives.CannotCopy: a table has something unique that nobody told the loader how to make.
        LoadFailed: a process broke down; the database is to be thrown away.
    """
    stage.build(plan.county, now=now, size=plan.size)
    tables = tables_below(Resident)
    sessions = _sessions(url)
    shelves = collect(tables, sessions)
    tasks = _tasks(plan, now)
    with bare(tables, url):
        counts = list(_copied(tasks, shelves, tables, sessions, url))
    with bare(INDEX, url):
        index_everybody(_writer(url))
    settle(counts, len(tasks))
    return totals()


def totals() -> dict[str, int]:
    """Return how many residents, encounters and referrals the database holds."""
    return {
        "residents": Resident.objects.count(),
        "encounters": Encounter.objects.count(),
        "referrals": Referral.objects.count(),
    }


def _sessions(url: str) -> Sessions:
    sessions = Sessions(next(table for table in tables_below(Pool) if table.model is Pool))
    writer = _writer(url)
    sessions.add_weeks_before(len(SHIFTS), lambda: new_id().hex, writer.write)
    writer.close()
    return sessions


def _writer(url: str) -> CopyWriter | InsertWriter:
    return InsertWriter() if connection.vendor == "sqlite" else CopyWriter(url)


def _tasks(plan: Plan, now: datetime) -> list[Task]:
    """Divide what is missing to the plan among the processes; the stage's own people count."""
    there = totals()
    n = 1 if connection.vendor == "sqlite" else PROCESSES
    taken = set(Identifier.objects.values_list("value", flat=True))
    first_day = local_day(now - timedelta(weeks=building.WEEKS))

    def part(name: str, number: int) -> int:
        missing = max(0, getattr(plan, name) - there[name])
        return missing * (number + 1) // n - missing * number // n

    return [
        Task(
            number=number, n_shares=n, seed=plan.seed, n_residents=part("residents", number),
            n_encounters=part("encounters", number), n_referrals=part("referrals", number), first_day=first_day,
            taken_numbers=taken,
        )
        for number in range(n)
    ]  # fmt: skip


def _copied(
    tasks: list[Task], shelves: list[Shelf], tables: list[Table], sessions: Sessions, url: str
) -> Iterator[tuple[Counter, Counter]]:
    """Do the tasks, each in a process of its own where there are several; yield what each counted."""
    by_model = {table.model: table for table in tables}
    total = sum(task.n_residents + task.n_encounters for task in tasks)

    def share(task: Task) -> Share:
        return Share(task, shelves, by_model, sessions, _writer(url))

    if len(tasks) == 1:
        one = share(tasks[0])
        for _ in progress(_single(one.work()), "residents and visits", total=total):
            pass
        yield counted(one)
        return
    connections.close_all()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    context = multiprocessing.get_context("fork")
    said = context.Queue()
    children = [context.Process(target=_child, args=(share, task, said)) for task in tasks]
    for child in children:
        child.start()
    yield from _heard(said, children, total)


def _single(steps: Iterator[int]) -> Iterator[None]:
    for n in steps:
        for _ in range(n):
            yield None


def _child(share, task: Task, said) -> None:
    """In a process of its own: work, and tell how far it is; the last word is the count, or the error."""
    try:
        one = share(task)
        for n in one.work():
            said.put(n)
        said.put(counted(one))
    except BaseException as error:
        said.put(repr(error))
        raise


def _heard(said, children, total: int) -> Iterator[tuple[Counter, Counter]]:
    counts: list[tuple[Counter, Counter]] = []

    def done() -> Iterator[None]:
        while len(counts) < len(children):
            try:
                word = said.get(timeout=PATIENCE_SECONDS)
            except Empty:
                word = next((f"ended with {c.exitcode}" for c in children if c.exitcode), 0)
            if isinstance(word, str):
                raise LoadFailed(word)
            if isinstance(word, tuple):
                counts.append(word)
            else:
                yield from (None for _ in range(word))

    for _ in progress(done(), "residents and visits", total=total):
        pass
    for child in children:
        child.join()
    yield from counts
