"""The board, and one session on it."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongmai.commons.capacity import forms, presenters, selectors, services, terms
from tongmai.commons.capacity.states import Step
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotFound
from tongmai.kernel.months import REPORTING_ZONE, local_day
from tongmai.ui import sorting
from tongmai.ui.http import done, page, xlsx_response

DAYS = 14


@require_safe
@may(Action.SEE_CAPACITY)
def board(request: HttpRequest) -> HttpResponse:
    """Resources against two weeks.  `?org=` chooses the organisation; without it one's own, or the county's first."""
    by = request.actor
    asked = forms.BoardFilter(request.GET).asked()
    sort = sorting.asked(request, selectors.ORDERS)
    offering = selectors.offering_orgs(by=by)
    org_id = asked["org"] or (by.org_id if by.org_id in dict(offering) else None)
    org_id = org_id or (offering[0][0] if offering else by.org_id)
    found = selectors.board(
        org_id,
        from_day=asked["from_day"] or by.today,
        days=DAYS,
        by=by,
        kind=asked["kind"],
        department_code=asked["department"] or "",
        sort=sort,
    )
    rows = [
        (line, [presenters.board_cells(line.by_day.get(day, []), by.now) for day in found.days]) for line in found.lines
    ]
    context = {
        "board": found,
        "rows": rows,
        "days": [presenters.day_said(day) for day in found.days],
        "offering": offering,
        "kinds": presenters.kind_choices(),
        "asked": asked,
        "earlier": found.days[0] - timedelta(days=DAYS),
        "later": found.days[0] + timedelta(days=DAYS),
        "share": terms.reserved_share(at=found.org_id, on=by.today),
        "sort": sort,
        "may_book": by.may(Action.BOOK),
    }
    return page(request, "capacity/board.html", context)


@require_safe
@may(Action.SEE_CAPACITY)
def session(request: HttpRequest, pool_id: UUID) -> HttpResponse:
    return _session(request, pool_id)


def _session(request: HttpRequest, pool_id: UUID, status: int = 200, **failed) -> HttpResponse:
    by = request.actor
    found = selectors.session(pool_id, by=by)
    rows = presenters.visitor_rows(selectors.visitors(pool_id, by=by, with_gone="gone" in request.GET), by=by)
    fill = found.fill
    context = {
        "session": found,
        "facts": presenters.session_facts(found),
        "title": f"{found.resource} {presenters.day_said(local_day(found.starts_at))}",
        "bar": presenters.session_bar(found),
        "rows": rows,
        "n_unseen": fill.taken - len([row for row in rows if row.facts.state != "cancelled"]),
        "share": terms.reserved_share(at=found.org_id, on=by.today),
        "release": terms.release_hours(found.kind, at=found.org_id, on=by.today),
        "total_form": forms.Total(initial={"total": fill.total, "version": found.version}),
        "close_form": forms.Reason(),
    } | failed
    return page(request, "capacity/session.html", context, status=status)


@require_POST
@may(Action.MANAGE_CAPACITY)
def change_total(request: HttpRequest, pool_id: UUID) -> HttpResponse:
    form = forms.Total(request.POST)
    if not form.is_valid():
        return _session(request, pool_id, 422, total_form=form)
    services.change_total(pool_id=pool_id, by=request.actor, **form.cleaned_data)
    return done(request, "capacity:session", pool_id, message=_("名额已调整。"))


@require_POST
@may(Action.MANAGE_CAPACITY)
def close(request: HttpRequest, pool_id: UUID) -> HttpResponse:
    form = forms.Reason(request.POST)
    if not form.is_valid():
        return _session(request, pool_id, 422, close_form=form)
    stranded = services.close(pool_id=pool_id, reason=form.cleaned_data["reason"], by=request.actor)
    said = _("已停诊。还有 %(n)s 人需要改期或告知，已列入待办。") % {"n": len(stranded)} if stranded else _("已停诊。")
    return done(request, "capacity:session", pool_id, message=said)


@require_POST
@may(Action.MANAGE_CAPACITY)
def reopen(request: HttpRequest, pool_id: UUID) -> HttpResponse:
    services.reopen(pool_id=pool_id, by=request.actor)
    return done(request, "capacity:session", pool_id, message=_("已恢复开放。"))


@require_safe
@may(Action.SEE_CAPACITY)
def session_sheet(request: HttpRequest, pool_id: UUID) -> HttpResponse:
    """The list of a session as an Excel file."""
    by = request.actor
    found = selectors.session(pool_id, by=by)
    rows = presenters.visitor_rows(selectors.visitors(pool_id, by=by), by=by)
    head = [_("序号"), _("姓名"), _("证件"), _("状态"), _("名额来源"), _("预约单位"), _("来源")]
    cells = (
        [
            row.facts.number,
            row.facts.name,
            row.facts.id_masked,
            row.state.text,
            row.share.text,
            row.facts.booked_by,
            row.source,
        ]
        for row in rows
    )
    return xlsx_response(f"{found.resource}-{found.starts_at.astimezone(REPORTING_ZONE):%Y%m%d-%H%M}.xlsx", head, cells)


@require_POST
@may(Action.SEE_CAPACITY)
def take_step(request: HttpRequest, booking_id: UUID, step: str) -> HttpResponse:
    """Confirm, mark as arrived or missed, or cancel, in place; back to the session."""
    if step not in services.AT_DESK:
        raise NotFound()
    services.take_at_desk(
        booking_id=booking_id, step=Step(step), by=request.actor, reason=request.POST.get("reason", "")[:200]
    )
    message = _("已登记：%(step)s") % {"step": presenters.STEPS[Step(step)]}
    pool_id = _pool_of(request)
    if pool_id is not None:
        return done(request, "capacity:session", pool_id, message=message)
    return done(request, "capacity:booking", booking_id, message=message)


def _pool_of(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("session", ""))
    except ValueError:
        return None
