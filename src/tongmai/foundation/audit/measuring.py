"""How long the pages take: counted in each server process, added up in the database every few seconds.

A route is counted by its name, never with ids or values.  Adding up is a few UPDATEs of numbers in one transaction, so
any number of processes, on one machine or several, count into the same rows.
"""

import logging
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, IntegrityError, close_old_connections, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tongmai.foundation.audit.models import Load, LoadSince, LoadSlot

log = logging.getLogger(__name__)

BOUNDS_MS = (5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000)
COLUMNS = (*(f"within_{bound}" for bound in BOUNDS_MS), "longer")
SLOT = timedelta(minutes=10)
EVERY_SECONDS = 15.0
KEPT = timedelta(days=1)

Key = tuple[str, str, int]  # route, method, status


@dataclass
class Tally:
    """The answers of one route."""

    n: int = 0
    total_us: int = 0
    counts: list[int] = field(default_factory=lambda: [0] * len(COLUMNS))

    def add(self, seconds: float) -> None:
        """Count one answer that took so long."""
        self.n += 1
        self.total_us += round(seconds * 1e6)
        self.counts[bisect_left(BOUNDS_MS, seconds * 1000)] += 1

    def columns(self) -> dict[str, int]:
        """Return the numbers by column."""
        named = {name: count for name, count in zip(COLUMNS, self.counts, strict=True) if count}
        return {"n": self.n, "total_us": self.total_us, **named}


class Recorder:
    """What this process has counted and not yet added up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tallies: dict[Key, Tally] = {}

    def add(self, key: Key, seconds: float) -> None:
        """Count one answer."""
        with self._lock:
            self._tallies.setdefault(key, Tally()).add(seconds)

    def flush(self, *, now: datetime) -> int:
        """Add what was counted to the rows of everybody; return how many answers that were.

        What could not be written is counted with the next.
        """
        with self._lock:
            counted, self._tallies = self._tallies, {}
        try:
            with transaction.atomic():
                # In one order: two processes that add the same rows in two orders would wait for each other.
                for key in sorted(counted):
                    _add_up(LoadSince, {}, key, counted[key])
                    _add_up(LoadSlot, {"slot_at": slot_of(now)}, key, counted[key])
        except Exception:
            self._put_back(counted)
            raise
        return sum(tally.n for tally in counted.values())

    def _put_back(self, counted: dict[Key, Tally]) -> None:
        with self._lock:
            for key, tally in counted.items():
                there = self._tallies.setdefault(key, Tally())
                there.n += tally.n
                there.total_us += tally.total_us
                there.counts = [a + b for a, b in zip(there.counts, tally.counts, strict=True)]


RECORDER = Recorder()


class Measured:
    """Counts every answer by the name of its route."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.view_name if match and match.view_name else "none"
        RECORDER.add((route[:120], (request.method or "")[:8], response.status_code), time.perf_counter() - began)
        return response


def slot_of(now: datetime) -> datetime:
    """Return the beginning of the ten minutes that `now` lies in."""
    return now.replace(minute=now.minute - now.minute % 10, second=0, microsecond=0)


def flush_regularly(*, every: float = EVERY_SECONDS, stop: threading.Event | None = None) -> threading.Thread:
    """Add up what this process counts, every few seconds, beside its requests; return the thread."""
    stop = stop or threading.Event()

    def run() -> None:
        while not stop.wait(every):
            try:
                now = timezone.now()
                RECORDER.flush(now=now)
                LoadSlot.objects.filter(slot_at__lt=now - KEPT).delete()
            except Error:
                log.warning("measurements are kept for the next round: the database did not take them")
            finally:
                close_old_connections()

    thread = threading.Thread(target=run, name="tongmai-measuring", daemon=True)
    thread.start()
    return thread


def percentile_ms(counts: Iterable[int], rate: float) -> int | None:
    """Return the bound under which the share `rate` of the answers stayed, in milliseconds; None beyond the last bound.

    `counts` are those of `COLUMNS`.  A bound, not the exact time: the columns are all that is kept.
    """
    numbers = list(counts)
    needed, seen = rate * sum(numbers), 0
    for bound, count in zip(BOUNDS_MS, numbers, strict=False):
        seen += count
        if seen >= needed:
            return bound
    return None


def _add_up(table: type[Load], slot: dict[str, Any], key: Key, tally: Tally) -> None:
    named = dict(zip(("route", "method", "status"), key, strict=True)) | slot
    numbers = tally.columns()
    more: dict[str, Any] = {name: F(name) + number for name, number in numbers.items()}
    rows = table._default_manager.filter(**named)
    if rows.update(**more):
        return
    try:
        with transaction.atomic():
            table._default_manager.create(**named, **numbers)
    except IntegrityError:  # another process was faster
        rows.update(**more)
