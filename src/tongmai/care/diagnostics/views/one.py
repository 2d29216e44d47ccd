"""One order: its page, and the steps that are taken on it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongmai.care.diagnostics import duty, forms, presenters, selectors, services, stepping
from tongmai.commons.residents import selectors as resident_facts
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput
from tongmai.ui.addresses import plain
from tongmai.ui.http import done, fragment, go, page


@require_safe
@may(Action.SEE_DIAGNOSTICS)
def detail(request: HttpRequest, order_id: UUID) -> HttpResponse:
    found = selectors.detail(order_id, by=request.actor)
    order, now = found.order, request.actor.now
    names = {str(step) for step in found.steps}
    context = {
        "detail": found,
        "order": order,
        "person": resident_facts.summary(order.resident_id, request.actor.today),
        "tag": presenters.tag(order.state, n_versions=order.n_versions),
        "priority": presenters.priority_tag(order.priority),
        "deadline": presenters.deadline(order.due_at, order.clock_started_at, now),
        "at_device": presenters.at_device(selectors.at_devices([order.number]).get(order.number), now),
        "rail": presenters.rail(found),
        "facts": presenters.facts(found),
        "steps": presenters.steps(found),
        "timeline": presenters.timeline(found.transitions),
        "pictures": selectors.pictures(order),
        **_said_of(selectors.arrivals_of(order, by=request.actor)),
        "draft": selectors.draft_of(order) if order.state == "preliminary" and "verify" in names else None,
        "split": presenters.split,
        "may_write": names & {"submit", "publish"},
        "may_upload": order.category == "ecg" and "perform" in names,
        "reasons": presenters.reject_reasons(order.category) if "reject" in names else [],
        "now": now,
    }
    return page(request, "diagnostics/detail.html", context)


@require_POST
@may(Action.SEE_DIAGNOSTICS)
def step(request: HttpRequest, order_id: UUID, name: str) -> HttpResponse:
    """Take a step that needs no more than a reason; who claims goes on to write."""
    form = forms.Step(request.POST)
    if not form.is_valid():
        raise InvalidInput(field=_("理由"), problem=_("过长或无法识别"))
    data = form.cleaned_data
    order = stepping.take(name, order_id, by=request.actor, reason=data["reason"], seen_version=data["seen_version"])
    if name in ("claim", "amend"):
        return done(request, "diagnostics:report", order_id)
    said = _("已完成：%(step)s") % {"step": presenters.STEPS[name][0]}
    if name in ("submit", "publish", "verify", "release"):
        said = f"{said} · {order.number}"
        return go(request, f"{plain('diagnostics:list')}?box={'verify' if name == 'verify' else 'read'}", said)
    return done(request, "diagnostics:detail", order_id, message=said)


@require_POST
@may(Action.REPORT_EXAMINATION)
def reject(request: HttpRequest, order_id: UUID) -> HttpResponse:
    form = forms.Reject(request.POST)
    if not form.is_valid():
        raise InvalidInput(field=_("说明"), problem=_("过长或无法识别"))
    services.reject(
        order_id,
        reasons=[each[:16] for each in request.POST.getlist("reasons")],
        by=request.actor,
        **form.cleaned_data,
    )
    return done(request, "diagnostics:detail", order_id, message=_("已退回检查机构"))


@require_POST
@may(Action.DIRECT_CENTRE)
def assign(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Give it to somebody, or (nobody named) to who is on duty and has the fewest."""
    form = forms.Assign(request.POST)
    if not form.is_valid():
        raise InvalidInput(field=_("诊断医生"), problem=_("无法识别"))
    order = services.assign(order_id, by=request.actor, **form.cleaned_data)
    names = duty.readers_of(order.centre_id, on=request.actor.today)
    said = _("已指派给 %(who)s") % {"who": names.get(order.reader_id, "")}
    return done(request, "diagnostics:board", message=said)


@require_POST
@may(Action.ORDER_EXAMINATION)
def seen(request: HttpRequest, order_id: UUID) -> HttpResponse:
    services.note_seen(order_id, by=request.actor)
    return done(request, "diagnostics:detail", order_id, message=_("已登记查看"))


@require_safe
@may(Action.SEE_DIAGNOSTICS)
def arrivals(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Which images came since the page's reader could see them; asked by the page itself."""
    return fragment(request, "diagnostics/_arrivals.html", _said_of(selectors.arrivals(order_id, by=request.actor)))


@require_POST
@may(Action.REPORT_EXAMINATION)
def arrivals_seen(request: HttpRequest, order_id: UUID) -> HttpResponse:
    services.note_late_images(order_id, by=request.actor)
    return done(request, "diagnostics:detail", order_id, message=_("已登记看过，报告不变"))


def _said_of(found: selectors.Arrivals | None) -> dict[str, Any]:
    return {"arrived": presenters.arrived(found), "may_note": found is not None and found.may_note}
