"""What an organisation offers, with the week it is planned by; for those who keep it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from uuid import UUID

from tongmai.commons.capacity import access, terms
from tongmai.commons.capacity.models import Resource, WeeklySession
from tongmai.commons.capacity.terms import ShareDue
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import valid_on
from tongmai.foundation.orgs.permissions import Action


@dataclass(frozen=True)
class WeeklyLine:
    id: UUID
    weekday: int
    starts_time: time
    ends_time: time
    total: int
    reserved: int  # what would be reserved if it were published today


@dataclass(frozen=True)
class ResourceRow:
    """A resource as its keeper sees it."""

    id: UUID
    name: str
    kind: str
    catalog_code: str
    department_id: UUID
    department: str
    practitioner_id: UUID | None
    practitioner: str
    reserved_rate: Decimal | None
    due: ShareDue
    place: str
    notice: str
    is_active: bool
    version: int
    weekly: Sequence[WeeklyLine]


def own_resources(*, by: Actor) -> list[ResourceRow]:
    """Return the resources of the organisation of `by`, the active ones first, with their weekly templates.

    Raises:
        NotPermitted: `by` does not manage capacity.
    """
    access.check_own(by.org_id, by=by, to=Action.MANAGE_CAPACITY)
    rows = access.visible_resources(by).filter(org_id=by.org_id).order_by("-is_active", "kind", "name")
    rows = list(rows.select_related("org", "department", "practitioner"))
    lines: dict[UUID, list[WeeklySession]] = {}
    for line in WeeklySession.objects.filter(valid_on(by.today), resource__in=rows):
        lines.setdefault(line.resource_id, []).append(line)
    return [_row(resource, lines.get(resource.id, []), by) for resource in rows]


def own_resource(resource_id: UUID, *, by: Actor) -> ResourceRow:
    """Return one of them.  Raises NotFound, NotPermitted: see `access.resource`."""
    resource = access.resource(resource_id, by=by, to=Action.MANAGE_CAPACITY)
    lines = WeeklySession.objects.filter(valid_on(by.today), resource=resource)
    return _row(resource, list(lines), by)


def _row(resource: Resource, lines: list[WeeklySession], by: Actor) -> ResourceRow:
    due = terms.share_due(
        level=resource.org.level, configured_rate=resource.reserved_rate, at=resource.org, on=by.today
    )
    return ResourceRow(
        id=resource.id,
        name=resource.name,
        kind=resource.kind,
        catalog_code=resource.catalog_code,
        department_id=resource.department_id,
        department=resource.department.name,
        practitioner_id=resource.practitioner_id,
        practitioner=resource.practitioner.name if resource.practitioner else "",
        reserved_rate=resource.reserved_rate,
        due=due,
        place=resource.place,
        notice=resource.notice,
        is_active=resource.is_active,
        version=resource.version,
        weekly=[
            WeeklyLine(
                id=line.id,
                weekday=line.weekday,
                starts_time=line.starts_time,
                ends_time=line.ends_time,
                total=line.total,
                reserved=due.places(line.total),
            )
            for line in lines
        ],
    )
