"""A run of the journeys: the product served, the load in a process of its own, the CPU of each read around it."""

import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tongmai.bench import databases
from tongmai.bench.harness import Product, product

QUANTILES = {"p50_ms": 0.50, "p95_ms": 0.95, "p99_ms": 0.99, "max_ms": 1.0}
SAMPLE_OF_ERRORS = 5


class LoadFailed(Exception):
    """The process that plays the users ended before its time."""


@dataclass(frozen=True)
class Step:
    """What so many users met: per page and over all, with the CPU used meanwhile, in cores."""

    users: int
    seconds: float
    pages: list[dict[str, Any]]
    overall: dict[str, Any]
    cores: dict[str, float]
    errors: dict[str, int]

    @property
    def pages_per_second(self) -> float:
        return round(self.overall["n"] / self.seconds, 1)

    def facts(self) -> dict[str, Any]:
        """Return the step for JSON."""
        return {
            "users": self.users, "seconds": round(self.seconds, 1), "pages_per_second": self.pages_per_second,
            "overall": self.overall, "cores": self.cores, "errors": self.errors, "pages": self.pages,
        }  # fmt: skip


def run(plan: dict[str, Any], database: databases.Database, *, workers: int = 2, say: Path | None = None) -> list[Step]:
    """Serve the database, play the plan, and return its steps.

    Raises:
        LoadFailed: the users' process broke down (not: a page was slow or wrong, which is counted).
    """
    with product(database, port=plan["port"], workers=workers, say=say) as served:
        played = subprocess.Popen(
            [sys.executable, "-m", "tongmai.bench.generator"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr, text=True,
        )  # fmt: skip
        try:
            return _heard(played, plan, served)
        finally:
            if played.poll() is None:
                played.kill()
            played.wait()


def _heard(played: subprocess.Popen, plan: dict[str, Any], served: Product) -> list[Step]:
    """Send the plan, read the processes' CPU when a measurement begins and ends, and return what came back."""
    assert played.stdin and played.stdout
    played.stdin.write(json.dumps(plan))
    played.stdin.close()
    used: list[dict[str, float]] = []
    before: dict[str, float] = {}
    for line in played.stdout:
        word = json.loads(line)
        if word.get("measuring") is True:
            before = served.cpu_seconds()
        elif word.get("measuring") is False:
            used.append({name: seconds - before[name] for name, seconds in served.cpu_seconds().items()})
        else:
            return [_step(raw, cpu) for raw, cpu in zip(word["steps"], used, strict=True)]
    raise LoadFailed("the users' process ended early; its message stands above")


def _step(raw: dict[str, Any], cpu: dict[str, float]) -> Step:
    times: dict[str, list[float]] = defaultdict(list)
    errors: dict[str, int] = defaultdict(int)
    wrong: dict[str, int] = defaultdict(int)
    for name, seconds, error in raw["clicks"]:
        if error:
            wrong[name] += 1
            errors[f"{name}: {error}"] += 1
        else:
            times[name].append(seconds)
    cores = {name: round(seconds / raw["seconds"], 2) for name, seconds in cpu.items()}
    return Step(
        users=raw["users"],
        seconds=raw["seconds"],
        pages=[{"page": name} | figures(times[name]) | {"errors": wrong[name]} for name in sorted({*times, *wrong})],
        overall=figures([each for of_page in times.values() for each in of_page]) | {"errors": sum(wrong.values())},
        cores=cores | {"users": round(raw["cpu_seconds"] / raw["seconds"], 2)},
        errors=dict(sorted(errors.items(), key=lambda item: -item[1])[:SAMPLE_OF_ERRORS]),
    )


def figures(seconds: list[float]) -> dict[str, Any]:
    """Return the number and the quantiles, in milliseconds; a quantile is a time that was really measured."""
    ordered = sorted(seconds)
    if not ordered:
        return {"n": 0} | dict.fromkeys(QUANTILES, 0.0)
    last = len(ordered) - 1
    return {"n": len(ordered)} | {
        name: round(ordered[min(int(len(ordered) * share), last)] * 1000, 1) for name, share in QUANTILES.items()
    }
