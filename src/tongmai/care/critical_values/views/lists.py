"""The register with its Excel, and the figures."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongmai.care.critical_values import figures, forms, presenters, selectors
from tongmai.care.critical_values.choices import Setting
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.policy import value
from tongmai.ui import searching
from tongmai.ui.http import page, xlsx_response
from tongmai.ui.paging import page_of
from tongmai.ui.words import Choice, Listing, when

EXPORTED = 5_000


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.SEE_CRITICAL)
def register(request: HttpRequest) -> HttpResponse:
    """The register (登记本): every step with person, time and content."""
    if request.method == "POST":
        return searching.keep(request, "q")
    form = forms.Wanted(searching.asked(request, "q"))
    asked = form.asked()
    listing = page_of(request, selectors.register(by=request.actor, asked=asked))
    rows = [presenters.row(each, request.actor.now) for each in listing.rows]
    is_first = asked.show == "all" and not asked.q and not listing.previous_href
    waits = selectors.waiting_first(request.actor) if is_first else []
    context = {
        "waits": [presenters.row(each, request.actor.now) for each in waits],
        "form": form,
        "asked": asked,
        "listing": Listing(rows, listing.previous_href, listing.next_href, listing.said),
        "shows": [Choice(name, str(label)) for name, label in presenters.SHOWS.items()],
        "sites": selectors.sites_of(request.actor),
        "may_manage": request.actor.may(Action.MANAGE_CRITICAL),
        "now": request.actor.now,
    }
    return page(request, "critical_values/list.html", context)


@require_safe
@may(Action.SEE_CRITICAL)
def export(request: HttpRequest) -> HttpResponse:
    asked = forms.Wanted(searching.asked(request, "q")).asked()
    found = list(selectors.register(by=request.actor, asked=asked)[:EXPORTED])
    head = [_("编号"), _("患者"), _("结果"), _("依据的规则"), _("来源"), _("就诊类别"), _("发现机构"), _("开单机构"), _("开单医生"),
            _("发现时间"), _("通报时间"), _("确认人"), _("确认时间"), _("复述内容"), _("处置时间"), _("处置或原因"), _("状态"),
            _("报告已更正"), _("演练")]  # fmt: skip
    rows = (
        [r.short, r.who, r.what, r.why, r.source, r.setting, r.org, r.site, r.doctor, when(r.raised_at),
         when(r.notified_at), r.acknowledged, when(r.acknowledged_at), r.read_back, when(r.acted_at), r.measure,
         r.tag.text, _("是") if r.is_corrected else "", _("演练") if r.is_drill else ""]
        for r in (presenters.row(each, request.actor.now) for each in found)
    )  # fmt: skip
    return xlsx_response(f"{_('危急值登记本')}-{request.actor.today}.xlsx", head, rows)


@require_safe
@may(Action.SEE_CRITICAL)
def indicators(request: HttpRequest) -> HttpResponse:
    """The figures by site, each with the values that are missing from it."""
    form = forms.Period(request.GET)
    since, before = form.span(request.actor.today)
    found = figures.by_site(since=since, before=before, by=request.actor)
    missing = {
        each for row in found for figure in (row.told, row.told_in_time, row.acted_in_time) for each in figure.missing
    }
    names = {each.id: presenters.row(each, request.actor.now) for each in selectors.some(missing, by=request.actor)}
    context = {
        "form": form,
        "since": since,
        "until": before - timedelta(days=1),
        "rows": found,
        "percent": presenters.percent,
        "names": names,
        "limits": [
            (Setting(each).label, value(f"critical_values.acknowledge.{each}", on=request.actor.today))
            for each in _SETTINGS
        ],
        "act": value("critical_values.act", on=request.actor.today),
    }
    return page(request, "critical_values/figures.html", context)


_SETTINGS = ("inpatient", "outpatient", "emergency")
