"""The life of a finding: looked at by the audit administrator, explained by the reader, accepted or taken further."""

from enum import StrEnum

from tongmai.foundation.orgs.roles import GRANTABLE, Role
from tongmai.kernel.states import StepRule, Table
from tongmai.kernel.text import N_


class State(StrEnum):
    OPEN = "open"
    ASKED = "asked"  # looked at: the reader is asked for an explanation
    ANSWERED = "answered"
    EXPLAINED = "explained"  # final: accepted
    ESCALATED = "escalated"  # final here: taken to who decides about staff


class Step(StrEnum):
    ASK = "ask"
    ANSWER = "answer"
    ACCEPT = "accept"
    ESCALATE = "escalate"


LABELS = {
    State.OPEN: N_("待查看"),
    State.ASKED: N_("待说明"),
    State.ANSWERED: N_("已说明，待判断"),
    State.EXPLAINED: N_("已采信"),
    State.ESCALATED: N_("已上报"),
}
STEP_LABELS = {
    Step.ASK: N_("请查阅人说明"),
    Step.ANSWER: N_("提交说明"),
    Step.ACCEPT: N_("采信，结束"),
    Step.ESCALATE: N_("上报处理"),
}
_AUDIT, _READER = "audit", "reader"
_ADMINISTRATOR = frozenset({str(Role.AUDIT_ADMIN)})
_STAFF = frozenset(str(role) for role in GRANTABLE)

TABLE: Table[State, Step] = Table(
    rows={
        (State.OPEN, Step.ASK): State.ASKED,
        (State.OPEN, Step.ACCEPT): State.EXPLAINED,
        (State.OPEN, Step.ESCALATE): State.ESCALATED,
        (State.ASKED, Step.ANSWER): State.ANSWERED,
        (State.ASKED, Step.ACCEPT): State.EXPLAINED,
        (State.ASKED, Step.ESCALATE): State.ESCALATED,
        (State.ANSWERED, Step.ASK): State.ASKED,
        (State.ANSWERED, Step.ACCEPT): State.EXPLAINED,
        (State.ANSWERED, Step.ESCALATE): State.ESCALATED,
    },
    rules={
        Step.ASK: StepRule(_AUDIT, _ADMINISTRATOR),
        Step.ANSWER: StepRule(_READER, _STAFF, needs_reason=True),
        Step.ACCEPT: StepRule(_AUDIT, _ADMINISTRATOR, needs_reason=True),
        Step.ESCALATE: StepRule(_AUDIT, _ADMINISTRATOR, needs_reason=True),
    },
)


def after(state: State, step: Step) -> State:
    """Return the state that `step` leads to (StepNotAllowed where the table has no such row)."""
    return TABLE.after(state, step)


def is_waiting(state: str) -> bool:
    """Whether somebody still has to do something."""
    return bool(TABLE.steps_from(State(state)))
