"""How long an act takes in this process, what it says to the database, and how long that takes alone."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

_OF_TRANSACTIONS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass(frozen=True)
class Taken:
    """The milliseconds of each time: as they passed, and of the processor in this thread."""

    ms: list[float]
    cpu_ms: list[float]

    @property
    def p50(self) -> float:
        return median(self.ms)

    @property
    def p95(self) -> float:
        return sorted(self.ms)[int(len(self.ms) * 0.95)]


def taken(act: Callable[[int], Any], times: int, *, warm_up: int) -> Taken:
    """Do it so many times, with 0, 1, 2 …; before that some times with 0, -1, -2 …, which do not count."""
    for i in range(min(warm_up, times)):
        act(-i)
    ms, cpu_ms = [], []
    for i in range(times):
        begun, worked = time.perf_counter(), time.thread_time()
        act(i)
        ms.append((time.perf_counter() - begun) * 1000)
        cpu_ms.append((time.thread_time() - worked) * 1000)
    return Taken(ms, cpu_ms)


@contextmanager
def noted() -> Iterator[list[tuple[str, Any]]]:
    """Yield the statements that are sent meanwhile, with their parameters; not those of transactions."""
    from django.db import connection

    said: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(_OF_TRANSACTIONS):
            said.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield said


def replay(statements: list[tuple[str, Any]]) -> None:
    """Send what was noted once more, and fetch what it returns."""
    from django.db import connection

    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(sql, params)
            if cursor.description:
                cursor.fetchall()
