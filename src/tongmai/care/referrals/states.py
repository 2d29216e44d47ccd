"""The two lives of a referral, as tables.  Typed a second time in tests/spec/referrals."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from tongmai.kernel.states import StepRule, Table


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"


class Urgency(StrEnum):
    ROUTINE = "routine"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class Side(StrEnum):
    """Where an organisation stands in a referral; one may stand on several sides."""

    SENDER = "sender"
    REVIEWER = "reviewer"
    RECEIVER = "receiver"
    COORDINATOR = "coordinator"


class UpState(StrEnum):
    DRAFT = "draft"
    REVIEWING = "reviewing"  # the township looks at what its village sends higher
    SUBMITTED = "submitted"
    RETURNED = "returned"  # more is asked for; the sender may send again
    ACCEPTED = "accepted"
    BOOKED = "booked"
    NO_SHOW = "no_show"
    ARRIVED = "arrived"
    TREATED = "treated"
    CLOSED = "closed"  # final
    DECLINED = "declined"  # final, with a reason
    WITHDRAWN = "withdrawn"  # final, with a reason


class UpStep(StrEnum):
    ASK_REVIEW = "ask_review"
    APPROVE = "approve"
    SEND_BACK = "send_back"  # the reviewer's return
    SUBMIT = "submit"
    ACCEPT = "accept"
    DECLINE = "decline"
    RETURN = "return"
    REDIRECT = "redirect"  # the receiver sends on
    REASSIGN = "reassign"  # the alliance's coordinator sends on what waits too long
    BOOK = "book"
    RESCHEDULE = "reschedule"
    ARRIVE = "arrive"
    MISS = "miss"
    TREAT = "treat"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    SEND_EMERGENCY = "send_emergency"  # the patient is on the way: nobody is asked first
    ADMIT_EMERGENCY = "admit_emergency"  # the patient is here, no paper came: the receiver writes it down
    COMPLETE_PAPERWORK = "complete_paperwork"
    RECORD_CONSENT = "record_consent"  # a message brought none: the receiver obtains it


class DownState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    RECEIVED = "received"
    FOLLOWING = "following"
    CLOSED = "closed"  # final
    DECLINED = "declined"  # final, with a reason
    WITHDRAWN = "withdrawn"  # final, with a reason


class DownStep(StrEnum):
    SUBMIT = "submit"
    ACCEPT = "accept"
    DECLINE = "decline"
    RETURN = "return"
    REDIRECT = "redirect"
    REASSIGN = "reassign"
    RECEIVE = "receive"
    FOLLOW_UP = "follow_up"
    FINISH = "finish"
    WITHDRAW = "withdraw"
    RECORD_CONSENT = "record_consent"


_DOCTORS = frozenset({"village_doctor", "general_practitioner", "specialist"})
_ANSWERING = frozenset({"general_practitioner", "specialist", "referral_coordinator"})
_COORDINATING = frozenset({"referral_coordinator"})
_DESK = _ANSWERING | {"registrar", "nurse"}

UP: Table[UpState, UpStep] = Table(
    rows={
        (UpState.DRAFT, UpStep.ASK_REVIEW): UpState.REVIEWING,
        (UpState.DRAFT, UpStep.SUBMIT): UpState.SUBMITTED,
        (UpState.DRAFT, UpStep.SEND_EMERGENCY): UpState.ACCEPTED,
        (UpState.DRAFT, UpStep.ADMIT_EMERGENCY): UpState.ARRIVED,
        (UpState.DRAFT, UpStep.WITHDRAW): UpState.WITHDRAWN,
        (UpState.REVIEWING, UpStep.APPROVE): UpState.SUBMITTED,
        (UpState.REVIEWING, UpStep.SEND_BACK): UpState.RETURNED,
        (UpState.REVIEWING, UpStep.WITHDRAW): UpState.WITHDRAWN,
        (UpState.SUBMITTED, UpStep.ACCEPT): UpState.ACCEPTED,
        (UpState.SUBMITTED, UpStep.RETURN): UpState.RETURNED,
        (UpState.SUBMITTED, UpStep.DECLINE): UpState.DECLINED,
        (UpState.SUBMITTED, UpStep.REDIRECT): UpState.SUBMITTED,
        (UpState.SUBMITTED, UpStep.REASSIGN): UpState.SUBMITTED,
        (UpState.SUBMITTED, UpStep.WITHDRAW): UpState.WITHDRAWN,
        (UpState.SUBMITTED, UpStep.RECORD_CONSENT): UpState.SUBMITTED,
        (UpState.RETURNED, UpStep.ASK_REVIEW): UpState.REVIEWING,
        (UpState.RETURNED, UpStep.SUBMIT): UpState.SUBMITTED,
        (UpState.RETURNED, UpStep.WITHDRAW): UpState.WITHDRAWN,
        (UpState.ACCEPTED, UpStep.BOOK): UpState.BOOKED,
        (UpState.ACCEPTED, UpStep.ARRIVE): UpState.ARRIVED,
        (UpState.ACCEPTED, UpStep.REDIRECT): UpState.SUBMITTED,
        (UpState.ACCEPTED, UpStep.REASSIGN): UpState.SUBMITTED,
        (UpState.ACCEPTED, UpStep.WITHDRAW): UpState.WITHDRAWN,
        (UpState.ACCEPTED, UpStep.COMPLETE_PAPERWORK): UpState.ACCEPTED,
        (UpState.ACCEPTED, UpStep.RECORD_CONSENT): UpState.ACCEPTED,
        (UpState.BOOKED, UpStep.ARRIVE): UpState.ARRIVED,
        (UpState.BOOKED, UpStep.RESCHEDULE): UpState.BOOKED,
        (UpState.BOOKED, UpStep.MISS): UpState.NO_SHOW,
        (UpState.BOOKED, UpStep.WITHDRAW): UpState.WITHDRAWN,
        (UpState.BOOKED, UpStep.COMPLETE_PAPERWORK): UpState.BOOKED,
        (UpState.BOOKED, UpStep.RECORD_CONSENT): UpState.BOOKED,
        (UpState.NO_SHOW, UpStep.BOOK): UpState.BOOKED,
        (UpState.NO_SHOW, UpStep.WITHDRAW): UpState.WITHDRAWN,
        (UpState.ARRIVED, UpStep.TREAT): UpState.TREATED,
        (UpState.ARRIVED, UpStep.COMPLETE_PAPERWORK): UpState.ARRIVED,
        (UpState.ARRIVED, UpStep.RECORD_CONSENT): UpState.ARRIVED,
        (UpState.TREATED, UpStep.CLOSE): UpState.CLOSED,
        (UpState.TREATED, UpStep.COMPLETE_PAPERWORK): UpState.TREATED,
        (UpState.TREATED, UpStep.RECORD_CONSENT): UpState.TREATED,
    },
    rules={
        UpStep.ASK_REVIEW: StepRule(Side.SENDER, _DOCTORS),
        UpStep.SUBMIT: StepRule(Side.SENDER, _DOCTORS),
        UpStep.SEND_EMERGENCY: StepRule(Side.SENDER, _DOCTORS),
        UpStep.COMPLETE_PAPERWORK: StepRule(Side.SENDER, _DOCTORS),
        UpStep.WITHDRAW: StepRule(Side.SENDER, _DOCTORS, needs_reason=True),
        UpStep.APPROVE: StepRule(Side.REVIEWER, _ANSWERING),
        UpStep.SEND_BACK: StepRule(Side.REVIEWER, _ANSWERING, needs_reason=True),
        UpStep.ACCEPT: StepRule(Side.RECEIVER, _ANSWERING),
        UpStep.DECLINE: StepRule(Side.RECEIVER, _ANSWERING, needs_reason=True),
        UpStep.RETURN: StepRule(Side.RECEIVER, _ANSWERING, needs_reason=True),
        UpStep.REDIRECT: StepRule(Side.RECEIVER, _COORDINATING, needs_reason=True),
        UpStep.REASSIGN: StepRule(Side.COORDINATOR, _COORDINATING, needs_reason=True),
        UpStep.BOOK: StepRule(Side.RECEIVER, _ANSWERING | {"registrar"}),
        UpStep.RESCHEDULE: StepRule(Side.RECEIVER, _ANSWERING | {"registrar"}, needs_reason=True),
        UpStep.ARRIVE: StepRule(Side.RECEIVER, _DESK),
        UpStep.ADMIT_EMERGENCY: StepRule(Side.RECEIVER, frozenset({"general_practitioner", "specialist"})),
        UpStep.MISS: StepRule(Side.RECEIVER, _DESK),
        UpStep.TREAT: StepRule(Side.RECEIVER, frozenset({"general_practitioner", "specialist"})),
        UpStep.CLOSE: StepRule(Side.RECEIVER, _ANSWERING),
        UpStep.RECORD_CONSENT: StepRule(Side.RECEIVER, _DESK),
    },
)

_BELOW = frozenset({"village_doctor", "general_practitioner", "nurse"})
_ABOVE = frozenset({"specialist", "general_practitioner", "referral_coordinator"})
_BELOW_ANSWERING = frozenset({"village_doctor", "general_practitioner", "referral_coordinator"})

DOWN: Table[DownState, DownStep] = Table(
    rows={
        (DownState.DRAFT, DownStep.SUBMIT): DownState.SUBMITTED,
        (DownState.DRAFT, DownStep.WITHDRAW): DownState.WITHDRAWN,
        (DownState.SUBMITTED, DownStep.ACCEPT): DownState.ACCEPTED,
        (DownState.SUBMITTED, DownStep.RETURN): DownState.RETURNED,
        (DownState.SUBMITTED, DownStep.DECLINE): DownState.DECLINED,
        (DownState.SUBMITTED, DownStep.REDIRECT): DownState.SUBMITTED,
        (DownState.SUBMITTED, DownStep.REASSIGN): DownState.SUBMITTED,
        (DownState.SUBMITTED, DownStep.WITHDRAW): DownState.WITHDRAWN,
        (DownState.SUBMITTED, DownStep.RECORD_CONSENT): DownState.SUBMITTED,
        (DownState.RETURNED, DownStep.SUBMIT): DownState.SUBMITTED,
        (DownState.RETURNED, DownStep.WITHDRAW): DownState.WITHDRAWN,
        (DownState.ACCEPTED, DownStep.RECEIVE): DownState.RECEIVED,
        (DownState.ACCEPTED, DownStep.REDIRECT): DownState.SUBMITTED,
        (DownState.ACCEPTED, DownStep.REASSIGN): DownState.SUBMITTED,
        (DownState.ACCEPTED, DownStep.WITHDRAW): DownState.WITHDRAWN,
        (DownState.ACCEPTED, DownStep.RECORD_CONSENT): DownState.ACCEPTED,
        (DownState.RECEIVED, DownStep.FOLLOW_UP): DownState.FOLLOWING,
        (DownState.FOLLOWING, DownStep.FOLLOW_UP): DownState.FOLLOWING,
        (DownState.FOLLOWING, DownStep.FINISH): DownState.CLOSED,
    },
    rules={
        DownStep.SUBMIT: StepRule(Side.SENDER, _ABOVE),
        DownStep.WITHDRAW: StepRule(Side.SENDER, _ABOVE, needs_reason=True),
        DownStep.ACCEPT: StepRule(Side.RECEIVER, _BELOW_ANSWERING),
        DownStep.DECLINE: StepRule(Side.RECEIVER, _BELOW_ANSWERING, needs_reason=True),
        DownStep.RETURN: StepRule(Side.RECEIVER, _BELOW_ANSWERING, needs_reason=True),
        DownStep.REDIRECT: StepRule(Side.RECEIVER, _BELOW_ANSWERING, needs_reason=True),
        DownStep.REASSIGN: StepRule(Side.COORDINATOR, _COORDINATING, needs_reason=True),
        DownStep.RECEIVE: StepRule(Side.RECEIVER, _BELOW),
        DownStep.FOLLOW_UP: StepRule(Side.RECEIVER, _BELOW),
        DownStep.FINISH: StepRule(Side.RECEIVER, _BELOW_ANSWERING),
        DownStep.RECORD_CONSENT: StepRule(Side.RECEIVER, _BELOW | _BELOW_ANSWERING),
    },
)

State = UpState | DownState
Step = UpStep | DownStep

TABLES: dict[Direction, Table[Any, Any]] = {Direction.UP: UP, Direction.DOWN: DOWN}
STATES: dict[Direction, Any] = {Direction.UP: UpState, Direction.DOWN: DownState}
STEPS: dict[Direction, Any] = {Direction.UP: UpStep, Direction.DOWN: DownStep}

# Open: it has left the draft and nothing final has happened.  One per resident, problem and direction.
OPEN: dict[Direction, frozenset[str]] = {
    direction: frozenset(str(s) for s in STATES[direction] if s != "draft" and table.steps_from(s))
    for direction, table in TABLES.items()
}
ALL_STATES = sorted({str(s) for states in STATES.values() for s in states})
ALL_STEPS = sorted({str(s) for steps in STEPS.values() for s in steps})
OPEN_STATES = sorted(OPEN[Direction.UP] | OPEN[Direction.DOWN])
REASONED = sorted({str(step) for table in TABLES.values() for step, rule in table.rules.items() if rule.needs_reason})


def after(direction: Direction, state: str, step: str) -> State:
    """Return the state that `step` leads to.

    Raises:
        StepNotAllowed: the table of that direction has no such row.
    """
    table = TABLES[direction]
    return table.after(state, step)  # type: ignore[no-any-return]


def open_to(direction: Direction, state: str, *, sides: Iterable[str], role: str) -> list[Step]:
    """Return the steps that an actor on `sides` in `role` may take from `state`, in the order of the table."""
    return TABLES[direction].open_to(state, sides=sides, role=role)
