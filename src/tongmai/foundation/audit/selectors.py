"""Reads of the trail, and of the state of its machinery."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.query import ValuesIterable

from tongmai.foundation.audit import access, events, seals
from tongmai.foundation.audit.labels import label_of
from tongmai.foundation.audit.models import AccessLog, Delivery, Event, JobRun, Seal
from tongmai.kernel.errors import NotFound
from tongmai.kernel.months import start_of_day

# A trail can be long; an export names what it leaves out by stopping here.
MOST_EXPORTED = 50_000
# So many events may be numbered while the slowest transaction runs.
_LATE = 200


@dataclass(frozen=True)
class Sought:
    """What of the trail is looked for; blank means all.  Days are half-open: `since` ≤ day < `before`."""

    name: str = ""
    since: date | None = None
    before: date | None = None
    who: str = ""
    by_user_id: UUID | None = None
    about: UUID | None = None
    basis: str = ""


@dataclass(frozen=True)
class Queue:
    """How the outbox stands.  `oldest_at`: the time of the oldest event that is not delivered; None when all are."""

    n_pending: int
    n_failing: int
    n_parked: int
    oldest_at: datetime | None


class _ReadableRows(ValuesIterable):
    """Rows of events as dictionaries, without what is of the case."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for row in super().__iter__():
            yield row | {"payload": events.readable(row["name"], row["payload"])}


def latest_event_id() -> int:
    """Return the id of the newest event, 0 before the first.  Cheap: one step into the primary key's index."""
    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


def version() -> str:
    """Return a word that changes whenever a service has written anything, so that a page which polls asks this first.

    Transactions may end in another order than their events are numbered; so beside the newest id the number of events
    shortly before it counts, and one that ends late is noticed, too.
    """
    newest = latest_event_id()
    return f"{newest}.{Event.objects.filter(id__gt=newest - _LATE).count()}"


def trail(sought: Sought, *, by: Any) -> QuerySet[Event, dict[str, Any]]:
    """Return the events that `by` may read and looks for, newest first, as dictionaries of their columns.

    Their payloads hold nothing of the case, however the rows are fetched.
    """
    rows = _narrowed(access.visible_events(by), sought)
    if sought.name:
        rows = rows.filter(name=sought.name)
    if sought.about:
        rows = rows.filter(Q(subject_id=sought.about) | Q(resident_id=sought.about))
    found = rows.order_by("-id").values(
        "id", "name", "at", "by_user_id", "by_name", "by_org_name", "by_role", "subject_id", "resident_id", "payload"
    )
    found._iterable_class = _ReadableRows  # kept by every slice and filter of the queryset
    return found


def accesses(sought: Sought, *, by: Any) -> QuerySet[AccessLog, dict[str, Any]]:
    """Return the openings of records that `by` may read and looks for, newest first, as dictionaries."""
    rows = _narrowed(access.visible_accesses(by), sought)
    if sought.basis:
        rows = rows.filter(basis=sought.basis)
    if sought.about:
        rows = rows.filter(resident_id=sought.about)
    return rows.order_by("-id").values(
        "id", "resident_id", "at", "by_user_id", "by_name", "by_org_name", "by_role", "basis", "reason", "what"
    )


def event(event_id: int, *, by: Any) -> dict[str, Any]:
    """Return one event with its payload.

    Raises:
        NotFound: absent, or out of reach.
    """
    found = trail(Sought(), by=by).filter(id=access.row_id(event_id)).first()
    if found is None:
        raise NotFound()
    return found


def queue(*, by: Any) -> Queue:
    """Return how the outbox stands for those who look after it."""
    pending = Q(state=Delivery.State.PENDING)
    counted = access.visible_deliveries(by).aggregate(
        n_pending=Count("id", filter=pending),
        n_failing=Count("id", filter=pending & Q(attempts__gt=0)),
        n_parked=Count("id", filter=Q(state=Delivery.State.PARKED)),
        oldest_at=Min("event__at", filter=~Q(state=Delivery.State.DONE)),
    )
    return Queue(**counted)


def deliveries(state: str, *, by: Any) -> QuerySet[Delivery, dict[str, Any]]:
    """Return the deliveries in `state`, oldest first, as dictionaries with the event's name and time."""
    rows = access.visible_deliveries(by).filter(state=state).order_by("id")
    return rows.values(
        "id", "event_id", "event__name", "event__at", "subscriber", "state", "attempts", "next_try_at", "last_error"
    )


def latest_seals(limit: int = 10) -> list[dict[str, Any]]:
    """Return the newest links of the chain, newest first: number, table, ids, how many rows, when; `mac` as text."""
    columns = ("number", "sealed_table", "first_id", "last_id", "n_rows", "newest_row_at", "sealed_at", "mac")
    rows = Seal.objects.order_by("-number").values(*columns, "retirement__retired_at")[:limit]
    return [row | {"mac": bytes(row["mac"]).hex()} for row in rows]


def last_link() -> str:
    """Return the end of the chain as it is noted down elsewhere, blank while nothing is sealed."""
    return str(seals.last_link() or "")


def jobs() -> list[dict[str, Any]]:
    """Return the recurring jobs and how they went the last time."""
    return list(JobRun.objects.values("name", "title", "due_at", "done_at", "said", "last_error", "n_failures"))


def known_names() -> list[tuple[str, str]]:
    """Return (name, what people read) of every kind of event; those of one app stand together."""
    return sorted(((name, label_of(name)) for name in events.all_events()), key=lambda pair: pair[0])


def exported(rows: QuerySet[Any, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the first `MOST_EXPORTED` of `rows`."""
    yield from rows[:MOST_EXPORTED].iterator(chunk_size=2_000)


def _narrowed(rows: QuerySet[Any], sought: Sought) -> QuerySet[Any]:
    if sought.since:
        rows = rows.filter(at__gte=start_of_day(sought.since))
    if sought.before:
        rows = rows.filter(at__lt=start_of_day(sought.before))
    if sought.by_user_id:
        rows = rows.filter(by_user_id=sought.by_user_id)
    if sought.who:
        rows = rows.filter(Q(by_name__icontains=sought.who) | Q(by_org_name__icontains=sought.who))
    return rows


def day_after(day: date) -> date:
    """Return the day after `day`; the last day of the calendar is its own."""
    return day + timedelta(days=1) if day < date.max else day
