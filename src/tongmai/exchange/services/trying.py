"""One try of a message: read, and handed to what becomes of its kind; it ends done, held or rejected."""

from dataclasses import replace
from datetime import timedelta

from django.db import transaction

from tongmai.exchange import completeness, wording
from tongmai.exchange.hl7v2 import kinds, reading, visits_in
from tongmai.exchange.hl7v2.faults import Code, Fault, UnreadableMessage
from tongmai.exchange.hl7v2.reading import Message
from tongmai.exchange.models import InboundMessage, SourceSystem
from tongmai.exchange.services import sources
from tongmai.exchange.services.applying import APPLIED_BY, Arrival, NotApplied
from tongmai.exchange.services.referring import refer
from tongmai.exchange.services.steps import done, hold, reject_message
from tongmai.foundation.audit.together import together
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import TongmaiError, VersionConflict

# A sender's clock may run ahead by this much before its word on when something happened is not taken any more: a date
# years ahead would make everything after it look old.
MOST_AHEAD = timedelta(hours=1)


def parsed(raw: bytes) -> Message | Fault:
    """Return the message in `raw`, or why it is none."""
    try:
        return reading.read(raw)
    except UnreadableMessage as refusal:
        return refusal.fault


def try_message(message: InboundMessage, *, by: Actor) -> None:
    """Apply a kept message, or write down why it is not applied: in one transaction, whichever it is.

    Raises:
        VersionConflict: somebody else tried it meanwhile; nothing of this try is written.
    """
    message.n_tries += 1
    read = parsed(message.text_bytes)
    refused = read if isinstance(read, Fault) else kinds.why_refused(read) or _used_twice(message, read)
    if refused is not None:
        with together():
            reject_message(message, refused, by=by)
        return
    assert isinstance(read, Message)
    message.kind = "^".join(read.type)[:32]
    if read.type == kinds.REFERRAL:
        with transaction.atomic():
            refer(message, read, by=by)
    else:
        _apply(message, read, by=by)


def _used_twice(message: InboundMessage, read: Message) -> Fault | None:
    return None if message.control_id else Fault(Code.DUPLICATE_KEY, read.header.at(10), "used-twice")


def _apply(message: InboundMessage, read: Message, *, by: Actor) -> None:
    """What was settled by a person stays on the message also where this try fails; all else is taken back."""
    resident_id = message.resident_id
    message.lacks = completeness.lacks(read)
    system = replace(Actor.system(now=by.now), channel="message", name=(read.header.value(3) or "HL7")[:60])
    source = sources.source_of(message, read, by=system)
    if isinstance(source, Fault):
        with together():
            hold(message, [source], by=by)
        return
    _note_source(message, read, source, by=by)
    acting = replace(system, org_id=source.org_id, org_name=source.org.name, county_code=source.org.county_code)
    arrival = Arrival(message, read, source, message.said_at or message.received_at, acting)
    try:
        with together():
            outcome = APPLIED_BY[read.type](arrival)
            done(message, by=by, outcome=outcome)
    except NotApplied as why:
        faults = why.faults
    except VersionConflict:
        raise  # of the message itself, or of a row that somebody else changes now: tried again
    except TongmaiError as error:
        faults = (Fault(Code.APPLICATION, read.header.at(9), "refused", wording.of_error(error)),)
    else:
        return
    message.resident_id = resident_id
    with together():
        hold(message, faults, by=by)


def _note_source(message: InboundMessage, read: Message, source: SourceSystem, *, by: Actor) -> None:
    """Whose message it is decides who sees it."""
    message.source, message.sender_id, message.receiver_id = source, source.org_id, source.org_id
    message.county_code = source.org.county_code
    said_at = visits_in.said_at(read)
    message.said_at = said_at if said_at and said_at <= message.received_at + MOST_AHEAD else message.received_at
