"""The lives of a received message and of an import.  Typed a second time in tests/spec/exchange."""

from enum import StrEnum

from tongmai.kernel.states import StepRule, Table


class MessageState(StrEnum):
    RECEIVED = "received"  # kept, not yet looked at
    HELD = "held"  # waits for a person, who is told why
    DONE = "done"  # final: it became a referral
    REJECTED = "rejected"  # final, with a reason


class MessageStep(StrEnum):
    TAKE = "take"
    HOLD = "hold"
    REJECT = "reject"


class ImportState(StrEnum):
    MAPPING = "mapping"  # a person says which column is which
    CHECKING = "checking"  # the dry run is on its way through the rows
    CHECKED = "checked"  # every row's fate is told; nothing is written yet
    APPLYING = "applying"
    APPLIED = "applied"  # final
    ABANDONED = "abandoned"  # final


class ImportStep(StrEnum):
    MAP = "map"
    FINISH_CHECK = "finish_check"
    CONFIRM = "confirm"
    FINISH = "finish"
    ABANDON = "abandon"


PLATFORM, DESK = "platform", "desk"
_COORDINATORS = frozenset({"referral_coordinator", "system"})
_IMPORTERS = frozenset(  # of registers and prices; of people and posts; of contracts; of sessions; of codes
    {
        "system_admin", "security_admin", "general_practitioner", "village_doctor", "resource_manager", "system",
        "referral_coordinator", "insurance_officer", "pharmacist",
    }
)  # fmt: skip

MESSAGE: Table[MessageState, MessageStep] = Table(
    rows={
        (MessageState.RECEIVED, MessageStep.TAKE): MessageState.DONE,
        (MessageState.RECEIVED, MessageStep.HOLD): MessageState.HELD,
        (MessageState.RECEIVED, MessageStep.REJECT): MessageState.REJECTED,
        (MessageState.HELD, MessageStep.TAKE): MessageState.DONE,
        (MessageState.HELD, MessageStep.HOLD): MessageState.HELD,
        (MessageState.HELD, MessageStep.REJECT): MessageState.REJECTED,
    },
    rules={
        MessageStep.TAKE: StepRule(side=DESK, roles=_COORDINATORS),
        MessageStep.HOLD: StepRule(side=PLATFORM, roles=_COORDINATORS),
        MessageStep.REJECT: StepRule(side=DESK, roles=_COORDINATORS, needs_reason=True),
    },
)

IMPORT: Table[ImportState, ImportStep] = Table(
    rows={
        (ImportState.MAPPING, ImportStep.MAP): ImportState.CHECKING,
        (ImportState.MAPPING, ImportStep.ABANDON): ImportState.ABANDONED,
        (ImportState.CHECKING, ImportStep.FINISH_CHECK): ImportState.CHECKED,
        (ImportState.CHECKING, ImportStep.ABANDON): ImportState.ABANDONED,
        (ImportState.CHECKED, ImportStep.MAP): ImportState.CHECKING,
        (ImportState.CHECKED, ImportStep.CONFIRM): ImportState.APPLYING,
        (ImportState.CHECKED, ImportStep.ABANDON): ImportState.ABANDONED,
        (ImportState.APPLYING, ImportStep.FINISH): ImportState.APPLIED,
    },
    rules={
        ImportStep.MAP: StepRule(side=DESK, roles=_IMPORTERS),
        ImportStep.FINISH_CHECK: StepRule(side=PLATFORM, roles=_IMPORTERS),
        ImportStep.CONFIRM: StepRule(side=DESK, roles=_IMPORTERS),
        ImportStep.FINISH: StepRule(side=PLATFORM, roles=_IMPORTERS),
        ImportStep.ABANDON: StepRule(side=DESK, roles=_IMPORTERS),
    },
)
