"""`tongmai check`: seals, events that are stuck, deliveries of events that are not there."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from tongmai.foundation.audit import proving, subscribing
from tongmai.foundation.audit.models import Delivery, Event
from tongmai.foundation.audit.proving import Finding, SoftReference
from tongmai.kernel import policy
from tongmai.kernel.months import local_day

REFERENCES = (SoftReference(Delivery, "event_id", Event),)


def late_since(now: datetime) -> datetime:
    """Return the instant before which an event should have been delivered by now."""
    return now - policy.shipped().value("audit.delivery.late", on=local_day(now)).timedelta()


def stuck(now: datetime) -> Iterator[Finding]:
    """Yield the deliveries that were given up, that nobody tries, and that no subscriber takes any more."""
    waiting = Delivery.objects.filter(state=Delivery.State.PENDING)
    yield from proving.rows_that(
        Delivery.objects.filter(state=Delivery.State.PARKED), "was given up; see its error at /operations/, then retry"
    )
    yield from proving.rows_that(
        waiting.filter(attempts=0, event__at__lt=late_since(now)), "nobody has tried it; is `tongmai worker` running?"
    )
    yield from proving.rows_that(
        waiting.filter(attempts__gt=0, event__at__lt=late_since(now)), "fails again and again; see the worker's log"
    )
    gone = Q()
    for name, subscriber in waiting.values_list("event__name", "subscriber").distinct().order_by():
        if name is not None and subscribing.subscriber(name, subscriber) is None:
            gone |= Q(event__name=name, subscriber=subscriber)
    if gone:
        yield from proving.rows_that(waiting.filter(gone), "config/subscriptions.py lists its subscriber no more")


def orphans() -> Iterator[Finding]:
    """Yield the deliveries of absent events, and every broken foreign key of the database."""
    yield from proving.dangling(REFERENCES)
    yield from proving.broken_foreign_keys()
