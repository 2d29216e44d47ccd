"""What one's own organisation offers: resources, their weekly template, publishing sessions by hand, week or sheet."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.commons.capacity import forms, presenters, selectors, services
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs import selectors as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import done, page


@require_safe
@may(Action.MANAGE_CAPACITY)
def resources(request: HttpRequest) -> HttpResponse:
    return _resources(request)


def _resources(request: HttpRequest, status: int = 200, **failed) -> HttpResponse:
    by = request.actor
    found = selectors.own_resources(by=by)
    active = [each for each in found if each.is_active]
    context = {
        "rows": presenters.resource_rows(found),
        "publish_form": forms.Publish(resources=active, initial={"day": by.today + timedelta(days=1)}),
        "weeks_form": forms.PublishWeeks(initial={"from_day": by.today}),
        "new_form": _new_form(by),
        "share": found[0].due.policy if found else None,
    } | failed
    return page(request, "capacity/resources.html", context, status=status)


@require_POST
@may(Action.MANAGE_CAPACITY)
def publish(request: HttpRequest) -> HttpResponse:
    by = request.actor
    active = [each for each in selectors.own_resources(by=by) if each.is_active]
    form = forms.Publish(request.POST, resources=active)
    if not form.is_valid():
        return _resources(request, 422, publish_form=form)
    data = form.cleaned_data
    n = services.publish_days(
        resource_id=UUID(data["resource"]),
        first=data["day"],
        last=data["until"] or data["day"],
        starts=data["starts"],
        ends=data["ends"],
        total=data["total"],
        by=by,
    )
    return done(request, "capacity:resources", message=_("已发布 %(n)s 个时段。") % {"n": n})


@require_POST
@may(Action.MANAGE_CAPACITY)
def publish_weeks(request: HttpRequest) -> HttpResponse:
    form = forms.PublishWeeks(request.POST)
    if not form.is_valid():
        return _resources(request, 422, weeks_form=form)
    n = services.publish_weeks(by=request.actor, **form.cleaned_data)
    return done(request, "capacity:resources", message=_("已按周模板发布 %(n)s 个时段，已有的未改动。") % {"n": n})


@require_POST
@may(Action.MANAGE_CAPACITY)
def create(request: HttpRequest) -> HttpResponse:
    form = _new_form(request.actor, request.POST)
    if not form.is_valid():
        return _resources(request, 422, new_form=form)
    resource = services.create_resource(by=request.actor, **form.values())
    return done(request, "capacity:resource", resource.id, message=_("已新增资源，请设置每周排班。"))


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.MANAGE_CAPACITY)
def resource(request: HttpRequest, resource_id: UUID) -> HttpResponse:
    """One resource: its entry to change, its weekly template."""
    if request.method != "POST":
        return _resource(request, resource_id)
    form = forms.ResourceChange(request.POST, staff=_staff(request.actor))
    if not form.is_valid():
        return _resource(request, resource_id, 422, form=form)
    services.change_resource(
        resource_id=resource_id, version=form.cleaned_data["version"], by=request.actor, **form.values()
    )
    return done(request, "capacity:resource", resource_id, message=_("已保存。"))


def _resource(request: HttpRequest, resource_id: UUID, status: int = 200, **failed) -> HttpResponse:
    found = selectors.own_resource(resource_id, by=request.actor)
    initial = {
        "name": found.name,
        "practitioner_id": found.practitioner_id,
        "reserved_rate": found.reserved_rate * 100 if found.reserved_rate is not None else None,
        "place": found.place,
        "notice": found.notice,
        "is_active": found.is_active,
        "version": found.version,
    }
    context = {
        "resource": found,
        "row": presenters.resource_rows([found])[0],
        "form": forms.ResourceChange(initial=initial, staff=_staff(request.actor)),
        "line_form": forms.WeeklyLine(),
    } | failed
    return page(request, "capacity/resource.html", context, status=status)


@require_POST
@may(Action.MANAGE_CAPACITY)
def add_weekly(request: HttpRequest, resource_id: UUID) -> HttpResponse:
    form = forms.WeeklyLine(request.POST)
    if not form.is_valid():
        return _resource(request, resource_id, 422, line_form=form)
    services.set_weekly(resource_id=resource_id, by=request.actor, **form.cleaned_data)
    return done(request, "capacity:resource", resource_id, message=_("已加入周模板；请再发布排班。"))


@require_POST
@may(Action.MANAGE_CAPACITY)
def drop_weekly(request: HttpRequest, resource_id: UUID, line_id: UUID) -> HttpResponse:
    services.drop_weekly(line_id=line_id, by=request.actor)
    return done(request, "capacity:resource", resource_id, message=_("已从周模板删除；已发布的时段不变。"))


def _staff(by: Actor) -> list[tuple[str, str]]:
    found = {str(each.staff_id): each.staff_name for each in orgs.staff_of(by.org_id, by.today)}
    return sorted(found.items(), key=lambda each: each[1])


def _new_form(by: Actor, data=None) -> forms.ResourceNew:
    departments = [(str(each.id), each.name) for each in orgs.departments(by.org_id)]
    kinds = [(each.code, each.name) for each in catalog.resource_kinds(by.today)]
    return forms.ResourceNew(data, departments=departments, catalog=kinds, staff=_staff(by))
