"""One critical value, made for a phone, and its steps."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongmai.care.critical_values import access, forms, presenters, referred, selectors, services
from tongmai.care.critical_values.choices import Measure
from tongmai.commons.ecg import rules as ecg
from tongmai.commons.residents import referring
from tongmai.commons.residents import selectors as residents
from tongmai.commons.residents.referring import Begun
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput, NotFound
from tongmai.ui.http import done, page


@require_safe
@may(Action.SEE_CRITICAL)
def one(request: HttpRequest, value_id: UUID) -> HttpResponse:
    return _page(request, value_id)


@require_POST
@may(Action.SEE_CRITICAL)
def acknowledge(request: HttpRequest, value_id: UUID) -> HttpResponse:
    form = forms.Acknowledge(request.POST)
    return _taken(request, value_id, "acknowledge", form, services.acknowledge, _("已复述确认，请尽快处置"))


@require_POST
@may(Action.SEE_CRITICAL)
def phone(request: HttpRequest, value_id: UUID) -> HttpResponse:
    return _taken(request, value_id, "phone", forms.Phone(request.POST), services.phone, _("已登记电话复述"))


@require_POST
@may(Action.SEE_CRITICAL)
def act(request: HttpRequest, value_id: UUID) -> HttpResponse:
    return _taken(request, value_id, "act", forms.Act(request.POST), services.act, _("已登记处置"))


@require_POST
@may(Action.SEE_CRITICAL)
def close(request: HttpRequest, value_id: UUID) -> HttpResponse:
    services.close(value_id=value_id, by=request.actor)
    return done(request, "critical_values:one", value_id, message=_("已结束"))


@require_POST
@may(Action.SEE_CRITICAL)
def dismiss(request: HttpRequest, value_id: UUID) -> HttpResponse:
    return _taken(request, value_id, "dismiss", forms.Reason(request.POST), services.dismiss, _("已登记为误报"))


@require_POST
@may(Action.SEE_CRITICAL)
def release(request: HttpRequest, value_id: UUID) -> HttpResponse:
    services.release(value_id=value_id, by=request.actor)
    return done(request, "critical_values:one", value_id, message=_("已发出通报"))


@require_POST
@may(Action.SEE_CRITICAL)
def reject(request: HttpRequest, value_id: UUID) -> HttpResponse:
    return _taken(request, value_id, "reject", forms.Reason(request.POST), services.reject, _("未发出，已登记原因"))


@require_POST
@may(Action.SEE_CRITICAL)
def refer(request: HttpRequest, value_id: UUID) -> HttpResponse:
    """Begin a referral of the person: its form opens with the value, and the electrocardiogram, as its reason."""
    value = access.get(value_id, by=request.actor)
    if not access.may_refer(value, by=request.actor):
        raise NotFound()
    begun = Begun(
        value.resident_id,
        presenters.referral_reason(value),
        diagnosis_code=ecg.CHEST_PAIN if value.rule_ref == ecg.PatternCode.STEMI_SUSPECTED else "",
        recording_id=value.recording_id,
        critical_value_id=value.id,
    )
    return referring.begin(request, begun, encounter_id=value.encounter_id)


def _taken(
    request: HttpRequest, value_id: UUID, name: str, form: django_forms.Form, take: Callable[..., Any], said: str
) -> HttpResponse:
    """Take a step; what is entered wrongly is said on the page itself."""
    if form.is_valid():
        try:
            take(value_id=value_id, by=request.actor, **form.cleaned_data)
            return done(request, "critical_values:one", value_id, message=said)
        except InvalidInput as flaw:
            field = f"{flaw.facts.get('field', '')}"
            problem = flaw.facts.get("problem")
            form.add_error(field if field in form.fields else None, _(problem) if problem else flaw.said(_))
    return _page(request, value_id, **{name: form})


def _page(request: HttpRequest, value_id: UUID, **bound: django_forms.Form) -> HttpResponse:
    by = request.actor
    value, opened = access.read(value_id, by=by)
    begun = referred.of(value, by=by)
    steps = {str(step) for step in access.possible_steps(value, by=by)}
    context = {
        "value": value,
        "row": presenters.row(value, by.now),
        "head": residents.summary(value.resident_id, by.today) if value.resident_id else None,
        "opened": opened,
        "steps": steps,
        "rail": presenters.rail(value),
        "limits": presenters.limits(value.low, value.high, value.limit_unit) if value.limit_level else "",
        "earlier": selectors.earlier_values(value, opened, by=by),
        "timeline": presenters.timeline(selectors.history(value)),
        "told_to": [(each, presenters.notice(each)) for each in selectors.notices(value)],
        "next_at": selectors.next_escalation(value, by=by),
        "acknowledge": bound.get("acknowledge") or forms.Acknowledge(auto_id="ack_%s"),
        "phone": bound.get("phone") or forms.Phone(auto_id="phone_%s"),
        "act": bound.get("act") or forms.Act(auto_id="act_%s", initial=presenters.done_by_referring(begun)),
        "dismiss": bound.get("dismiss") or forms.Reason(auto_id="dismiss_%s"),
        "reject": bound.get("reject") or forms.Reason(auto_id="reject_%s"),
        "measures": Measure,
        "referred": begun,
        "may_refer": opened is not None and access.may_refer(value, by=by),
        "report_open": opened is not None and value.report_id is not None,
        "now": by.now,
    }
    return page(request, "critical_values/one.html", context, status=422 if bound else 200)
