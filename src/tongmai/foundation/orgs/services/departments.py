"""Departments of an organisation, and the divisions that it looks after."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongmai.foundation.audit.services import record
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs import access, events, rules, writing
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import CatchmentArea, Department, Org
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput, NotFound


@transaction.atomic
def create_department(*, by: Actor, org_id: UUID, code: str, name: str) -> Department:
    """Enter a department.  One with the same name and specialty is returned as it is.

    Raises:
        NotFound, NotPermitted: see `access.org`.
        InvalidInput: no such specialty in force today.
        AlreadyExists: the organisation has another department of this name.
    """
    org = access.org(org_id, by=by, to=Action.MANAGE_ORGS, lock=True)
    specialty = writing.coded("code", catalog.department_type, code, on=by.today)
    name = writing.text("name", name or specialty.name, most=60, least=1)
    same = Department.objects.filter(org=org, code=specialty.code, name=name, is_active=True).first()
    if same:
        return same
    row = Department(org=org, code=specialty.code, name=name)
    writing.insert(row, value=name)
    record(
        events.DepartmentCreated(department_id=row.id, org_id=org.id, code=row.code, name=row.name),
        by=by,
        subject_id=org.id,
    )
    return row


@transaction.atomic
def change_department(
    *, by: Actor, department_id: UUID, version: int | None, code: str, name: str, is_active: bool = True
) -> Department:
    """Rename a department, give it another specialty, or take it out of use.

    Raises:
        NotFound, NotPermitted, VersionConflict, InvalidInput, AlreadyExists.
    """
    row = access.department(department_id, by=by, to=Action.MANAGE_ORGS, lock=True)
    changes = {
        "code": writing.coded("code", catalog.department_type, code, on=by.today).code,
        "name": writing.text("name", name, most=60, least=1),
        "is_active": is_active,
    }
    changed = writing.change(row, changes, seen=version, value=name)
    if changed:
        record(
            events.DepartmentChanged(department_id=row.id, org_id=row.org_id, fields=changed),
            by=by,
            subject_id=row.org_id,
        )
    return row


@transaction.atomic
def give_catchment(*, by: Actor, org_id: UUID, division_code: str, starts_on: date) -> CatchmentArea:
    """Let an organisation look after the residents of a division.  An open entry is returned as it is.

    Raises:
        NotFound, NotPermitted: see `access.org`.
        InvalidInput: no code of a county, town or village, or the organisation already has it in that time.
    """
    org = access.org(org_id, by=by, to=Action.MANAGE_ORGS, lock=True)
    if not rules.division_fits("county", division_code) or rules.county_of(division_code) != org.county_code:
        raise InvalidInput(field="division_code", problem=_("应为本县的县、乡镇或村代码"))
    held = list(CatchmentArea.objects.filter(org=org, division_code=division_code))
    same = next((row for row in held if row.starts_on == starts_on and row.ends_before is None), None)
    if same:
        return same
    if rules.clash((starts_on, None), [(row.starts_on, row.ends_before) for row in held]):
        raise InvalidInput(field="starts_on", problem=_("这段时间里已负责该辖区"))
    row = CatchmentArea.objects.create(org=org, division_code=division_code, starts_on=starts_on)
    record(
        events.CatchmentGiven(org_id=org.id, division_code=division_code, starts_on=starts_on),
        by=by,
        subject_id=org.id,
    )
    return row


@transaction.atomic
def end_catchment(*, by: Actor, catchment_id: UUID, ends_before: date) -> CatchmentArea:
    """End an organisation's care for a division.  The same end twice changes nothing.

    Raises:
        NotFound, NotPermitted: see `access.org`.
        InvalidInput: it would end before it began.
    """
    row = _catchment(catchment_id, by=by)
    if row.ends_before == ends_before:
        return row
    if ends_before <= row.starts_on:
        raise InvalidInput(field="ends_before", problem=_("不能早于开始之日"))
    row.ends_before = ends_before
    row.save(update_fields=["ends_before"])
    record(
        events.CatchmentEnded(org_id=row.org_id, division_code=row.division_code, ends_before=ends_before),
        by=by,
        subject_id=row.org_id,
    )
    return row


def _catchment(catchment_id: UUID, *, by: Actor) -> CatchmentArea:
    org_id = CatchmentArea.objects.filter(id=catchment_id).values_list("org_id", flat=True).first()
    if org_id is None:
        raise NotFound()
    org: Org = access.org(org_id, by=by, to=Action.MANAGE_ORGS, lock=True)
    return CatchmentArea.objects.get(id=catchment_id, org=org)
