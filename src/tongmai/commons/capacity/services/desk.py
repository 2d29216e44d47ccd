"""What a desk does with bookings: public places for whoever stands there, and marking who came.

A booking that was made for something else (a referral) is moved by that thing, which then calls the booking services:
the desk is refused, so that the two never tell different stories.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from tongmai.commons.capacity import access, errors
from tongmai.commons.capacity.models import Booking
from tongmai.commons.capacity.services import booking
from tongmai.commons.capacity.sources import DESK, SourceKind
from tongmai.commons.capacity.states import Share, Step
from tongmai.commons.residents import access as residents
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.text import N_

CANCELLED_BY_RESIDENT = N_("居民自行取消")
AT_DESK = (Step.CONFIRM, Step.ARRIVE, Step.MISS, Step.CANCEL)


def book_at_desk(*, pool_ids: Sequence[UUID], resident_id: UUID, by: Actor, emergency: bool = False) -> Booking:
    """Book a public place for a resident who stands at the desk or calls (errors as in `book`).

    Raises:
        NotFound: also when the resident is not in the reach of `by`.
    """
    residents.get(resident_id, by=by)
    return booking.book(
        pool_ids=pool_ids,
        resident_id=resident_id,
        share_wanted=Share.PUBLIC,
        source=DESK,
        by=by,
        emergency=emergency,
    )


@transaction.atomic
def take_at_desk(*, booking_id: UUID, step: Step, by: Actor, reason: str = "") -> Booking:
    """Confirm, mark as arrived or missed, or cancel (errors as in the service of that name).

    Raises:
        BelongsToReferral: the booking is a referral's.
    """
    assert step in AT_DESK, step
    _check_desk(booking_id, by)
    if step == Step.CANCEL:
        return booking.cancel(booking_id=booking_id, by=by, reason=reason)
    service = {Step.CONFIRM: booking.confirm, Step.ARRIVE: booking.arrive, Step.MISS: booking.no_show}[step]
    return service(booking_id=booking_id, by=by)


@transaction.atomic
def cancel_own(*, booking_id: UUID, by: Actor) -> Booking:
    """Give back a place that one has oneself, or a ward has (errors as in `cancel`).

    Raises:
        BelongsToReferral: a referral's booking is moved by those who refer.
        TooLateForResident: so shortly before it begins nobody else can use the place.
    """
    found = access.booking(booking_id, by=by, step=Step.CANCEL)
    if found.source_kind == SourceKind.REFERRAL:
        raise errors.BelongsToReferral(source_id=found.source_id)
    if not may_cancel_own(found.starts_at, found.resource.org_id, by=by):
        raise errors.TooLateForResident()
    return booking.cancel(booking_id=booking_id, by=by, reason=str(CANCELLED_BY_RESIDENT))


def may_cancel_own(starts_at: datetime, org_id: UUID, *, by: Actor) -> bool:
    """Whether a resident may still cancel by herself what begins then."""
    before = policy.value("resident_requests.cancel_before", on=by.today, at=org_id).timedelta()
    return by.now + before <= starts_at


@transaction.atomic
def reschedule_at_desk(*, booking_id: UUID, pool_ids: Sequence[UUID], by: Actor, reason: str) -> Booking:
    """Move a booking (errors as in `reschedule`).

    Raises:
        BelongsToReferral: the booking is a referral's.
    """
    _check_desk(booking_id, by)
    return booking.reschedule(booking_id=booking_id, pool_ids=pool_ids, by=by, reason=reason)


def _check_desk(booking_id: UUID, by: Actor) -> None:
    found = access.booking(booking_id, by=by)
    if found.source_kind == SourceKind.REFERRAL:
        raise errors.BelongsToReferral(source_id=found.source_id)
