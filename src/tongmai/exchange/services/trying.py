"""One try of a message: read, and handed to what becomes of its kind; it ends done, held or rejected."""

from dataclasses import replace
from datetime import timedelta

from django.db import transaction

from tongmai.exchange import formats, wording
from tongmai.exchange.hl7v2 import kinds
from tongmai.exchange.hl7v2.faults import Code, Fault
from tongmai.exchange.models import InboundMessage, SourceSystem
from tongmai.exchange.services import sources
from tongmai.exchange.services.applying import Arrival, NotApplied, applied_by
from tongmai.exchange.services.referring import refer
from tongmai.exchange.services.steps import done, hold, reject_message
from tongmai.exchange.telling import Opened
from tongmai.foundation.audit.together import together
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import TongmaiError, VersionConflict

# A sender's clock may run ahead by this much before its word on when something happened is not taken any more: a date
# years ahead would make everything after it look old.
MOST_AHEAD = timedelta(hours=1)


def try_message(message: InboundMessage, *, by: Actor, is_begun_anew: bool = False) -> None:
    """Apply a kept message, or write down why it is not applied: in one transaction, whichever it is.

    `is_begun_anew`: the message is committed, and the caller begins anew where somebody else enters the same in this
    moment (IntegrityError), or the worker does after a failure of the machine.

    Raises:
        VersionConflict: somebody else tried it meanwhile; nothing of this try is written.
    """
    message.n_tries += 1
    read = formats.opened(message.text_bytes, message.format)
    if isinstance(read, Fault) and read.what not in formats.READERS[formats.Format(message.format)].final:
        with together():
            hold(message, [read], by=by)
        return
    refused = read if isinstance(read, Fault) else read.why_refused() or _used_twice(message, read)
    if refused is not None or isinstance(read, Fault):
        with together():
            reject_message(message, refused, by=by)
        return
    message.kind = read.kind
    if read.kind == "^".join(kinds.REFERRAL):
        with transaction.atomic():
            refer(message, read.body, by=by)
    else:
        _apply(message, read, by=by, is_begun_anew=is_begun_anew)


def _used_twice(message: InboundMessage, read: Opened) -> Fault | None:
    """What a person has put right may have got its id only now."""
    if message.control_id or not read.control_id or message.corrected:
        return None
    return Fault(Code.DUPLICATE_KEY, read.at("control_id"), "used-twice")


def _apply(message: InboundMessage, read: Opened, *, by: Actor, is_begun_anew: bool) -> None:
    """What was settled by a person stays on the message also where this try fails; all else is taken back."""
    before = {name: getattr(message, name) for name in ("resident_id", "state", "version", "outcome")}
    message.lacks = read.lacks()
    system = replace(Actor.system(now=by.now), channel="message", name=(read.application or "HL7")[:60])
    source = sources.source_of(message, read, by=system)
    if isinstance(source, Fault):
        with together():
            hold(message, [source], by=by)
        return
    _note_source(message, read, source, by=by)
    acting = replace(system, org_id=source.org_id, org_name=source.org.name, county_code=source.org.county_code)
    arrival = Arrival(message, read, source, message.said_at or message.received_at, acting, is_begun_anew)
    try:
        with together():
            outcome = applied_by(read.kind)(arrival)
            done(message, by=by, outcome=outcome)
    except NotApplied as why:
        faults = why.faults
    except VersionConflict:
        raise  # of the message itself, or of a row that somebody else changes now: tried again
    except TongmaiError as error:
        faults = (Fault(Code.APPLICATION, read.at("kind"), "refused", wording.of_error(error)),)
    else:
        return
    for name, value in before.items():
        setattr(message, name, value)
    with together():
        hold(message, faults, by=by)


def _note_source(message: InboundMessage, read: Opened, source: SourceSystem, *, by: Actor) -> None:
    """Whose message it is decides who sees it."""
    message.source, message.sender_id, message.receiver_id = source, source.org_id, source.org_id
    message.county_code = source.org.county_code
    said_at = read.said_at()
    message.said_at = said_at if said_at and said_at <= message.received_at + MOST_AHEAD else message.received_at
