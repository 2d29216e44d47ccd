"""Booking a resident in, moving the booking, and saying whether she came."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from tongmai.commons.capacity import access, asking, banning, errors, events, rules, steps, taking, terms
from tongmai.commons.capacity.models import Booking, Pool, Refusal
from tongmai.commons.capacity.services import refusals
from tongmai.commons.capacity.sources import Source
from tongmai.commons.capacity.states import Kind, Share, State, Step
from tongmai.commons.residents.models import KnownTo
from tongmai.commons.residents.services import make_known
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.together import flush, insert, run, together
from tongmai.foundation.orgs import access as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.prepared import PreparedUpdate
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_
from tongmai.ui.words import when


def book(
    *,
    pool_ids: Sequence[UUID],
    resident_id: UUID,
    share_wanted: Share,
    source: Source,
    by: Actor,
    hold_until: datetime | None = None,
    emergency: bool = False,
    at_org: UUID | None = None,
    notes_refusal: bool = True,
) -> Booking:
    """Take one place in each of the pools for the resident, all or none; with `hold_until` only hold them.

    The caller answers for `share_wanted`: a reserved share is for a resident whom her family doctor refers.
    When there is no place, the request is written on the list of refused ones, and stays there even though the error
    rises, unless the caller's own transaction is rolled back; without `notes_refusal` the caller writes it down herself.
    With `at_org` only that organisation's places will do.

    Raises:
        NotFound: a pool is absent or out of reach, or there is no such resident.
        NotTogetherError: the pools do not make one booking, or have ended.
        InvalidInput: the day is too far ahead, the hold ends in the past, the resident has died, or the place is not
            at that organisation.
        Banned: the resident missed too many bookings.
        AlreadyBooked: the resident has a place in one of the pools.
        SessionClosed: a pool is closed.
        NoCapacity: a pool has no place that this asker may take; of a stay, NightFull names the night.
    """
    orgs.require(by, Action.BOOK)
    asking.check_alive(resident_id)
    pools = asking.pools_of(pool_ids, by)
    if at_org is not None and pools[0].resource.org_id != at_org:
        raise InvalidInput(field="pools", problem=N_("只能预约接收机构的资源"))
    request = asking.checked(pools, resident_id, share_wanted, source, by, hold_until, emergency)
    with together():
        booking = _booked_at_once(request, by=by)
        if booking is not None:
            return booking
    try:
        with transaction.atomic():
            booking = taking.reclaiming(request.pool_ids, by.now, lambda overdue: _taken(request, overdue, by=by))
            _answered(booking, by=by)
            return booking
    except errors.NoCapacity as full:
        if notes_refusal:
            _note_refusal(request, by=by)
        raise _said_by_night(full, request.pools) from None


def hold(*, pool_ids: Sequence[UUID], resident_id: UUID, share_wanted: Share, source: Source, by: Actor) -> Booking:
    """Hold places for as long as the policy says, for somebody who still decides; `confirm` books them.

    Errors as in `book`.
    """
    until = by.now + terms.hold(at=by.org_id, on=by.today)
    return book(
        pool_ids=pool_ids, resident_id=resident_id, share_wanted=share_wanted, source=source, by=by, hold_until=until
    )


@transaction.atomic
def confirm(*, booking_id: UUID, by: Actor, through: Source | None = None) -> Booking:
    """Make a hold a booking.

    Raises:
        NotFound, StepNotAllowed: see `access.booking`.
        HoldIsOver: it ran out, even if nobody has taken the place yet.
    """
    booking = access.booking(booking_id, by=by, step=Step.CONFIRM, through=through, lock=True)
    if rules.hold_is_over(held_until=booking.held_until, now=by.now):
        raise errors.HoldIsOver()
    booking.places.filter(is_taken=True).update(held_until=None)
    steps.take(booking, Step.CONFIRM, by=by, held_until=None)
    audit.record(events.BookingConfirmed(**steps.about(booking)), by=by, subject_id=booking.id)
    return booking


@transaction.atomic
def cancel(*, booking_id: UUID, by: Actor, reason: str, through: Source | None = None) -> Booking:
    """Give the places back.  Shortly before the start this counts as not coming, unless the offerer cancels.

    Raises:
        NotFound, StepNotAllowed: see `access.booking`.
        InvalidInput: no reason.
        TooLate: the booked time is over.
    """
    booking = access.booking(booking_id, by=by, step=Step.CANCEL, through=through, lock=True)
    if not rules.may_cancel(state=State(booking.state), ends_at=booking.ends_at, now=by.now):
        raise errors.TooLate()
    is_late = _is_late_cancel(booking, by)
    steps.take(booking, Step.CANCEL, by=by, reason=reason, held_until=None, is_late_cancel=is_late)
    taking.move(taking.Move(taking.places_of([booking]), (), (), by.now))
    audit.record(
        events.BookingCancelled(
            **steps.about(booking), org_id=booking.resource.org_id, reason=reason.strip(), is_late=is_late
        ),
        by=by,
        subject_id=booking.id,
    )
    if is_late:
        banning.consider(booking, by=by)
    return booking


@transaction.atomic
def reschedule(
    *, booking_id: UUID, pool_ids: Sequence[UUID], by: Actor, reason: str, through: Source | None = None
) -> Booking:
    """Move a booking to other pools, on the same account.  When these have no place, the old ones are kept.

    Pools that stay (some nights of a bed) are neither given back nor taken anew.

    Raises:
        NotFound, StepNotAllowed: see `access.booking`.
        TooLate: the booked time is over.
        InvalidInput, NotTogetherError, AlreadyBooked, SessionClosed, NoCapacity: as in `book`.
    """
    booking = access.booking(booking_id, by=by, step=Step.RESCHEDULE, through=through, lock=True)
    if not rules.may_cancel(state=State(booking.state), ends_at=booking.ends_at, now=by.now):
        raise errors.TooLate()
    pools = asking.pools_of(pool_ids, by)
    if pools[0].resource.kind != booking.resource.kind:
        raise InvalidInput(field="pools", problem=N_("改期只能在同类资源之间进行"))
    shares = asking.shares_of(Share(booking.share_wanted), booking.source_kind, booking.is_emergency, pools[0], by)
    old_starts_at = booking.starts_at
    wanted = [pool.id for pool in pools]
    try:
        taking.reclaiming(wanted, by.now, lambda overdue: _moved(booking, pools, shares, overdue, by))
    except errors.NoCapacity as full:
        raise _said_by_night(full, pools) from None
    steps.take(booking, Step.RESCHEDULE, by=by, reason=reason, **_span(booking, pools))
    audit.record(
        events.BookingRescheduled(
            **steps.about(booking),
            org_id=booking.resource.org_id,
            old_starts_at=old_starts_at,
            new_starts_at=booking.starts_at,
            reason=reason.strip(),
        ),
        by=by,
        subject_id=booking.id,
    )
    return booking


@transaction.atomic
def arrive(*, booking_id: UUID, by: Actor) -> Booking:
    """The resident has come; a no-show who comes late arrives too, and a ban that followed from it is lifted.

    Raises:
        NotFound, StepNotAllowed: see `access.booking`.
        TooEarly: before the day of the booking.
    """
    booking = access.booking(booking_id, by=by, step=Step.ARRIVE, lock=True)
    if not rules.may_arrive(starts_at=booking.starts_at, now=by.now):
        raise errors.TooEarly(from_at=when(booking.starts_at))
    was_missed = booking.state == State.NO_SHOW
    steps.take(booking, Step.ARRIVE, by=by)
    audit.record(
        events.BookingArrived(**steps.about(booking), org_id=booking.resource.org_id), by=by, subject_id=booking.id
    )
    if was_missed:
        banning.undo(booking, by=by)
    return booking


@transaction.atomic
def no_show(*, booking_id: UUID, by: Actor) -> Booking:
    """The resident did not come.  So many within the policy's time lead to a ban with an end.

    Raises:
        NotFound, StepNotAllowed: see `access.booking`.
        TooEarly: she is still waited for.
    """
    booking = access.booking(booking_id, by=by, step=Step.MISS, lock=True)
    first_ends_at = booking.places.filter(is_taken=True).order_by("pool__starts_at").values_list("pool__ends_at")[0][0]
    missed_from = rules.missed_from(
        kind=Kind(booking.resource.kind),
        starts_at=booking.starts_at,
        first_ends_at=first_ends_at,
        grace=terms.grace(at=booking.resource.org_id, on=by.today),
    )
    if by.now < missed_from:
        raise errors.TooEarly(from_at=when(missed_from))
    steps.take(booking, Step.MISS, by=by)
    audit.record(
        events.BookingMissed(**steps.about(booking), org_id=booking.resource.org_id), by=by, subject_id=booking.id
    )
    banning.consider(booking, by=by)
    return booking


def _said_by_night(full: errors.NoCapacity, pools: Sequence[Pool]) -> errors.NoCapacity:
    """Of a stay of several nights, say which one is full."""
    pool = next((pool for pool in pools if pool.id == full.facts.get("pool_id")), None)
    if pool is None or len(pools) == 1:
        return full
    return errors.NightFull(pool_id=pool.id, day=pool.day.isoformat())


def _booked_at_once(request: asking.Request, *, by: Actor) -> Booking | None:
    """Take a single place that is free, and write all about it together; None where that cannot be done so simply."""
    if len(request.pools) > 1:
        return None
    pool_id, resident_id = request.pool_ids[0], request.resident_id
    place = taking.at_once(pool_id, request.shares, resident_id=resident_id, now=by.now)
    if place is None:
        flush()  # what follows has savepoints: first what came first
        return None
    booking = _booking(request, [place], by=by)
    insert(booking)
    refused = {taking.ONCE: lambda: errors.AlreadyBooked(resident_id=resident_id)}
    insert(*taking.rows_of(booking, [place]), refusals=refused)
    _told(booking, by=by)
    _answered(booking, by=by)
    return booking


def _taken(request: asking.Request, overdue: list[Booking], *, by: Actor) -> Booking:
    """Take the places and write the booking, with the places of `overdue` holds given back in the same walk."""
    wanted = taking.Move(taking.places_of(overdue), request.pool_ids, request.shares, by.now)
    taken = taking.move(wanted)
    steps.expire(overdue, by=by)
    booking = _booking(request, taken, by=by)
    booking.save(force_insert=True)
    taking.write_places(booking, taken)
    _told(booking, by=by)
    return booking


def _booking(request: asking.Request, taken: Sequence[taking.Taken], *, by: Actor) -> Booking:
    first, last = request.pools[0], request.pools[-1]
    return Booking(
        resident_id=request.resident_id,
        resource=first.resource,
        starts_at=first.starts_at,
        ends_at=last.ends_at,
        n_places=len(taken),
        share_wanted=request.share_wanted,
        share=rules.share_of_booking([each.share for each in taken]),
        state=State.HELD if request.hold_until else State.BOOKED,
        held_until=request.hold_until,
        is_emergency=request.is_emergency,
        source_kind=request.source.kind,
        source_id=request.source.id,
        booker_org_id=by.org_id,
        created_at=by.now,
        created_by_id=by.user_id,
    )


def _told(booking: Booking, *, by: Actor) -> None:
    """Begin the history of a booking, and tell the event."""
    steps.remember(booking, steps.BOOK, by=by)
    audit.record(
        events.Booked(
            **steps.about(booking),
            org_id=booking.resource.org_id,
            share=booking.share,
            starts_at=booking.starts_at,
            held_until=booking.held_until,
        ),
        by=by,
        subject_id=booking.id,
    )


def _moved(booking: Booking, pools: list[Pool], shares: tuple[Share, ...], overdue: list[Booking], by: Actor) -> None:
    """Take the pools that are new and give back those that are left, in one walk."""
    wanted = {pool.id for pool in pools}
    held = taking.places_of([booking])
    kept = {place.pool_id for place in held} & wanted
    given = [place for place in held if place.pool_id not in kept]
    taken = taking.move(taking.Move([*given, *taking.places_of(overdue)], wanted - kept, shares, by.now))
    steps.expire(overdue, by=by)
    taking.write_places(booking, taken)
    stay = [Share(place.share) for place in held if place.pool_id in kept]
    booking.share = rules.share_of_booking([*stay, *(each.share for each in taken)])


def _span(booking: Booking, pools: list[Pool]) -> dict:
    return {
        "resource": pools[0].resource,
        "starts_at": pools[0].starts_at,
        "ends_at": pools[-1].ends_at,
        "n_places": len(pools),
        "share": booking.share,
    }


def _is_late_cancel(booking: Booking, by: Actor) -> bool:
    if booking.state == State.HELD or booking.resource.org_id == by.org_id or by.org_id is None:
        return False
    limit = terms.late_cancel(at=booking.resource.org_id, on=by.today)
    return rules.is_late_cancel(starts_at=booking.starts_at, now=by.now, limit=limit)


def _note_refusal(request: asking.Request, *, by: Actor) -> None:
    first = request.pools[0]
    refusals.note_refusal(
        org_id=first.resource.org_id,
        kind=Kind(first.resource.kind),
        department_code=first.resource.department.code,
        resource_id=first.resource_id,
        resident_id=request.resident_id,
        share_wanted=request.share_wanted,
        wanted_on=first.day,
        source=request.source,
        by=by,
    )


def _answered(booking: Booking, *, by: Actor) -> None:
    """Close the open refusals that this booking answers; from now on the organisation may find the resident."""
    closing = _RESOLVE.statement(
        source_kind=booking.source_kind, source_id=booking.source_id, resident_id=booking.resident_id,
        kind=booking.resource.kind, now=by.now, user_id=by.user_id, booking_id=booking.id,
    )  # fmt: skip
    run(*closing)
    make_known(booking.resident_id, org_id=booking.resource.org_id, via=KnownTo.Via.BOOKING, by=by)


def _resolved(*, source_kind, source_id, resident_id, kind, now, user_id, booking_id) -> tuple[QuerySet, dict]:
    """The open refusals of its source, else of the resident for that kind."""
    same = Q(source_kind=source_kind, source_id=source_id)
    if source_id is None:
        same = Q(resident_id=resident_id, source_id__isnull=True)
    rows = Refusal.objects.filter(same, kind=kind, resolved_at__isnull=True)
    outcome = Refusal.Outcome.BOOKED
    return rows, {"resolved_at": now, "resolved_by_id": user_id, "outcome": outcome, "booking_id": booking_id}


_RESOLVE = PreparedUpdate(_resolved)
