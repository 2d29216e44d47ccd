"""Messages: taken in once, tried, held with the reason, put right by a person and tried again."""

import hashlib
from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.care.referrals.services.drafting import Content
from tongmai.care.referrals.services.external import receive_external
from tongmai.commons.residents import access as residents
from tongmai.commons.residents.services import register
from tongmai.exchange import access, errors, events
from tongmai.exchange.hl7v2 import reading, referral_in, resolving
from tongmai.exchange.hl7v2.faults import Code, Fault, Location, UnreadableMessage
from tongmai.exchange.hl7v2.reading import Message
from tongmai.exchange.hl7v2.referral_in import ReferralFacts
from tongmai.exchange.hl7v2.resolving import Resolved, Settled
from tongmai.exchange.models import InboundMessage, MessageFault
from tongmai.exchange.services import answers
from tongmai.exchange.states import MESSAGE, MessageState, MessageStep
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs import access as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import TongmaiError
from tongmai.kernel.text import N_

CITIZEN_ID = "citizen_id"
_NO_REASON = N_("外部系统转诊：{diagnosis}")


def take_in(raw: bytes, *, by: Actor, file_name: str = "", answer_folder: str = "") -> tuple[InboundMessage, bool]:
    """Keep a message and try it; return it, and whether it is new.  The same message again returns what is there.

    Raises:
        NotPermitted: this post takes in no messages.
    """
    orgs.require(by, Action.SEE_MESSAGES)
    message = _unsaved(raw, by=by, file_name=file_name, answer_folder=answer_folder)
    try:
        with transaction.atomic():
            known = _known(message)
            if known is not None:
                return known, False
            message.save(force_insert=True)
            _try(message, by=by)
            return message, True
    except IntegrityError:
        known = _known(message)  # the same message came twice at this very moment
        if known is None:
            raise
        return known, False


@transaction.atomic
def correct(
    *,
    message_id: UUID,
    by: Actor,
    resident_id: UUID | None = None,
    sender_id: UUID | None = None,
    receiver_id: UUID | None = None,
    diagnosis_code: str = "",
) -> InboundMessage:
    """Settle what a held message leaves open, and try it again.  What is left out stays as it is.

    Raises:
        NotFound: no such message, resident or organisation in reach.
        StepNotAllowed: it is not held any more.
        NothingToCorrect: nothing was chosen.
    """
    message = _held(message_id, by=by)
    chosen: dict[str, object] = {}
    if resident_id is not None:
        chosen["resident_id"] = residents.get(resident_id, by=by).id
    for name, org_id in (("sender_id", sender_id), ("receiver_id", receiver_id)):
        if org_id is not None:
            chosen[name] = orgs.org(org_id, by=by).id
    if diagnosis_code:
        chosen["diagnosis_code"] = diagnosis_code
    if not chosen:
        raise errors.NothingToCorrect(field="resident_id")
    for name, value in chosen.items():
        setattr(message, name, value)
    audit.record(events.MessageCorrected(message_id=message.id, fields=sorted(chosen)), by=by, subject_id=message.id)
    _try(message, by=by)
    return message


@transaction.atomic
def try_again(*, message_id: UUID, by: Actor) -> InboundMessage:
    """Try a held message again, e.g. after the organisation was entered (errors as in `correct`)."""
    message = _held(message_id, by=by)
    _try(message, by=by)
    return message


@transaction.atomic
def register_patient(*, message_id: UUID, by: Actor) -> InboundMessage:
    """Open a file for the patient as the message states her, and try it again.

    Raises:
        NotFound, StepNotAllowed: as in `correct`.
        NotPermitted: this post registers nobody.
        NothingToRegister: the message brings no valid citizen's number.
        AlreadyRegistered, IdentifierTaken, InvalidInput: see `residents.services.register`.
    """
    message = _held(message_id, by=by)
    parsed = _parsed(bytes(message.raw))
    patient = referral_in.referral(parsed)[0].patient if isinstance(parsed, Message) else None
    if patient is None or not patient.citizen_number or not patient.name:
        raise errors.NothingToRegister(field="resident_id")
    made = register(
        by=by,
        name=patient.name,
        sex=patient.sex,
        born_on=patient.born_on,
        id_number=patient.citizen_number,
        address=patient.address,
    )
    message.resident_id = made.id
    _try(message, by=by)
    return message


@transaction.atomic
def reject(*, message_id: UUID, by: Actor, reason: str) -> InboundMessage:
    """Refuse a held message; the sender is told the reason.

    Raises:
        NotFound, StepNotAllowed: as in `correct`.
        ReasonMissing: no reason.
    """
    message = _held(message_id, by=by, step=MessageStep.REJECT)
    reason = reason.strip()[:300]
    if not reason:
        raise errors.ReasonMissing(field="reason")
    message.n_tries += 1
    _reject(message, [Fault(Code.APPLICATION, Location("MSH"), reason)], by=by)
    return message


def _unsaved(raw: bytes, *, by: Actor, file_name: str, answer_folder: str) -> InboundMessage:
    message = InboundMessage(
        raw=raw,
        digest=hashlib.sha256(raw).hexdigest(),
        file_name=file_name[:200],
        answer_folder=answer_folder,
        county_code=by.county_code,
        received_at=by.now,
        received_by_id=by.user_id,
    )
    parsed = _parsed(raw)
    if isinstance(parsed, Message):
        message.application, message.facility = parsed.header.value(3)[:180], parsed.header.value(4)[:180]
        message.control_id, message.kind = parsed.control_id[:199], "^".join(parsed.type)[:32]
    return message


def _known(message: InboundMessage) -> InboundMessage | None:
    """Return the message that is there already.  A control id used for another text keeps its own row, without the id."""
    if message.control_id:
        identity = {name: getattr(message, name) for name in ("application", "facility", "control_id")}
        found = InboundMessage.objects.filter(**identity).first()
        if found is None or found.digest == message.digest:
            return found
        message.control_id = ""
    return InboundMessage.objects.filter(control_id="", digest=message.digest).first()


def _parsed(raw: bytes) -> Message | Fault:
    try:
        return reading.read(raw)
    except UnreadableMessage as refusal:
        return refusal.fault


def _held(message_id: UUID, *, by: Actor, step: MessageStep = MessageStep.TAKE) -> InboundMessage:
    message = access.message(message_id, by=by, lock=True)
    MESSAGE.after(MessageState(message.state), step)
    return message


def _try(message: InboundMessage, *, by: Actor) -> None:
    """Let a message become a referral, or say why it does not."""
    message.n_tries += 1
    parsed = _parsed(bytes(message.raw))
    refused = parsed if isinstance(parsed, Fault) else referral_in.why_refused(parsed) or _used_twice(message, parsed)
    if refused is not None:
        _reject(message, [refused], by=by)
        return
    assert isinstance(parsed, Message)
    facts, said = referral_in.referral(parsed)
    # A message is resolved as the system: whom it concerns decides who may see it, not who brought it.
    system = replace(Actor.system(now=by.now), channel="message", name=f"{facts.application or 'HL7'}"[:60])
    settled = Settled(message.resident_id, message.sender_id, message.receiver_id, message.diagnosis_code)
    resolved = resolving.resolve(facts, said, settled, on=by.today, system=system)
    _note_places(message, resolved)
    if resolved.faults:
        _hold(message, list(resolved.faults), by=by)
        return
    try:
        with transaction.atomic():
            referral_id = _refer(message, facts, resolved, by=system)
    except TongmaiError as error:
        remedy = N_("请按提示处理后重试，或拒绝该消息。")
        _hold(message, [Fault(Code.APPLICATION, Location("RF1"), str(error)[:300], remedy)], by=by)
        return
    _done(message, referral_id, by=by)


def _used_twice(message: InboundMessage, parsed: Message) -> Fault | None:
    if message.control_id:
        return None
    remedy = N_("请为每条消息使用新的控制号后重发。")
    return Fault(Code.DUPLICATE_KEY, parsed.header.at(10), N_("该消息控制号已用于另一条内容不同的消息"), remedy)


def _note_places(message: InboundMessage, resolved: Resolved) -> None:
    """Whom the message concerns, as far as it is known: decides who sees it."""
    message.sender, message.receiver = resolved.sender, resolved.receiver
    message.resident_id = resolved.resident_id
    known = resolved.receiver or resolved.sender
    if known is not None:
        message.county_code = known.county_code


def _refer(message: InboundMessage, facts: ReferralFacts, resolved: Resolved, *, by: Actor) -> UUID:
    assert resolved.sender and resolved.receiver and resolved.resident_id and resolved.diagnosis
    if facts.direction == "down":
        raise errors.OnlyUp(field="direction")
    content = Content(
        receiver_id=resolved.receiver.id,
        diagnosis_code=resolved.diagnosis.code,
        reason=facts.reason or _NO_REASON.format(diagnosis=resolved.diagnosis.name)[:500],
        summary=facts.summary,
        urgency=facts.urgency,
        outside_reason=facts.reason,
    )
    referral, _ = receive_external(
        external_system="/".join(part for part in (facts.application, facts.facility) if part) or "HL7",
        external_number=facts.number,
        resident_id=resolved.resident_id,
        sender_org_id=resolved.sender.id,
        content=content,
        by=by,
        diagnosis_name=resolved.diagnosis.name,
    )
    return referral.id


def _hold(message: InboundMessage, faults: list[Fault], *, by: Actor) -> None:
    _step(message, MessageStep.HOLD, faults, by=by)
    held = events.MessageHeld(message_id=message.id, control_id=message.control_id, n_faults=len(faults))
    audit.record(held, by=by, subject_id=message.id)
    answers.receipt(message, faults, by=by)


def _reject(message: InboundMessage, faults: list[Fault], *, by: Actor) -> None:
    _step(message, MessageStep.REJECT, faults, by=by)
    rejected = events.MessageRejected(message_id=message.id, control_id=message.control_id, reason=faults[0].problem)
    audit.record(rejected, by=by, subject_id=message.id)
    answers.receipt(message, faults, by=by)


def _done(message: InboundMessage, referral_id: UUID, *, by: Actor) -> None:
    message.referral_id = referral_id
    _step(message, MessageStep.TAKE, [], by=by)
    taken = events.MessageTaken(message_id=message.id, control_id=message.control_id, referral_id=referral_id)
    audit.record(taken, by=by, subject_id=message.id)
    answers.receipt(message, [], by=by)


def _step(message: InboundMessage, step: MessageStep, faults: list[Fault], *, by: Actor) -> None:
    """The one place where a message changes its state."""
    message.state = MESSAGE.after(MessageState(message.state), step)
    message.version += 1
    message.save()
    message.transitions.create(
        step=step,
        to_state=message.state,
        reason=faults[0].problem[:300] if faults else "",
        at=by.now,
        by_user_id=by.user_id,
        by_name=by.name,
    )
    MessageFault.objects.bulk_create(
        MessageFault(
            message=message,
            n_try=message.n_tries,
            code=fault.code,
            location=str(fault.location)[:40],
            problem=fault.problem[:300],
            remedy=fault.remedy[:300],
        )
        for fault in faults
    )
