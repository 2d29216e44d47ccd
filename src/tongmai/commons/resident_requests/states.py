"""The life of a dispute and of a request to be entered as a guardian.  Drawn in docs/generated/resident_requests.md."""

from enum import StrEnum

from tongmai.kernel.states import StepRule, Table


class DisputeState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"  # explained; nothing was wrong in the record, or the access is being followed up
    CORRECTED = "corrected"  # the entry was put right
    REJECTED = "rejected"  # with the reason
    REOPENED = "reopened"  # the resident is not content, once
    WITHDRAWN = "withdrawn"  # final, by the resident


class DisputeStep(StrEnum):
    ANSWER = "answer"
    CORRECT = "correct"
    REJECT = "reject"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


UNSETTLED = frozenset({DisputeState.OPEN, DisputeState.REOPENED})


class WardState(StrEnum):
    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class WardStep(StrEnum):
    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class Side(StrEnum):
    """Where an actor stands: the resident (or her guardian), or who answers."""

    RESIDENT = "resident"
    ANSWERER = "answerer"


_ASKS = frozenset({"resident"})
_ANSWERS = frozenset({"audit_admin", "registrar", "village_doctor", "general_practitioner", "specialist"})
_REGISTERS = frozenset({"registrar"})

DISPUTES: Table[DisputeState, DisputeStep] = Table(
    rows={
        (state, step): after
        for state in (DisputeState.OPEN, DisputeState.REOPENED)
        for step, after in (
            (DisputeStep.ANSWER, DisputeState.ANSWERED),
            (DisputeStep.CORRECT, DisputeState.CORRECTED),
            (DisputeStep.REJECT, DisputeState.REJECTED),
            (DisputeStep.WITHDRAW, DisputeState.WITHDRAWN),
        )
    }
    | {
        (state, DisputeStep.REOPEN): DisputeState.REOPENED
        for state in (DisputeState.ANSWERED, DisputeState.CORRECTED, DisputeState.REJECTED)
    },
    rules={
        DisputeStep.ANSWER: StepRule(Side.ANSWERER, _ANSWERS, needs_reason=True),
        DisputeStep.CORRECT: StepRule(Side.ANSWERER, _ANSWERS, needs_reason=True),
        DisputeStep.REJECT: StepRule(Side.ANSWERER, _ANSWERS, needs_reason=True),
        DisputeStep.REOPEN: StepRule(Side.RESIDENT, _ASKS, needs_reason=True),
        DisputeStep.WITHDRAW: StepRule(Side.RESIDENT, _ASKS),
    },
)

WARDS: Table[WardState, WardStep] = Table(
    rows={
        (WardState.ASKED, WardStep.ACCEPT): WardState.ACCEPTED,
        (WardState.ASKED, WardStep.REFUSE): WardState.REFUSED,
        (WardState.ASKED, WardStep.WITHDRAW): WardState.WITHDRAWN,
    },
    rules={
        WardStep.ACCEPT: StepRule(Side.ANSWERER, _REGISTERS),
        WardStep.REFUSE: StepRule(Side.ANSWERER, _REGISTERS, needs_reason=True),
        WardStep.WITHDRAW: StepRule(Side.RESIDENT, _ASKS),
    },
)


def after_dispute(state: DisputeState, step: DisputeStep) -> DisputeState:
    """Return the state that `step` leads to (StepNotAllowed where the table has no such row)."""
    return DISPUTES.after(state, step)


def after_ward(state: WardState, step: WardStep) -> WardState:
    """Return the state that `step` leads to (StepNotAllowed where the table has no such row)."""
    return WARDS.after(state, step)
