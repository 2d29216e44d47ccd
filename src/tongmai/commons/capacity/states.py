"""The life of a booking, and the words for shares and kinds.  Drawn in docs/generated/capacity.md."""

from enum import StrEnum

from tongmai.kernel.states import StepRule, Table


class Kind(StrEnum):
    """What is booked.  Only beds are booked for several pools (days) at once."""

    CLINIC = "clinic"
    BED = "bed"
    EXAM = "exam"


class Share(StrEnum):
    """On which account a place is taken.  The first and last are also what a request can want."""

    RESERVED = "reserved"  # reserved part, by a family doctor's referral
    BORROWED = "borrowed"  # public part, by a family doctor's referral that found the reserved part full
    LENT = "lent"  # reserved part, before its release, by somebody whom the local policy lets in (an emergency)
    RELEASED = "released"  # reserved part, by the public, after its release
    PUBLIC = "public"  # public part, by the public


IN_RESERVED_PART = frozenset({Share.RESERVED, Share.LENT, Share.RELEASED})


class PoolState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"  # with a reason; its people must be moved or told


class State(StrEnum):
    HELD = "held"  # kept until `held_until` for somebody who still decides
    BOOKED = "booked"
    ARRIVED = "arrived"
    NO_SHOW = "no_show"  # did not come; whoever comes late after all still arrives
    CANCELLED = "cancelled"  # final, with a reason
    EXPIRED = "expired"  # final: a hold nobody confirmed


TAKES_A_PLACE = frozenset({State.HELD, State.BOOKED, State.ARRIVED, State.NO_SHOW})


class Step(StrEnum):
    CONFIRM = "confirm"
    RESCHEDULE = "reschedule"
    ARRIVE = "arrive"
    MISS = "miss"
    CANCEL = "cancel"
    EXPIRE = "expire"


class Side(StrEnum):
    """Where an actor stands to a booking."""

    OFFERER = "offerer"  # the organisation whose resource it is
    BOOKER = "booker"  # the organisation that booked
    SOURCE = "source"  # acts through what the booking was made for, e.g. the sender of the referral
    RESIDENT = "resident"  # for whom it is booked, or her guardian
    SYSTEM = "system"


_DESK = frozenset(
    {
        "registrar",
        "nurse",
        "specialist",
        "general_practitioner",
        "village_doctor",
        "technician",
        "resource_manager",
        "referral_coordinator",
        "system",
    }
)
_BOOKERS = _DESK - {"nurse", "technician", "resource_manager"}

TABLE = Table(
    rows={
        (State.HELD, Step.CONFIRM): State.BOOKED,
        (State.HELD, Step.CANCEL): State.CANCELLED,
        (State.HELD, Step.EXPIRE): State.EXPIRED,
        (State.BOOKED, Step.RESCHEDULE): State.BOOKED,
        (State.BOOKED, Step.ARRIVE): State.ARRIVED,
        (State.BOOKED, Step.MISS): State.NO_SHOW,
        (State.BOOKED, Step.CANCEL): State.CANCELLED,
        (State.NO_SHOW, Step.ARRIVE): State.ARRIVED,
    }
)

# Who takes a step: by side, the roles on it.  A step that two sides may take has two rules.
MAY_TAKE: dict[Step, tuple[StepRule, ...]] = {
    Step.CONFIRM: (
        StepRule(Side.BOOKER, _BOOKERS),
        StepRule(Side.OFFERER, _DESK),
        StepRule(Side.SOURCE, _DESK),
    ),
    Step.RESCHEDULE: (
        StepRule(Side.BOOKER, _BOOKERS, needs_reason=True),
        StepRule(Side.OFFERER, _DESK, needs_reason=True),
        StepRule(Side.SOURCE, _DESK, needs_reason=True),
    ),
    Step.CANCEL: (
        StepRule(Side.BOOKER, _BOOKERS, needs_reason=True),
        StepRule(Side.OFFERER, _DESK, needs_reason=True),
        StepRule(Side.SOURCE, _DESK, needs_reason=True),
        StepRule(Side.RESIDENT, frozenset({"resident"}), needs_reason=True),
    ),
    Step.ARRIVE: (StepRule(Side.OFFERER, _DESK),),
    Step.MISS: (StepRule(Side.OFFERER, _DESK),),
    Step.EXPIRE: (StepRule(Side.SYSTEM, frozenset({"system"})),),
}


def after(state: State, step: Step) -> State:
    """Return the state that `step` leads to.  Raises StepNotAllowed if the table has no such row."""
    return TABLE.after(state, step)


def may(step: Step, *, sides: set[Side], role: str) -> bool:
    """Whether an actor standing on `sides` in `role` is one who takes `step`.  The system takes every step."""
    if Side.SYSTEM in sides:
        return True
    return any(rule.side in sides and role in rule.roles for rule in MAY_TAKE[step])


def needs_reason(step: Step) -> bool:
    """Whether a reason is due with `step`."""
    return any(rule.needs_reason for rule in MAY_TAKE[step])


def open_to(state: State, *, sides: set[Side], role: str) -> list[Step]:
    """Return the steps that lead on from `state` and that this actor may take."""
    return [step for step in TABLE.steps_from(state) if may(step, sides=sides, role=role)]
