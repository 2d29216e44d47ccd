"""The worker's part: texts that wait are handed to the gateway, one after the other, outside of every transaction.

A text is claimed by one conditional UPDATE, so two workers do not send it both.  A worker that is killed between handing
over and writing so down leaves the claim to run out; the text is then sent once more, which does no harm.
"""

import json
import logging
from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max

from tongmai.foundation.audit import claims
from tongmai.foundation.orgs import vault
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.texting import rules
from tongmai.foundation.texting.models import OneTimeCode, TextMessage
from tongmai.foundation.texting.senders import NotCarried, Refused, Sender, sender

log = logging.getLogger(__name__)

State = TextMessage.State
_SENT, _REFUSED, _AWAY = "sent", "refused", "away"
BATCH = 50
CLAIM = timedelta(seconds=60)
EVERY = timedelta(seconds=2)
# After a failure so long without a success the gateway counts as away.
AWAY_FOR = timedelta(minutes=2)
# Codes and texts of the last days are what the limits count; older ones say nothing.
KEPT = timedelta(days=7)


def send_due(by: Actor) -> str:
    """Send what waits and is not too late, oldest first; stop when the gateway is away.  Return how many, for operators."""
    _give_up_late(by.now)
    carrier = sender()
    if carrier is None:
        return ""
    due = TextMessage.objects.filter(claims.free(by.now, CLAIM), state=State.WAITING, next_try_at__lte=by.now)
    fates: Counter[str] = Counter()
    for text_id in list(due.order_by("created_at", "id").values_list("id", flat=True)[:BATCH]):
        fate = _send(text_id, carrier, now=by.now)
        fates[fate] += 1
        if fate == _AWAY:
            break
    return ", ".join(f"{fate} {n}" for fate, n in sorted(fates.items()) if fate)


def is_away(now: datetime) -> bool:
    """Whether the gateway failed lately and has taken nothing since.  The same for everybody who asks."""
    if sender() is None:
        return True
    real = TextMessage.objects.filter(is_void=False, created_at__gt=now - timedelta(hours=1))
    last = real.aggregate(failed=Max("failed_at"), sent=Max("sent_at"))
    if last["failed"] is None or now - last["failed"] > AWAY_FOR:
        return False
    return last["sent"] is None or last["sent"] < last["failed"]


def forget_old(by: Actor) -> int:
    """Drop codes and texts that no limit counts any more; return how many codes."""
    old = OneTimeCode.objects.filter(created_at__lt=by.now - KEPT)
    n_codes: int = old.delete()[0]
    TextMessage.objects.filter(created_at__lt=by.now - KEPT, code__isnull=True).delete()
    return n_codes


def _send(text_id: UUID, carrier: Sender, *, now: datetime) -> str:
    """Return what became of it; "" when another worker has it."""
    free = TextMessage.objects.filter(claims.free(now, CLAIM), id=text_id, state=State.WAITING)
    if not free.update(claimed_until=now + CLAIM):
        return ""
    text = TextMessage.objects.get(id=text_id)
    mine = TextMessage.objects.filter(id=text_id, state=State.WAITING, claimed_until=now + CLAIM)
    later = {"n_failures": text.n_failures + 1, "claimed_until": None}
    later["next_try_at"] = now + rules.retry_after(text.n_failures + 1)
    try:
        _hand_over(text, carrier, now=now)
    except NotCarried as error:
        log.warning("text %s was not carried: %s", text_id, error)
        mine.update(**later, failed_at=now)
        return _AWAY
    except Refused as error:
        log.warning("text %s was refused: %s", text_id, error)
        mine.update(**later)
        return _REFUSED
    mine.update(state=State.SENT, sent_at=now, sealed="", claimed_until=None)
    return _SENT


def _hand_over(text: TextMessage, carrier: Sender, *, now: datetime) -> None:
    """A text to nobody fares as one to somebody would have just now."""
    if text.is_void:
        if is_away(now):
            raise NotCarried("void")
        return
    try:
        said = json.loads(vault.opened(text.sealed))
    except vault.Unreadable:
        raise Refused("sealed under another key") from None
    carrier.send(said["phone"], text.template, said["facts"])


def _give_up_late(now: datetime) -> None:
    late = TextMessage.objects.filter(state=State.WAITING, expires_at__lte=now + rules.LEAST_LEFT)
    late.update(state=State.EXPIRED, sealed="", claimed_until=None)
