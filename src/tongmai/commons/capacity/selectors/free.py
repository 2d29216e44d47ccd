"""Which places are free, for whom.  One query whatever the number of sessions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tongmai.commons.capacity import access, rules, terms
from tongmai.commons.capacity.models import BookedPlace
from tongmai.commons.capacity.states import IN_RESERVED_PART, Kind, PoolState, Share
from tongmai.foundation.orgs.actors import Actor

_COUNTERS = tuple(rules.Fill.__dataclass_fields__)


@dataclass(frozen=True)
class FreePlace:
    """One open session, and how many places the asker may still take in each part.

    `free_reserved` and `free_public` already answer for the asker: before the release the public finds no free
    reserved place, and a referral that may not borrow finds no free public one.
    """

    pool_id: UUID
    resource_id: UUID
    resource: str
    practitioner: str
    department: str
    department_code: str
    org_id: UUID
    kind: str
    place: str
    notice: str
    day: date
    starts_at: datetime
    ends_at: datetime
    total: int
    reserved: int
    reserved_left: int  # free places of the reserved part, whoever asks
    left: int  # free places of both parts, whoever asks
    free_reserved: int
    free_public: int
    is_released: bool

    @property
    def free(self) -> int:
        return self.free_reserved + self.free_public


@dataclass(frozen=True)
class FreeStay:
    """A bed for consecutive days of one ward: as many places as on its fullest day."""

    days: Sequence[FreePlace]

    @property
    def pool_ids(self) -> list[UUID]:
        return [day.pool_id for day in self.days]

    @property
    def free(self) -> int:
        return min(day.free for day in self.days)

    @property
    def free_reserved(self) -> int:
        return min(day.free_reserved for day in self.days)


def free_places(
    *,
    org_id: UUID,
    kind: Kind,
    from_day: date,
    days: int,
    for_family_doctor: bool,
    by: Actor,
    department_code: str = "",
    emergency: bool = False,
    only_free: bool = True,
) -> list[FreePlace]:
    """Return the sessions of `days` days from `from_day` that have not ended, by time, then name.

    Holds that ran out count as free.  With `only_free=False` full sessions are named too.  Out of reach is empty.
    """
    wanted = Share.RESERVED if for_family_doctor else Share.PUBLIC
    shares = terms.shares_to_try(wanted, kind=None, is_emergency=emergency, at=org_id, on=by.today)
    pools = access.visible_pools(by).filter(
        resource__org_id=org_id,
        resource__kind=kind,
        resource__is_active=True,
        state=PoolState.OPEN,
        day__gte=from_day,
        day__lt=from_day + timedelta(days=days),
        ends_at__gt=by.now,
    )
    if department_code:
        pools = pools.filter(resource__department__code=department_code)
    found = (_free_place(row, shares, by.now) for row in _rows(pools, by.now))
    return [place for place in found if place.free > 0 or not only_free]


def free_stays(
    *,
    org_id: UUID,
    from_day: date,
    days: int,
    nights: int,
    for_family_doctor: bool,
    by: Actor,
    department_code: str = "",
    emergency: bool = False,
) -> list[FreeStay]:
    """Return the stays of `nights` bed-days that begin within `days` days, by beginning, then ward."""
    places = free_places(
        org_id=org_id,
        kind=Kind.BED,
        department_code=department_code,
        from_day=from_day,
        days=days + nights - 1,
        for_family_doctor=for_family_doctor,
        by=by,
        emergency=emergency,
    )
    by_ward: dict[UUID, dict[date, FreePlace]] = {}
    for place in places:
        by_ward.setdefault(place.resource_id, {})[place.day] = place
    stays = []
    for first in places:
        run = [by_ward[first.resource_id].get(first.day + timedelta(days=n)) for n in range(nights)]
        if all(run) and first.day < from_day + timedelta(days=days):
            stays.append(FreeStay([place for place in run if place]))
    return stays


def with_overdue(pools: QuerySet, now: datetime) -> QuerySet:
    """Add to pools how many places of each part are kept by holds that ran out."""
    overdue = BookedPlace.objects.filter(pool=OuterRef("pk"), is_taken=True, held_until__lte=now)
    return pools.annotate(
        overdue_reserved=_count(overdue.filter(share__in=IN_RESERVED_PART)),
        overdue_public=_count(overdue.exclude(share__in=IN_RESERVED_PART)),
    )


def _count(rows: QuerySet) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values("pool").annotate(n=Count("id")).values("n")), 0)


def _rows(pools: QuerySet, now: datetime) -> Iterable[dict]:
    return (
        with_overdue(pools, now)
        .order_by("starts_at", "resource__name", "id")
        .values(
            *_COUNTERS,
            "resource_id",
            "day",
            "starts_at",
            "ends_at",
            "release_at",
            "overdue_reserved",
            "overdue_public",
            pool_id=F("id"),
            org_id=F("resource__org_id"),
            kind=F("resource__kind"),
            resource_name=F("resource__name"),
            practitioner=F("resource__practitioner__name"),
            department=F("resource__department__name"),
            department_code=F("resource__department__code"),
            place=F("resource__place"),
            notice=F("resource__notice"),
        )
    )


def _free_place(row: dict, shares: Sequence[Share], now: datetime) -> FreePlace:
    fill = rules.Fill(**{name: row[name] for name in _COUNTERS})
    released = rules.is_released(release_at=row["release_at"], now=now)
    left = fill.free_in_reserved_part + row["overdue_reserved"]
    public_left = fill.free_in_public_part + row["overdue_public"]
    free = rules.free_as(shares, reserved_left=left, public_left=public_left, released=released)
    return FreePlace(
        pool_id=row["pool_id"],
        resource_id=row["resource_id"],
        resource=row["resource_name"],
        practitioner=row["practitioner"] or "",
        department=row["department"],
        department_code=row["department_code"],
        org_id=row["org_id"],
        kind=row["kind"],
        place=row["place"],
        notice=row["notice"],
        day=row["day"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        total=fill.total,
        reserved=fill.reserved,
        reserved_left=left,
        left=left + public_left,
        free_reserved=free.reserved,
        free_public=free.public,
        is_released=released,
    )
