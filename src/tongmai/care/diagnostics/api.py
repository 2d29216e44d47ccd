"""The JSON API of examinations: the same services and reads as the pages."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from tongmai.care.diagnostics import access, board, selectors, services, stepping
from tongmai.care.diagnostics import schemas as s
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.api import Page, Text, paginate, version_named, with_etag

router = Router(tags=["diagnostics"])


@router.get("/examinations/", response=Page[s.OrderRowOut])
@may(Action.SEE_DIAGNOSTICS)
def examinations(request: HttpRequest, state: Text(12) = "", cursor: Text(400) | None = None, limit: int = 50) -> Any:
    """Return the orders that the caller's organisation sees, the latest first; without what names a person."""
    rows = access.visible(request.actor)
    rows = rows.filter(state=state) if state else rows
    found, following = paginate(rows.order_by(), cursor, limit, ("requested_at", "id"), newest_first=True)
    return {"items": found, "next_cursor": following}


@router.post("/examinations/", response={201: s.OrderOut})
@may(Action.ORDER_EXAMINATION)
def order_examination(request: HttpRequest, response: HttpResponse, sent: s.OrderIn) -> Any:
    """Order an examination; the same one that is open already is refused and named."""
    order = services.place(sent.resident_id, wanted=sent.wanted(), by=request.actor)
    return Status(201, _answer(request, response, order.id))


@router.post("/examinations/next", response={200: s.OrderOut, 204: None})
@may(Action.REPORT_EXAMINATION)
def claim_next_examination(request: HttpRequest, response: HttpResponse) -> Any:
    """Take the most urgent examination that waits at the caller's centre; 204 where nothing waits."""
    order = services.claim_next(by=request.actor)
    return Status(200, _answer(request, response, order.id)) if order else Status(204, None)


@router.get("/examinations/readers", response=list[s.ReaderOut])
@may(Action.DIRECT_CENTRE)
def examination_readers(request: HttpRequest) -> Any:
    """Return to whom the director may assign: the readers of her centre, what each has in hand, who is on duty."""
    names = ("staff_id", "name", "n_in_hand", "is_on_duty")
    return [dict(zip(names, each, strict=True)) for each in board.live(by=request.actor).readers]


@router.get("/examinations/{order_id}", response=s.OrderOut)
@may(Action.SEE_DIAGNOSTICS)
def examination(request: HttpRequest, response: HttpResponse, order_id: UUID) -> Any:
    """Open one order; the access log keeps it."""
    return _answer(request, response, order_id)


@router.post("/examinations/{order_id}/steps/assign", response=s.OrderRowOut)
@may(Action.DIRECT_CENTRE)
def assign_examination(request: HttpRequest, response: HttpResponse, order_id: UUID, sent: s.AssignIn) -> Any:
    """Give an examination of one's own centre to a reader; who directs opens no record, and so gets the row of the list.

    Without `staff_id` it goes to who is on duty and has the fewest; with If-Match only if nobody changed it.
    """
    order = services.assign(order_id, staff_id=sent.staff_id, by=request.actor, seen_version=version_named(request))
    with_etag(response, order.version)
    return order


@router.post("/examinations/{order_id}/steps/{name}", response=s.OrderOut)
@may(Action.SEE_DIAGNOSTICS)
def take_examination_step(
    request: HttpRequest, response: HttpResponse, order_id: UUID, name: Text(20), sent: s.StepIn
) -> Any:
    """Take a step of those that the order names; with If-Match only if nobody changed it."""
    seen = version_named(request)
    if name == "reject":
        services.reject(order_id, reasons=sent.reasons, note=sent.reason, by=request.actor, seen_version=seen)
    elif name == "note_seen":
        services.note_seen(order_id, by=request.actor)
    else:
        stepping.take(name, order_id, by=request.actor, reason=sent.reason, seen_version=seen)
    return _answer(request, response, order_id)


@router.put("/examinations/{order_id}/draft", response=s.OrderOut)
@may(Action.REPORT_EXAMINATION)
def write_examination_draft(request: HttpRequest, response: HttpResponse, order_id: UUID, sent: s.DraftIn) -> Any:
    """Keep what the reader has written."""
    services.save_draft(
        order_id,
        lines=[(line.name, line.text) for line in sent.lines],
        conclusion=sent.conclusion,
        is_abnormal=sent.is_abnormal,
        by=request.actor,
    )
    return _answer(request, response, order_id)


def _answer(request: HttpRequest, response: HttpResponse, order_id: UUID) -> Any:
    found = selectors.detail(order_id, by=request.actor)
    with_etag(response, found.order.version)
    names = set(s.OrderOut.model_fields) - {"steps", "versions"}
    return {name: getattr(found.order, name) for name in names} | {
        "steps": [str(step) for step in found.steps],
        "versions": found.versions,
    }
