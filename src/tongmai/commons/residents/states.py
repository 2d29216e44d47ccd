"""The life of a card or code: handed out, lost and found again, or ended for good."""

from enum import StrEnum

from tongmai.kernel.states import Table
from tongmai.kernel.text import N_


class MediumState(StrEnum):
    ACTIVE = "active"
    LOST = "lost"
    REVOKED = "revoked"
    REPLACED = "replaced"

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Return value and label of each state, for the column."""
        return [(state.value, LABELS[state]) for state in cls]


# A lost card still tells whose it is when somebody brings it.
TELLING_STATES = (MediumState.ACTIVE, MediumState.LOST)
LABELS = {
    MediumState.ACTIVE: N_("有效"),
    MediumState.LOST: N_("已挂失"),
    MediumState.REVOKED: N_("已注销"),
    MediumState.REPLACED: N_("已换发"),
}


class MediumStep(StrEnum):
    REPORT_LOST = "report_lost"
    FIND = "find"
    REVOKE = "revoke"
    REPLACE = "replace"


TABLE: Table[MediumState, MediumStep] = Table(
    rows={
        (MediumState.ACTIVE, MediumStep.REPORT_LOST): MediumState.LOST,
        (MediumState.ACTIVE, MediumStep.REVOKE): MediumState.REVOKED,
        (MediumState.ACTIVE, MediumStep.REPLACE): MediumState.REPLACED,
        (MediumState.LOST, MediumStep.FIND): MediumState.ACTIVE,
        (MediumState.LOST, MediumStep.REVOKE): MediumState.REVOKED,
        (MediumState.LOST, MediumStep.REPLACE): MediumState.REPLACED,
    }
)


def after(state: MediumState, step: MediumStep) -> MediumState:
    """Return the state that `step` leads to (StepNotAllowed where the table has no such row)."""
    return TABLE.after(state, step)
