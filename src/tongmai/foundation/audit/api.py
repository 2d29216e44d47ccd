"""The same reads for programs, and the one write: putting a parked delivery back."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tongmai.foundation.audit import selectors, services
from tongmai.foundation.audit.guards import OPERATE, READ_AUDIT, may
from tongmai.ui.api import Page, Text, paginate

router = Router(tags=["audit"])

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Cursor = Text(400)
Limit = Annotated[int, Field(ge=1, le=200)]


class SoughtIn(Schema):
    """What is looked for; days are half-open."""

    since: date | None = None
    before: date | None = None
    by_user_id: UUID | None = None
    about: UUID | None = None

    def sought(self, **more: str) -> selectors.Sought:
        return selectors.Sought(
            since=self.since, before=self.before, by_user_id=self.by_user_id, about=self.about, **more
        )


class EventOut(Schema):
    """One thing that happened."""

    id: int
    name: str
    at: datetime
    by_user_id: UUID | None
    by_name: str
    by_org_name: str
    by_role: str
    subject_id: UUID | None
    resident_id: UUID | None
    payload: dict[str, Any]


class AccessOut(Schema):
    """One opening of a resident's record."""

    id: int
    resident_id: UUID
    at: datetime
    by_user_id: UUID | None
    by_name: str
    by_org_name: str
    by_role: str
    basis: str
    reason: str
    what: str


class DeliveryOut(Schema):
    """One event on its way to one subscriber; `last_error` is the traceback of the last failure."""

    id: int
    event_id: int
    event_name: str
    event_at: datetime
    subscriber: str
    state: str
    attempts: int
    next_try_at: datetime
    last_error: str


class JobOut(Schema):
    name: str
    due_at: datetime
    done_at: datetime | None
    said: str
    last_error: str
    n_failures: int


class SealOut(Schema):
    """A link of the chain; note `number` and `mac` of the newest one down outside this machine."""

    number: int
    sealed_table: str
    first_id: int
    last_id: int
    n_rows: int
    newest_row_at: datetime
    sealed_at: datetime
    mac: str


class OperationsOut(Schema):
    """How the outbox and the jobs stand."""

    n_pending: int
    n_failing: int
    n_parked: int
    oldest_at: datetime | None
    jobs: list[JobOut]


@router.get("/operations/", response=OperationsOut)
@may(OPERATE)
def operations(request: HttpRequest) -> Any:
    """Return the length of the queue, the oldest event that is not delivered, and the jobs."""
    queue = selectors.queue(by=request.actor)
    return {
        "n_pending": queue.n_pending,
        "n_failing": queue.n_failing,
        "n_parked": queue.n_parked,
        "oldest_at": queue.oldest_at,
        "jobs": selectors.jobs(),
    }


@router.get("/deliveries/", response=Page[DeliveryOut])
@may(OPERATE)
def deliveries(
    request: HttpRequest,
    state: Literal["pending", "parked", "done"] = "parked",
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Any:
    """Return the deliveries in one state, oldest first."""
    rows, following = paginate(selectors.deliveries(state, by=request.actor), cursor, limit)
    items = [row | {"event_name": row["event__name"], "event_at": row["event__at"]} for row in rows]
    return {"items": items, "next_cursor": following}


@router.post("/deliveries/{delivery_id}/retry", response={204: None})
@may(OPERATE)
def retry(request: HttpRequest, delivery_id: Id) -> Any:
    """Put a parked delivery back into the queue."""
    services.retry(delivery_id, by=request.actor)
    return Status(204, None)


@router.get("/seals/", response=list[SealOut])
@may(OPERATE)
def seals(request: HttpRequest, limit: Limit = 50) -> Any:
    """Return the newest seals, newest first."""
    return selectors.latest_seals(limit)


@router.get("/events/", response=Page[EventOut])
@may(READ_AUDIT)
def events(
    request: HttpRequest,
    sought: Query[SoughtIn],
    name: Text(80) = "",
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Any:
    """Return events, newest first."""
    rows = selectors.trail(sought.sought(name=name), by=request.actor)
    items, following = paginate(rows, cursor, limit, newest_first=True)
    return {"items": items, "next_cursor": following}


@router.get("/events/{event_id}", response=EventOut)
@may(READ_AUDIT)
def event(request: HttpRequest, event_id: Id) -> Any:
    """Return one event."""
    return selectors.event(event_id, by=request.actor)


@router.get("/accesses/", response=Page[AccessOut])
@may(READ_AUDIT)
def accesses(
    request: HttpRequest,
    sought: Query[SoughtIn],
    basis: Text(32) = "",
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Any:
    """Return openings of residents' records, newest first."""
    rows = selectors.accesses(sought.sought(basis=basis), by=request.actor)
    items, following = paginate(rows, cursor, limit, newest_first=True)
    return {"items": items, "next_cursor": following}
