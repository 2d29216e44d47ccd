"""Two desks: operations for the system administrator, the trail for the audit administrator."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.foundation.audit import forms, machinery, operating, presenters, selectors, services
from tongmai.foundation.audit.guards import OPERATE, READ_AUDIT, may
from tongmai.ui import searching
from tongmai.ui.http import done, page, xlsx_response
from tongmai.ui.paging import page_of
from tongmai.ui.words import Listing


@require_safe
@may(OPERATE)
def operations(request: HttpRequest) -> HttpResponse:
    """How everything stands; the page asks again every few seconds for its changing part."""
    by = request.actor
    parked = page_of(request, selectors.deliveries("parked", by=by), 20)
    state = operating.state(now=by.now)
    context = {
        "numbers": presenters.queue_numbers(selectors.queue(by=by), by.now) + machinery.numbers(state, by.now),
        "warning": machinery.backup_warning(state),
        "backup_limit": state.backup.limit,
        "slowest": machinery.slow_rows(state.slowest),
        "facts": machinery.facts(state),
        "parked": replace(parked, rows=presenters.delivery_rows(parked.rows)),
        "jobs": presenters.job_rows(selectors.jobs()),
        "seals": presenters.seal_rows(selectors.latest_seals()),
        "now": by.now,
    }
    is_part = request.htmx and not request.htmx.boosted
    return page(request, "audit/_operations.html" if is_part else "audit/operations.html", context)


@require_POST
@may(OPERATE)
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    services.retry(delivery_id, by=request.actor)
    return done(request, "audit:operations", message=_("已放回队列，稍后重新投递。"))


@require_http_methods(["GET", "HEAD", "POST"])
@may(READ_AUDIT)
def trail(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return searching.keep(request, "who")
    form = forms.EventsSought(searching.asked(request, "who"))
    form.is_valid()
    found = page_of(request, selectors.trail(form.sought(), by=request.actor))
    return page(request, "audit/events.html", _listed(form, found, presenters.event_rows, request.actor))


@require_safe
@may(READ_AUDIT)
def event(request: HttpRequest, event_id: int) -> HttpResponse:
    row = selectors.event(event_id, by=request.actor)
    return page(request, "audit/event.html", {"row": row, "e": presenters.event_page(row, request.actor)})


@require_http_methods(["GET", "HEAD", "POST"])
@may(READ_AUDIT)
def accesses(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return searching.keep(request, "who")
    form = forms.AccessesSought(searching.asked(request, "who"))
    form.is_valid()
    found = page_of(request, selectors.accesses(form.sought(), by=request.actor))
    return page(request, "audit/accesses.html", _listed(form, found, presenters.access_rows, request.actor))


@require_POST
@may(READ_AUDIT)
def export_trail(request: HttpRequest) -> HttpResponse:
    """Answer with the events that are looked for.  Taking them out is itself an event, hence no GET."""
    form = forms.EventsSought(searching.asked(request, "who"))
    form.is_valid()
    rows = selectors.exported(selectors.trail(form.sought(), by=request.actor))
    cells = [presenters.event_cells(row, request.actor) for row in rows]
    services.note_export(what="events", n_rows=len(cells), by=request.actor)
    return xlsx_response(_("业务事件.xlsx"), [str(title) for title in presenters.EVENT_HEAD], cells)


@require_POST
@may(READ_AUDIT)
def export_accesses(request: HttpRequest) -> HttpResponse:
    """Answer with the openings of records that are looked for."""
    form = forms.AccessesSought(searching.asked(request, "who"))
    form.is_valid()
    rows = selectors.exported(selectors.accesses(form.sought(), by=request.actor))
    cells = [presenters.access_cells(row, request.actor) for row in rows]
    services.note_export(what="access_log", n_rows=len(cells), by=request.actor)
    return xlsx_response(_("查阅记录.xlsx"), [str(title) for title in presenters.ACCESS_HEAD], cells)


def _listed(form: Any, found: Listing, worded: Callable[..., Any], by: Any) -> dict[str, Any]:
    return {"form": form, "found": found, "rows": worded(found.rows, by), "now": by.now, "link": selectors.last_link()}
