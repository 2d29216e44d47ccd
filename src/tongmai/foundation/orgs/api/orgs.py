"""Organisations, departments, catchments, and where a referral may go."""

from dataclasses import asdict
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status

from tongmai.foundation.orgs import access, listings, selectors, services
from tongmai.foundation.orgs.api import schemas as s
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.api import Page, Text, check_version, paginate, with_etag

router = Router(tags=["orgs"])


class Asked(Schema):
    q: Text(60) = ""
    level: s.Level | None = None
    kind: s.Kind | None = None
    alliance_id: UUID | None = None
    parent_id: UUID | None = None
    with_closed: bool = False
    cursor: s.Cursor = ""
    limit: s.Limit = 50


@router.get("orgs/", response=Page[s.OrgOut], summary="Organisations in reach, by code")
@may(Action.SEE_ORGS)
def orgs(request: HttpRequest, asked: Query[Asked]):
    sought = listings.OrgsSought(
        q=asked.q,
        level=asked.level or "",
        kind=asked.kind or "",
        alliance_id=asked.alliance_id,
        parent_id=asked.parent_id,
        with_closed=asked.with_closed,
    )
    rows, following = paginate(listings.orgs(sought, by=request.actor), asked.cursor or None, asked.limit, ("code",))
    return {"items": rows, "next_cursor": following}


@router.post("orgs/", response={201: s.OrgOut}, summary="Enter an organisation")
@may(Action.MANAGE_ORGS)
def create_org(request: HttpRequest, response: HttpResponse, given: s.NewOrgIn):
    entry = services.OrgEntry(**given.dict(exclude={"code", "level", "kind"}))
    row = services.create_org(by=request.actor, code=given.code, level=given.level, kind=given.kind, entry=entry)
    with_etag(response, row.version)
    return Status(201, row)


@router.get("orgs/{uuid:org_id}/", response=s.OrgOut, summary="One organisation")
@may(Action.SEE_ORGS)
def org(request: HttpRequest, response: HttpResponse, org_id: UUID):
    row = access.org(org_id, by=request.actor)
    with_etag(response, row.version)
    return row


@router.put("orgs/{uuid:org_id}/", response=s.OrgOut, summary="Change an organisation (If-Match)")
@may(Action.MANAGE_ORGS)
def change_org(request: HttpRequest, response: HttpResponse, org_id: UUID, given: s.OrgIn):
    version = _seen(request, org_id)
    entry = services.OrgEntry(**given.dict())
    row = services.change_org(by=request.actor, org_id=org_id, version=version, entry=entry)
    with_etag(response, row.version)
    return row


@router.post("orgs/{uuid:org_id}/close/", response=s.OrgOut, summary="Take an organisation out of use (If-Match)")
@may(Action.MANAGE_ORGS)
def close_org(request: HttpRequest, response: HttpResponse, org_id: UUID, given: s.ReasonIn):
    version = _seen(request, org_id)
    row = services.close_org(by=request.actor, org_id=org_id, version=version, reason=given.reason)
    with_etag(response, row.version)
    return row


@router.post("orgs/{uuid:org_id}/reopen/", response=s.OrgOut, summary="Take it into use again (If-Match)")
@may(Action.MANAGE_ORGS)
def reopen_org(request: HttpRequest, response: HttpResponse, org_id: UUID):
    row = services.reopen_org(by=request.actor, org_id=org_id, version=_seen(request, org_id))
    with_etag(response, row.version)
    return row


@router.get(
    "orgs/{uuid:org_id}/upper/", response=list[s.DestinationOut], summary="Where it may refer up, nearest first"
)
@may(Action.SEE_ORGS)
def upper(request: HttpRequest, org_id: UUID, on: date | None = None):
    access.org(org_id, by=request.actor)
    return selectors.upper_orgs(org_id, on or request.actor.today)


@router.get("orgs/{uuid:org_id}/lower/", response=list[s.DestinationOut], summary="Where it may refer down")
@may(Action.SEE_ORGS)
def lower(request: HttpRequest, org_id: UUID, on: date | None = None):
    access.org(org_id, by=request.actor)
    return selectors.lower_orgs(org_id, on or request.actor.today)


@router.get("orgs/{uuid:org_id}/departments/", response=list[s.DepartmentOut], summary="Its departments")
@may(Action.SEE_ORGS)
def departments_of(request: HttpRequest, org_id: UUID, with_closed: bool = False):
    access.org(org_id, by=request.actor)
    return selectors.departments(org_id, only_active=not with_closed)


@router.post("orgs/{uuid:org_id}/departments/", response={201: s.DepartmentOut}, summary="Enter a department")
@may(Action.MANAGE_ORGS)
def create_department(request: HttpRequest, org_id: UUID, given: s.DepartmentIn):
    return Status(201, services.create_department(by=request.actor, org_id=org_id, **given.dict()))


@router.put("org-departments/{uuid:department_id}/", response=s.DepartmentOut, summary="Change a department (If-Match)")
@may(Action.MANAGE_ORGS)
def change_department(request: HttpRequest, response: HttpResponse, department_id: UUID, given: s.DepartmentChangeIn):
    seen = access.department(department_id, by=request.actor)
    check_version(request, seen)
    row = services.change_department(
        by=request.actor, department_id=department_id, version=seen.version, **given.dict()
    )
    with_etag(response, row.version)
    return row


@router.get("orgs/{uuid:org_id}/catchments/", response=list[s.CatchmentOut], summary="The divisions it looks after")
@may(Action.SEE_ORGS)
def catchments(request: HttpRequest, org_id: UUID):
    return listings.catchments_of(org_id, by=request.actor)


@router.post("orgs/{uuid:org_id}/catchments/", response={201: s.CatchmentOut}, summary="Give it a division")
@may(Action.MANAGE_ORGS)
def give_catchment(request: HttpRequest, org_id: UUID, given: s.CatchmentIn):
    return Status(201, services.give_catchment(by=request.actor, org_id=org_id, **given.dict()))


@router.post("org-catchments/{uuid:catchment_id}/end/", response=s.CatchmentOut, summary="End its care for a division")
@may(Action.MANAGE_ORGS)
def end_catchment(request: HttpRequest, catchment_id: UUID, given: s.EndIn):
    return services.end_catchment(by=request.actor, catchment_id=catchment_id, ends_before=given.ends_before)


@router.get("orgs/{uuid:org_id}/posts/", response=list[s.PostOut], summary="Who works there on a day")
@may(Action.SEE_ORGS)
def posts_at(request: HttpRequest, org_id: UUID, on: date | None = None):
    by = request.actor
    access.org(org_id, by=by)
    known = access.visible_posts(by).filter(org_id=org_id).exists()
    return [asdict(post) for post in selectors.staff_of(org_id, on or by.today)] if known else []


def _seen(request: HttpRequest, org_id: UUID) -> int:
    row = access.org(org_id, by=request.actor)
    check_version(request, row)
    return row.version
