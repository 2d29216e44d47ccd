"""Publishing sessions, changing how many places they have, closing and reopening them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from tongmai.commons.capacity import access, errors, events, rules, taking, terms
from tongmai.commons.capacity.models import BookedPlace, Pool, Resource, WeeklySession
from tongmai.commons.capacity.states import Kind, PoolState
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import valid_on
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import Conflict, InvalidInput, VersionConflict
from tongmai.kernel.months import REPORTING_ZONE, local_day, start_of_day
from tongmai.kernel.text import N_

MOST_PLACES = 2000
MOST_DAYS = 92


@dataclass(frozen=True)
class Session:
    """One session to publish."""

    resource: Resource
    starts_at: datetime
    ends_at: datetime
    total: int


def publish(*, resource_id: UUID, starts_at: datetime, ends_at: datetime, total: int, by: Actor) -> Pool:
    """Offer one session of a resource; its reserved part follows from policy and configuration, rounded up.

    Raises:
        NotFound, NotPermitted: see `access.resource`.
        InvalidInput: the times are the wrong way round or past, the number is out of range, the resource is not offered.
        OneSessionAtATime: the resource has a session that begins then.
    """
    with transaction.atomic():
        resource = access.resource(resource_id, by=by, to=Action.MANAGE_CAPACITY)
        session = Session(resource, starts_at, ends_at, total)
        check(session, by=by)
        made = publish_all([session], by=by)
    if not made:
        raise errors.OneSessionAtATime()
    return made[0]


@transaction.atomic
def publish_days(
    *, resource_id: UUID, first: date, last: date, starts: time | None, ends: time | None, total: int, by: Actor
) -> int:
    """Offer the same session on each day from `first` to `last`, both included; return how many are new.

    A ward's sessions are whole days, whatever `starts` and `ends` say.  Sessions that exist are left as they are.

    Raises:
        NotFound, NotPermitted: see `access.resource`.
        InvalidInput: see `publish`.
        OneSessionAtATime: all of them exist.
    """
    resource = access.resource(resource_id, by=by, to=Action.MANAGE_CAPACITY)
    days = [first + timedelta(days=n) for n in range(min((last - first).days + 1, MOST_DAYS))]
    if resource.kind == Kind.BED:
        wanted = bed_days(resource, first, last, total) if days else []
    else:
        wanted = [_hours(resource, day, starts or time.min, ends or time.min, total) for day in days]
    for session in wanted:
        check(session, by=by)
    made = publish_all(wanted, by=by)
    if not made:
        raise errors.OneSessionAtATime()
    return len(made)


@transaction.atomic
def publish_weeks(*, from_day: date, days: int, by: Actor, resource_id: UUID | None = None) -> int:
    """Publish what the weekly templates of one's own organisation say for `days` days; return how many are new.

    Sessions that exist already are left as they are, so that this can be repeated.

    Raises:
        NotPermitted: `by` does not manage capacity.
        InvalidInput: the days lie in the past, or are too many.
    """
    access.check_own(by.org_id, by=by, to=Action.MANAGE_CAPACITY)
    if from_day < by.today or not 1 <= days <= MOST_DAYS:
        raise InvalidInput(field="days", problem=N_("只能发布今天起 92 天以内的排班"))
    lines = WeeklySession.objects.filter(resource__org_id=by.org_id, resource__is_active=True)
    if resource_id is not None:
        lines = lines.filter(resource_id=resource_id)
    sessions = []
    for day in (from_day + timedelta(days=n) for n in range(days)):
        valid = lines.filter(valid_on(day), weekday=day.weekday()).select_related("resource__org")
        sessions += [_of_day(line, day) for line in valid]
    return len(publish_all([each for each in sessions if each.ends_at > by.now], by=by))


def _of_day(line: WeeklySession, day: date) -> Session:
    """Return the session that a line of the template means on `day`; midnight as its end is the end of that day."""
    return _hours(line.resource, day, line.starts_time, line.ends_time, line.total)


def _hours(resource: Resource, day: date, starts: time, ends: time, total: int) -> Session:
    ends_on = day + timedelta(days=1) if ends == time.min else day
    return Session(resource, instant(day, starts), instant(ends_on, ends), total)


def instant(day: date, at: time) -> datetime:
    """Return the instant of a clock time in the reporting zone."""
    return datetime.combine(day, at, tzinfo=REPORTING_ZONE)


def bed_days(resource: Resource, first: date, last: date, total: int) -> list[Session]:
    """Return one session for each day of a ward, first and last included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [Session(resource, start_of_day(day), start_of_day(day + timedelta(days=1)), total) for day in days]


def check(session: Session, *, by: Actor) -> None:
    """Refuse a session that makes no sense.

    Raises:
        InvalidInput: the times are the wrong way round or past, the number is out of range, the resource is not offered.
    """
    if session.ends_at <= session.starts_at:
        raise InvalidInput(field="ends_at", problem=N_("结束时间必须晚于开始时间"))
    if session.ends_at <= by.now:
        raise InvalidInput(field="starts_at", problem=N_("不能发布已经结束的时段"))
    if not 1 <= session.total <= MOST_PLACES:
        raise InvalidInput(field="total", problem=N_("名额数必须在 1 到 2000 之间"))
    if session.resource.kind == Kind.BED and session.ends_at - session.starts_at != timedelta(days=1):
        raise InvalidInput(field="ends_at", problem=N_("床位按日发布，每个时段必须是一整天"))
    if not session.resource.is_active:
        raise InvalidInput(field="resource", problem=N_("该资源已停用"))


@transaction.atomic
def publish_all(sessions: Iterable[Session], *, by: Actor) -> list[Pool]:
    """Insert checked sessions of one organisation, skipping those that exist; return the new ones.

    Two who publish the same at once do not hinder each other: the second one's rows are skipped.
    """
    pools = [_pool(session, by) for session in sessions]
    Pool.objects.bulk_create(pools, ignore_conflicts=True)
    made = list(
        Pool.objects.filter(id__in=[pool.id for pool in pools]).select_related("resource").order_by("starts_at", "id")
    )
    if made:
        happened = events.SessionsPublished(org_id=made[0].resource.org_id, pool_ids=[str(pool.id) for pool in made])
        audit.record(happened, by=by)
    return made


@transaction.atomic
def change_total(*, pool_id: UUID, total: int, version: int, by: Actor) -> Pool:
    """Change how many places a session has.  The reserved part follows; neither part goes below what is taken.

    Raises:
        NotFound, NotPermitted: see `access.pool`.
        InvalidInput: the number is out of range.
        VersionConflict: somebody changed the session in between.
        BelowTaken: more places are taken than would remain.
    """
    pool = access.pool(pool_id, by=by, to=Action.MANAGE_CAPACITY)
    if not 1 <= total <= MOST_PLACES:
        raise InvalidInput(field="total", problem=N_("名额数必须在 1 到 2000 之间"))
    due = _share_due(pool.resource, pool.day)
    in_reserved = F("taken_reserved") + F("taken_lent") + F("taken_released")
    reserved = Greatest(Value(due.places(total)), in_reserved)
    done = (
        Pool.objects.filter(id=pool_id, version=version)
        .alias(needed=reserved + F("taken_public") + F("taken_borrowed"))
        .filter(needed__lte=total)
        .update(
            total=total,
            reserved=reserved,
            policy_rate=due.policy_rate,
            reserved_due=due.places_due(total),
            applied_rate=due.applied_rate,
            version=F("version") + 1,
        )
    )
    old = pool
    pool = access.pool(pool_id, by=by)
    if not done and pool.version != version:
        raise VersionConflict(seen=version, current=pool.version)
    if not done:
        raise errors.BelowTaken(taken=taking.fill_of(pool).taken)
    happened = events.SessionTotalChanged(
        pool_id=pool.id, old_total=old.total, new_total=pool.total, new_reserved=pool.reserved
    )
    audit.record(happened, by=by, subject_id=pool.id)
    return pool


@transaction.atomic
def close(*, pool_id: UUID, reason: str, by: Actor) -> list[UUID]:
    """Close a session: nobody takes a place in it any more.  Return the bookings that must now be moved or told.

    They stay booked, and on the worklist, until somebody reschedules or cancels them.

    Raises:
        NotFound, NotPermitted: see `access.pool`.
        InvalidInput: no reason.
        Conflict: it is closed already.
    """
    pool = access.pool(pool_id, by=by, to=Action.MANAGE_CAPACITY)
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请填写原因"))
    if not Pool.objects.filter(id=pool_id, state=PoolState.OPEN).update(
        state=PoolState.CLOSED,
        closed_reason=reason.strip(),
        closed_at=by.now,
        closed_by_id=by.user_id,
        version=F("version") + 1,
    ):
        raise Conflict()
    stranded = list(
        BookedPlace.objects.filter(pool_id=pool_id, is_taken=True)
        .filter(booking__state__in=rules.STILL_TO_COME)
        .values_list("booking_id", flat=True)
        .order_by("number")
    )
    audit.record(
        events.SessionClosed(pool_id=pool.id, reason=reason.strip(), n_booked=len(stranded)),
        by=by,
        subject_id=pool.id,
    )
    return stranded


@transaction.atomic
def reopen(*, pool_id: UUID, by: Actor) -> Pool:
    """Open a closed session again.

    Raises:
        NotFound, NotPermitted: see `access.pool`.
        Conflict: it is open, or has ended.
    """
    pool = access.pool(pool_id, by=by, to=Action.MANAGE_CAPACITY)
    if not Pool.objects.filter(id=pool_id, state=PoolState.CLOSED, ends_at__gt=by.now).update(
        state=PoolState.OPEN, closed_reason="", closed_at=None, closed_by=None, version=F("version") + 1
    ):
        raise Conflict()
    audit.record(events.SessionReopened(pool_id=pool.id), by=by, subject_id=pool.id)
    return access.pool(pool_id, by=by)


def _pool(session: Session, by: Actor) -> Pool:
    resource = session.resource
    day = local_day(session.starts_at)
    due = _share_due(resource, day)
    hours = terms.release_hours(Kind(resource.kind), at=resource.org, on=day)
    return Pool(
        resource=resource,
        day=day,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        total=session.total,
        reserved=due.places(session.total),
        policy_rate=due.policy_rate,
        reserved_due=due.places_due(session.total),
        applied_rate=due.applied_rate,
        release_at=rules.released_from(starts_at=session.starts_at, hours_before=hours.decimal),
        created_at=by.now,
        created_by_id=by.user_id,
    )


def _share_due(resource: Resource, day: date) -> terms.ShareDue:
    return terms.share_due(level=resource.org.level, configured_rate=resource.reserved_rate, at=resource.org, on=day)
