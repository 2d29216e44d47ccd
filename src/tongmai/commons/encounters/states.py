"""The life-cycle of an encounter."""

from enum import StrEnum

from tongmai.kernel.states import StepRule, Table

CARERS = frozenset({"village_doctor", "general_practitioner", "specialist", "nurse"})
DOCTORS = frozenset({"village_doctor", "general_practitioner", "specialist"})


class State(StrEnum):
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Step(StrEnum):
    START = "start"
    FINISH = "finish"
    CANCEL = "cancel"
    REOPEN = "reopen"


# Reopening is for the addendum that must be written after the visit was closed; it wants a reason.
TABLE: Table[State, Step] = Table(
    rows={
        (State.PLANNED, Step.START): State.IN_PROGRESS,
        (State.PLANNED, Step.CANCEL): State.CANCELLED,
        (State.IN_PROGRESS, Step.FINISH): State.FINISHED,
        (State.IN_PROGRESS, Step.CANCEL): State.CANCELLED,
        (State.FINISHED, Step.REOPEN): State.IN_PROGRESS,
    },
    rules={
        Step.START: StepRule(side="org", roles=CARERS),
        Step.FINISH: StepRule(side="org", roles=DOCTORS),
        Step.CANCEL: StepRule(side="org", roles=DOCTORS, needs_reason=True),
        Step.REOPEN: StepRule(side="org", roles=DOCTORS, needs_reason=True),
    },
)


def after(state: State, step: Step) -> State:
    """Return the state that `step` leads to (StepNotAllowed where the table has no such row)."""
    return TABLE.after(state, step)
