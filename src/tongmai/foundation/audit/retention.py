"""Removing what need not be kept any longer.  The seals stay, and say that their rows were retired."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from tongmai.foundation.audit import seals
from tongmai.foundation.audit.models import Answer, Delivery, Seal
from tongmai.kernel import policy
from tongmai.kernel.months import local_day, start_of_day

_KEPT = {"event": "audit.retention.events", "access_log": "audit.retention.access_log"}


def retire_old(by: Any) -> int:
    """Remove finished deliveries, old answers, and the rows of seals whose time is over; return how many rows went.

    Only sealed rows go, a whole seal at a time; a seal stays while a delivery of one of its events is unfinished.
    """
    n_rows = _remove_deliveries(by.now) + _remove_answers(by.now)
    for seal in _over(by.now):
        if not _is_needed(seal):
            n_rows += seals.retire(seal, now=by.now)
    return n_rows


def _over(now: datetime) -> list[Seal]:
    """Return the seals whose newest row is older than its table's retention, and older than the law allows to remove."""
    over, floor = Q(), _first_kept("audit.retention.floor", now)
    for table, policy_id in _KEPT.items():
        over |= Q(sealed_table=table, newest_row_at__lt=min(floor, _first_kept(policy_id, now)))
    return list(Seal.objects.filter(over, retirement__isnull=True).order_by("number"))


def _is_needed(seal: Seal) -> bool:
    if seal.sealed_table != "event":
        return False
    ids = seals.ids_of(seal)
    deliveries = Delivery.objects.filter(event_id__gte=ids[0], event_id__lte=ids[-1])
    return bool(set(ids) & set(deliveries.values_list("event_id", flat=True)))


def _remove_deliveries(now: datetime) -> int:
    before = _first_kept("audit.retention.deliveries", now)
    return Delivery.objects.filter(state=Delivery.State.DONE, done_at__lt=before).delete()[0]


def _remove_answers(now: datetime) -> int:
    kept = policy.shipped().value("audit.retention.answers", on=local_day(now)).timedelta()
    return Answer.objects.filter(given_at__lt=now - kept).delete()[0]


def _first_kept(policy_id: str, now: datetime) -> datetime:
    """Return the instant from which rows are still kept."""
    today = local_day(now)
    return start_of_day(policy.shipped().value(policy_id, on=today).before(today))
