"""The one place where a booking changes state, and its history is written."""

from tongmai.commons.capacity import events, states
from tongmai.commons.capacity.models import Booking, BookingTransition
from tongmai.commons.capacity.states import State, Step
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.together import insert, update
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_

BOOK = "book"


def take(booking: Booking, step: Step, *, by: Actor, reason: str = "", **values) -> None:
    """Bring a locked booking to the next state, set further `values`, and append the step to its history.

    Raises:
        StepNotAllowed: the table has no such row.
        InvalidInput: the step wants a reason and there is none.
    """
    reason = reason.strip()
    if states.needs_reason(step) and not reason:
        raise InvalidInput(field="reason", problem=N_("请填写原因"))
    booking.state = states.after(State(booking.state), step)
    for name, value in values.items():
        setattr(booking, name, value)
    booking.version += 1
    update(booking, "state", "version", *values)
    remember(booking, step, by=by, reason=reason)


def remember(booking: Booking, step: str, *, by: Actor, reason: str = "") -> None:
    """Append one row to the history of a booking."""
    insert(
        BookingTransition(
            booking=booking, step=step, to_state=booking.state, at=by.now, by_id=by.user_id, org_id=by.org_id,
            reason=reason,
        )
    )  # fmt: skip


def expire(bookings: list[Booking], *, by: Actor) -> None:
    """Bring locked holds that ran out to their end.  Their places are given back by the caller's move."""
    for booking in bookings:
        take(booking, Step.EXPIRE, by=by, held_until=None)
        audit.record(events.BookingExpired(**about(booking)), by=by, subject_id=booking.id)


def about(booking: Booking) -> dict:
    """Return the facts by which every event names its booking."""
    return {
        "booking_id": booking.id,
        "resident_id": booking.resident_id,
        "source_kind": booking.source_kind,
        "source_id": booking.source_id,
    }
