"""The thread of an examination, as a table.  Typed a second time in tests/spec/diagnostics."""

from enum import StrEnum

from tongmai.kernel.states import StepRule, Table


class Priority(StrEnum):
    ROUTINE = "routine"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class Side(StrEnum):
    """Where somebody stands; one organisation may stand on several sides."""

    ORDERER = "orderer"
    SITE = "site"  # where the examination is performed
    CENTRE = "centre"  # where it is reported
    READER = "reader"  # who has claimed it


class State(StrEnum):
    ORDERED = "ordered"
    PERFORMED = "performed"  # the data are there, still at the site
    REJECTED = "rejected"  # failed the quality check: with the site again
    SENT = "sent"  # with the centre, free to be claimed
    CLAIMED = "claimed"  # one reader writes
    PRELIMINARY = "preliminary"  # written, waits for a second person
    PUBLISHED = "published"
    CANCELLED = "cancelled"  # final, with a reason


class Step(StrEnum):
    PERFORM = "perform"
    SEND = "send"
    REDO = "redo"
    CANCEL = "cancel"
    REJECT = "reject"
    CLAIM = "claim"
    RELEASE = "release"
    ASSIGN = "assign"  # the director gives it to somebody, or takes it from one to another
    SUBMIT = "submit"  # for the second person
    PUBLISH = "publish"  # where one person is enough
    VERIFY = "verify"  # the second person publishes
    SEND_BACK = "send_back"
    AMEND = "amend"  # a published report is opened again; it stands until the correction is published
    DROP_AMENDMENT = "drop_amendment"


_ORDERS = frozenset({"village_doctor", "general_practitioner", "specialist"})
_PERFORMS = frozenset({"technician", "nurse", "village_doctor", "general_practitioner", "specialist"})
_REPORTS = frozenset({"reporting_doctor"})
_DIRECTS = frozenset({"manager"})

THREAD: Table[State, Step] = Table(
    rows={
        (State.ORDERED, Step.PERFORM): State.PERFORMED,
        (State.ORDERED, Step.CANCEL): State.CANCELLED,
        (State.PERFORMED, Step.SEND): State.SENT,
        (State.PERFORMED, Step.CANCEL): State.CANCELLED,
        (State.REJECTED, Step.REDO): State.PERFORMED,
        (State.REJECTED, Step.CANCEL): State.CANCELLED,
        (State.SENT, Step.CLAIM): State.CLAIMED,
        (State.SENT, Step.ASSIGN): State.CLAIMED,
        (State.SENT, Step.REJECT): State.REJECTED,
        (State.CLAIMED, Step.SUBMIT): State.PRELIMINARY,
        (State.CLAIMED, Step.PUBLISH): State.PUBLISHED,
        (State.CLAIMED, Step.RELEASE): State.SENT,
        (State.CLAIMED, Step.ASSIGN): State.CLAIMED,
        (State.CLAIMED, Step.REJECT): State.REJECTED,
        (State.CLAIMED, Step.DROP_AMENDMENT): State.PUBLISHED,
        (State.PRELIMINARY, Step.VERIFY): State.PUBLISHED,
        (State.PRELIMINARY, Step.SEND_BACK): State.CLAIMED,
        (State.PUBLISHED, Step.AMEND): State.CLAIMED,
    },
    rules={
        Step.PERFORM: StepRule(Side.SITE, _PERFORMS),
        Step.SEND: StepRule(Side.SITE, _PERFORMS),
        Step.REDO: StepRule(Side.SITE, _PERFORMS),
        Step.CANCEL: StepRule(Side.ORDERER, _ORDERS, needs_reason=True),
        Step.REJECT: StepRule(Side.CENTRE, _REPORTS),  # its reasons are coded: rules.RejectReason
        Step.CLAIM: StepRule(Side.CENTRE, _REPORTS),
        Step.ASSIGN: StepRule(Side.CENTRE, _DIRECTS),
        Step.RELEASE: StepRule(Side.READER, _REPORTS),
        Step.SUBMIT: StepRule(Side.READER, _REPORTS),
        Step.PUBLISH: StepRule(Side.READER, _REPORTS),
        Step.VERIFY: StepRule(Side.CENTRE, _REPORTS),
        Step.SEND_BACK: StepRule(Side.CENTRE, _REPORTS, needs_reason=True),
        Step.AMEND: StepRule(Side.CENTRE, _REPORTS, needs_reason=True),
        Step.DROP_AMENDMENT: StepRule(Side.READER, _REPORTS, needs_reason=True),
    },
)
REASONED = tuple(step for step, rule in THREAD.rules.items() if rule.needs_reason)

# Which of the three clocks runs in a state: until it is with the centre, until it is published, until it is read.
BEFORE = (State.ORDERED, State.PERFORMED, State.REJECTED)
AT_CENTRE = (State.SENT, State.CLAIMED, State.PRELIMINARY)
OPEN = (*BEFORE, *AT_CENTRE)
