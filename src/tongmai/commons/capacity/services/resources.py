"""What an organisation offers, and the week after which its sessions are made."""

from datetime import date, time
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.commons.capacity import access, events
from tongmai.commons.capacity.models import Resource, WeeklySession
from tongmai.commons.capacity.states import Kind
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs import access as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import Conflict, InvalidInput, require_seen
from tongmai.kernel.text import N_

CHANGEABLE = ("name", "practitioner_id", "reserved_rate", "place", "notice", "is_active")


@transaction.atomic
def create_resource(
    *,
    department_id: UUID,
    kind: Kind,
    catalog_code: str,
    name: str,
    by: Actor,
    practitioner_id: UUID | None = None,
    reserved_rate: Decimal | None = None,
    place: str = "",
    notice: str = "",
) -> Resource:
    """Offer something new for booking at a department of one's own organisation.

    Raises:
        NotFound, NotPermitted: the department is out of reach, another organisation's, or not hers to manage.
        InvalidInput: the name is taken, or the practitioner is unknown.
    """
    department = orgs.department(department_id, by=by)
    access.check_own(department.org_id, by=by, to=Action.MANAGE_CAPACITY)
    _check_practitioner(practitioner_id, by)
    try:
        with transaction.atomic():
            resource = Resource.objects.create(
                org_id=department.org_id,
                department=department,
                kind=kind,
                catalog_code=catalog_code,
                name=name,
                practitioner_id=practitioner_id,
                reserved_rate=reserved_rate,
                place=place,
                notice=notice,
            )
    except IntegrityError:
        raise _name_is_taken() from None
    _resource_changed(resource, by, is_new=True)
    return resource


@transaction.atomic
def change_resource(*, resource_id: UUID, version: int, by: Actor, **values) -> Resource:
    """Change what a resource is called, where it is, who works there, what it reserves, whether it is offered.

    `values` are those of CHANGEABLE.  A new reserved share holds for sessions published from now on.

    Raises:
        NotFound, NotPermitted: see `access.resource`.
        VersionConflict: somebody changed it in between.
        InvalidInput: the name is taken, or the practitioner is unknown.
    """
    assert set(values) <= set(CHANGEABLE), values
    resource = access.resource(resource_id, by=by, to=Action.MANAGE_CAPACITY, lock=True)
    require_seen(version, resource.version)
    _check_practitioner(values.get("practitioner_id"), by)
    for name, value in values.items():
        setattr(resource, name, value)
    resource.version += 1
    try:
        with transaction.atomic():
            resource.save(update_fields=[*values, "version"])
    except IntegrityError:
        raise _name_is_taken() from None
    _resource_changed(resource, by, is_new=False)
    return resource


@transaction.atomic
def set_weekly(
    *, resource_id: UUID, weekday: int, starts_time: time, ends_time: time, total: int, by: Actor
) -> WeeklySession:
    """Put a line into the weekly template of a resource, from today on.  Sessions already published stay as they are.

    Raises:
        NotFound, NotPermitted: see `access.resource`.
        InvalidInput: the times are the wrong way round.
        Conflict: there is a line for that weekday and time.
    """
    resource = access.resource(resource_id, by=by, to=Action.MANAGE_CAPACITY, lock=True)
    if ends_time != time.min and ends_time <= starts_time:
        raise InvalidInput(field="ends_time", problem=N_("结束时间必须晚于开始时间"))
    try:
        with transaction.atomic():
            line = WeeklySession.objects.create(
                resource=resource,
                weekday=weekday,
                starts_time=starts_time,
                ends_time=ends_time,
                total=total,
                starts_on=by.today,
            )
    except IntegrityError:
        raise Conflict() from None
    _template_changed(resource, by)
    return line


@transaction.atomic
def drop_weekly(*, line_id: UUID, by: Actor) -> date:
    """End a line of the weekly template today; sessions already published stay.  Returns the day it ends before.

    Raises:
        NotFound, NotPermitted: see `access.resource`.
    """
    line = access.one(
        WeeklySession.objects.filter(resource__in=access.visible_resources(by)).select_related("resource"), line_id
    )
    access.check_own(line.resource.org_id, by=by, to=Action.MANAGE_CAPACITY)
    line.ends_before = max(line.starts_on, by.today)
    line.save(update_fields=["ends_before"])
    _template_changed(line.resource, by)
    return line.ends_before


def _resource_changed(resource: Resource, by: Actor, *, is_new: bool) -> None:
    happened = events.ResourceChanged(resource_id=resource.id, org_id=resource.org_id, is_new=is_new)
    audit.record(happened, by=by, subject_id=resource.id)


def _template_changed(resource: Resource, by: Actor) -> None:
    audit.record(
        events.WeeklyTemplateChanged(resource_id=resource.id, org_id=resource.org_id), by=by, subject_id=resource.id
    )


def _check_practitioner(staff_id: UUID | None, by: Actor) -> None:
    if staff_id is not None and not orgs.visible_staff(by).filter(id=staff_id).exists():
        raise InvalidInput(field="practitioner", problem=N_("没有这位医务人员"))


def _name_is_taken() -> InvalidInput:
    return InvalidInput(field="name", problem=N_("本机构已有同类同名的资源"))
