"""What an organisation sets: limits, the chain, drills."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.care.critical_values import forms, limit_sheet, presenters, services, starter
from tongmai.care.critical_values import settings as in_force
from tongmai.foundation.orgs import selectors as orgs
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.policy import value
from tongmai.kernel.errors import InvalidInput
from tongmai.ui.http import done, page, xlsx_response


@require_safe
@may(Action.SEE_CRITICAL)
def limits(request: HttpRequest) -> HttpResponse:
    return _limits_page(request)


@require_POST
@may(Action.MANAGE_CRITICAL)
def set_limit(request: HttpRequest) -> HttpResponse:
    form = forms.Limit(request.POST)

    def save() -> None:
        services.set_limit(
            entered=form.entered(), starts_on=form.cleaned_data["starts_on"],
            for_alliance=form.cleaned_data["for_alliance"], by=request.actor,
        )  # fmt: skip

    if _saved(form, save):
        return done(request, "critical_values:limits", message=_("界值已设定，到生效日期起使用"))
    return _limits_page(request, form)


@require_POST
@may(Action.MANAGE_CRITICAL)
def end_limit(request: HttpRequest, limit_id: UUID) -> HttpResponse:
    services.end_limit(limit_id=limit_id, by=request.actor)
    return done(request, "critical_values:limits", message=_("界值已停用"))


@require_safe
@may(Action.SEE_CRITICAL)
def export_limits(request: HttpRequest) -> HttpResponse:
    """The limits in force as Excel, for the yearly review; what was changed in it comes in as a list (exchange)."""
    found = in_force.limits_at(request.actor.org_id, request.actor.today)
    return xlsx_response(f"{_('危急值界值')}-{request.actor.today}.xlsx", limit_sheet.HEAD, limit_sheet.rows(found))


@require_safe
@may(Action.SEE_CRITICAL)
def chain(request: HttpRequest) -> HttpResponse:
    return _chain_page(request)


@require_POST
@may(Action.MANAGE_CRITICAL)
def set_rung(request: HttpRequest) -> HttpResponse:
    form = _rung_form(request, request.POST)
    if _saved(form, lambda: services.set_rung(
        entered=form.entered(), starts_on=form.cleaned_data["starts_on"], by=request.actor
    )):  # fmt: skip
        return done(request, "critical_values:chain", message=_("已加入上报链"))
    return _chain_page(request, form)


@require_POST
@may(Action.MANAGE_CRITICAL)
def end_rung(request: HttpRequest, rung_id: UUID) -> HttpResponse:
    services.end_rung(rung_id=rung_id, by=request.actor)
    return done(request, "critical_values:chain", message=_("已从上报链撤下"))


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_CRITICAL)
def drill(request: HttpRequest) -> HttpResponse:
    """Start a drill (演练)."""
    form = forms.Drill(request.POST or None, orgs=_orgs(request))
    if request.method == "POST":
        made: list[UUID] = []
        if _saved(form, lambda: made.append(services.start_drill(by=request.actor, **form.cleaned_data).id)):
            return done(request, "critical_values:one", made[0], message=_("演练已开始，不计入统计"))
    return page(request, "critical_values/drill.html", {"form": form}, status=422 if form.errors else 200)


def _saved(form: django_forms.Form, save: Callable[[], Any]) -> bool:
    """Carry out what a form asks; what cannot be is said beside its field."""
    if not form.is_valid():
        return False
    try:
        save()
    except InvalidInput as flaw:
        field, problem = f"{flaw.facts.get('field', '')}", flaw.facts.get("problem")
        form.add_error(field if field in form.fields else None, _(problem) if problem else flaw.said(_))
        return False
    return True


def _limits_page(request: HttpRequest, bound: django_forms.Form | None = None) -> HttpResponse:
    today = request.actor.today
    context = {
        "rows": _in_force(request),
        "lines": [(line, presenters.line(line)) for line in in_force.lines(request.actor)],
        "form": bound or forms.Limit(initial={"starts_on": today}),
        "may_manage": request.actor.may(Action.MANAGE_CRITICAL),
        "starter_version": starter.VERSION,
        "today": today,
    }
    return page(request, "critical_values/limits.html", context, status=422 if bound else 200)


def _in_force(request: HttpRequest) -> list[dict[str, Any]]:
    found = in_force.limits_at(request.actor.org_id, request.actor.today)
    return [presenters.limit(each, is_decisive=_decides(each, found)) for each in found]


def _decides(limit: Any, among: list) -> bool:
    """Whether no nearer level speaks of the same item and people."""
    same = (each for each in among if each.item == limit.item and each.sex in ("", limit.sex))
    order = ["org", "alliance", "ours"]
    return not any(order.index(each.level) < order.index(limit.level) for each in same)


def _chain_page(request: HttpRequest, bound: django_forms.Form | None = None) -> HttpResponse:
    today = request.actor.today
    usual = [value(f"critical_values.escalate.{step}", on=today, at=request.actor.org_id) for step in _USUAL]
    context = {
        "rungs": [(rung, presenters.rung_whom(rung), _stands(rung, today)) for rung in in_force.rungs(request.actor)],
        "usual": usual,
        "remind": value("critical_values.remind", on=today, at=request.actor.org_id),
        "form": bound or _rung_form(request, None),
        "may_manage": request.actor.may(Action.MANAGE_CRITICAL),
    }
    return page(request, "critical_values/chain.html", context, status=422 if bound else 200)


_USUAL = ("site", "head", "centre")


def _stands(rung: Any, today: date) -> str:
    if rung.ends_before is not None and rung.ends_before <= today:
        return _("已撤下")
    return _("生效中") if rung.starts_on <= today else _("未生效")


def _rung_form(request: HttpRequest, data: Any) -> forms.Rung:
    staff = {str(p.staff_id): p.staff_name for p in orgs.staff_of(request.actor.org_id, request.actor.today)}
    return forms.Rung(
        data, orgs=_orgs(request), staff=list(staff.items()),
        initial={"starts_on": request.actor.today, "at_org_id": str(request.actor.org_id)},
    )  # fmt: skip


def _orgs(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the organisation itself and its alliances' members."""
    by = request.actor
    found = {str(by.org_id): by.org_name}
    for alliance in orgs.alliances_of(by.org_id, by.today):
        found |= {str(each.org.id): each.org.short_name for each in orgs.members(alliance.id, by.today)}
    return list(found.items())
