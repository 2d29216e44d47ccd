"""The JSON API of capacity: the same services and reads as the pages."""

from dataclasses import asdict, replace
from datetime import time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from tongmai.commons.capacity import schemas as s
from tongmai.commons.capacity import selectors, services
from tongmai.commons.capacity.states import Kind, Step
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.api import Page, Text, check_version, paginate, with_etag

router = Router(tags=["capacity"])


@router.get("/free-places/", response=list[s.FreePlaceOut])
@may(Action.SEE_CAPACITY)
def free_places(
    request: HttpRequest,
    org_id: UUID,
    kind: Kind,
    from_day: s.Day | None = None,
    days: s.Days = 14,
    department_code: Text(16) = "",
    for_family_doctor: bool = False,
) -> Any:
    """Return the sessions with places that the public, or a family doctor's referral, may take."""
    by = request.actor
    return selectors.free_places(
        org_id=org_id,
        kind=kind,
        from_day=from_day or by.today,
        days=days,
        department_code=department_code,
        for_family_doctor=for_family_doctor,
        by=by,
    )


@router.get("/free-stays/", response=list[s.StayOut])
@may(Action.SEE_CAPACITY)
def free_stays(
    request: HttpRequest,
    org_id: UUID,
    nights: s.Nights = 1,
    from_day: s.Day | None = None,
    days: s.Days = 14,
    department_code: Text(16) = "",
    for_family_doctor: bool = False,
) -> Any:
    """Return the beds that are free for so many consecutive days."""
    by = request.actor
    found = selectors.free_stays(
        org_id=org_id,
        nights=nights,
        from_day=from_day or by.today,
        days=days,
        department_code=department_code,
        for_family_doctor=for_family_doctor,
        by=by,
    )
    return [
        {
            "pool_ids": stay.pool_ids,
            "resource": stay.days[0].resource,
            "from_day": stay.days[0].day,
            "nights": len(stay.days),
            "free": stay.free,
        }
        for stay in found
    ]


@router.post("/sessions/", response={201: s.SessionOut})
@may(Action.MANAGE_CAPACITY)
def publish(request: HttpRequest, sent: s.SessionIn) -> Any:
    """Offer one session; the reserved part follows from policy and configuration."""
    pool = services.publish(by=request.actor, **sent.dict())
    return Status(201, selectors.session(pool.id, by=request.actor))


@router.post("/sessions/weeks", response={200: dict[str, int]})
@may(Action.MANAGE_CAPACITY)
def publish_weeks(request: HttpRequest, sent: s.WeeksIn) -> Any:
    """Publish the weekly templates; sessions that exist are left as they are."""
    return {"n_published": services.publish_weeks(by=request.actor, **sent.dict())}


@router.get("/sessions/{pool_id}", response=s.SessionOut)
@may(Action.SEE_CAPACITY)
def session(request: HttpRequest, response: HttpResponse, pool_id: UUID) -> Any:
    """Return a session; its ETag is the version that a change must name."""
    found = selectors.session(pool_id, by=request.actor)
    with_etag(response, found.version)
    return found


@router.get("/sessions/{pool_id}/visitors", response=list[s.VisitorOut])
@may(Action.SEE_CAPACITY)
def visitors(request: HttpRequest, pool_id: UUID) -> Any:
    """Return who has the places: those whom this actor may name."""
    found = selectors.visitors(pool_id, by=request.actor)
    return [replace(each, steps=selectors.steps_at_desk(each.steps, each.source_kind)) for each in found]


@router.put("/sessions/{pool_id}/total", response=s.SessionOut)
@may(Action.MANAGE_CAPACITY)
def change_total(request: HttpRequest, pool_id: UUID, sent: s.TotalIn) -> Any:
    """Change the number of places; never below what is taken."""
    by = request.actor
    found = selectors.session(pool_id, by=by)
    check_version(request, found)
    services.change_total(pool_id=pool_id, total=sent.total, version=found.version, by=by)
    return selectors.session(pool_id, by=by)


@router.post("/sessions/{pool_id}/close", response=s.StrandedOut)
@may(Action.MANAGE_CAPACITY)
def close_session(request: HttpRequest, pool_id: UUID, sent: s.ReasonIn) -> Any:
    """Close a session; return the bookings that must now be moved or told."""
    return {"booking_ids": services.close(pool_id=pool_id, reason=sent.reason, by=request.actor)}


@router.post("/sessions/{pool_id}/reopen", response=s.SessionOut)
@may(Action.MANAGE_CAPACITY)
def reopen_session(request: HttpRequest, pool_id: UUID) -> Any:
    """Open a closed session again."""
    services.reopen(pool_id=pool_id, by=request.actor)
    return selectors.session(pool_id, by=request.actor)


@router.get("/bookings/", response=Page[s.BookingOut])
@may(Action.SEE_CAPACITY, Action.SEE_OWN)
def bookings(
    request: HttpRequest,
    resident_id: UUID | None = None,
    cursor: s.Cursor | None = None,
    limit: s.Limit = 50,
) -> Any:
    """Return the bookings that this actor may see, the newest first."""
    rows = selectors.bookings_in_reach(by=request.actor, resident_id=resident_id)
    taken, following = paginate(rows, cursor, limit, ("created_at", "id"), newest_first=True)
    return {"items": selectors.facts_of_all(taken), "next_cursor": following}


@router.post("/bookings/", response={201: s.BookingOut})
@may(Action.BOOK)
def book(request: HttpRequest, sent: s.BookingIn) -> Any:
    """Book a public place; 409 `no-capacity` when there is none (the request is then on the list of refused ones)."""
    booking = services.book_at_desk(by=request.actor, **sent.dict())
    return Status(201, selectors.booking(booking.id, by=request.actor).facts)


@router.get("/bookings/{booking_id}", response=s.BookingAndStepsOut)
@may(Action.SEE_CAPACITY, Action.SEE_OWN)
def booking(request: HttpRequest, response: HttpResponse, booking_id: UUID) -> Any:
    """Return a booking with the steps that the caller may take; those of a referral's are taken on the referral."""
    found = selectors.booking(booking_id, by=request.actor)
    with_etag(response, found.facts.version)
    return asdict(found.facts) | {"steps": selectors.steps_at_desk(found.steps, found.facts.source_kind)}


@router.post("/bookings/{booking_id}/steps", response=s.BookingOut)
@may(Action.SEE_CAPACITY)
def take_booking_step(request: HttpRequest, booking_id: UUID, sent: s.StepIn) -> Any:
    """Confirm, mark as arrived or missed, or cancel.  A referral's booking is moved by its referral."""
    by = request.actor
    check_version(request, selectors.booking(booking_id, by=by).facts, required=False)
    services.take_at_desk(booking_id=booking_id, step=Step(sent.step), reason=sent.reason, by=by)
    return selectors.booking(booking_id, by=by).facts


@router.post("/bookings/{booking_id}/move", response=s.BookingOut)
@may(Action.SEE_CAPACITY)
def move_booking(request: HttpRequest, booking_id: UUID, sent: s.MoveIn) -> Any:
    """Move a booking to other pools; when these have no place it stays where it is."""
    by = request.actor
    check_version(request, selectors.booking(booking_id, by=by).facts, required=False)
    services.reschedule_at_desk(booking_id=booking_id, by=by, **sent.dict())
    return selectors.booking(booking_id, by=by).facts


@router.get("/capacity-compliance/", response=list[s.ComplianceOut])
@may(Action.SEE_COMPLIANCE)
def compliance(
    request: HttpRequest,
    from_day: s.Day,
    weeks: s.Weeks = 6,
    org_id: UUID | None = None,
    kind: Kind | None = None,
) -> Any:
    """Return what was reserved and what became of it, per organisation, kind and ISO week."""
    return selectors.compliance(from_day=from_day, weeks=weeks, org_id=org_id, kind=kind, by=request.actor)


@router.get("/refusals/", response=Page[s.RefusalOut])
@may(Action.SEE_CAPACITY)
def refusals(request: HttpRequest, open_only: bool = True, cursor: s.Cursor | None = None, limit: s.Limit = 50) -> Any:
    """Return the requests that found no place, the newest first."""
    rows = selectors.refusals(by=request.actor, open_only=open_only)
    taken, following = paginate(
        rows, cursor, limit, lambda row: [row.refused_at.timestamp(), str(row.id)], newest_first=True
    )
    return {"items": taken, "next_cursor": following}


@router.post("/refusals/{refusal_id}/drop", response={204: None})
@may(Action.SEE_CAPACITY)
def drop_refusal(request: HttpRequest, refusal_id: UUID, sent: s.ReasonIn) -> Any:
    """Take a request off the list because nobody needs the place any more."""
    services.drop_refusal(refusal_id=refusal_id, reason=sent.reason, by=request.actor)
    return Status(204, None)


@router.get("/bans/", response=list[s.BanOut])
@may(Action.BOOK, Action.MANAGE_CAPACITY)
def bans(request: HttpRequest, in_force_only: bool = True, resident_id: UUID | None = None) -> Any:
    """Return who may not book for now, at most 200, the newest first."""
    return selectors.bans(by=request.actor, in_force_only=in_force_only, resident_id=resident_id)


@router.post("/bans/{ban_id}/lift", response={204: None})
@may(Action.BOOK, Action.MANAGE_CAPACITY)
def lift_ban(request: HttpRequest, ban_id: UUID, sent: s.ReasonIn) -> Any:
    """Let a resident book again before her ban ends."""
    services.lift_ban(ban_id=ban_id, reason=sent.reason, by=request.actor)
    return Status(204, None)


@router.get("/resources/", response=list[s.ResourceOut])
@may(Action.MANAGE_CAPACITY)
def resources(request: HttpRequest) -> Any:
    """Return the resources of one's own organisation."""
    return selectors.own_resources(by=request.actor)


@router.post("/resources/", response={201: s.ResourceOut})
@may(Action.MANAGE_CAPACITY)
def create_resource(request: HttpRequest, sent: s.ResourceIn) -> Any:
    """Offer something new for booking."""
    values = sent.dict() | {"reserved_rate": _rate(sent.reserved_rate)}
    resource = services.create_resource(by=request.actor, **values)
    return Status(201, selectors.own_resource(resource.id, by=request.actor))


@router.get("/resources/{resource_id}", response=s.ResourceOut)
@may(Action.MANAGE_CAPACITY)
def resource(request: HttpRequest, response: HttpResponse, resource_id: UUID) -> Any:
    """Return one resource; its ETag is the version that a change must name."""
    found = selectors.own_resource(resource_id, by=request.actor)
    with_etag(response, found.version)
    return found


@router.put("/resources/{resource_id}", response=s.ResourceOut)
@may(Action.MANAGE_CAPACITY)
def change_resource(request: HttpRequest, resource_id: UUID, sent: s.ResourceChangeIn) -> Any:
    """Change a resource."""
    by = request.actor
    found = selectors.own_resource(resource_id, by=by)
    check_version(request, found)
    values = sent.dict() | {"reserved_rate": _rate(sent.reserved_rate)}
    services.change_resource(resource_id=resource_id, version=found.version, by=by, **values)
    return selectors.own_resource(resource_id, by=by)


@router.post("/resources/{resource_id}/weekly", response={201: s.ResourceOut})
@may(Action.MANAGE_CAPACITY)
def set_weekly(request: HttpRequest, resource_id: UUID, sent: s.WeeklyIn) -> Any:
    """Add a line to the weekly template of a resource."""
    services.set_weekly(
        resource_id=resource_id,
        weekday=sent.weekday,
        starts_time=time.fromisoformat(sent.starts_time),
        ends_time=time.fromisoformat(sent.ends_time),
        total=sent.total,
        by=request.actor,
    )
    return Status(201, selectors.own_resource(resource_id, by=request.actor))


@router.delete("/weekly/{line_id}", response={204: None})
@may(Action.MANAGE_CAPACITY)
def drop_weekly(request: HttpRequest, line_id: UUID) -> Any:
    """End a line of a weekly template; sessions already published stay."""
    services.drop_weekly(line_id=line_id, by=request.actor)
    return Status(204, None)


def _rate(rate: float | None) -> Decimal | None:
    """A share as the column keeps it: three decimals."""
    return None if rate is None else Decimal(str(rate)).quantize(Decimal("0.001"))
