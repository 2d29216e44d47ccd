"""What follows from a contract.  Facts and policy in, verdicts out."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from tongmai.care.family_doctors.states import State
from tongmai.kernel.months import plus_months
from tongmai.kernel.spans import covers


class Status(StrEnum):
    """How a contract stands on a day: its state, and what the calendar adds to it."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    ENDED = "ended"
    TERMINATED = "terminated"
    DISCARDED = "discarded"


def ends_before(starts_on: date, years: int) -> date:
    """Return the day on which a contract of `years` years is over.

    Raises:
        ValueError: `years` is not positive.
    """
    if years < 1:
        raise ValueError("a contract lasts at least a year")
    return plus_months(starts_on, 12 * years)


def status_of(*, state: State, starts_on: date, ends_before: date, today: date, notice: timedelta) -> Status:
    """Return how a contract stands today; in its last `notice` days it is expiring."""
    if state != State.ACTIVE:
        return Status(state)
    if today >= ends_before:
        return Status.EXPIRED
    return Status.EXPIRING if ends_before - today <= notice else Status.IN_FORCE


def is_in_force(*, state: State, starts_on: date, ends_before: date, day: date) -> bool:
    """Whether the contract binds on `day`."""
    return state == State.ACTIVE and covers(starts_on, ends_before, day)


def renewed_until(*, ends_before_now: date, today: date, years: int) -> date:
    """Return the end of a renewal: the time still left is kept, the new term is added to it."""
    return ends_before(max(ends_before_now, today), years)


def is_priority(tags: Iterable[str], priority_tags: Iterable[str]) -> bool:
    """Whether a resident belongs to one of the groups to be signed first."""
    return bool(set(tags) & set(priority_tags))
