"""Many writers at one barrier, and what became of each."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

from tongmai.kernel.errors import TongmaiError

PATIENCE_SECONDS = 60
Act = tuple[str, Callable[[], Any]]  # what is tried, by its word in `Scene.allowed`


@dataclass(frozen=True)
class Scene:
    """One thing that many want.

    `writers`: what each of them tries, one act after the other.  `allowed`: how often each act may succeed, all in all.
    `rows`: counts the rows that the successes of an act leave behind.
    """

    name: str
    writers: list[list[Act]]
    allowed: dict[str, int]
    rows: dict[str, Callable[[], int]]


@dataclass(frozen=True)
class Verdict:
    """How a scene ended.  `lost`: told that it was done, and no row stands; `twice`: rows that nobody was told of."""

    scene: str
    n_writers: int
    allowed: int
    done: int
    refused: dict[str, int]
    errors: list[str]
    lost: int
    twice: int
    differences: list[str]
    slowest_ms: float
    median_ms: float

    @property
    def holds(self) -> bool:
        """Whether exactly the allowed number succeeded, and the rows and the counters say the same."""
        wrong = self.errors or self.differences or self.lost or self.twice
        return not wrong and self.done == self.allowed


@dataclass
class _Ran:
    """One writer: which acts were done, by which codes others were refused, how long it took."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    ms: float = 0.0


def run(scene: Scene, *, differences: Callable[[], list[str]]) -> Verdict:
    """Let all writers of the scene begin at the same moment; `differences` compares counters with rows afterwards."""
    before = {act: count() for act, count in scene.rows.items()}
    barrier = threading.Barrier(len(scene.writers))
    with ThreadPoolExecutor(len(scene.writers)) as pool:
        futures = [pool.submit(_write, acts, barrier) for acts in scene.writers]
    ended = [future.result() for future in futures if future.exception() is None]
    done = sum((ran.done for ran in ended), Counter())
    change = {act: count() - before[act] for act, count in scene.rows.items()}
    times = sorted(ran.ms for ran in ended) or [0.0]
    return Verdict(
        scene=scene.name,
        n_writers=len(scene.writers),
        allowed=sum(scene.allowed.values()),
        done=done.total(),
        refused=dict(sum((ran.refused for ran in ended), Counter())),
        errors=[*_errors(futures), *_unexpected(scene, done)],
        lost=sum(max(0, done[act] - n) for act, n in change.items()),
        twice=sum(max(0, n - done[act]) for act, n in change.items()),
        differences=differences(),
        slowest_ms=round(times[-1], 1),
        median_ms=round(times[len(times) // 2], 1),
    )


def _write(acts: list[Act], barrier: threading.Barrier) -> _Ran:
    """Anything but one of our refusals ends the writer, and is an error of the scene."""
    ran = _Ran()
    try:
        barrier.wait(PATIENCE_SECONDS)
        started = time.perf_counter()
        for word, act in acts:
            try:
                act()
                ran.done[word] += 1
            except TongmaiError as refusal:
                ran.refused[refusal.code] += 1
        ran.ms = (time.perf_counter() - started) * 1000
    finally:
        connections.close_all()
    return ran


def _errors(futures: list[Future[_Ran]]) -> list[str]:
    return [repr(error)[:300] for future in futures if (error := future.exception()) is not None]


def _unexpected(scene: Scene, done: Counter[str]) -> list[str]:
    """Each act for itself: ten bookings and no cancelling are not nine and one."""
    return [
        f"{word} succeeded {done[word]} times, allowed are exactly {n}"
        for word, n in scene.allowed.items()
        if done[word] != n
    ]
