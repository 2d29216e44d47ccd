"""Lists of work and of what is over."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.care.diagnostics import presenters, rules, selectors, services
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui import searching
from tongmai.ui.addresses import plain
from tongmai.ui.http import done, go, page
from tongmai.ui.paging import page_of
from tongmai.ui.words import Choice, Listing


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.SEE_DIAGNOSTICS)
def board(request: HttpRequest) -> HttpResponse:
    """The orders of the actor's organisation: what she does first; who may know names finds a person among them."""
    if request.method == "POST":
        return searching.keep(request, "q")
    q = searching.asked(request, "q")["q"] if request.actor.may(Action.OPEN_RECORD) else ""
    boxes = _boxes(request)
    asked = request.GET.get("box", "")
    first = "all" if q else next((each.value for each in boxes if each.count), "open")
    box = asked if asked in selectors.BOXES else first
    listing = page_of(request, selectors.rows_of(selectors.in_box(box, by=request.actor, q=q)))
    rows = [selectors.row_of(row) for row in listing.rows]
    said = selectors.at_devices([row.number for row in rows if row.state in presenters.TO_PERFORM])
    lines = [presenters.line(row, request.actor.now, said.get(row.number)) for row in rows]
    context = {
        "boxes": boxes,
        "box": box,
        "q": q,
        "listing": Listing(lines, listing.previous_href, listing.next_href, listing.said),
        "now": request.actor.now,
    }
    return page(request, "diagnostics/list.html", context)


@require_safe
@may(Action.SEE_DIAGNOSTICS)
def find(request: HttpRequest) -> HttpResponse:
    """Open the order whose number was scanned or typed; a number says nothing of a person, so it may stand in the address."""
    number = rules.number_meant(request.GET.get("number", "")[:40])
    order_id = selectors.order_id_of(number, by=request.actor)
    if order_id is None:
        return go(request, plain("diagnostics:list"), _("没有找到申请单 %(number)s") % {"number": number or "—"})
    return done(request, "diagnostics:detail", order_id)


@require_POST
@may(Action.REPORT_EXAMINATION)
def claim_next(request: HttpRequest) -> HttpResponse:
    """Take the most urgent one and begin to write."""
    order = services.claim_next(by=request.actor)
    if order is None:
        return done(request, "diagnostics:list", message=_("现在没有等待报告的检查"))
    return done(request, "diagnostics:report", order.id)


def _boxes(request: HttpRequest) -> list[Choice]:
    needs = {
        "perform": Action.PERFORM_EXAMINATION, "read": Action.REPORT_EXAMINATION, "mine": Action.REPORT_EXAMINATION,
        "verify": Action.REPORT_EXAMINATION, "late": Action.REPORT_EXAMINATION, "unseen": Action.ORDER_EXAMINATION,
    }  # fmt: skip
    hers = [name for name, action in needs.items() if request.actor.may(action)]
    counted = selectors.counts(hers, by=request.actor)
    return [
        Choice(name, str(label), counted.get(name))
        for name, label in presenters.BOXES.items()
        if name not in needs or name in counted
    ]
