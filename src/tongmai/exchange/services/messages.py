"""Messages: taken in once, tried, held with the reason, put right by a person and tried again."""

import hashlib
from dataclasses import dataclass, fields
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from tongmai.care.referrals.lists import Group
from tongmai.commons.residents import access as residents
from tongmai.commons.residents.services import register
from tongmai.exchange import access, errors, events, fast, formats
from tongmai.exchange.hl7v2 import resolving
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.referral_in import ReferralFacts
from tongmai.exchange.hl7v2.resolving import Settled
from tongmai.exchange.models import Channel, InboundMessage
from tongmai.exchange.services import meanings
from tongmai.exchange.services.steps import reject_message
from tongmai.exchange.services.trying import try_message
from tongmai.exchange.states import MESSAGE, MessageState, MessageStep
from tongmai.exchange.telling import Told
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.together import fresh
from tongmai.foundation.orgs import access as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput, StepNotAllowed, require_seen
from tongmai.kernel.text import N_

# Whoever keeps a message has it for this long; a process that ended meanwhile has lost it to the worker.
CLAIM = timedelta(minutes=2)
MOST_TEXT = 1_000_000
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Person:
    """Who is to be registered; what is left out is taken from the message."""

    name: str = ""
    sex: str = ""
    born_on: date | None = None
    id_kind: str = "citizen_id"
    id_number: str = ""
    id_issuer: str = ""


def take_in(
    raw: bytes,
    *,
    by: Actor,
    file_name: str = "",
    answer_folder: str = "",
    channel: str = Channel.FILE,
    peer: str = "",
) -> tuple[InboundMessage, bool]:
    """Keep a message and try it; return it, and whether it is new.  The same message again returns what is there.

    It is kept for good before it is tried, so that nothing is lost whatever happens meanwhile: who is stopped in
    between leaves it to the worker (`intake_worker`).

    Raises:
        NotPermitted: this post takes in no messages.
    """
    message, is_new = keep(
        raw, by=by, file_name=file_name, answer_folder=answer_folder, channel=channel, peer=peer
    )  # fmt: skip
    if is_new:
        try_message(message, by=by)
    return message, is_new


def keep(
    raw: bytes,
    *,
    by: Actor,
    file_name: str = "",
    answer_folder: str = "",
    channel: str = Channel.FILE,
    peer: str = "",
    is_claimed: bool = True,
) -> tuple[InboundMessage, bool]:
    """Keep a message as it came, and no more; return it, and whether it is new.

    It is claimed for whoever keeps it, unless it is left to the worker (`is_claimed=False`).

    Raises:
        NotPermitted: this post takes in no messages.
    """
    orgs.require(by, Action.SEE_MESSAGES)
    message = _unsaved(raw, by=by, file_name=file_name, answer_folder=answer_folder)
    message.channel, message.peer = channel, peer[:110]
    message.claimed_until, message.n_starts = (by.now + CLAIM, 1) if is_claimed else (by.now, 0)
    if fast.insert_message(message):
        return message, True
    known = _known(message)
    if known is not None:
        return known, False
    fast.insert_message(message)  # without its control id, which belongs to another text
    return message, True


@transaction.atomic
def put_text(*, message_id: UUID, text: str, reason: str, by: Actor, seen_version: int | None = None) -> InboundMessage:
    """Put a corrected text in place of a held message's own, and try it again.  What came is kept beside it.

    Raises:
        NotFound, StepNotAllowed, VersionConflict: as in `correct`.
        ReasonMissing: no reason.  InvalidInput: no text, too long, or no change.
    """
    message = _held(message_id, by=by, seen_version=seen_version)
    text, reason = text.strip().replace("\r\n", "\n"), reason.strip()[:200]
    if not reason:
        raise errors.ReasonMissing(field="why")
    if not text or len(text) > MOST_TEXT or text == formats.readable(message.text_bytes, message.format).strip():
        raise InvalidInput(field="text", problem=N_("请修改消息的文字"))
    text = text.replace("\n", formats.READERS[formats.Format(message.format)].line_end)
    message.corrected = text
    message.corrections.create(text=text, reason=reason, at=by.now, by_user_id=by.user_id, by_name=by.name)
    audit.record(events.MessageCorrected(message_id=message.id, fields=["text"]), by=by, subject_id=message.id)
    try_message(message, by=by)
    return message


@transaction.atomic
def correct(
    *, message_id: UUID, by: Actor, given: Settled, remember: bool = False, seen_version: int | None = None
) -> InboundMessage:
    """Settle what a held message leaves open, and try it again.

    With `remember` the organisations chosen are what the sender's texts mean from now on: its next message passes.

    Raises:
        NotFound: no such message, resident or organisation in reach.
        StepNotAllowed: it is not held any more.  VersionConflict: somebody tried it since `seen_version`.
        NothingToCorrect: nothing was chosen.
        InvalidInput: a choice that there is not.
    """
    message = _held(message_id, by=by, seen_version=seen_version)
    chosen = {f.name: value for f in fields(given) if (value := getattr(given, f.name))}
    if not chosen:
        raise errors.NothingToCorrect(field="resident_id")
    _check(given, by=by)
    for name, value in chosen.items():
        setattr(message, name, value)
    if remember:
        _remember(message, given, by=by)
    audit.record(events.MessageCorrected(message_id=message.id, fields=sorted(chosen)), by=by, subject_id=message.id)
    try_message(message, by=by)
    return message


@transaction.atomic
def try_again(*, message_id: UUID, by: Actor, seen_version: int | None = None) -> InboundMessage:
    """Try a held message again, e.g. after the organisation was entered (errors as in `correct`)."""
    message = _held(message_id, by=by, seen_version=seen_version)
    try_message(message, by=by)
    return message


def try_all(*, what: str, by: Actor, most: int = MOST_AT_ONCE) -> tuple[int, int]:
    """Try again the held messages whose last try found this wrong; return how many went in, and how many did not.

    The oldest first, each by itself: one that fails keeps no other from its way.  At most `most` in one call.

    Raises:
        NotPermitted: this post settles no messages.
    """
    orgs.require(by, Action.SEE_MESSAGES)
    rows = access.visible_messages(by).filter(id__in=access.held_for(what)).order_by("received_at", "id")
    states = []
    for message_id in list(rows.values_list("id", flat=True)[:most]):
        try:
            states.append(try_again(message_id=message_id, by=by).state)
        except StepNotAllowed:  # somebody else has settled it meanwhile
            continue
    n_in = sum(state != MessageState.HELD for state in states)
    return n_in, len(states) - n_in


@transaction.atomic
def register_patient(
    *, message_id: UUID, by: Actor, person: Person | None = None, seen_version: int | None = None
) -> InboundMessage:
    """Open a file for the patient, as the message states her or as a person has entered, and try it again.

    Raises:
        NotFound, StepNotAllowed, VersionConflict: as in `correct`.
        NotPermitted: this post registers nobody.
        NothingToRegister: neither the message nor `person` brings a name and a number.
        AlreadyRegistered, IdentifierTaken, InvalidInput: see `residents.services.register`.
    """
    message, given = _held(message_id, by=by, seen_version=seen_version), person or Person()
    facts = _facts(message)
    patient = facts.patient if facts else None
    number = given.id_number.strip() or (patient.citizen_number if patient else "")
    name = given.name.strip() or (patient.name if patient else "")
    if not number or not name:
        raise errors.NothingToRegister(field="id_number")
    made = register(
        by=by,
        name=name,
        sex=given.sex or (patient.sex if patient else ""),
        born_on=given.born_on or (patient.born_on if patient else None),
        id_kind=given.id_kind,
        id_number=number,
        id_issuer=given.id_issuer,
        address=patient.address if patient else "",
    )
    message.resident_id = made.id
    try_message(message, by=by)
    return message


@transaction.atomic
def reject(*, message_id: UUID, by: Actor, reason: str, seen_version: int | None = None) -> InboundMessage:
    """Refuse a held message; the sender is told the reason.

    Raises:
        NotFound, StepNotAllowed, VersionConflict: as in `correct`.
        ReasonMissing: no reason.
    """
    message = _held(message_id, by=by, step=MessageStep.REJECT, seen_version=seen_version)
    reason = reason.strip()[:300]
    if not reason:
        raise errors.ReasonMissing(field="reason")
    message.n_tries += 1
    fault = Fault(Code.APPLICATION, Location("MSH"), "refused-by-person", {"reason": reason})
    reject_message(message, fault, by=by, reason=reason)
    return message


def _check(given: Settled, *, by: Actor) -> None:
    """What is chosen must be in the actor's reach, and among what there is."""
    if given.resident_id is not None:
        residents.get(given.resident_id, by=by)
    for org_id in (given.sender_id, given.receiver_id):
        if org_id is not None:
            orgs.org(org_id, by=by)
    if given.direction not in ("", "up", "down"):
        raise InvalidInput(field="direction", problem=N_("请选择上转或下转"))
    if given.down_group and given.down_group not in Group.values:
        raise InvalidInput(field="down_group", problem=N_("请选择下转类别"))


def _remember(message: InboundMessage, given: Settled, *, by: Actor) -> None:
    facts = _facts(message)
    if facts is None:
        return
    chosen = ((given.sender_id, facts.sender_facilities), (given.receiver_id, facts.receiver_facilities))
    for org_id, named in chosen:
        texts = resolving.names_of(named)
        if org_id is not None and texts:
            meanings.remember(system=facts.system, text=texts[0], org_id=org_id, by=by)


def _facts(message: InboundMessage) -> ReferralFacts | Told | None:
    """Whose it is and from where."""
    read = formats.opened(message.text_bytes, message.format)
    return None if isinstance(read, Fault) else read.told()


def _unsaved(raw: bytes, *, by: Actor, file_name: str, answer_folder: str) -> InboundMessage:
    message = fresh(
        InboundMessage,
        raw=raw,
        digest=hashlib.sha256(raw).hexdigest(),
        file_name=file_name[:200],
        answer_folder=answer_folder,
        county_code=by.county_code,
        received_at=by.now,
        received_by_id=by.user_id,
    )
    message.format = formats.format_of(raw)
    read = formats.opened(raw, message.format)
    if not isinstance(read, Fault):
        message.application, message.facility = read.application[:180], read.facility[:180]
        message.control_id, message.kind = read.control_id[:199], read.kind
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


def _held(
    message_id: UUID, *, by: Actor, step: MessageStep = MessageStep.TAKE, seen_version: int | None = None
) -> InboundMessage:
    message = access.message(message_id, by=by, lock=True)
    MESSAGE.after(MessageState(message.state), step)
    require_seen(seen_version, message.version)
    return message
