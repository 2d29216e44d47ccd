"""How the machine stands, for the operators' page: slow pages, the last backup, room on the disks.

No clinical content and no names: routes, counts, times.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, Sum

from tongmai.foundation.audit import machine
from tongmai.foundation.audit.machine import Disk
from tongmai.foundation.audit.measuring import COLUMNS, percentile_ms, slot_of
from tongmai.foundation.audit.models import JobRun, LoadSlot, Seal
from tongmai.foundation.audit.services import BACKUP_JOB
from tongmai.kernel import policy
from tongmai.kernel.months import local_day

SHOWN_ROUTES = 10


@dataclass(frozen=True)
class SlowRoute:
    """The answers of one route within the last hour.  Percentiles are upper bounds; None lies beyond the last bound."""

    route: str
    n: int
    n_failed: int
    p50_ms: int | None
    p95_ms: int | None
    mean_ms: int


@dataclass(frozen=True)
class Backup:
    """The last backup.  `at`: None when there never was one; `last_error`: of a try that failed after it."""

    at: datetime | None
    said: str
    last_error: str
    is_overdue: bool
    limit: policy.PolicyValue


@dataclass(frozen=True)
class State:
    """Everything that the page shows beside the queue, the jobs and the seals."""

    slowest: list[SlowRoute]
    backup: Backup
    sealed_at: datetime | None
    disks: list[Disk]
    database_bytes: int
    database_kind: str
    version: str


def state(*, now: datetime) -> State:
    """Return how the machine stands."""
    return State(
        slowest=slowest(now=now),
        backup=last_backup(now=now),
        sealed_at=Seal.objects.order_by("-number").values_list("sealed_at", flat=True).first(),
        disks=machine.disks(),
        database_bytes=machine.database_bytes(),
        database_kind=machine.database_kind(),
        version=machine.version(),
    )


def slowest(*, now: datetime) -> list[SlowRoute]:
    """Return the slowest routes of the last hour (its ten-minute slots), slowest first."""
    sums = {f"all_{name}": Sum(name) for name in ("n", "total_us", *COLUMNS)}
    sums["failed"] = Sum("n", filter=Q(status__gte=500))
    rows = LoadSlot.objects.filter(slot_at__gte=slot_of(now) - timedelta(minutes=50)).values("route").order_by()
    routes = [
        SlowRoute(
            route=row["route"],
            n=row["all_n"],
            n_failed=row["failed"] or 0,
            p50_ms=percentile_ms((row[f"all_{name}"] for name in COLUMNS), 0.5),
            p95_ms=percentile_ms((row[f"all_{name}"] for name in COLUMNS), 0.95),
            mean_ms=round(row["all_total_us"] / row["all_n"] / 1000),
        )
        for row in rows.annotate(**sums)
    ]
    beyond = float("inf")
    routes.sort(key=lambda each: (each.p95_ms or beyond, each.mean_ms, each.route), reverse=True)
    return routes[:SHOWN_ROUTES]


def last_backup(*, now: datetime) -> Backup:
    """Return the last backup, and whether it is older than the policy allows; none at all is overdue, too."""
    limit = policy.shipped().value("audit.backup.max_age", on=local_day(now))
    run = JobRun.objects.filter(name=BACKUP_JOB).values("done_at", "said", "last_error").first()
    at = run["done_at"] if run else None
    return Backup(
        at=at,
        said=run["said"] if run else "",
        last_error=run["last_error"] if run else "",
        is_overdue=at is None or now - at > limit.timedelta(),
        limit=limit,
    )
