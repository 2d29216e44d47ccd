"""Messages that are kept and not applied yet: taken up by the worker, and by the listener for those it has just kept.

What a message does is one transaction, so a process that is stopped in the middle has written nothing of it; its claim runs
out, and the next to come takes the message up.  One that stops the process each time is held in the end.
"""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F, Q

from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.models import InboundMessage
from tongmai.exchange.services.messages import CLAIM
from tongmai.exchange.services.steps import hold
from tongmai.exchange.services.trying import try_message
from tongmai.exchange.states import MessageState
from tongmai.foundation.audit import claims
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel import tracebacks
from tongmai.kernel.errors import VersionConflict

log = logging.getLogger(__name__)

BATCH = 500
MOST_STARTS = 5  # a message that was begun so often and never ended is held
# Two messages about one person wait for each other; where they wait in a circle the database ends one, which is tried again.
# So is one whose person somebody else entered in the same moment.
TRIES = 3


def apply_waiting(by: Actor) -> int:
    """Apply the messages that nobody has; return how many were taken up.  In the order in which they came."""
    free = claims.free(by.now, CLAIM)
    waiting = InboundMessage.objects.filter(free, state=MessageState.RECEIVED).order_by("received_at", "id")
    ids = list(waiting.values_list("id", flat=True)[:BATCH])
    return sum(_take_up(message_id, free, by=by) for message_id in ids)


def apply(message: InboundMessage, *, by: Actor) -> InboundMessage:
    """Try a message whose claim is ours; return it as it is then.  One that cannot be tried now stays for the worker."""
    for is_last in (False,) * (TRIES - 1) + (True,):
        try:
            try_message(message, by=by, is_begun_anew=not is_last)
            return message
        except (OperationalError, VersionConflict, IntegrityError) as error:
            if is_last and isinstance(error, IntegrityError):
                return _crashed(message, error, by=by)
            if is_last:
                log.warning("message %s waits after %s", message.id, type(error).__name__)
        except Exception as error:
            return _crashed(message, error, by=by)
        message = InboundMessage.objects.get(id=message.id)
        if message.state != MessageState.RECEIVED:
            break
    return message


def _crashed(message: InboundMessage, error: Exception, *, by: Actor) -> InboundMessage:
    log.error("message %s cannot be applied: %s", message.id, type(error).__name__)
    return _hold_crashed(message.id, error, by=by)


def _take_up(message_id: UUID, free: Q, *, by: Actor) -> bool:
    rows = InboundMessage.objects.filter(free, id=message_id, state=MessageState.RECEIVED)
    if not rows.update(claimed_until=by.now + CLAIM, n_starts=F("n_starts") + 1):
        return False
    message = InboundMessage.objects.get(id=message_id)
    if message.n_starts > MOST_STARTS:
        _hold_crashed(message_id, None, by=by)
    else:
        apply(message, by=by)
    return True


def _hold_crashed(message_id: UUID, error: Exception | None, *, by: Actor) -> InboundMessage:
    """A mistake of ours: kept with its kind for the person who calls us, with its course in the log."""
    if error is not None:
        log.error("%s", tracebacks.told(error))
    name = type(error).__name__ if error is not None else "stopped"
    with transaction.atomic():
        message = InboundMessage.objects.select_for_update().get(id=message_id)
        if message.state == MessageState.RECEIVED:
            message.n_tries += 1
            hold(message, [Fault(Code.APPLICATION, Location("MSH"), "crashed", {"error": name})], by=by)
    return message


EVERY = timedelta(seconds=5)
