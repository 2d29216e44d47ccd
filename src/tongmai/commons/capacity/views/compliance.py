"""The compliance page, what stands behind a row of it, the list of refused requests, and the bans."""

from datetime import date, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongmai.commons.capacity import forms, presenters, selectors, services, terms
from tongmai.commons.capacity.states import Kind
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import done, page, xlsx_response
from tongmai.ui.paging import page_of


@require_safe
@may(Action.SEE_COMPLIANCE)
def compliance(request: HttpRequest) -> HttpResponse:
    by = request.actor
    form = forms.WeekFilter(request.GET)
    asked = form.asked(today=by.today)
    rows = selectors.compliance(by=by, **asked)
    context = {
        "rows": [(row, presenters.meets_tag(row), presenters.compliance_cells(row)) for row in rows],
        "sums": presenters.compliance_sums(rows),
        "chart": presenters.compliance_chart(rows),
        "head": presenters.COMPLIANCE_HEAD,
        "kinds": presenters.kind_choices(),
        "asked": asked,
        "share": terms.reserved_share(at=by.org_id, on=by.today),
        "form": forms.WeekFilter(initial={"from_day": asked["from_day"], "weeks": asked["weeks"]}),
        "n_waiting": len(selectors.refusals(by=by, open_only=True)),
        "period": f"{selectors.monday(asked['from_day'])} – {_last_day(asked)}",
    }
    return page(request, "capacity/compliance.html", context)


@require_safe
@may(Action.SEE_COMPLIANCE)
def compliance_sheet(request: HttpRequest) -> HttpResponse:
    """The same rows as an Excel file."""
    by = request.actor
    asked = forms.WeekFilter(request.GET).asked(today=by.today)
    rows = selectors.compliance(by=by, **asked)
    head = [str(title) for title in presenters.COMPLIANCE_HEAD]
    return xlsx_response(_("预留达标.xlsx"), head, [presenters.compliance_cells(row) for row in rows])


@require_safe
@may(Action.SEE_COMPLIANCE)
def compliance_week(request: HttpRequest, org_id: UUID, kind: Kind, week: date) -> HttpResponse:
    """The sessions and the refused requests behind one row."""
    by = request.actor
    first = selectors.monday(week)
    sessions = selectors.compliance_sessions(org_id=org_id, kind=kind, week_starts_on=first, by=by)
    rows = selectors.compliance(from_day=first, weeks=1, by=by, org_id=org_id, kind=kind)
    refused = selectors.refusals(by=by, org_id=org_id, kind=kind, from_day=first, until=first + timedelta(weeks=1))
    context = {
        "row": rows[0] if rows else None,
        "meets": presenters.meets_tag(rows[0]) if rows else None,
        "sessions": presenters.session_rows(sessions),
        "refusals": presenters.refusal_rows(refused),
        "first": first,
        "share": terms.reserved_share(at=org_id, on=first),
    }
    return page(request, "capacity/compliance_week.html", context)


@require_safe
@may(Action.SEE_CAPACITY)
def refusals(request: HttpRequest) -> HttpResponse:
    """The slot-issue list: requests that found no place, those still waiting unless `?all=1`."""
    everything = request.GET.get("all") == "1"
    found = page_of(request, selectors.refusals(by=request.actor, open_only=not everything))
    context = {"found": found, "rows": presenters.refusal_rows(found.rows), "everything": everything}
    return page(request, "capacity/refusals.html", context)


@require_POST
@may(Action.SEE_CAPACITY)
def drop_refusal(request: HttpRequest, refusal_id: UUID) -> HttpResponse:
    services.drop_refusal(refusal_id=refusal_id, by=request.actor, reason=request.POST.get("reason", "")[:200])
    return done(request, "capacity:refusals", message=_("已从无号登记中移除。"))


@require_safe
@may(Action.BOOK, Action.MANAGE_CAPACITY)
def bans(request: HttpRequest) -> HttpResponse:
    everything = request.GET.get("all") == "1"
    by = request.actor
    context = {
        "rows": presenters.ban_rows(selectors.bans(by=by, in_force_only=not everything), by.now),
        "everything": everything,
        "terms": terms.no_show_policies(at=by.org_id, on=by.today),
    }
    return page(request, "capacity/bans.html", context)


@require_POST
@may(Action.BOOK, Action.MANAGE_CAPACITY)
def lift_ban(request: HttpRequest, ban_id: UUID) -> HttpResponse:
    services.lift_ban(ban_id=ban_id, by=request.actor, reason=request.POST.get("reason", "")[:200])
    return done(request, "capacity:bans", message=_("已解除，可以重新预约。"))


def _last_day(asked: dict) -> date:
    return selectors.monday(asked["from_day"]) + timedelta(weeks=asked["weeks"], days=-1)
