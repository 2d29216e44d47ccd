"""The figures in Prometheus' text format (version 0.0.4).  Everything but the pool is of the whole installation."""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Min, Q, Sum

from tongmai.foundation.audit import machine
from tongmai.foundation.audit.measuring import BOUNDS_MS, COLUMNS
from tongmai.foundation.audit.models import Delivery, JobRun, LoadSince, Seal
from tongmai.foundation.audit.services import BACKUP_JOB

Sample = tuple[str, dict[str, object], float | int]


def lines(*, now: datetime) -> Iterator[str]:
    """Yield the lines, each with its end."""
    yield from _family("tongmai_info", "gauge", "The version that runs.", [("", {"version": machine.version()}, 1)])
    yield from _family("tongmai_requests_total", "counter", "Answers by route and status.", _requests())
    yield from _family("tongmai_request_seconds", "histogram", "How long answers took, by route.", _durations())
    yield from _family("tongmai_outbox_deliveries", "gauge", "Events on their way, by state.", _outbox())
    yield from _family(
        "tongmai_outbox_age_seconds", "gauge", "Age of the oldest event that is not delivered.", _age(now)
    )
    yield from _jobs(now)
    yield from _family("tongmai_seal_age_seconds", "gauge", "Time since the last seal.", _since_seal(now))
    yield from _family("tongmai_database_bytes", "gauge", "Size of the database.", [("", {}, machine.database_bytes())])
    disks = [("", {"path": disk.path}, disk.free_bytes) for disk in machine.disks()]
    yield from _family("tongmai_disk_free_bytes", "gauge", "Free space of the disks we write to.", disks)
    yield from _family("tongmai_database_pool", "gauge", "The connection pool of the process that answers.", _pool())


def _requests() -> Iterator[Sample]:
    for row in LoadSince.objects.order_by("route", "method", "status").values("route", "method", "status", "n"):
        yield "", {"route": row["route"], "method": row["method"], "status": row["status"]}, row["n"]


def _durations() -> Iterator[Sample]:
    sums = {name: Sum(name) for name in ("n", "total_us", *COLUMNS)}
    for row in LoadSince.objects.values("route").order_by("route").annotate(**{f"all_{k}": v for k, v in sums.items()}):
        route, seen = row["route"], 0
        for bound, column in zip(BOUNDS_MS, COLUMNS, strict=False):
            seen += row[f"all_{column}"]
            yield "_bucket", {"route": route, "le": f"{bound / 1000:g}"}, seen
        yield "_bucket", {"route": route, "le": "+Inf"}, row["all_n"]
        yield "_sum", {"route": route}, row["all_total_us"] / 1e6
        yield "_count", {"route": route}, row["all_n"]


def _outbox() -> Iterator[Sample]:
    unfinished = Delivery.objects.exclude(state=Delivery.State.DONE)
    pending = Q(state=Delivery.State.PENDING)
    counted = unfinished.aggregate(
        pending=Count("id", filter=pending & Q(attempts=0)),
        failing=Count("id", filter=pending & Q(attempts__gt=0)),
        parked=Count("id", filter=Q(state=Delivery.State.PARKED)),
    )
    for state, n in counted.items():
        yield "", {"state": state}, n


def _age(now: datetime) -> Iterator[Sample]:
    oldest = Delivery.objects.filter(state=Delivery.State.PENDING).aggregate(at=Min("event__at"))["at"]
    yield "", {}, max(0.0, (now - oldest).total_seconds()) if oldest else 0


def _jobs(now: datetime) -> Iterator[str]:
    rows = list(JobRun.objects.values("name", "n_failures", "done_at"))
    failures: list[Sample] = [("", {"job": row["name"]}, row["n_failures"]) for row in rows]
    done: list[Sample] = [("", {"job": row["name"]}, row["done_at"].timestamp()) for row in rows if row["done_at"]]
    yield from _family("tongmai_job_failures", "gauge", "Failures in a row, by job.", failures)
    yield from _family("tongmai_job_done_timestamp_seconds", "gauge", "When a job last succeeded.", done)
    backup = [sample for sample in done if sample[1]["job"] == BACKUP_JOB]
    aged: list[Sample] = [("", {}, now.timestamp() - at) for _, _, at in backup]
    yield from _family("tongmai_backup_age_seconds", "gauge", "Time since the last backup.", aged)


def _since_seal(now: datetime) -> Iterator[Sample]:
    last = Seal.objects.order_by("-number").values_list("sealed_at", flat=True).first()
    if last:
        yield "", {}, (now - last).total_seconds()


def _pool() -> Iterator[Sample]:
    """PostgreSQL only: SQLite has no pool."""
    pool: Any = getattr(connection, "pool", None)
    for name, value in (pool.get_stats() if pool else {}).items():
        yield "", {"process": os.getpid(), "what": name}, value


def _family(name: str, kind: str, says: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {says}\n# TYPE {name} {kind}\n"
    for suffix, labels, value in samples:
        said = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{suffix}{f'{{{said}}}' if said else ''} {_number(value)}\n"


def _escaped(text: object) -> str:
    return str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float | int) -> str:
    return str(value) if isinstance(value, int) else f"{value:.6f}"
