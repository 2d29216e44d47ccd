"""The doors to organisations, alliances, people and posts.

Reach is the county: an actor knows the organisations of her county, those outside every county that residents are sent
to, and the fellow members of her county's alliances.  What is beyond her reach is answered like what does not exist.
What she may *change* is narrower: her own county's, and the outside entries that the county keeps in its directory.
"""

from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import (
    Agreement,
    Alliance,
    ApiToken,
    CatchmentArea,
    Department,
    Membership,
    Org,
    Post,
    Staff,
    User,
    valid_on,
)
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotFound, NotPermitted


def require(by: Actor, action: Action) -> None:
    """Refuse a post whose role does not include `action`.

    Raises:
        NotPermitted: it does not.
    """
    if not by.may(action):
        raise NotPermitted(action=action)


def visible_orgs(by: Actor) -> QuerySet[Org]:
    """Return the organisations that `by` may know of."""
    if by.role == Role.SYSTEM:
        return Org.objects.all()
    if not by.county_code or not by.may(Action.SEE_ORGS):
        return Org.objects.none()
    return Org.objects.filter(
        Q(county_code=by.county_code) | Q(level=Org.Level.OUTSIDE) | Q(id__in=_fellow_members(by))
    )


def managed_orgs(by: Actor) -> QuerySet[Org]:
    """Return the organisations whose entries `by` keeps, if her role keeps any: her county's and the outside ones."""
    if by.role == Role.SYSTEM:
        return Org.objects.all()
    if not by.county_code or by.level == Org.Level.OUTSIDE:
        return Org.objects.filter(id=by.org_id)
    return Org.objects.filter(Q(county_code=by.county_code) | Q(level=Org.Level.OUTSIDE))


def staffed_orgs(by: Actor) -> QuerySet[Org]:
    """Return the organisations whose people `by` administers, if her role does: her county's, and outside fellow members."""
    if by.role == Role.SYSTEM:
        return Org.objects.all()
    if not by.county_code or by.level == Org.Level.OUTSIDE:
        return Org.objects.filter(id=by.org_id)
    return Org.objects.filter(Q(county_code=by.county_code) | Q(level=Org.Level.OUTSIDE, id__in=_fellow_members(by)))


def org(org_id: UUID, *, by: Actor, to: Action | None = None, lock: bool = False) -> Org:
    """Return the organisation; with `to` also check that `by` may do that to it.

    Raises:
        NotFound: absent, or out of reach.
        NotPermitted: in reach, but not hers to change.
    """
    rows = visible_orgs(by)
    found = _one(rows.select_for_update(of=("self",)) if lock else rows, org_id)
    if to is not None:
        _check_kept(found.id, by=by, to=to)
    return found


def visible_departments(by: Actor) -> QuerySet[Department]:
    """Return the departments of the organisations that `by` may know of."""
    return Department.objects.filter(org__in=visible_orgs(by)).select_related("org")


def department(department_id: UUID, *, by: Actor, to: Action | None = None, lock: bool = False) -> Department:
    """Return the department (errors as in `org`)."""
    rows = visible_departments(by)
    found = _one(rows.select_for_update(of=("self",)) if lock else rows, department_id)
    if to is not None:
        _check_kept(found.org_id, by=by, to=to)
    return found


def visible_alliances(by: Actor) -> QuerySet[Alliance]:
    """Return the alliances of the county of `by`, and those that an organisation of the county has ever joined."""
    if by.role == Role.SYSTEM:
        return Alliance.objects.all()
    if not by.county_code or not by.may(Action.SEE_ORGS):
        return Alliance.objects.none()
    joined = Membership.objects.filter(org__county_code=by.county_code).values("alliance")
    return Alliance.objects.filter(Q(county_code=by.county_code) | Q(id__in=joined))


def alliance(alliance_id: UUID, *, by: Actor, to: Action | None = None, lock: bool = False) -> Alliance:
    """Return the alliance.  Only its own county changes it; one that spans counties is changed by its members' counties.

    Raises:
        NotFound: absent, or out of reach.
        NotPermitted: in reach, but not hers to change.
    """
    rows = visible_alliances(by)
    found = _one(rows.select_for_update() if lock else rows, alliance_id)
    if to is not None:
        require(by, to)
        if by.role != Role.SYSTEM and found.county_code not in ("", by.county_code):
            raise NotPermitted(action=to)
    return found


def membership(membership_id: UUID, *, alliance: Alliance) -> Membership:
    """Return a membership of an alliance that came through its door.  Raises NotFound."""
    return _one(Membership.objects.filter(alliance=alliance).select_related("org"), membership_id)


def catchment(catchment_id: UUID, *, org: Org) -> CatchmentArea:
    """Return a catchment of an organisation that came through its door.  Raises NotFound."""
    return _one(CatchmentArea.objects.filter(org=org), catchment_id)


def visible_agreements(by: Actor) -> QuerySet[Agreement]:
    """Return the agreements that an organisation in the reach of `by` gave or received, her county on one side."""
    rows = Agreement.objects.select_related("from_org", "to_org", "alliance")
    if by.role == Role.SYSTEM:
        return rows
    if not by.county_code or not by.may(Action.SEE_ORGS):
        return rows.none()
    return rows.filter(Q(from_org__county_code=by.county_code) | Q(to_org__county_code=by.county_code))


def agreement(agreement_id: UUID, *, by: Actor, to: Action | None = None, lock: bool = False) -> Agreement:
    """Return the agreement; to change it `by` must keep one of its sides (errors as in `org`)."""
    rows = visible_agreements(by)
    found = _one(rows.select_for_update(of=("self",)) if lock else rows, agreement_id)
    if to is not None:
        require(by, to)
        if not managed_orgs(by).filter(id__in=[found.from_org_id, found.to_org_id]).exists():
            raise NotPermitted(action=to)
    return found


def visible_staff(by: Actor) -> QuerySet[Staff]:
    """Return the people who are registered or hold a post in the county of `by`."""
    rows = Staff.objects.select_related("practice_org")
    if by.role == Role.SYSTEM:
        return rows
    if not by.county_code or not by.may(Action.SEE_ORGS):
        return rows.none()
    reach = staffed_orgs(by)
    return rows.filter(Q(practice_org__in=reach) | Q(id__in=Post.objects.filter(org__in=reach).values("staff")))


def staff(staff_id: UUID, *, by: Actor, to: Action | None = None, lock: bool = False) -> Staff:
    """Return the person; to change her entry `by` must administer the organisation where she is registered.

    Raises:
        NotFound: absent, or out of reach.
        NotPermitted: in reach, but not hers to change.
    """
    rows = visible_staff(by)
    found = _one(rows.select_for_update(of=("self",)) if lock else rows, staff_id)
    if to is not None:
        require(by, to)
        if not staffed_orgs(by).filter(id=found.practice_org_id).exists():
            raise NotPermitted(action=to)
    return found


def visible_posts(by: Actor) -> QuerySet[Post]:
    """Return the posts at the organisations whose people `by` may know of."""
    rows = Post.objects.select_related("staff", "org", "department", "agreement")
    if by.role == Role.SYSTEM:
        return rows
    if not by.may(Action.SEE_ORGS):
        return rows.none()
    return rows.filter(org__in=staffed_orgs(by))


def post(post_id: UUID, *, by: Actor, to: Action | None = None, lock: bool = False) -> Post:
    """Return the post (errors as in `org`)."""
    rows = visible_posts(by)
    found = _one(rows.select_for_update(of=("self",)) if lock else rows, post_id)
    if to is not None:
        require(by, to)
    return found


def visible_tokens(by: Actor) -> QuerySet[ApiToken]:
    """Return the API tokens of the posts that `by` administers; nobody else sees that they exist."""
    rows = ApiToken.objects.select_related("post__staff", "post__org", "created_by", "revoked_by")
    if not by.may(Action.MANAGE_TOKENS):
        return rows.none()
    return rows.filter(post__org__in=staffed_orgs(by))


def token(token_id: UUID, *, by: Actor, lock: bool = False) -> ApiToken:
    """Return the token.

    Raises:
        NotFound: absent, or not one that `by` administers.
    """
    rows = visible_tokens(by)
    return _one(rows.select_for_update(of=("self",)) if lock else rows, token_id)


def user_of(staff_id: UUID, *, by: Actor, lock: bool = False) -> User:
    """Return the sign-in of a person whose posts `by` administers.

    Raises:
        NotFound: the person is absent or out of reach, or has no sign-in.
        NotPermitted: `by` does not administer posts.
    """
    person = staff(staff_id, by=by, to=Action.MANAGE_POSTS)
    rows = User.objects.filter(staff=person)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise NotFound()
    return found


def _fellow_members(by: Actor):
    """The organisations that share an alliance today with one of the county's."""
    current = Membership.objects.filter(valid_on(by.today), valid_on(by.today, "alliance__"))
    ours = current.filter(org__county_code=by.county_code).values("alliance")
    return current.filter(alliance__in=ours).values("org")


def _one(rows, row_id):
    found = rows.filter(id=row_id).first()
    if found is None:
        raise NotFound()
    return found


def _check_kept(org_id: UUID, *, by: Actor, to: Action) -> None:
    require(by, to)
    kept = staffed_orgs(by) if to in (Action.MANAGE_POSTS, Action.MANAGE_TOKENS) else managed_orgs(by)
    if not kept.filter(id=org_id).exists():
        raise NotPermitted(action=to)
