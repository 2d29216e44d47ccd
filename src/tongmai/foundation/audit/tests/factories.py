"""The smallest valid things of the trail, and events that only tests know."""

from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from tongmai.foundation.audit import services, subscribing
from tongmai.foundation.audit.events import event, name_of
from tongmai.foundation.audit.models import AccessLog, Delivery, Event
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.ids import new_id

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@event
class SomethingHappened:
    """A thing for tests."""

    note: str


def system(now: datetime = NOW, **facts) -> Actor:
    return Actor.system(now=now, **facts)


def happened(note: str = "示例", *, now: datetime = NOW, by: Actor | None = None) -> Event:
    """Record one event and return its row."""
    with transaction.atomic():
        return services.record(SomethingHappened(note=note), by=by or system(now))


def opened(*, now: datetime = NOW, by: Actor | None = None, **facts) -> AccessLog:
    """Write one opening of a record and return its row."""
    values = {"resident_id": new_id(), "basis": "contract", "what": "summary"} | facts
    return services.log_access(by=by or system(now), **values)


@contextmanager
def heard_by(handle, *, in_transaction: bool = False, event_class: type = SomethingHappened):
    """Let `handle(event, key, by)` be the only subscriber for a while."""
    name = name_of(event_class)
    before = subscribing._subscribers.get(name, [])
    entry = subscribing.Subscriber(name=handle.__name__, handle=handle, in_transaction=in_transaction)
    subscribing._subscribers[name] = [entry]
    try:
        yield
    finally:
        subscribing._subscribers[name] = before


def only_delivery() -> Delivery:
    return Delivery.objects.get()
