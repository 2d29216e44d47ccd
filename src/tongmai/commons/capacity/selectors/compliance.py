"""The proof that the reserved share was offered, and what became of it: per organisation, kind and ISO week."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from tongmai.commons.capacity import access, rules
from tongmai.commons.capacity.models import BookedPlace, Pool, Refusal
from tongmai.commons.capacity.states import Kind, PoolState, Share
from tongmai.commons.capacity.taking import fill_of
from tongmai.foundation.orgs.actors import Actor


@dataclass(frozen=True)
class ComplianceRow:
    """One organisation, kind and week.  All numbers are places, except where said.

    `reserved` of `total` were offered; of the reserved ones `used` went to family doctors' referrals, `lent` to
    emergencies before the release, `n_released` were unused at the release and `used_released` of these then taken by
    the public.  `borrowed` public ones went to such referrals; `returned` reserved ones were given back.
    `refused` counts requests (not attempts) for days of this week.  Closed sessions were not offered: `n_closed`.
    """

    org_id: UUID
    org: str
    kind: str
    week_starts_on: date
    due_rate: Decimal = Decimal(0)  # 0 where the policy does not bind the organisation
    n_sessions: int = 0
    n_closed: int = 0
    n_short: int = 0  # sessions that reserve less than is due
    total: int = 0
    reserved: int = 0
    used: int = 0
    lent: int = 0
    borrowed: int = 0
    n_released: int = 0
    used_released: int = 0
    returned: int = 0
    refused: int = 0

    @property
    def week(self) -> str:
        """The ISO week, e.g. 2026-W47."""
        year, number, _ = self.week_starts_on.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def rate(self) -> Decimal | None:
        return rules.Offer(self.total, self.reserved).rate

    @property
    def meets(self) -> bool | None:
        """Whether every session reserved what was due; None where nothing was due or offered."""
        if not self.due_rate or not self.total:
            return None
        return self.n_short == 0


@dataclass(frozen=True)
class SessionRow:
    """One session behind a row of the page."""

    pool_id: UUID
    resource: str
    department: str
    starts_at: datetime
    is_closed: bool
    policy_rate: Decimal
    applied_rate: Decimal
    fill: rules.Fill
    n_released: int | None


@dataclass(frozen=True)
class RefusalRow:
    """One refused request.  The resident is named only to those who may: her organisation was asked, or asked."""

    id: UUID
    org_id: UUID
    org: str
    kind: str
    department_code: str
    resource: str
    resident_id: UUID
    name: str
    share_wanted: str
    wanted_on: date
    times: int
    refused_at: datetime
    source_kind: str
    source_id: UUID | None
    resolved_at: datetime | None
    outcome: str
    booking_id: UUID | None
    may_drop: bool


_SUMS = {
    "n_sessions": Count("id", filter=Q(state=PoolState.OPEN)),
    "n_closed": Count("id", filter=Q(state=PoolState.CLOSED)),
    "n_short": Count("id", filter=Q(state=PoolState.OPEN, reserved__lt=F("reserved_due"))),
    "due_rate": Max("policy_rate"),
} | {
    name: Coalesce(Sum(column, filter=Q(state=PoolState.OPEN)), 0)
    for name, column in {
        "sum_total": "total",
        "sum_reserved": "reserved",
        "used": "taken_reserved",
        "lent": "taken_lent",
        "borrowed": "taken_borrowed",
        "sum_released": "n_released",
        "used_released": "taken_released",
    }.items()
}


def compliance(
    *, from_day: date, weeks: int, by: Actor, org_id: UUID | None = None, kind: Kind | None = None
) -> list[ComplianceRow]:
    """Return the rows of `weeks` ISO weeks from that of `from_day`, the latest week first, then organisation and kind.

    Raises:
        NotPermitted: the role does not read compliance.
    """
    first = monday(from_day)
    pools = _pools(first, first + timedelta(weeks=weeks), by, org_id, kind)
    rows: dict[tuple, dict] = {}
    for found in pools.values("resource__org_id", "resource__org__name", "resource__kind", "day").annotate(**_SUMS):
        _add(rows, found, {name: found[name] for name in found if name in _FIELDS} | _renamed(found))
    for found in _returned(pools):
        _add(rows, found, {"returned": found["n"]})
    for found in _refused(first, first + timedelta(weeks=weeks), by, org_id, kind):
        _add(rows, found, {"refused": found["n"]})
    made = [ComplianceRow(**row) for row in rows.values()]
    return sorted(made, key=lambda row: (-row.week_starts_on.toordinal(), row.org, row.kind))


def compliance_sessions(*, org_id: UUID, kind: Kind, week_starts_on: date, by: Actor) -> list[SessionRow]:
    """Return the sessions behind one row of the page, by time.

    Raises:
        NotPermitted: the role does not read compliance.
        NotFound: not of an organisation whose compliance `by` reads.
    """
    first = monday(week_starts_on)
    access.one(access.compliance_orgs(by), org_id)
    pools = _pools(first, first + timedelta(weeks=1), by, org_id, kind)
    rows = pools.select_related("resource__department").order_by("starts_at", "id")
    return [
        SessionRow(
            pool_id=pool.id,
            resource=pool.resource.name,
            department=pool.resource.department.name,
            starts_at=pool.starts_at,
            is_closed=pool.state == PoolState.CLOSED,
            policy_rate=pool.policy_rate,
            applied_rate=pool.applied_rate,
            fill=fill_of(pool),
            n_released=pool.n_released,
        )
        for pool in rows
    ]


def refusals(
    *,
    by: Actor,
    org_id: UUID | None = None,
    kind: Kind | None = None,
    from_day: date | None = None,
    until: date | None = None,
    open_only: bool = False,
) -> list[RefusalRow]:
    """Return the refused requests that `by` may see, the latest first, at most 500; days are those asked for."""
    rows = access.visible_refusals(by).select_related("resource").order_by("-refused_at", "-id")
    conditions = {"org_id": org_id, "kind": kind, "wanted_on__gte": from_day, "wanted_on__lt": until}
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    if open_only:
        rows = rows.filter(resolved_at__isnull=True)
    return [_refusal(row, by) for row in rows[:500]]


def monday(day: date) -> date:
    """Return the first day of the ISO week of `day`."""
    return day - timedelta(days=day.weekday())


def _refusal(row: Refusal, by: Actor) -> RefusalRow:
    concerned = by.org_id is None or by.org_id in {row.org_id, row.booker_org_id}
    return RefusalRow(
        id=row.id,
        org_id=row.org_id,
        org=row.org.short_name,
        kind=row.kind,
        department_code=row.department_code,
        resource=row.resource.name if row.resource else "",
        resident_id=row.resident_id,
        name=row.resident.name if concerned else "",
        share_wanted=row.share_wanted,
        wanted_on=row.wanted_on,
        times=row.times,
        refused_at=row.refused_at,
        source_kind=row.source_kind,
        source_id=row.source_id,
        resolved_at=row.resolved_at,
        outcome=row.outcome,
        booking_id=row.booking_id,
        may_drop=concerned and row.resolved_at is None,
    )


def _pools(first: date, end: date, by: Actor, org_id: UUID | None, kind: Kind | None) -> QuerySet[Pool]:
    reach = access.compliance_orgs(by)
    pools = Pool.objects.filter(resource__org__in=reach, day__gte=first, day__lt=end).order_by()
    if org_id is not None:
        pools = pools.filter(resource__org_id=org_id)
    return pools.filter(resource__kind=kind) if kind else pools


def _returned(pools: QuerySet[Pool]) -> Iterable[dict]:
    """Reserved places given back: the rows that stand for them are kept, marked as not taken."""
    places = BookedPlace.objects.filter(pool__in=pools, is_taken=False, share=Share.RESERVED).order_by()
    return places.values(
        resource__org_id=F("pool__resource__org_id"),
        resource__org__name=F("pool__resource__org__name"),
        resource__kind=F("pool__resource__kind"),
        day=F("pool__day"),
    ).annotate(n=Count("id"))


def _refused(first: date, end: date, by: Actor, org_id: UUID | None, kind: Kind | None) -> Iterable[dict]:
    rows = Refusal.objects.filter(org__in=access.compliance_orgs(by), wanted_on__gte=first, wanted_on__lt=end)
    if org_id is not None:
        rows = rows.filter(org_id=org_id)
    if kind:
        rows = rows.filter(kind=kind)
    return (
        rows.order_by()
        .values(
            resource__org_id=F("org_id"),
            resource__org__name=F("org__name"),
            resource__kind=F("kind"),
            day=F("wanted_on"),
        )
        .annotate(n=Count("id"))
    )


_FIELDS = {field.name for field in fields(ComplianceRow)}


def _renamed(found: dict) -> dict:
    """Sums whose names a column of the table has already."""
    return {"total": found["sum_total"], "reserved": found["sum_reserved"], "n_released": found["sum_released"]}


def _add(rows: dict[tuple, dict], found: dict, numbers: dict) -> None:
    """Add a day's numbers to its week; the due share is the highest of the week."""
    key = (found["resource__org_id"], found["resource__kind"], monday(found["day"]))
    row = rows.setdefault(
        key, {"org_id": key[0], "org": found["resource__org__name"], "kind": key[1], "week_starts_on": key[2]}
    )
    for name, value in numbers.items():
        row[name] = max(row.get(name, value), value) if name == "due_rate" else row.get(name, 0) + value
