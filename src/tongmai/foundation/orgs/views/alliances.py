"""Pages of alliances: the map by day, the history of memberships, and their changes."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs import access, choices, forms, listings, presenters, rules, services
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.views.showing import seen, send, show
from tongmai.ui.http import xlsx_response


def _day(request: HttpRequest) -> tuple[forms.OnDay, date]:
    today = request.actor.today
    form = forms.OnDay(request.GET if "on" in request.GET else {"on": today.isoformat()})
    asked = form.cleaned_data.get("on") if form.is_valid() else None
    return form, asked or today


@require_safe
@may(Action.SEE_ORGS)
def all_alliances(request: HttpRequest) -> HttpResponse:
    """Who belongs to whom on a day: every alliance with its lead, its members and their village clinics."""
    form, on = _day(request)
    maps = [listings.alliance_map(alliance, on) for alliance in listings.alliances(by=request.actor, on=on)]
    return show(request, "alliances", maps=maps, day_form=form, on=on)


@require_safe
@may(Action.SEE_ORGS)
def detail(request: HttpRequest, alliance_id: UUID) -> HttpResponse:
    by = request.actor
    alliance = access.alliance(alliance_id, by=by)
    form, on = _day(request)
    context = {
        "alliance": alliance,
        "map": listings.alliance_map(alliance, on),
        "history": listings.memberships_of_alliance(alliance.id, by=by),
        "specialty": _specialty(alliance.specialty_code, by),
        "day_form": form,
        "on": on,
        "is_kept": by.may(Action.MANAGE_ORGS) and alliance.county_code in ("", by.county_code),
    }
    return show(request, "alliance", **context)


@require_safe
@may(Action.SEE_ORGS)
def export(request: HttpRequest, alliance_id: UUID) -> HttpResponse:
    alliance = access.alliance(alliance_id, by=request.actor)
    rows = listings.memberships_of_alliance(alliance.id, by=request.actor)
    return xlsx_response(
        f"{alliance.name}.xlsx",
        [_("代码"), _("机构"), _("级别"), _("身份"), _("开始之日"), _("最后一日")],
        (
            (
                row.org.code,
                row.org.name,
                choices.label(choices.LEVELS, row.org.level),
                presenters.part(row.part),
                row.starts_on,
                rules.last_day(row.ends_before),
            )
            for row in rows
        ),
    )


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_ORGS)
def new(request: HttpRequest) -> HttpResponse:
    by = request.actor
    form = forms.AllianceForm(request.POST or None, initial={"starts_on": by.today}, **_options(by))

    def create():
        entered = dict(form.cleaned_data)
        entered.pop("version")
        across = entered.pop("is_across")
        return services.create_alliance(
            by=by, lead_id=UUID(entered.pop("lead")), county_code="" if across else by.county_code, **entered
        )

    return send(
        request,
        form,
        create,
        title=_("新建医联体"),
        label=_("保存"),
        back=reverse("orgs:alliances"),
        to=lambda row: ("orgs:alliance", row.id),
        message=_("已新建医联体。"),
    )


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_ORGS)
def edit(request: HttpRequest, alliance_id: UUID) -> HttpResponse:
    by = request.actor
    row = access.alliance(alliance_id, by=by, to=Action.MANAGE_ORGS)
    start = {
        "name": row.name, "tightness": row.tightness, "specialty_code": row.specialty_code, "version": row.version,
    }  # fmt: skip
    form = forms.AllianceForm(request.POST or None, initial=start, is_new=False, **_options(by))
    return send(
        request,
        form,
        lambda: services.change_alliance(
            by=by,
            alliance_id=row.id,
            version=seen(form),
            name=form.cleaned_data["name"],
            tightness=form.cleaned_data["tightness"],
            specialty_code=form.cleaned_data["specialty_code"],
        ),
        title=_("修改医联体"),
        lead=row.name,
        label=_("保存"),
        back=reverse("orgs:alliance", args=[row.id]),
        to=lambda changed: ("orgs:alliance", changed.id),
        message=_("已保存。"),
    )


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_ORGS)
def end(request: HttpRequest, alliance_id: UUID) -> HttpResponse:
    by = request.actor
    row = access.alliance(alliance_id, by=by, to=Action.MANAGE_ORGS)
    form = forms.EndForm(request.POST or None, initial={"ends_before": by.today, "version": row.version})
    return send(
        request,
        form,
        lambda: services.end_alliance(
            by=by, alliance_id=row.id, version=seen(form), ends_before=form.cleaned_data["ends_before"]
        ),
        title=_("结束医联体"),
        lead=_("%(name)s 的全部成员身份在同一天结束；此前的转诊和记录不变。") % {"name": row.name},
        label=_("结束"),
        back=reverse("orgs:alliance", args=[row.id]),
        to=lambda ended: ("orgs:alliance", ended.id),
        message=_("已结束。"),
    )


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_ORGS)
def join(request: HttpRequest, alliance_id: UUID) -> HttpResponse:
    return _member(request, alliance_id, services.join, title=_("加入成员"), message=_("已加入。"))


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_ORGS)
def change_lead(request: HttpRequest, alliance_id: UUID) -> HttpResponse:
    return _member(
        request,
        alliance_id,
        services.change_lead,
        title=_("更换牵头单位"),
        message=_("已更换牵头单位。"),
        lead=_("原牵头单位自该日起成为成员单位。"),
    )


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_ORGS)
def leave(request: HttpRequest, alliance_id: UUID, membership_id: UUID) -> HttpResponse:
    by = request.actor
    alliance = access.alliance(alliance_id, by=by, to=Action.MANAGE_ORGS)
    row = access.membership(membership_id, alliance=alliance)
    form = forms.EndForm(request.POST or None, initial={"ends_before": by.today, "version": alliance.version})
    return send(
        request,
        form,
        lambda: services.leave(
            by=by, membership_id=row.id, ends_before=form.cleaned_data["ends_before"], version=seen(form)
        ),
        title=_("退出医联体"),
        lead=f"{row.org.name} · {alliance.name}",
        label=_("退出医联体"),
        back=reverse("orgs:alliance", args=[alliance.id]),
        to=lambda left: ("orgs:alliance", alliance.id),
        message=_("已退出。"),
    )


def _member(
    request: HttpRequest, alliance_id: UUID, service, *, title: str, message: str, lead: str = ""
) -> HttpResponse:
    by = request.actor
    alliance = access.alliance(alliance_id, by=by, to=Action.MANAGE_ORGS)
    start = {"starts_on": by.today, "version": alliance.version}
    form = forms.MemberForm(request.POST or None, initial=start, orgs=listings.org_choices(by=by))
    return send(
        request,
        form,
        lambda: service(
            by=by,
            alliance_id=alliance.id,
            org_id=UUID(form.cleaned_data["org"]),
            starts_on=form.cleaned_data["starts_on"],
            version=seen(form),
        ),
        title=title,
        lead=f"{alliance.name}　{lead}",
        label=_("保存"),
        back=reverse("orgs:alliance", args=[alliance.id]),
        to=lambda row: ("orgs:alliance", alliance.id),
        message=message,
    )


def _options(by) -> dict:
    specialties = [(each.code, f"{each.code} {each.name}") for each in catalog.department_types(by.today)]
    return {"orgs": listings.org_choices(by=by), "specialties": specialties}


def _specialty(code: str, by) -> str:
    return next((each.name for each in catalog.department_types(by.today) if each.code == code), code)
