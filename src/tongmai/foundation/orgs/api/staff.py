"""People, posts, accounts and tokens."""

from dataclasses import asdict
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status

from tongmai.foundation.orgs import access, listings, services
from tongmai.foundation.orgs.api import schemas as s
from tongmai.foundation.orgs.guards import may, signed_in
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotFound
from tongmai.ui.api import Page, Text, check_version, not_in_address, paginate, with_etag

router = Router(tags=["staff"])


class AskedStaff(Schema):
    org_id: UUID | None = None
    role: s.GrantableRole | None = None
    with_inactive: bool = False
    cursor: s.Cursor = ""
    limit: s.Limit = 50


class StaffSoughtIn(AskedStaff):
    """The same, narrowed by a name, its pinyin or a number."""

    q: Text(60) = ""


@router.get("staff/", response=Page[s.StaffOut], summary="People in reach, by staff number")
@may(Action.SEE_ORGS)
def staff(request: HttpRequest, asked: Query[AskedStaff]):
    not_in_address(request, "q")
    return _listed(request, StaffSoughtIn(**asked.dict()))


@router.post("staff/search/", response=Page[s.StaffOut], summary="People in reach, by name or number")
@may(Action.SEE_ORGS)
def search_staff(request: HttpRequest, sought: StaffSoughtIn):
    """A POST, so that no name stands in an address."""
    return _listed(request, sought)


@router.post("staff/", response={201: s.StaffOut}, summary="Enter a member of staff")
@may(Action.MANAGE_POSTS)
def hire(request: HttpRequest, response: HttpResponse, given: s.NewStaffIn):
    entry = services.StaffEntry(**given.dict(exclude={"number"}))
    row = services.hire(by=request.actor, number=given.number, entry=entry)
    with_etag(response, row.version)
    return Status(201, row)


@router.get("staff/{uuid:staff_id}/", response=s.StaffOut, summary="One member of staff")
@may(Action.SEE_ORGS)
def person(request: HttpRequest, response: HttpResponse, staff_id: UUID):
    row = access.staff(staff_id, by=request.actor)
    with_etag(response, row.version)
    return row


@router.put("staff/{uuid:staff_id}/", response=s.StaffOut, summary="Change a member of staff (If-Match)")
@may(Action.MANAGE_POSTS)
def change_staff(request: HttpRequest, response: HttpResponse, staff_id: UUID, given: s.StaffIn):
    version = _seen(request, staff_id)
    entry = services.StaffEntry(**given.dict())
    row = services.change_staff(by=request.actor, staff_id=staff_id, version=version, entry=entry)
    with_etag(response, row.version)
    return row


@router.post("staff/{uuid:staff_id}/deactivate/", response=s.StaffOut, summary="Take out of service (If-Match)")
@may(Action.MANAGE_POSTS)
def deactivate_staff(request: HttpRequest, response: HttpResponse, staff_id: UUID, given: s.ReasonIn):
    version = _seen(request, staff_id)
    row = services.deactivate_staff(by=request.actor, staff_id=staff_id, version=version, reason=given.reason)
    with_etag(response, row.version)
    return row


@router.post("staff/{uuid:staff_id}/reactivate/", response=s.StaffOut, summary="Take back into service (If-Match)")
@may(Action.MANAGE_POSTS)
def reactivate_staff(request: HttpRequest, response: HttpResponse, staff_id: UUID):
    version = _seen(request, staff_id)
    row = services.reactivate_staff(by=request.actor, staff_id=staff_id, version=version)
    with_etag(response, row.version)
    return row


@router.get("staff/{uuid:staff_id}/posts/", response=list[s.PostOut], summary="All posts of a person, the latest first")
@may(Action.SEE_ORGS)
def posts(request: HttpRequest, staff_id: UUID):
    return [asdict(post) for post in listings.posts_of(staff_id, by=request.actor)]


@router.post("staff/{uuid:staff_id}/posts/", response={201: s.PostOut}, summary="Give a post")
@may(Action.MANAGE_POSTS)
def give_post(request: HttpRequest, staff_id: UUID, given: s.PostIn):
    by = request.actor
    row = services.give_post(by=by, entry=services.PostEntry(staff_id=staff_id, **given.dict()))
    return Status(201, next(asdict(post) for post in listings.posts_of(staff_id, by=by) if post.id == row.id))


@router.post(
    "posts/{uuid:post_id}/end/", response={200: s.PostOut, 204: None}, summary="End a post; one not begun is withdrawn"
)
@may(Action.MANAGE_POSTS)
def end_post(request: HttpRequest, post_id: UUID, given: s.EndIn):
    by = request.actor
    row = services.end_post(by=by, post_id=post_id, ends_before=given.ends_before)
    if row is None:
        return Status(204, None)
    return next(asdict(post) for post in listings.posts_of(row.staff_id, by=by) if post.id == row.id)


@router.get("staff/{uuid:staff_id}/account/", response=s.AccountOut, summary="Her sign-in")
@may(Action.MANAGE_POSTS)
def account(request: HttpRequest, staff_id: UUID):
    found = listings.account_of(staff_id, by=request.actor)
    if found is None:
        raise NotFound()
    return found


@router.post("staff/{uuid:staff_id}/account/", response={201: s.InitialPasswordOut}, summary="Give her a sign-in")
@may(Action.MANAGE_POSTS)
def create_account(request: HttpRequest, staff_id: UUID, given: s.AccountIn):
    return Status(201, services.create_account(by=request.actor, staff_id=staff_id, username=given.username))


@router.post("staff/{uuid:staff_id}/account/reset/", response=s.InitialPasswordOut, summary="Set an initial password")
@may(Action.MANAGE_POSTS)
def reset_password(request: HttpRequest, staff_id: UUID):
    return services.reset_password(by=request.actor, staff_id=staff_id)


@router.post("staff/{uuid:staff_id}/account/deactivate/", response=s.AccountOut, summary="Stop her sign-in at once")
@may(Action.MANAGE_POSTS)
def deactivate_account(request: HttpRequest, staff_id: UUID):
    return services.deactivate_account(by=request.actor, staff_id=staff_id)


@router.post("staff/{uuid:staff_id}/account/reactivate/", response=s.AccountOut, summary="Let her sign in again")
@may(Action.MANAGE_POSTS)
def reactivate_account(request: HttpRequest, staff_id: UUID):
    return services.reactivate_account(by=request.actor, staff_id=staff_id)


@router.post("password/", response=s.AccountOut, summary="Change one's own password")
@signed_in
def change_password(request: HttpRequest, given: s.PasswordIn):
    return services.change_password(by=request.actor, current=given.current, new=given.new)


@router.get("tokens/", response=Page[s.TokenOut], summary="API tokens, the newest first")
@may(Action.MANAGE_TOKENS)
def tokens(request: HttpRequest, cursor: s.Cursor = "", limit: s.Limit = 50):
    rows = listings.tokens(by=request.actor)
    found, following = paginate(rows, cursor or None, limit, ("created_at", "id"), newest_first=True)
    return {"items": found, "next_cursor": following}


@router.post("tokens/", response={201: s.IssuedTokenOut}, summary="Issue a token")
@may(Action.MANAGE_TOKENS)
def issue_token(request: HttpRequest, given: s.TokenIn):
    return Status(201, services.issue_token(by=request.actor, **given.dict()))


@router.post("tokens/{uuid:token_id}/revoke/", response=s.TokenOut, summary="Revoke a token")
@may(Action.MANAGE_TOKENS)
def revoke_token(request: HttpRequest, token_id: UUID):
    return services.revoke_token(by=request.actor, token_id=token_id)


def _listed(request: HttpRequest, asked: StaffSoughtIn) -> dict:
    sought = listings.StaffSought(
        q=asked.q, org_id=asked.org_id, role=asked.role or "", with_inactive=asked.with_inactive
    )
    rows, following = paginate(listings.staff(sought, by=request.actor), asked.cursor or None, asked.limit, ("number",))
    return {"items": rows, "next_cursor": following}


def _seen(request: HttpRequest, staff_id: UUID) -> int:
    row = access.staff(staff_id, by=request.actor)
    check_version(request, row)
    return row.version
