"""Pages of people: the list, one person with her posts and sign-in, and their administration."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.foundation.orgs import access, choices, forms, listings, presenters, security, services
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.services.posts import PostEntry
from tongmai.foundation.orgs.services.staff import StaffEntry
from tongmai.foundation.orgs.views.showing import or_none, seen, send, show
from tongmai.ui import searching, sorting
from tongmai.ui.http import done, xlsx_response
from tongmai.ui.paging import page_of
from tongmai.ui.words import Choice


def _sought(request: HttpRequest) -> listings.StaffSought:
    form = forms.StaffSought(searching.asked(request, "q"))
    form.is_valid()
    asked = form.cleaned_data
    return listings.StaffSought(
        q=asked.get("q", ""),
        org_id=asked.get("org"),
        role=asked.get("role", ""),
        with_inactive=asked.get("inactive", False),
        sort=sorting.asked(request, listings.STAFF_COLUMNS),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.SEE_ORGS)
def all_staff(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return searching.keep(request, "q")
    sought = _sought(request)
    by = request.actor
    context = {
        "found": page_of(request, listings.staff(sought, by=by)),
        "sought": sought,
        "roles": [Choice("", _("全部岗位")), *(Choice(value, str(label)) for value, label in choices.ROLES)],
        "orgs": listings.org_choices(by=by, managed=True),
    }
    return show(request, "staff", **context)


@require_safe
@may(Action.SEE_ORGS)
def export(request: HttpRequest) -> HttpResponse:
    rows = listings.staff(_sought(request), by=request.actor)
    return xlsx_response(
        "人员.xlsx",
        [_("工号"), _("姓名"), _("职称级别"), _("执业注册单位"), _("当前岗位"), _("状态")],
        (
            (
                row.number,
                row.name,
                presenters.grade(row.grade),
                row.practice_org.name,
                "；".join(f"{post.org.name} {presenters.role(post.role)}" for post in row.current_posts),
                presenters.in_use(row.is_active).text,
            )
            for row in rows
        ),
    )


@require_safe
@may(Action.SEE_ORGS)
def detail(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    by = request.actor
    person = access.staff(staff_id, by=by)
    is_self = person.id == by.staff_id
    account = listings.account_of(person.id, by=by) if by.may(Action.MANAGE_POSTS) else None
    keeps = by.may(Action.MANAGE_POSTS) and not is_self
    context = {
        "person": person,
        "posts": listings.posts_of(person.id, by=by),
        "account": account,
        "door": security.door_of(account, now=by.now),
        "tokens": listings.tokens(by=by, staff_id=person.id),
        "gives_posts": keeps and person.is_active,
        "is_kept": keeps and access.staffed_orgs(by).filter(id=person.practice_org_id).exists(),
        "is_self": is_self,
        "now": by.now,
    }
    return show(request, "person", **context)


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_POSTS)
def new(request: HttpRequest) -> HttpResponse:
    by = request.actor
    form = forms.StaffForm(request.POST or None, orgs=listings.org_choices(by=by, managed=True))
    return send(
        request,
        form,
        lambda: services.hire(by=by, number=form.cleaned_data["number"], entry=_entry(form)),
        title=_("登记人员"),
        label=_("保存"),
        back=reverse("orgs:staff"),
        to=lambda row: ("orgs:person", row.id),
        message=_("已新增人员。接下来请给予岗位，再开通账号。"),
    )


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_POSTS)
def edit(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    by = request.actor
    row = access.staff(staff_id, by=by, to=Action.MANAGE_POSTS)
    start = {
        "name": row.name, "practice_org": str(row.practice_org_id), "grade": row.grade,
        "licence_number": row.licence_number, "phone": row.phone, "version": row.version,
    }  # fmt: skip
    orgs = listings.org_choices(by=by, managed=True)
    form = forms.StaffForm(request.POST or None, initial=start, is_new=False, orgs=orgs)
    return send(
        request,
        form,
        lambda: services.change_staff(by=by, staff_id=row.id, version=seen(form), entry=_entry(form)),
        title=_("修改人员"),
        lead=f"{row.name}（{row.number}）",
        label=_("保存"),
        back=reverse("orgs:person", args=[row.id]),
        to=lambda changed: ("orgs:person", changed.id),
        message=_("已保存。"),
    )


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_POSTS)
def deactivate(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    by = request.actor
    row = access.staff(staff_id, by=by, to=Action.MANAGE_POSTS)
    form = forms.Reason(request.POST or None, initial={"version": row.version})
    return send(
        request,
        form,
        lambda: services.deactivate_staff(
            by=by, staff_id=row.id, version=seen(form), reason=form.cleaned_data["reason"]
        ),
        title=_("停用该人员"),
        lead=_("%(name)s 立即不能登录，全部岗位今日结束；其写过的记录不变。") % {"name": row.name},
        label=_("停用"),
        back=reverse("orgs:person", args=[row.id]),
        to=lambda gone: ("orgs:person", gone.id),
        message=_("已停用。"),
    )


@require_POST
@may(Action.MANAGE_POSTS)
def reactivate(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    services.reactivate_staff(by=request.actor, staff_id=staff_id, version=None)
    return done(request, "orgs:person", staff_id, message=_("已恢复。岗位和账号须另行给予和启用。"))


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_POSTS)
def give_post(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    by = request.actor
    person = access.staff(staff_id, by=by)
    form = forms.PostForm(
        request.POST or None,
        initial={"starts_on": by.today, "org": str(person.practice_org_id)},
        orgs=listings.org_choices(by=by, managed=True),
        departments=listings.department_choices(by=by),
        agreements=listings.agreement_choices(person, by=by),
    )
    return send(
        request,
        form,
        lambda: services.give_post(by=by, entry=_post_entry(form, person.id)),
        title=_("给予岗位"),
        lead=f"{person.name}（{person.number}） · {person.practice_org.name}",
        label=_("给予岗位"),
        back=reverse("orgs:person", args=[person.id]),
        to=lambda row: ("orgs:person", person.id),
        message=_("已给予岗位。"),
    )


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_POSTS)
def end_post(request: HttpRequest, post_id: UUID) -> HttpResponse:
    by = request.actor
    post = access.post(post_id, by=by, to=Action.MANAGE_POSTS)
    form = forms.EndForm(request.POST or None, initial={"ends_before": by.today})
    return send(
        request,
        form,
        lambda: services.end_post(by=by, post_id=post.id, ends_before=form.cleaned_data["ends_before"]),
        title=_("结束岗位"),
        lead=f"{post.staff.name} · {post.org.name} · {presenters.role(post.role)}",
        label=_("结束岗位"),
        back=reverse("orgs:person", args=[post.staff_id]),
        to=lambda row: ("orgs:person", post.staff_id),
        message=_("岗位已结束。"),
    )


def _entry(form: forms.StaffForm) -> StaffEntry:
    entered = form.cleaned_data
    return StaffEntry(
        name=entered["name"],
        practice_org_id=UUID(entered["practice_org"]),
        grade=entered["grade"],
        licence_number=entered["licence_number"],
        phone=entered["phone"],
    )


def _post_entry(form: forms.PostForm, staff_id: UUID) -> PostEntry:
    entered = form.cleaned_data
    department, agreement = or_none(entered["department"]), or_none(entered["agreement"])
    return PostEntry(
        staff_id=staff_id,
        org_id=UUID(entered["org"]),
        role=entered["role"],
        starts_on=entered["starts_on"],
        ends_before=entered["ends_before"],
        department_id=UUID(department) if department else None,
        agreement_id=UUID(agreement) if agreement else None,
        posting=entered["posting"],
        is_main=entered["is_main"],
    )
