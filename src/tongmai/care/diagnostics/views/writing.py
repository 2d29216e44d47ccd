"""The report while it is written: templates, structured findings, what came before, critical findings."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongmai.care.diagnostics import forms, presenters, selectors, services
from tongmai.commons.residents import selectors as resident_facts
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput, StepNotAllowed
from tongmai.ui.http import done, fragment, go, page
from tongmai.ui.words import when


@require_http_methods(["GET", "POST"])
@may(Action.REPORT_EXAMINATION)
def report(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Write; `?template=` begins anew from the words of a template.  Sent, it is handed on or published."""
    if request.method == "POST":
        _keep(request, order_id)
        order = services.submit_report(order_id, by=request.actor)
        said = _("报告已发布") if order.state == "published" else _("已提交审核")
        following = services.claim_next(by=request.actor) if "next" in request.POST else None
        if following is not None:
            return done(request, "diagnostics:report", following.id, message=f"{said} · {order.number}")
        return go(request, f"{reverse('diagnostics:list')}?box=read", f"{said} · {order.number}")
    found = selectors.detail(order_id, by=request.actor)
    if not {"submit", "publish"} & {str(step) for step in found.steps}:
        raise StepNotAllowed(state=found.order.state, step="write")
    draft, templates = selectors.draft_of(found.order), selectors.templates_for(found.order, by=request.actor)
    chosen = next((each for each in templates if str(each.id) == request.GET.get("template", "")), None)
    context = {
        "detail": found,
        "order": found.order,
        "person": resident_facts.summary(found.order.resident_id, request.actor.today),
        "deadline": presenters.deadline(found.order.due_at, found.order.clock_started_at, request.actor.now),
        "facts": presenters.facts(found),
        "templates": templates,
        "chosen": chosen,
        "lines": _lines(chosen, draft, templates),
        "conclusion": chosen.conclusion if chosen else draft.conclusion if draft else "",
        "draft": draft,
        "pictures": selectors.pictures(found.order),
        "arrived": presenters.arrived(selectors.arrivals_of(found.order, by=request.actor)),
        "earlier": selectors.earlier_reports(found.order, found.opened),
        "findings": selectors.findings_for(found.order, by=request.actor),
        "marked": {mark.code for mark in found.marks},
        "goes_to_second": "submit" in {str(step) for step in found.steps},
        "reasons": presenters.reject_reasons(found.order.category) if "reject" in found.steps else [],
    }
    return page(request, "diagnostics/report.html", context)


@require_POST
@may(Action.REPORT_EXAMINATION)
def draft(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Keep what was written so far: asked by the page itself, every few seconds after a change."""
    kept = _keep(request, order_id)
    return fragment(request, "diagnostics/_saved.html", {"draft": kept, "at": when(kept.saved_at)})


@require_POST
@may(Action.REPORT_EXAMINATION)
def mark(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Mark a critical finding: told at once."""
    found = services.mark_finding(order_id, code=request.POST.get("code", "")[:40], by=request.actor)
    said = _("已登记危急发现并通知开单方：%(name)s") % {"name": found.name}
    return done(request, "diagnostics:report", order_id, message=said)


def _keep(request: HttpRequest, order_id: UUID):
    form = forms.Report(request.POST)
    if not form.is_valid():
        raise InvalidInput(field=_("诊断意见"), problem=_("过长或无法识别"))
    names, texts = request.POST.getlist("name"), request.POST.getlist("text")
    if len(names) != len(texts) or any(len(each) > 4000 for each in texts):
        raise InvalidInput(field=_("所见"), problem=_("过长或无法识别"))
    data = form.cleaned_data
    return services.save_draft(
        order_id,
        lines=list(zip(names, texts, strict=True)),
        conclusion=data["conclusion"],
        is_abnormal=data["is_abnormal"],
        seen_draft=data["seen_draft"],
        by=request.actor,
    )


def _lines(chosen, draft, templates: list) -> list[tuple[str, str]]:
    """What stands in the lines: the words of a template only where it was asked for.

    A page that began with the usual words would let a normal report go out that nobody wrote.
    """
    if chosen is not None:
        return presenters.split(chosen.lines)
    if draft is not None:
        return [(row.name, row.text) for row in draft.lines.all()]
    return [(name, "") for name, _text in presenters.split(templates[0].lines)] if templates else [("", "")]
