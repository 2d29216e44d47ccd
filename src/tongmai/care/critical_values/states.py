"""The life of a critical value.  Drawn in tests/spec/critical_values."""

from enum import StrEnum

from tongmai.kernel.states import StepRule, Table


class State(StrEnum):
    RAISED = "raised"  # found; nobody was told, a second person has to release it
    NOTIFIED = "notified"  # somebody must answer: the chain runs
    ACKNOWLEDGED = "acknowledged"  # read back
    ACTED = "acted"
    CLOSED = "closed"  # final
    FALSE_ALARM = "false_alarm"  # final, with a reason


class Step(StrEnum):
    RELEASE = "release"
    REJECT = "reject"  # the second person finds it wrong: nobody was told
    ESCALATE = "escalate"
    ACKNOWLEDGE = "acknowledge"
    PHONE = "phone"  # acknowledged on the telephone, written down by who called
    ACT = "act"
    CLOSE = "close"
    DISMISS = "dismiss"
    CORRECT = "correct"  # a later report says otherwise: shown, nothing is closed by it


class Owed(StrEnum):
    """What the chain waits for: each has minutes of its own."""

    ANSWER = "answer"  # from the notification to the reading back
    ACTION = "action"  # from the reading back to what is done


class Side(StrEnum):
    FINDER = "finder"  # the organisation that found it
    RECEIVER = "receiver"  # who was told
    PLATFORM = "platform"


OPEN = (State.RAISED, State.NOTIFIED, State.ACKNOWLEDGED, State.ACTED)
TOLD = (
    State.NOTIFIED,
    State.ACKNOWLEDGED,
    State.ACTED,
    State.CLOSED,
)  # somebody knows of it: the person may be referred
OWES = {State.NOTIFIED: Owed.ANSWER, State.ACKNOWLEDGED: Owed.ACTION}  # where the chain runs

_DOCTORS = frozenset({"village_doctor", "general_practitioner", "specialist"})
_RECEIVERS = _DOCTORS | {"nurse", "manager", "referral_coordinator", "reporting_doctor", "technician"}
_FINDERS = frozenset({"technician", "reporting_doctor", "specialist", "nurse", "general_practitioner"})
_PLATFORM = frozenset({"system"})

LIFE: Table[State, Step] = Table(
    rows={
        (State.RAISED, Step.RELEASE): State.NOTIFIED,
        (State.RAISED, Step.REJECT): State.FALSE_ALARM,
        (State.NOTIFIED, Step.ACKNOWLEDGE): State.ACKNOWLEDGED,
        (State.NOTIFIED, Step.PHONE): State.ACKNOWLEDGED,
        (State.NOTIFIED, Step.ESCALATE): State.NOTIFIED,
        (State.ACKNOWLEDGED, Step.ESCALATE): State.ACKNOWLEDGED,
        (State.ACKNOWLEDGED, Step.ACT): State.ACTED,
        (State.ACKNOWLEDGED, Step.DISMISS): State.FALSE_ALARM,
        (State.ACTED, Step.ACT): State.ACTED,
        (State.ACTED, Step.CLOSE): State.CLOSED,
        (State.ACTED, Step.DISMISS): State.FALSE_ALARM,
        **{(state, Step.CORRECT): state for state in State},
    },
    rules={
        Step.RELEASE: StepRule(Side.FINDER, _FINDERS),
        Step.REJECT: StepRule(Side.FINDER, _FINDERS, needs_reason=True),
        Step.ESCALATE: StepRule(Side.PLATFORM, _PLATFORM),
        Step.ACKNOWLEDGE: StepRule(Side.RECEIVER, _RECEIVERS),
        Step.PHONE: StepRule(Side.FINDER, _FINDERS),
        Step.ACT: StepRule(Side.RECEIVER, _DOCTORS),
        Step.CLOSE: StepRule(Side.RECEIVER, _DOCTORS | {"nurse"}),
        Step.DISMISS: StepRule(Side.RECEIVER, _DOCTORS, needs_reason=True),
        Step.CORRECT: StepRule(Side.PLATFORM, _PLATFORM),
    },
)
