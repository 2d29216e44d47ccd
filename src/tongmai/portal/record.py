"""The resident's page: opened only for a reason, and the reason is shown."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongmai.commons.residents import access, bases, selectors
from tongmai.commons.residents import services as residents
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.portal import chart, forms
from tongmai.ui.http import done, page


@require_safe
@may(Action.OPEN_RECORD, Action.SEE_OWN, Action.REGISTER_RESIDENT)
def resident(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """The record, where there is a reason to look; else the way to give one.  Who only registers is led to the identity."""
    actor = request.actor
    if actor.may(Action.REGISTER_RESIDENT) and not actor.may(Action.OPEN_RECORD):
        return redirect("residents:identity", access.get(resident_id, by=actor).id)
    opened = access.open_where_there_is_reason(resident_id, by=actor, what="record")
    if opened is None:
        return _no_reason(request, resident_id, forms.BreakGlass())
    context = {
        "chart": chart.of(opened, by=actor),
        "basis": _(bases.LABELS[opened.basis]),
        "reason": opened.reason,
        "now": actor.now,
        "n_merged": selectors.n_merged_into(opened.resident.id),
    }
    return page(request, "portal/resident.html", context)


@require_POST
@may(Action.BREAK_GLASS)
def break_glass(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """Open a record in an emergency: for a reason that others will read."""
    form = forms.BreakGlass(request.POST)
    if not form.is_valid():
        return _no_reason(request, resident_id, form, status=422)
    residents.break_glass(resident_id, by=request.actor, reason=form.cleaned_data["reason"])
    return done(request, "portal:resident", resident_id, message=_("已记录紧急查阅，并通知其家庭医生和管理者。"))


def _no_reason(request: HttpRequest, resident_id: UUID, form: forms.BreakGlass, status: int = 403) -> HttpResponse:
    actor = request.actor
    found = access.get(resident_id, by=actor)
    context = {
        "head": chart.head_of(found.id, by=actor),
        "form": form,
        "may_break_glass": actor.may(Action.BREAK_GLASS),
        "lasts": policy.value("access.break_glass", on=actor.today, at=actor.org_id),
    }
    return page(request, "portal/no_reason.html", context, status=status)
