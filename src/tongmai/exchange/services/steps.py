"""How a message changes its state, and how each try of one ends: done, held or rejected, with the sender answered."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from tongmai.exchange import events, fast
from tongmai.exchange.hl7v2.faults import Fault
from tongmai.exchange.models import InboundMessage, MessageFault, MessageTransition
from tongmai.exchange.services import answers
from tongmai.exchange.states import MESSAGE, MessageState, MessageStep
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.together import fresh, insert, run
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import VersionConflict

# All that a try may change; never what came.
_CHANGING = (
    "state", "version", "n_tries", "n_starts", "kind", "source_id", "said_at", "outcome", "lacks", "county_code",
    "resident_id", "sender_id", "receiver_id", "diagnosis_code", "direction", "reason", "down_group",
    "discharge_summary", "arrangements", "referral_id", "corrected", "claimed_until",
)  # fmt: skip


def hold(message: InboundMessage, faults: Sequence[Fault], *, by: Actor) -> None:
    """Let a message wait for a person."""
    step(message, MessageStep.HOLD, faults, by=by)
    held = events.MessageHeld(message_id=message.id, control_id=message.control_id, n_faults=len(faults))
    audit.record(held, by=by, subject_id=message.id)
    answers.receipt(message, faults, by=by)


def reject_message(message: InboundMessage, fault: Fault, *, by: Actor, reason: str = "") -> None:
    """Reject a message for one fault; `reason` is a person's own."""
    step(message, MessageStep.REJECT, [fault], by=by, reason=reason)
    rejected = events.MessageRejected(message_id=message.id, control_id=message.control_id, what=fault.what)
    audit.record(rejected, by=by, subject_id=message.id)
    answers.receipt(message, [fault], by=by)


def done(message: InboundMessage, *, by: Actor, outcome: str, referral_id: UUID | None = None) -> None:
    """End a message that was applied.  What it wrote tells its own events; a referral's message has one besides."""
    message.outcome = outcome
    message.referral_id = referral_id or message.referral_id
    step(message, MessageStep.TAKE, [], by=by)
    if referral_id is not None:
        taken = events.MessageTaken(message_id=message.id, control_id=message.control_id, referral_id=referral_id)
        audit.record(taken, by=by, subject_id=message.id)
    answers.receipt(message, [], by=by)


def step(message: InboundMessage, step: MessageStep, faults: Sequence[Fault], *, by: Actor, reason: str = "") -> None:
    """The one place where a message changes its state.

    Raises:
        VersionConflict: somebody else tried it meanwhile; nothing of this try is written then.  When the block ends.
    """
    seen = message.version
    message.state = MESSAGE.after(MessageState(message.state), step)
    message.version, message.claimed_until = seen + 1, None
    run(*fast.change_message(message, _CHANGING, seen=seen), otherwise=partial(VersionConflict, seen=seen))
    transition = fresh(
        MessageTransition,
        message=message,
        step=step,
        to_state=message.state,
        reason=reason,
        n_try=message.n_tries,
        at=by.now,
        by_user_id=by.user_id,
        by_name=by.name,
    )
    wrong = (
        MessageFault(
            message=message,
            n_try=message.n_tries,
            code=fault.code,
            location=str(fault.location)[:40],
            what=fault.what,
            facts=dict(fault.facts),
        )
        for fault in faults
    )
    insert(transition, *wrong)
