"""The worker: delivers the outbox and runs the jobs.  Any number of workers may run at once."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import close_old_connections, transaction
from django.db.models import F, Q
from django.utils import timezone

from tongmai.foundation.audit import claims, events, rules, subscribing
from tongmai.foundation.audit.claims import SKEW
from tongmai.foundation.audit.models import Delivery, JobRun
from tongmai.kernel import policy, tracebacks
from tongmai.kernel.months import local_day

log = logging.getLogger(__name__)

MakeActor = Callable[..., Any]  # `Actor.system`: (now=…, org_id=…) → the actor of what nobody in particular does
BATCH = 100
IDLE_SECONDS = 1.0
ERROR_CHARACTERS = 8_000
_JOB_CLAIM = timedelta(minutes=30)


@dataclass(frozen=True)
class Job:
    """Something to do again and again: `work(by)` returns a few words on what it did, for the operations page.

    `name` is stored and must not change; `title` is what people read, marked with `N_`.  `claim`: for how long nobody else
    runs it; short for work that many may do at once, so that a killed worker keeps nobody waiting.
    """

    name: str
    every: timedelta
    work: Callable[[Any], object]
    title: str = ""
    claim: timedelta = _JOB_CLAIM


def run(
    *,
    actor: MakeActor,
    once: bool = False,
    stop: threading.Event | None = None,
    jobs: Sequence[Job] = (),
    clock: Callable[[], datetime] = timezone.now,
) -> None:
    """Deliver what is due and run the jobs that are due, until `stop` is set; with `once`, only what is due now.

    What is in hand when `stop` is set is finished; the next is left to the next worker.
    """
    stop = stop or threading.Event()
    while not stop.is_set():
        try:
            delivered = deliver_due(now=clock(), actor=actor, stop=stop)
            run_jobs(jobs, now=clock(), actor=actor, stop=stop)
        except Exception:
            # The database is away: the worker outlives that, an operator's single run does not.
            if once:
                raise
            log.exception("the worker goes on after")
            delivered = 0
        close_old_connections()
        if once and not delivered:
            return
        if not delivered:
            stop.wait(IDLE_SECONDS)


def deliver_due(*, now: datetime, actor: MakeActor, most: int = BATCH, stop: threading.Event | None = None) -> int:
    """Try up to `most` deliveries that are due, oldest first; return how many this worker tried.

    One that fails is put off and keeps nobody waiting.
    """
    due = Delivery.objects.filter(
        _unclaimed(now), _is_due(now, longest=_value("longest_delay", now).timedelta()), state=Delivery.State.PENDING
    )
    ids = list(due.order_by("next_try_at", "id").values_list("id", flat=True)[:most])
    return sum(_deliver(delivery_id, now=now, actor=actor) for delivery_id in ids if not _is_set(stop))


def _is_set(stop: threading.Event | None) -> bool:
    return stop is not None and stop.is_set()


def _is_due(now: datetime, *, longest: timedelta) -> Q:
    """What is put off for far longer than can be was put off while the clock was ahead."""
    return Q(next_try_at__lte=now) | Q(next_try_at__gt=now + SKEW * longest)


def _unclaimed(now: datetime) -> Q:
    """Taking over too early writes nothing twice: see `_hand_over`."""
    return claims.free(now, _value("claim", now).timedelta())


def _deliver(delivery_id: int, *, now: datetime, actor: MakeActor) -> bool:
    """Try one delivery; False when another worker has it."""
    claimed_until = _claim(delivery_id, now=now)
    if claimed_until is None:
        return False
    delivery = Delivery.objects.select_related("event").get(id=delivery_id)
    mine = Delivery.objects.filter(id=delivery_id, state=Delivery.State.PENDING, claimed_until=claimed_until)
    if rules.is_spent(delivery.attempts - 1, most=_value("attempts", now).int):
        _park(mine, "The worker ended each time while it tried this delivery.")
        return True
    try:
        _hand_over(delivery, mine, now=now, actor=actor)
    except Exception as error:
        log.warning("delivery %s to %s failed, attempt %s", delivery_id, delivery.subscriber, delivery.attempts)
        _put_off(delivery, mine, tracebacks.told(error)[-ERROR_CHARACTERS:], now=now)
    return True


def _claim(delivery_id: int, *, now: datetime) -> datetime | None:
    """Take a delivery for a while by one conditional UPDATE; None when another worker was faster.

    The attempt counts from here, so that one which kills the process is parked in the end.
    """
    claimed_until = now + _value("claim", now).timedelta()
    free = Delivery.objects.filter(_unclaimed(now), id=delivery_id, state=Delivery.State.PENDING)
    taken = free.update(claimed_until=claimed_until, attempts=F("attempts") + 1)
    return claimed_until if taken else None


def _hand_over(delivery: Delivery, mine: Any, *, now: datetime, actor: MakeActor) -> None:
    """Run the handler and mark the delivery as done in one transaction: what it writes is written once.

    Marking comes first: it locks the row, so a worker that believes this claim has run out waits, and then finds it done.
    """
    event = delivery.event
    subscriber = subscribing.subscriber(event.name, delivery.subscriber)
    if subscriber is None:
        _park(mine, f"config/subscriptions.py lists no {delivery.subscriber} for {event.name} any more.")
        return
    happened = events.load(event.name, event.payload)
    by = actor(now=now, org_id=event.by_org_id)
    with transaction.atomic():
        if mine.update(state=Delivery.State.DONE, done_at=now, claimed_until=None, last_error=""):
            subscriber.handle(happened, key=f"{event.id}:{subscriber.name}", by=by)


def _put_off(delivery: Delivery, mine: Any, error: str, *, now: datetime) -> None:
    if rules.is_spent(delivery.attempts, most=_value("attempts", now).int):
        _park(mine, error)
        return
    delay = rules.delay_after(
        delivery.attempts,
        first=_value("first_delay", now).timedelta(),
        longest=_value("longest_delay", now).timedelta(),
    )
    mine.update(next_try_at=now + delay, claimed_until=None, last_error=error)


def _park(mine: Any, error: str) -> None:
    mine.update(state=Delivery.State.PARKED, claimed_until=None, last_error=error)


def run_jobs(jobs: Sequence[Job], *, now: datetime, actor: MakeActor, stop: threading.Event | None = None) -> int:
    """Run the jobs that are due and that no other worker runs; return how many ran.  A failure is kept with the job."""
    return sum(_run_job(job, now=now, actor=actor) for job in jobs if not _is_set(stop))


def _run_job(job: Job, *, now: datetime, actor: MakeActor) -> bool:
    JobRun.objects.get_or_create(name=job.name, defaults={"due_at": now})
    claimed_until = now + job.claim
    # What lies far later than can be was written while the clock was ahead.
    is_time = Q(due_at__lte=now) | Q(due_at__gt=now + SKEW * job.every)
    due = JobRun.objects.filter(claims.free(now, job.claim), is_time, name=job.name)
    if not due.update(claimed_until=claimed_until, title=job.title):
        return False
    mine = JobRun.objects.filter(name=job.name, claimed_until=claimed_until)
    try:
        said = job.work(actor(now=now))
    except Exception as failure:
        log.exception("job %s failed", job.name)
        error = tracebacks.told(failure)[-ERROR_CHARACTERS:]
        mine.update(due_at=now + job.every, claimed_until=None, last_error=error, n_failures=F("n_failures") + 1)
    else:
        text = "" if said is None else str(said)[:200]
        mine.update(due_at=now + job.every, claimed_until=None, done_at=now, said=text, last_error="", n_failures=0)
    return True


def _value(name: str, now: datetime) -> policy.PolicyValue:
    return policy.shipped().value(f"audit.delivery.{name}", on=local_day(now))
