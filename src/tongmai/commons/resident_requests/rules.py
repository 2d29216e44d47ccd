"""When a dispute may be opened again, and what may be said."""

from datetime import datetime, timedelta

from tongmai.commons.resident_requests.states import DISPUTES, DisputeState, DisputeStep
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_

MOST_REOPENED = 1
LONGEST = 1000
SHORTEST = 4  # characters of what is said: fewer say nothing


def may_reopen(
    state: str, *, n_reopened: int, answered_at: datetime | None, now: datetime, within: timedelta
) -> bool:  # fmt: skip
    """Whether a resident who is not content may say so: once, and before the time that the policy gives is over."""
    can_step = (DisputeState(state), DisputeStep.REOPEN) in DISPUTES.rows
    return can_step and n_reopened < MOST_REOPENED and answered_at is not None and now < answered_at + within


def said(field: str, text: str) -> str:
    """Return what somebody says, without blanks at its ends.

    Raises:
        InvalidInput: too short to say something, or too long.
    """
    kept = text.replace("\x00", "").strip()
    if len(kept) < SHORTEST:
        raise InvalidInput(field=field, problem=N_("请写明情况，至少四个字"))
    if len(kept) > LONGEST:
        raise InvalidInput(field=field, problem=N_("最多一千字"))
    return kept
