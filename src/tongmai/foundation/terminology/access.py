"""The door to local codes: those of the members whom a post answers for."""

from uuid import UUID

from django.db.models import QuerySet

from tongmai.foundation.orgs import selectors as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Membership, Org
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.terminology.models import LocalCode
from tongmai.kernel.errors import NotFound


def members(by: Actor) -> QuerySet[Org]:
    """Return the organisations whose codes `by` settles: for who keeps the catalogue those of the county, else her own
    and the members of the alliances that it leads."""
    if by.role == Role.SYSTEM:
        return Org.objects.all()
    if not by.may(Action.SETTLE_CODES) or by.org_id is None:
        return Org.objects.none()
    if by.may(Action.MANAGE_CATALOG):
        return Org.objects.filter(county_code=by.county_code)
    reach = {by.org_id}
    for alliance in orgs.alliances_of(by.org_id, by.today):
        if alliance.part == Membership.Part.LEAD:
            reach |= {member.org.id for member in orgs.members(alliance.id, by.today)}
    return Org.objects.filter(id__in=reach)


def visible(by: Actor) -> QuerySet[LocalCode]:
    """Return the local codes that `by` settles."""
    rows = LocalCode.objects.select_related("org", "decided_by")
    return rows if by.role == Role.SYSTEM else rows.filter(org__in=members(by))


def local_code(local_code_id: UUID, *, by: Actor, lock: bool = False) -> LocalCode:
    """Return one local code.

    Raises:
        NotFound: absent, or of a member whom `by` does not answer for.
    """
    rows = visible(by)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=local_code_id).first()
    if found is None:
        raise NotFound()
    return found
