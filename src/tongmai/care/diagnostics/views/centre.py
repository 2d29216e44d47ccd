"""The director's pages: the live board, the month, agreements, duty and templates."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.care.diagnostics import board, duty, forms, presenters, services
from tongmai.commons.imaging import presenters as imaging
from tongmai.foundation.orgs import selectors as orgs
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.money import yuan_text
from tongmai.kernel.months import Month
from tongmai.ui.http import done, page, xlsx_response
from tongmai.ui.words import span


@require_safe
@may(Action.DIRECT_CENTRE)
def live(request: HttpRequest) -> HttpResponse:
    found = board.live(by=request.actor)
    context = {
        "live": found,
        "lines": [presenters.line(row, request.actor.now) for row in found.rows],
        "now": request.actor.now,
    }
    return page(request, "diagnostics/board.html", context)


@require_safe
@may(Action.DIRECT_CENTRE)
def figures(request: HttpRequest) -> HttpResponse:
    month = _month(request)
    found = board.figures(month, by=request.actor)
    context = {
        "figures": found,
        "parts": _parts(found),
        "head": _head(),
        "month": str(month),
        "all": _cells(found.all),
    }
    return page(request, "diagnostics/figures.html", context)


@require_safe
@may(Action.DIRECT_CENTRE)
def figures_sheet(request: HttpRequest) -> HttpResponse:
    month = _month(request)
    found = board.figures(month, by=request.actor)
    rows = [
        [str(title), *_cells(share)]
        for title, shares in [(_("合计"), [found.all]), *_grouped(found)]
        for share in shares
    ]
    return xlsx_response(f"{_('检查中心月报')}-{month}.xlsx", [_("分组"), *_head()], rows)


@require_http_methods(["GET", "POST"])
@may(Action.DIRECT_CENTRE)
def centre(request: HttpRequest) -> HttpResponse:
    """For whom the centre reports, who is on duty, and what reports begin with; one form is sent at a time."""
    actor = request.actor
    sites = [(str(actor.org_id), actor.org_name)]
    sites += [(str(each.org.id), each.org.name) for each in orgs.lower_orgs(actor.org_id, actor.today)]
    readers = [(str(key), name) for key, name in duty.readers_of(actor.org_id, on=actor.today).items()]
    which = request.POST.get("form", "")
    agreement = forms.Agreement(request.POST if which == "agreement" else None, prefix="agreement", sites=sites)
    turn = forms.Turn(request.POST if which == "turn" else None, prefix="turn", readers=readers)
    template = forms.Template(request.POST if which == "template" else None, prefix="template")
    acts = {
        "agreement": (agreement, services.set_agreement),
        "turn": (turn, services.set_duty),
        "template": (template, services.save_template),
    }
    if which in acts:
        form, act = acts[which]
        if form.carries_out(lambda: act(by=actor, **form.cleaned_data)):
            return done(request, "diagnostics:centre", message=_("已保存"))
    context = {
        "agreements": board.agreements(by=actor),
        "turns": board.turns(by=actor),
        "templates": board.templates(by=actor),
        "agreement": agreement,
        "turn": turn,
        "template": template,
        "categories": presenters.CATEGORIES,
    }
    return page(request, "diagnostics/centre.html", context, status=422 if which in acts else 200)


@require_POST
@may(Action.DIRECT_CENTRE)
def end_agreement(request: HttpRequest, service_agreement_id: UUID) -> HttpResponse:
    form = forms.Until(request.POST)
    form.is_valid()
    services.end_agreement(service_agreement_id, by=request.actor, ends_before=form.cleaned_data.get("ends_before"))
    return done(request, "diagnostics:centre", message=_("已保存"))


@require_POST
@may(Action.DIRECT_CENTRE)
def remove_duty(request: HttpRequest, duty_id: UUID) -> HttpResponse:
    services.remove_duty(duty_id, by=request.actor)
    return done(request, "diagnostics:centre", message=_("已删除"))


def _month(request: HttpRequest) -> Month:
    try:
        return Month.parse(request.GET.get("month", "")[:7])
    except ValueError:
        return Month.of(request.actor.today)


def _head() -> list[str]:
    return [
        _("名称"), _("报告数"), _("周转中位数"), _("周转P90"), _("退回过"), _("修订过"), _("中心份额（元）"), _("机构份额（元）"),
    ]  # fmt: skip


def _cells(share: board.Share) -> list[str | int]:
    return [
        share.name or _("合计"),
        share.n,
        span(share.p50) if share.p50 is not None else "—",
        span(share.p90) if share.p90 is not None else "—",
        _part(share.n_rejected, share.n),
        _part(share.n_amended, share.n),
        yuan_text(share.centre_fen),
        yuan_text(share.site_fen),
    ]


def _part(n: int, of: int) -> str:
    return f"{n}（{n / of:.1%}）" if of else "—"


def _grouped(found: board.Figures) -> list[tuple[str, list[board.Share]]]:
    kinds = [replace(each, name=imaging.modality(each.name)) for each in found.kinds]
    return [(_("医生"), found.doctors), (_("机构"), found.sites), (_("设备类型"), kinds)]


def _parts(found: board.Figures) -> list[tuple[str, list[list[str | int]]]]:
    return [(title, [_cells(share) for share in shares]) for title, shares in _grouped(found)]
