"""Our answers to messages: written down with what caused them, then out to a file, once each.

What came over the network is answered over the network: `reply` says what, from the state of the message, so that the
same message sent again is answered alike.
"""

import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tongmai.care.referrals import access as referrals
from tongmai.exchange import wording
from tongmai.exchange.formats import Format
from tongmai.exchange.hl7v2 import acknowledging, reading, replying
from tongmai.exchange.hl7v2.faults import Code, Fault, Location, UnreadableMessage
from tongmai.exchange.hl7v2.replying import Ack, Answer, Standing
from tongmai.exchange.models import Channel, InboundMessage, OutboundMessage
from tongmai.exchange.states import MessageState
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.ids import new_id

REFERRAL = "REF^I12"
OUTGOING = "outgoing"  # folder below settings.VAR for answers without a folder of their own
_ACK = {MessageState.DONE: Ack.ACCEPT, MessageState.HELD: Ack.ERROR, MessageState.REJECTED: Ack.REJECT}


def receipt(message: InboundMessage, faults: Sequence[Fault], *, by: Actor) -> OutboundMessage | None:
    """Answer a message for one try: taken (AA), held with what is wrong (AE), or rejected (AR).

    A document has no answer of its own kind: whoever brings it is told at once, by the page, the API or the command.
    """
    if message.format != Format.HL7V2:
        return None
    if message.channel == Channel.MLLP and message.kind != REFERRAL:
        return None
    facts: dict = {"faults": tuple(faults)}
    if message.referral_id is not None:
        referral = referrals.get(message.referral_id, by=Actor.system(now=by.now))
        facts |= {"our_number": referral.number, "receiver_name": referral.receiver.name}
        facts["standing"] = Standing.PENDING
    return _answer(message, f"try:{message.n_tries}", _ACK[MessageState(message.state)], facts, by=by)


def reply(message: InboundMessage, *, now: datetime) -> bytes:
    """Return what is answered over the network: the last answer to a referral, else an ACK by the message's state.

    One that is kept and not applied yet is accepted: it is ours from then on, and will not be lost.  The answer is in the
    character set of the message.
    """
    if message.kind == REFERRAL and (last := message.answers.filter(cause__startswith="try:").last()):
        return last.text.encode()
    raw, state = bytes(message.raw), MessageState(message.state)
    try:
        characters = reading.decoded(raw)[1]
        read: reading.Message | None = reading.read(raw)
    except UnreadableMessage:
        read, characters = None, "utf-8"
    faults = [] if state in (MessageState.RECEIVED, MessageState.DONE) else faults_of(message)
    answer = acknowledging.write(
        ack=_ACK.get(state, Ack.ACCEPT), control_id=new_id().hex[-20:], at=now, to=read, faults=faults,
        characters=characters, note=wording.OUTCOMES.get(message.outcome, ""),
    )  # fmt: skip
    return acknowledging.sent(answer, characters)


def faults_of(message: InboundMessage) -> list[Fault]:
    """Return what was wrong at the last try."""
    rows = message.faults.filter(n_try=message.n_tries)
    return [Fault(Code(row.code), Location.parse(row.location), row.what, row.facts) for row in rows]


@transaction.atomic
def report(*, referral_id: UUID, standing: str, key: str, by: Actor) -> None:
    """Tell the system that sent a referral how it stands now; nothing happens when it did not come as a message.

    `standing`: HL7 table 0283.  `key` makes a repeated delivery harmless.
    """
    message = InboundMessage.objects.filter(referral_id=referral_id, state=MessageState.DONE).first()
    if message is None:
        return
    referral = referrals.get(referral_id, by=Actor.system(now=by.now))
    last = referral.transitions.order_by("-id").first()
    facts = {
        "standing": Standing(standing),
        "our_number": referral.number,
        "receiver_name": referral.receiver.name,
        "note": last.reason if last else "",
        "booked_for": referral.booked_for,
        "booked_place": referral.booked_place,
    }
    _answer(message, key, Ack.ACCEPT, facts, by=by)


def _answer(message: InboundMessage, cause: str, ack: Ack, facts: dict, *, by: Actor) -> OutboundMessage:
    known = message.answers.filter(cause=cause).first()
    if known is not None:
        return known
    control_id = new_id().hex[-20:]
    read = _message(message)
    if message.kind in (REFERRAL, ""):
        ending, text = "RRI", replying.write(Answer(ack=ack, control_id=control_id, at=by.now, **facts), read)
    else:
        ending, text = (
            "ACK",
            acknowledging.write(ack=ack, control_id=control_id, at=by.now, to=read, faults=facts["faults"]),
        )
    is_sent = message.channel == Channel.MLLP and cause.startswith("try:")
    stem = re.sub(r"[^\w.-]+", "_", Path(message.file_name).stem or message.control_id)[:80] or "message"
    row = message.answers.create(
        cause=cause,
        ack=ack,
        standing=facts.get("standing") or "",
        text=text,
        file_name=f"{stem}.{ending}.{control_id[-8:]}.hl7",
        created_at=by.now,
        created_by_id=by.user_id,
        state=OutboundMessage.State.WRITTEN if is_sent else OutboundMessage.State.PENDING,
        written_at=by.now if is_sent else None,
    )
    transaction.on_commit(lambda: write_pending(by))
    return row


def _message(message: InboundMessage) -> reading.Message | None:
    try:
        return reading.read(message.text_bytes)
    except UnreadableMessage:
        return None


def write_pending(by: Actor) -> str:
    """Write the answers that are not out yet, each to its folder; what cannot be written stays pending.

    A file appears whole or not at all.  Returns a few words for the operations page.
    """
    rows = list(OutboundMessage.objects.filter(state=OutboundMessage.State.PENDING).select_related("inbound")[:500])
    n_written = sum(_write(row, by=by) for row in rows)
    return _("已写出 %(written)s，待写 %(pending)s") % {"written": n_written, "pending": len(rows) - n_written}


def _write(row: OutboundMessage, *, by: Actor) -> bool:
    folder = Path(row.inbound.answer_folder or Path(settings.VAR) / OUTGOING)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".{row.file_name}.{os.getpid()}.part"
        part.write_bytes(row.text.encode())
        part.replace(folder / row.file_name)
    except OSError:
        return False
    OutboundMessage.objects.filter(id=row.id).update(state=OutboundMessage.State.WRITTEN, written_at=by.now)
    return True
