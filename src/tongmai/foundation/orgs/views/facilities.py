"""Pages of organisations, their departments and catchments."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs import access, choices, forms, listings, presenters, selectors, services
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.services.facilities import OrgEntry
from tongmai.foundation.orgs.views.showing import or_none, seen, send, show
from tongmai.kernel import credit_code
from tongmai.ui.http import done, xlsx_response
from tongmai.ui.paging import page_of
from tongmai.ui.words import Choice

ENTRY_FIELDS = tuple(OrgEntry.__dataclass_fields__)


def _sought(request: HttpRequest) -> listings.OrgsSought:
    form = forms.OrgsSought(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    return listings.OrgsSought(
        q=asked.get("q", ""),
        level=asked.get("level", ""),
        kind=asked.get("kind", ""),
        alliance_id=asked.get("alliance"),
        with_closed=asked.get("closed", False),
    )


@require_safe
@may(Action.SEE_ORGS)
def directory(request: HttpRequest) -> HttpResponse:
    sought = _sought(request)
    by = request.actor
    context = {
        "found": page_of(request, listings.orgs(sought, by=by)),
        "sought": sought,
        "levels": [Choice("", _("全部")), *(Choice(value, str(label)) for value, label in choices.LEVELS)],
        "alliances": listings.alliances(by=by, on=by.today),
    }
    return show(request, "list", **context)


@require_safe
@may(Action.SEE_ORGS)
def export(request: HttpRequest) -> HttpResponse:
    rows = listings.orgs(_sought(request), by=request.actor)
    head = [
        _("代码"),
        _("名称"),
        _("级别"),
        _("机构分类"),
        _("等级"),
        _("行政区划代码"),
        _("上级机构"),
        _("信用代码"),
        _("状态"),
    ]
    return xlsx_response(
        "机构.xlsx",
        head,
        (
            (
                row.code,
                row.name,
                choices.label(choices.LEVELS, row.level),
                row.class_code,
                row.grade,
                row.division_code,
                row.parent.name if row.parent else "",
                row.credit_code,
                presenters.in_use(row.is_active).text,
            )
            for row in rows
        ),
    )


@require_safe
@may(Action.SEE_ORGS)
def pick(request: HttpRequest) -> HttpResponse:
    """Rows for a picker: organisations in use, found by name, pinyin, initials or code."""
    found = listings.orgs(_sought(request), by=request.actor)[:20]
    return show(request, "_pick", found=found)


@require_safe
@may(Action.SEE_ORGS)
def detail(request: HttpRequest, org_id: UUID) -> HttpResponse:
    by = request.actor
    org = access.org(org_id, by=by)
    is_kept = by.may(Action.MANAGE_ORGS) and access.managed_orgs(by).filter(id=org.id).exists()
    knows_people = access.staffed_orgs(by).filter(id=org.id).exists()
    catchments = listings.catchments_of(org.id, by=by)
    context = {
        "org": org,
        "places": listings.place_names([org.division_code, *(each.division_code for each in catchments)], by.today),
        "is_kept": is_kept,
        "class_name": _class_name(org.class_code, by),
        "credit_is_right": credit_code.is_valid(org.credit_code) if org.credit_code else None,
        "departments": selectors.departments(org.id, only_active=not is_kept),
        "people": selectors.staff_of(org.id, by.today) if knows_people else [],
        "knows_people": knows_people,
        "memberships": listings.memberships_of(org.id, by=by),
        "through": [a for a in selectors.alliances_of(org.id, by.today) if a.through_id],
        "agreements": listings.agreements(by=by, org_id=org.id),
        "catchments": catchments,
        "below": selectors.children(org.id),
    }
    return show(request, "org", **context)


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_ORGS)
def new(request: HttpRequest) -> HttpResponse:
    by = request.actor
    form = forms.OrgForm(request.POST or None, **_options(by))
    return send(
        request,
        form,
        lambda: services.create_org(
            by=by,
            code=form.cleaned_data["code"],
            level=form.cleaned_data["level"],
            kind=form.cleaned_data["kind"],
            entry=_entry(form),
        ),
        title=_("新增机构"),
        label=_("保存"),
        back=reverse("orgs:list"),
        to=lambda row: ("orgs:detail", row.id),
        message=_("已新增机构。"),
    )


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_ORGS)
def edit(request: HttpRequest, org_id: UUID) -> HttpResponse:
    by = request.actor
    org = access.org(org_id, by=by, to=Action.MANAGE_ORGS)
    start = {name: getattr(org, name) for name in ENTRY_FIELDS if name != "parent_id"}
    start |= {"parent": str(org.parent_id or ""), "version": org.version}
    form = forms.OrgForm(request.POST or None, initial=start, is_new=False, **_options(by))
    return send(
        request,
        form,
        lambda: services.change_org(by=by, org_id=org.id, version=seen(form), entry=_entry(form)),
        title=_("修改机构"),
        lead=org.name,
        label=_("保存"),
        back=reverse("orgs:detail", args=[org.id]),
        to=lambda row: ("orgs:detail", row.id),
        message=_("已保存。"),
    )


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_ORGS)
def close(request: HttpRequest, org_id: UUID) -> HttpResponse:
    by = request.actor
    org = access.org(org_id, by=by, to=Action.MANAGE_ORGS)
    form = forms.Reason(request.POST or None, initial={"version": org.version})
    return send(
        request,
        form,
        lambda: services.close_org(by=by, org_id=org.id, version=seen(form), reason=form.cleaned_data["reason"]),
        title=_("停用该机构"),
        lead=_("停用后，%(name)s 不再出现在转诊、预约和岗位的选择中；已有的记录不变。") % {"name": org.name},
        label=_("停用"),
        back=reverse("orgs:detail", args=[org.id]),
        to=lambda row: ("orgs:detail", row.id),
        message=_("已停用。"),
    )


@require_POST
@may(Action.MANAGE_ORGS)
def reopen(request: HttpRequest, org_id: UUID) -> HttpResponse:
    services.reopen_org(by=request.actor, org_id=org_id, version=None)
    return done(request, "orgs:detail", org_id, message=_("已重新启用。"))


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_ORGS)
def department_new(request: HttpRequest, org_id: UUID) -> HttpResponse:
    by = request.actor
    org = access.org(org_id, by=by, to=Action.MANAGE_ORGS)
    form = forms.DepartmentForm(request.POST or None, specialties=_specialties(by))
    return send(
        request,
        form,
        lambda: services.create_department(
            by=by, org_id=org.id, code=form.cleaned_data["code"], name=form.cleaned_data["name"]
        ),
        title=_("新增科室"),
        lead=org.name,
        label=_("保存"),
        back=reverse("orgs:detail", args=[org.id]),
        to=lambda row: ("orgs:detail", org.id),
        message=_("已新增科室。"),
    )


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_ORGS)
def department_edit(request: HttpRequest, department_id: UUID) -> HttpResponse:
    by = request.actor
    row = access.department(department_id, by=by, to=Action.MANAGE_ORGS)
    start = {"code": row.code, "name": row.name, "is_active": row.is_active, "version": row.version}
    form = forms.DepartmentForm(request.POST or None, initial=start, is_new=False, specialties=_specialties(by))
    return send(
        request,
        form,
        lambda: services.change_department(
            by=by,
            department_id=row.id,
            version=seen(form),
            code=form.cleaned_data["code"],
            name=form.cleaned_data["name"],
            is_active=form.cleaned_data["is_active"],
        ),
        title=_("修改科室"),
        lead=row.org.name,
        label=_("保存"),
        back=reverse("orgs:detail", args=[row.org_id]),
        to=lambda changed: ("orgs:detail", changed.org_id),
        message=_("已保存。"),
    )


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_ORGS)
def catchment_new(request: HttpRequest, org_id: UUID) -> HttpResponse:
    by = request.actor
    org = access.org(org_id, by=by, to=Action.MANAGE_ORGS)
    form = forms.CatchmentForm(
        request.POST or None, initial={"division_code": org.division_code, "starts_on": by.today}
    )
    return send(
        request,
        form,
        lambda: services.give_catchment(by=by, org_id=org.id, **form.cleaned_data),
        title=_("新增辖区"),
        lead=_("%(name)s 负责该区划内的居民。") % {"name": org.name},
        label=_("保存"),
        back=reverse("orgs:detail", args=[org.id]),
        to=lambda row: ("orgs:detail", org.id),
        message=_("已新增辖区。"),
    )


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_ORGS)
def catchment_end(request: HttpRequest, org_id: UUID, catchment_id: UUID) -> HttpResponse:
    by = request.actor
    org = access.org(org_id, by=by, to=Action.MANAGE_ORGS)
    row = access.catchment(catchment_id, org=org)
    form = forms.EndForm(request.POST or None, initial={"ends_before": by.today})
    return send(
        request,
        form,
        lambda: services.end_catchment(by=by, catchment_id=row.id, ends_before=form.cleaned_data["ends_before"]),
        title=_("结束辖区"),
        lead=f"{org.name} · {row.division_code}",
        label=_("结束"),
        back=reverse("orgs:detail", args=[org.id]),
        to=lambda ended: ("orgs:detail", org.id),
        message=_("已结束。"),
    )


def _entry(form: forms.OrgForm) -> OrgEntry:
    entered = {name: form.cleaned_data[name] for name in ENTRY_FIELDS if name != "parent_id"}
    parent = or_none(form.cleaned_data["parent"])
    return OrgEntry(**entered, parent_id=UUID(parent) if parent else None)


def _options(by) -> dict:
    classes = [(each.code, f"{each.code} {each.name}") for each in catalog.facility_classes(by.today)]
    parents = [choice for level in ("county", "township") for choice in listings.org_choices(by=by, level=level)]
    return {"classes": classes, "parents": parents}


def _specialties(by) -> list[tuple[str, str]]:
    return [(each.code, f"{each.code} {each.name}") for each in catalog.department_types(by.today)]


def _class_name(code: str, by) -> str:
    named = {each.code: each.name for each in catalog.facility_classes(by.today)}
    return f"{named[code]}（{code}）" if code in named else code
