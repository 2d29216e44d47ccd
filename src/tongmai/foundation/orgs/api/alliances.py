"""Alliances, memberships and agreements."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status

from tongmai.foundation.orgs import access, listings, selectors, services
from tongmai.foundation.orgs.api import schemas as s
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.api import Page, check_version, paginate, with_etag

router = Router(tags=["orgs"])


class AskedAgreements(Schema):
    kind: s.AgreementKind | None = None
    org_id: UUID | None = None
    on: date | None = None  # only those in force on this day
    cursor: s.Cursor = ""
    limit: s.Limit = 50


@router.get("alliances/", response=list[s.AllianceOut], summary="Alliances in reach; with `on` those of that day")
@may(Action.SEE_ORGS)
def alliances(request: HttpRequest, on: date | None = None):
    return listings.alliances(by=request.actor, on=on)


@router.post("alliances/", response={201: s.AllianceOut}, summary="Found an alliance with its lead")
@may(Action.MANAGE_ORGS)
def create_alliance(request: HttpRequest, response: HttpResponse, given: s.AllianceIn):
    by = request.actor
    entered = given.dict()
    county_code = "" if entered.pop("is_across_counties") else by.county_code
    row = services.create_alliance(by=by, county_code=county_code, **entered)
    with_etag(response, row.version)
    return Status(201, row)


@router.get("alliances/{uuid:alliance_id}/", response=s.AllianceOut, summary="One alliance")
@may(Action.SEE_ORGS)
def alliance(request: HttpRequest, response: HttpResponse, alliance_id: UUID):
    row = access.alliance(alliance_id, by=request.actor)
    with_etag(response, row.version)
    return row


@router.put("alliances/{uuid:alliance_id}/", response=s.AllianceOut, summary="Change an alliance (If-Match)")
@may(Action.MANAGE_ORGS)
def change_alliance(request: HttpRequest, response: HttpResponse, alliance_id: UUID, given: s.AllianceChangeIn):
    version = _seen(request, alliance_id)
    row = services.change_alliance(by=request.actor, alliance_id=alliance_id, version=version, **given.dict())
    with_etag(response, row.version)
    return row


@router.post("alliances/{uuid:alliance_id}/end/", response=s.AllianceOut, summary="Dissolve an alliance (If-Match)")
@may(Action.MANAGE_ORGS)
def end_alliance(request: HttpRequest, response: HttpResponse, alliance_id: UUID, given: s.EndIn):
    version = _seen(request, alliance_id)
    row = services.end_alliance(
        by=request.actor, alliance_id=alliance_id, version=version, ends_before=given.ends_before
    )
    with_etag(response, row.version)
    return row


@router.get("alliances/{uuid:alliance_id}/members/", response=list[s.MemberOut], summary="Who belongs to it on a day")
@may(Action.SEE_ORGS)
def members(request: HttpRequest, alliance_id: UUID, on: date | None = None):
    access.alliance(alliance_id, by=request.actor)
    return selectors.members(alliance_id, on or request.actor.today)


@router.get("alliances/{uuid:alliance_id}/memberships/", response=list[s.MembershipOut], summary="All that ever were")
@may(Action.SEE_ORGS)
def memberships(request: HttpRequest, alliance_id: UUID):
    return listings.memberships_of_alliance(alliance_id, by=request.actor)


@router.post("alliances/{uuid:alliance_id}/members/", response={201: s.MembershipOut}, summary="Join (If-Match)")
@may(Action.MANAGE_ORGS)
def join(request: HttpRequest, alliance_id: UUID, given: s.MemberIn):
    version = _seen(request, alliance_id)
    row = services.join(by=request.actor, alliance_id=alliance_id, version=version, **given.dict())
    return Status(201, row)


@router.post("alliances/{uuid:alliance_id}/lead/", response=s.MembershipOut, summary="Change the lead (If-Match)")
@may(Action.MANAGE_ORGS)
def change_lead(request: HttpRequest, alliance_id: UUID, given: s.MemberIn):
    version = _seen(request, alliance_id)
    return services.change_lead(by=request.actor, alliance_id=alliance_id, version=version, **given.dict())


@router.post(
    "alliances/{uuid:alliance_id}/memberships/{uuid:membership_id}/end/",
    response=s.MembershipOut,
    summary="Leave (If-Match)",
)
@may(Action.MANAGE_ORGS)
def leave(request: HttpRequest, alliance_id: UUID, membership_id: UUID, given: s.EndIn):
    version = _seen(request, alliance_id)
    access.membership(membership_id, alliance=access.alliance(alliance_id, by=request.actor))
    return services.leave(by=request.actor, membership_id=membership_id, ends_before=given.ends_before, version=version)


@router.get("agreements/", response=Page[s.AgreementOut], summary="Agreements of the county, the latest first")
@may(Action.SEE_ORGS)
def agreements(request: HttpRequest, asked: Query[AskedAgreements]):
    rows = listings.agreements(by=request.actor, on=asked.on, org_id=asked.org_id, kind=asked.kind or "")
    key = ("starts_on", "id")
    found, following = paginate(rows, asked.cursor or None, asked.limit, key, newest_first=True)
    return {"items": found, "next_cursor": following}


@router.post("agreements/", response={201: s.AgreementOut}, summary="Enter an agreement")
@may(Action.MANAGE_ORGS)
def sign_agreement(request: HttpRequest, response: HttpResponse, given: s.AgreementIn):
    row = services.sign_agreement(by=request.actor, **given.dict())
    with_etag(response, row.version)
    return Status(201, row)


@router.get("agreements/{uuid:agreement_id}/", response=s.AgreementOut, summary="One agreement")
@may(Action.SEE_ORGS)
def agreement(request: HttpRequest, response: HttpResponse, agreement_id: UUID):
    row = access.agreement(agreement_id, by=request.actor)
    with_etag(response, row.version)
    return row


@router.post("agreements/{uuid:agreement_id}/end/", response=s.AgreementOut, summary="End an agreement (If-Match)")
@may(Action.MANAGE_ORGS)
def end_agreement(request: HttpRequest, response: HttpResponse, agreement_id: UUID, given: s.EndIn):
    seen = access.agreement(agreement_id, by=request.actor)
    check_version(request, seen)
    row = services.end_agreement(
        by=request.actor, agreement_id=agreement_id, version=seen.version, ends_before=given.ends_before
    )
    with_etag(response, row.version)
    return row


def _seen(request: HttpRequest, alliance_id: UUID) -> int:
    row = access.alliance(alliance_id, by=request.actor)
    check_version(request, row)
    return row.version
