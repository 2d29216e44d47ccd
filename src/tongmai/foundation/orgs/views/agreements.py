"""Pages of agreements: who may work where, and since when."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongmai.foundation.orgs import access, choices, forms, listings, presenters, rules, services
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.views.showing import seen, send, show
from tongmai.ui.http import xlsx_response
from tongmai.ui.paging import page_of
from tongmai.ui.words import Choice


def _found(request: HttpRequest):
    kind = request.GET.get("kind", "")
    kind = kind if kind in dict(choices.AGREEMENT_KINDS) else ""
    on = request.actor.today if request.GET.get("state") == "current" else None
    return kind, listings.agreements(by=request.actor, on=on, kind=kind)


@require_safe
@may(Action.SEE_ORGS)
def all_agreements(request: HttpRequest) -> HttpResponse:
    kind, rows = _found(request)
    context = {
        "found": page_of(request, rows),
        "kind": kind,
        "state": request.GET.get("state", ""),
        "kinds": [Choice("", _("全部")), *(Choice(value, str(label)) for value, label in choices.AGREEMENT_KINDS)],
        "states": [Choice("", _("不限时间")), Choice("current", _("今日有效"))],
    }
    return show(request, "agreements", **context)


@require_safe
@may(Action.SEE_ORGS)
def export(request: HttpRequest) -> HttpResponse:
    _kind, rows = _found(request)
    return xlsx_response(
        "协议.xlsx",
        [_("种类"), _("派出方"), _("接收方"), _("文号"), _("协议内容"), _("开始之日"), _("最后一日")],
        (
            (
                presenters.agreement_kind(row.kind),
                row.from_org.name,
                row.to_org.name,
                row.number,
                row.subject,
                row.starts_on,
                rules.last_day(row.ends_before),
            )
            for row in rows
        ),
    )


@require_safe
@may(Action.SEE_ORGS)
def detail(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    by = request.actor
    row = access.agreement(agreement_id, by=by)
    sides = access.managed_orgs(by).filter(id__in=[row.from_org_id, row.to_org_id])
    is_kept = by.may(Action.MANAGE_ORGS) and sides.exists()
    return show(request, "agreement", row=row, posts=listings.posts_under(row.id, by=by), is_kept=is_kept)


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_ORGS)
def new(request: HttpRequest) -> HttpResponse:
    by = request.actor
    alliances = [(str(each.id), each.name) for each in listings.alliances(by=by, on=by.today)]
    form = forms.AgreementForm(
        request.POST or None, initial={"starts_on": by.today}, orgs=listings.org_choices(by=by), alliances=alliances
    )

    def sign():
        entered = dict(form.cleaned_data)
        alliance = entered.pop("alliance")
        return services.sign_agreement(
            by=by,
            from_org_id=UUID(entered.pop("from_org")),
            to_org_id=UUID(entered.pop("to_org")),
            alliance_id=UUID(alliance) if alliance else None,
            **entered,
        )

    return send(
        request,
        form,
        sign,
        title=_("登记协议"),
        label=_("保存"),
        back=reverse("orgs:agreements"),
        to=lambda row: ("orgs:agreement", row.id),
        message=_("已登记协议。"),
    )


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_ORGS)
def end(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    by = request.actor
    row = access.agreement(agreement_id, by=by, to=Action.MANAGE_ORGS)
    form = forms.EndForm(request.POST or None, initial={"ends_before": by.today, "version": row.version})
    return send(
        request,
        form,
        lambda: services.end_agreement(
            by=by, agreement_id=row.id, version=seen(form), ends_before=form.cleaned_data["ends_before"]
        ),
        title=_("结束协议"),
        lead=_("依据这份协议的岗位在同一天结束。"),
        label=_("结束"),
        back=reverse("orgs:agreement", args=[row.id]),
        to=lambda ended: ("orgs:agreement", ended.id),
        message=_("已结束。"),
    )
