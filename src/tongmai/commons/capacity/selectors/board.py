"""The capacity board: the resources of an organisation against the next days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from tongmai.commons.capacity import access, rules
from tongmai.commons.capacity.selectors.free import with_overdue
from tongmai.commons.capacity.states import Kind, PoolState
from tongmai.foundation.orgs import access as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.sorting import UNSORTED, Sorting, in_order

_COUNTERS = tuple(rules.Fill.__dataclass_fields__)


@dataclass(frozen=True)
class BoardSession:
    """One session on the board.  Holds that ran out do not count as taken."""

    pool_id: UUID
    starts_at: datetime
    ends_at: datetime
    total: int
    reserved: int
    taken: int
    reserved_left: int
    public_left: int
    is_closed: bool
    is_released: bool

    @property
    def free(self) -> int:
        return 0 if self.is_closed else self.reserved_left + self.public_left


@dataclass(frozen=True)
class BoardLine:
    """One resource and its sessions by day."""

    resource_id: UUID
    resource: str
    kind: str
    department: str
    department_code: str
    practitioner: str
    version: int
    by_day: dict[date, list[BoardSession]] = field(default_factory=dict)

    @property
    def free(self) -> int:
        """Return the places left in all the days shown."""
        return sum(session.free for sessions in self.by_day.values() for session in sessions)


ORDERS = {
    "resource": lambda line: (line.resource, line.department_code),
    "department": lambda line: (line.department_code, line.resource),
    "free": lambda line: line.free,
}


@dataclass(frozen=True)
class Board:
    org_id: UUID
    org: str
    days: Sequence[date]
    lines: Sequence[BoardLine]
    departments: Sequence[tuple[str, str]]  # (code, name) of those that offer something
    may_manage: bool


def offering_orgs(*, by: Actor) -> list[tuple[UUID, str]]:
    """Return (id, name) of the organisations in reach that offer something, by name; one's own first."""
    offered = (
        access.visible_resources(by).filter(is_active=True).order_by().values_list("org_id", "org__name").distinct()
    )
    return sorted(offered, key=lambda each: (each[0] != by.org_id, each[1]))


def board(
    org_id: UUID,
    *,
    from_day: date,
    days: int,
    by: Actor,
    kind: Kind | None = None,
    department_code: str = "",
    sort: Sorting = UNSORTED,
) -> Board:
    """Return the board of an organisation, in two queries; by kind and department unless sorted by one of `ORDERS`.

    Raises:
        NotFound: out of reach.
    """
    org = orgs.org(org_id, by=by)
    resources = access.visible_resources(by).filter(org_id=org_id, is_active=True)
    departments = sorted(set(resources.values_list("department__code", "department__name")))
    if kind:
        resources = resources.filter(kind=kind)
    if department_code:
        resources = resources.filter(department__code=department_code)
    lines = _lines(resources)
    pools = access.visible_pools(by).filter(
        resource__in=resources, day__gte=from_day, day__lt=from_day + timedelta(days=days)
    )
    for row in _pools(pools, by.now):
        session = _session(row, by.now)
        lines[row["resource_id"]].by_day.setdefault(row["day"], []).append(session)
    return Board(
        org_id=org.id,
        org=org.name,
        days=[from_day + timedelta(days=n) for n in range(days)],
        lines=in_order(lines.values(), sort, ORDERS),
        departments=departments,
        may_manage=by.may(Action.MANAGE_CAPACITY) and org.id == by.org_id,
    )


def _lines(resources) -> dict[UUID, BoardLine]:
    rows = resources.order_by("kind", "department__code", "name").values(
        "id", "name", "kind", "version", "department__name", "department__code", "practitioner__name"
    )
    return {
        row["id"]: BoardLine(
            resource_id=row["id"],
            resource=row["name"],
            kind=row["kind"],
            department=row["department__name"],
            department_code=row["department__code"],
            practitioner=row["practitioner__name"] or "",
            version=row["version"],
        )
        for row in rows
    }


def _pools(pools, now: datetime):
    return (
        with_overdue(pools, now)
        .order_by("starts_at", "id")
        .values(
            *_COUNTERS,
            "id",
            "resource_id",
            "day",
            "starts_at",
            "ends_at",
            "release_at",
            "state",
            "overdue_reserved",
            "overdue_public",
        )
    )


def _session(row: dict, now: datetime) -> BoardSession:
    fill = rules.Fill(**{name: row[name] for name in _COUNTERS})
    return BoardSession(
        pool_id=row["id"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        total=fill.total,
        reserved=fill.reserved,
        taken=fill.taken - row["overdue_reserved"] - row["overdue_public"],
        reserved_left=fill.free_in_reserved_part + row["overdue_reserved"],
        public_left=fill.free_in_public_part + row["overdue_public"],
        is_closed=row["state"] == PoolState.CLOSED,
        is_released=rules.is_released(release_at=row["release_at"], now=now),
    )
