"""Taking and giving back places: one conditional UPDATE per pool, pools in the order of their ids.

Why oversell is impossible: `UPDATE … SET taken = taken + 1 WHERE … taken < places` is decided by the database under the
row's lock; a CHECK constraint stands behind it.  Why there is no deadlock: everything that touches several pools goes
through `move`, which walks them in one order, and gives back in the same walk.  See docs/algorithms/locking.md.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, F, IntegerField, Q, QuerySet, When

from tongmai.commons.capacity import errors, rules
from tongmai.commons.capacity.models import BookedPlace, Booking, Pool
from tongmai.commons.capacity.states import IN_RESERVED_PART, PoolState, Share, State
from tongmai.foundation.orgs.prepared import PreparedUpdate

T = TypeVar("T")
ONCE = "place_once_per_resident"
_IN_RESERVED_PART = F("taken_reserved") + F("taken_lent") + F("taken_released")
_IN_PUBLIC_PART = F("taken_public") + F("taken_borrowed")


@dataclass(frozen=True)
class Taken:
    """A place got: as which share, and the number in the session."""

    pool_id: UUID
    share: Share
    number: int


@dataclass(frozen=True)
class Move:
    """What is to happen to the counters: places to give back, pools to take one place in, on these accounts."""

    give: Collection[BookedPlace]
    take: Collection[UUID]
    shares: Sequence[Share]
    now: datetime


def move(wanted: Move) -> list[Taken]:
    """Give back and take, one pool after the other in the order of ids.  The caller's transaction makes it one.

    Raises:
        NoCapacity: some pool has no place on any of the accounts; the caller must roll back.
        SessionClosed: some pool is closed.
    """
    giving: dict[UUID, list[BookedPlace]] = {}
    for place in wanted.give:
        giving.setdefault(place.pool_id, []).append(place)
    taken = []
    for pool_id in sorted({*giving, *wanted.take}):
        for place in giving.get(pool_id, ()):
            _give_back(pool_id, Share(place.share))
        if pool_id in wanted.take:
            taken.append(_take(pool_id, wanted.shares, wanted.now))
    BookedPlace.objects.filter(id__in=[place.id for place in wanted.give]).update(is_taken=False, held_until=None)
    return taken


def reclaiming(pool_ids: Collection[UUID], now: datetime, act: Callable[[list[Booking]], T]) -> T:
    """Return `act([])`; where that finds no place, reclaim holds that ran out and act once more with those bookings.

    The first attempt's locks go with its savepoint, so that the second walks the pools in order again.  `act` gives
    the places of the bookings it is handed back in its own move.
    """
    try:
        with transaction.atomic():
            return act([])
    except (errors.NoCapacity, errors.AlreadyBooked):
        overdue = lock_overdue(pool_ids, now)
        if not overdue:
            raise
    with transaction.atomic():
        return act(overdue)


def places_of(bookings: Iterable[Booking]) -> list[BookedPlace]:
    """Return the places that the bookings take."""
    return list(BookedPlace.objects.filter(booking__in=bookings, is_taken=True).order_by("pool_id"))


def lock_overdue(pool_ids: Iterable[UUID] | None, now: datetime, limit: int = 200) -> list[Booking]:
    """Lock and return the holds that ran out, in these pools or (None) anywhere.  Those locked elsewhere are left."""
    held = Booking.objects.filter(state=State.HELD, held_until__lte=now)
    if pool_ids is not None:
        held = held.filter(id__in=BookedPlace.objects.filter(pool_id__in=pool_ids, is_taken=True).values("booking"))
    return list(held.select_for_update(skip_locked=True).order_by("id")[:limit])


def write_places(booking: Booking, taken: Iterable[Taken]) -> None:
    """Insert the rows that stand for the places taken.

    Raises:
        AlreadyBooked: the resident has a place in one of the pools.
    """
    try:
        with transaction.atomic():
            BookedPlace.objects.bulk_create(rows_of(booking, taken))
    except IntegrityError:
        raise errors.AlreadyBooked(resident_id=booking.resident_id) from None


def fill_of(pool: Pool) -> rules.Fill:
    """Return the counters of a pool as the rules read them."""
    return rules.Fill(**{name: getattr(pool, name) for name in rules.Fill.__dataclass_fields__})


def release_values(now: datetime) -> dict:
    """Return what an UPDATE of pools sets so that a release that is due happens in the same statement."""
    due = Q(released_at__isnull=True, release_at__lte=now)
    return {
        "n_released": Case(
            When(due, then=F("reserved") - F("taken_reserved") - F("taken_lent")),
            default=F("n_released"),
            output_field=IntegerField(),
        ),
        "released_at": Case(When(due, then=F("release_at")), default=F("released_at")),
    }


def at_once(pool_id: UUID, shares: Sequence[Share], *, resident_id: UUID, now: datetime) -> Taken | None:
    """Take a place in one pool; None, with nothing changed, where there is none or the resident has one there already.

    Needs no savepoint: what it cannot do it has not begun.  A place that the same resident gets elsewhere at this very
    moment is refused by the constraint `ONCE` when the new row is written.
    """
    for share in shares:
        for number in _TAKE.run(pool_id=pool_id, share=share, now=now, resident_id=resident_id):
            return Taken(pool_id, share, number)
    return None


def rows_of(booking: Booking, taken: Iterable[Taken]) -> list[BookedPlace]:
    """Return the rows that stand for the places taken."""
    return [
        BookedPlace(
            booking=booking,
            pool_id=each.pool_id,
            resident_id=booking.resident_id,
            share=each.share,
            number=each.number,
            held_until=booking.held_until,
        )
        for each in taken
    ]


def _room_taken(*, pool_id: UUID, share: Share, now: datetime, resident_id: UUID | None) -> tuple[QuerySet, dict]:
    counter = f"taken_{share}"
    rows = Pool.objects.filter(_has_room(share, now), id=pool_id, state=PoolState.OPEN)
    if resident_id is not None:
        rows = rows.exclude(Exists(BookedPlace.objects.filter(pool=pool_id, resident=resident_id, is_taken=True)))
    return rows, {counter: F(counter) + 1, "tickets": F("tickets") + 1, **release_values(now)}


_TAKE = PreparedUpdate(_room_taken, returning="tickets")


def _take(pool_id: UUID, shares: Sequence[Share], now: datetime) -> Taken:
    for share in shares:
        for number in _TAKE.run(pool_id=pool_id, share=share, now=now, resident_id=None):
            return Taken(pool_id, share, number)
    closed = Pool.objects.filter(id=pool_id, state=PoolState.CLOSED).values_list("closed_reason", flat=True).first()
    if closed is not None:
        raise errors.SessionClosed(pool_id=pool_id, reason=closed)
    raise errors.NoCapacity(pool_id=pool_id)


def _has_room(share: Share, now: datetime) -> Q:
    if share not in IN_RESERVED_PART:
        return Q(total__gt=F("reserved") + _IN_PUBLIC_PART)
    room = Q(reserved__gt=_IN_RESERVED_PART)
    return room & Q(release_at__lte=now) if share == Share.RELEASED else room


def _give_back(pool_id: UUID, share: Share) -> None:
    """The place goes back to the part it lies in; after the release a reserved place is free for everybody by that."""
    counter = f"taken_{share}"
    Pool.objects.filter(id=pool_id).update(**{counter: F(counter) - 1})
