"""What may be done with a referral, and how long it may wait.  Facts and policy in, verdicts out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tongmai.care.referrals.states import OPEN, Direction, DownStep, Side, UpState, UpStep, Urgency

HEIGHT = {"village": 0, "township": 1, "county": 2, "outside": 3}
OUTSIDE = "outside"


class Flaw(StrEnum):
    """Why a receiver is not allowed."""

    SAME = "same"  # an organisation does not refer to itself
    WRONG_WAY = "wrong_way"  # an up-referral to somebody lower, a down-referral to somebody not lower
    OUTSIDE_UNEXPLAINED = "outside_unexplained"  # outside the alliance needs a recorded reason


def problem_key(diagnosis_code: str) -> str:
    """Return what makes two referrals be about the same problem: the ICD-10 category, its first three characters."""
    return diagnosis_code.strip().upper()[:3]


def receiver_flaw(
    *,
    direction: Direction,
    sender_level: str,
    receiver_level: str,
    is_same: bool,
    is_inside: bool,
    outside_reason: str,
    alliance_first: bool,
) -> Flaw | None:
    """Return why the receiver is not allowed, else None.

    Up goes to a higher level; from the county hospital also to a peer.  Down goes to a lower one.  Where the alliance
    comes first, going out of it needs a recorded reason.
    Source: 国卫办医政发〔2024〕21号.
    """
    if is_same:
        return Flaw.SAME
    gap = HEIGHT[receiver_level] - HEIGHT[sender_level]
    peers = sender_level == receiver_level and HEIGHT[sender_level] >= HEIGHT["county"]
    right_way = gap > 0 or peers if direction == Direction.UP else gap < 0
    if not right_way:
        return Flaw.WRONG_WAY
    if alliance_first and not is_inside and not outside_reason.strip():
        return Flaw.OUTSIDE_UNEXPLAINED
    return None


def needs_review(*, chain_wants_review: bool, sender_level: str, receiver_level: str, urgency: Urgency) -> bool:
    """Whether the township reviews first: what its village sends over its head, unless it cannot wait."""
    return (
        chain_wants_review
        and urgency != Urgency.EMERGENCY
        and sender_level == "village"
        and HEIGHT[receiver_level] > HEIGHT["township"]
    )


@dataclass(frozen=True)
class Line:
    """One line of the catalogue, as the advice needs it."""

    level: str
    icd10_prefix: str
    name: str
    guidance: str  # keep | up | down
    conditions: str
    source: str
    status: str


def advise(lines: Iterable[Line], diagnosis_code: str, level: str) -> list[Line]:
    """Return what the catalogue says of a diagnosis at a level, the most specific lines only.

    Of the lines of that level whose prefix begins the code, those with the longest prefix count; there may be several
    (kept under one condition, sent up under another), in the order keep, up, down.  Empty when it is silent.
    """
    code = diagnosis_code.strip().upper()
    fitting = [line for line in lines if line.level == level and code.startswith(line.icd10_prefix.upper())]
    longest = max((len(line.icd10_prefix) for line in fitting), default=0)
    order = ["keep", "up", "down"]
    return sorted(
        (line for line in fitting if len(line.icd10_prefix) == longest), key=lambda line: order.index(line.guidance)
    )


_RANK = {Urgency.EMERGENCY: 0, Urgency.URGENT: 1, Urgency.ROUTINE: 2}


def queue_key(*, urgency: Urgency, by_family_doctor: bool, waiting_since: datetime) -> tuple[int, bool, datetime]:
    """Return the place in the queue, smaller first: emergency, urgent, family doctors' residents, longest waiting."""
    return (_RANK[urgency], not by_family_doctor, waiting_since)


def is_late(*, since: datetime, now: datetime, limit: timedelta) -> bool:
    """True once more than `limit` has passed; exactly `limit` is still in time."""
    return now - since > limit


def limit_id(*, direction: Direction, state: str, urgency: Urgency) -> str | None:
    """Return the id of the policy that limits the wait in this state; None where nobody is waited for."""
    if direction == Direction.DOWN:
        return {
            "draft": "referrals.draft_kept",
            "submitted": "referrals.down.answer",
            "returned": "referrals.supplement",
            "accepted": "referrals.down.arrival",
        }.get(state)
    if state == UpState.REVIEWING and urgency == Urgency.EMERGENCY:
        return None  # an emergency is not reviewed first
    return {
        "draft": "referrals.draft_kept",
        "reviewing": f"referrals.review.{urgency}",
        "submitted": f"referrals.answer.{urgency}",
        "returned": "referrals.supplement",
        "accepted": f"referrals.arrival.{urgency}",
        "no_show": "referrals.slot_wait",
        "treated": "referrals.down.offer",
    }.get(state)


class Wish(StrEnum):
    """On which account a booking asks for its place: the share for family doctors' referrals, or the public one."""

    RESERVED = "reserved"
    PUBLIC = "public"


def wanted_share(*, by_family_doctor: bool, urgency: Urgency) -> Wish:
    """Return the share to ask for: family doctors' residents and emergencies may use what is reserved."""
    return Wish.RESERVED if by_family_doctor or urgency == Urgency.EMERGENCY else Wish.PUBLIC


def may_leave_draft(*, has_consent: bool, urgency: Urgency) -> bool:
    """Whether consent is there; an emergency may go first and bring it later."""
    return has_consent or urgency == Urgency.EMERGENCY


@dataclass(frozen=True)
class Facts:
    """What of one referral decides, beside its state, whether a step can be taken."""

    urgency: Urgency
    has_reviewer: bool
    has_been_submitted: bool
    owes_paperwork: bool
    owes_consent: bool = False  # a message brought none, and nobody has obtained it yet
    n_open_follow_ups: int = 0


def applies(direction: Direction, step: str, facts: Facts, *, sides: frozenset[str]) -> bool:
    """Whether a step that the table allows makes sense for this referral.

    A consent that a message did not bring must be there before the resident is taken over; an emergency goes first
    and is not closed without it (docs/decisions/0007).
    """
    if step in (UpStep.RECORD_CONSENT, DownStep.RECORD_CONSENT):
        return facts.owes_consent
    if step == UpStep.REASSIGN and Side.RECEIVER in sides:
        return False  # her own hospital's coordinator redirects
    if direction == Direction.DOWN:
        waits = {DownStep.RECEIVE: facts.owes_consent, DownStep.FINISH: facts.n_open_follow_ups > 0}
        return not waits.get(DownStep(step), False)
    is_emergency = facts.urgency == Urgency.EMERGENCY
    to_review = facts.has_reviewer and not facts.has_been_submitted
    conditions = {
        UpStep.ASK_REVIEW: to_review and not is_emergency,
        UpStep.SUBMIT: not to_review and not is_emergency,
        UpStep.SEND_EMERGENCY: is_emergency,
        UpStep.ADMIT_EMERGENCY: is_emergency,
        UpStep.COMPLETE_PAPERWORK: facts.owes_paperwork,
        UpStep.ARRIVE: is_emergency or not facts.owes_consent,
        UpStep.CLOSE: not facts.owes_paperwork and not facts.owes_consent,
    }
    return conditions.get(UpStep(step), True)


def is_open(direction: Direction, state: str) -> bool:
    """Whether it has left the draft and nothing final has happened."""
    return state in OPEN[direction]


def stands_in_for_receiver(*, receiver_level: str) -> bool:
    """Whether the sender writes down the receiver's answers: hospitals outside the county do not sign in here."""
    return receiver_level == OUTSIDE


def may_send_down(*, up_state: str) -> bool:
    """Whether an up-referral has come so far that the resident may go down again."""
    return up_state in {UpState.ARRIVED, UpState.TREATED, UpState.CLOSED}


def follow_up_days(
    *, starts_on: date, interval: timedelta, times: int, asked_for: Sequence[date] = ()
) -> list[tuple[date, bool]]:
    """Return the days of follow-up as (day, was it asked for by the plan), in order, each day once.

    The plan's own days count first; days at the policy's interval are added until there are `times` in all.
    """
    days = {day: True for day in asked_for if day >= starts_on}
    step = 1
    while len(days) < times:
        days.setdefault(starts_on + interval * step, False)
        step += 1
    return sorted(days.items())


def next_follow_up_on(*, done_on: date, interval: timedelta, result: str) -> date:
    """Return when to look again: at the usual interval, in half of it (at least a day) after getting worse."""
    pause = max(interval / 2, timedelta(days=1)) if result in {"worse", "not_reached"} else interval
    return done_on + timedelta(days=max(1, pause.days))


def ends_follow_up(result: str) -> bool:
    """Whether a result makes all further follow-up pointless."""
    return result == "died"
