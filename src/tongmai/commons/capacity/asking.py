"""A wish for places, and everything about it that can be checked before it is known whether there are any."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tongmai.commons.capacity import access, banning, errors, rules, terms
from tongmai.commons.capacity.models import Pool
from tongmai.commons.capacity.sources import Source, SourceKind
from tongmai.commons.capacity.states import Kind, Share
from tongmai.commons.residents.models import Resident
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.kernel.errors import InvalidInput, NotFound
from tongmai.kernel.text import N_

_WHY_NOT_TOGETHER = {
    rules.NotTogether.NONE: N_("请选择时段"),
    rules.NotTogether.TWICE: N_("同一时段选了两次"),
    rules.NotTogether.SEVERAL_RESOURCES: N_("一次预约只能选同一个资源"),
    rules.NotTogether.ONLY_BEDS_RUN_ON: N_("门诊和检查一次只能选一个时段，只有床位可以连选多天"),
    rules.NotTogether.GAP: N_("床位的日期必须连续"),
    rules.NotTogether.OVER: N_("该时段已经结束"),
}


@dataclass(frozen=True)
class Request:
    """One wish for places, everything about it checked except whether there are any."""

    pools: Sequence[Pool]  # in the order of time
    resident_id: UUID
    share_wanted: Share
    shares: tuple[Share, ...]
    source: Source
    is_emergency: bool
    hold_until: datetime | None

    @property
    def pool_ids(self) -> list[UUID]:
        return [pool.id for pool in self.pools]


def checked(pools, resident_id, share_wanted, source, by, hold_until, emergency) -> Request:
    """Return the wish with the accounts on which it may be met.

    Raises:
        InvalidInput: the day is too far ahead, or the hold ends in the past.
        Banned: the resident missed too many bookings.
    """
    org = pools[0].resource.org
    if hold_until is not None and hold_until <= by.now:
        raise InvalidInput(field="hold_until", problem=N_("占位的截止时间必须在将来"))
    days = terms.horizon_days(at=org, on=by.today)
    if share_wanted == Share.PUBLIC and source.kind in {SourceKind.DESK, SourceKind.RESIDENT}:
        if not rules.is_within_horizon(day=pools[0].day, today=by.today, days=days):
            raise InvalidInput(field="pools", problem=N_("超出可预约的天数"))
    banning.check(resident_id, share_wanted=share_wanted, is_emergency=emergency, at=org, by=by)
    return Request(
        pools=pools,
        resident_id=resident_id,
        share_wanted=share_wanted,
        shares=shares_of(share_wanted, source.kind, emergency, pools[0], by),
        source=source,
        is_emergency=emergency,
        hold_until=hold_until,
    )


def check_alive(resident_id: UUID) -> None:
    """Refuse the dead.

    Raises:
        NotFound: there is no such resident.
        InvalidInput: she has died.
    """
    found = _DIED.rows(resident_id=resident_id)
    if not found:
        raise NotFound()
    if found[0][0] is not None:
        raise InvalidInput(field="resident", problem=N_("该居民已登记死亡，不能预约"))


def shares_of(share_wanted: Share, kind: str, is_emergency: bool, pool: Pool, by: Actor) -> tuple[Share, ...]:
    """Return on which accounts a place may be taken in a pool, best first."""
    return terms.shares_to_try(
        share_wanted, kind=SourceKind(kind), is_emergency=is_emergency, at=pool.resource.org, on=by.today
    )


def pools_of(pool_ids: Sequence[UUID], by: Actor) -> list[Pool]:
    """Return the wanted pools in the order of time.

    Raises:
        NotFound: one is absent or out of reach.
        NotTogetherError: they do not make one booking, or have ended.
    """
    alone = pool_ids[0] if len(pool_ids) == 1 else None
    found = _POOL.objects(by, pool_id=alone) if alone else list(_of_pools(by, pool_ids))
    if len(found) != len(set(pool_ids)):
        raise NotFound()
    pieces = [rules.Piece(pool.resource_id, Kind(pool.resource.kind), pool.starts_at, pool.ends_at) for pool in found]
    why = rules.why_not_together(pieces, now=by.now)
    if why is None and len(found) != len(pool_ids):
        why = rules.NotTogether.TWICE
    if why is not None:
        raise errors.NotTogetherError(field="pools", problem=_WHY_NOT_TOGETHER[why], why=why)
    return found


def _of_pools(by: Actor, pool_ids: Sequence[UUID]) -> QuerySet[Pool]:
    rows = access.visible_pools(by).filter(id__in=pool_ids)
    return rows.select_related("resource__org", "resource__department").order_by("starts_at", "id")


_POOL = Prepared(lambda by, *, pool_id: _of_pools(by, [pool_id]))
_DIED = Prepared(lambda by, *, resident_id: Resident.objects.filter(id=resident_id).values_list("died_on"))
