"""The life of a contract with a family-doctor team.  Drawn in tests/spec/family_doctors."""

from enum import StrEnum

from tongmai.kernel.states import StepRule, Table


class State(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    ENDED = "ended"  # final: the span ran out, or a renewal took its place
    TERMINATED = "terminated"  # final, with a reason
    DISCARDED = "discarded"  # final: never signed


class Step(StrEnum):
    SIGN = "sign"
    AMEND = "amend"  # what was written down of it was not so
    END = "end"
    TERMINATE = "terminate"
    DISCARD = "discard"


class Side(StrEnum):
    TEAM = "team"
    PLATFORM = "platform"


_SIGNERS = frozenset({"village_doctor", "general_practitioner"})

CONTRACT: Table[State, Step] = Table(
    rows={
        (State.DRAFT, Step.SIGN): State.ACTIVE,
        (State.DRAFT, Step.DISCARD): State.DISCARDED,
        (State.ACTIVE, Step.AMEND): State.ACTIVE,
        (State.ACTIVE, Step.END): State.ENDED,
        (State.ACTIVE, Step.TERMINATE): State.TERMINATED,
    },
    rules={
        Step.SIGN: StepRule(Side.TEAM, _SIGNERS),
        Step.DISCARD: StepRule(Side.TEAM, _SIGNERS),
        Step.AMEND: StepRule(Side.TEAM, _SIGNERS, needs_reason=True),
        Step.END: StepRule(Side.PLATFORM, frozenset({"system"})),
        Step.TERMINATE: StepRule(Side.TEAM, _SIGNERS, needs_reason=True),
    },
)
