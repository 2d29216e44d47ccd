"""The doors to teams and contracts."""

from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.care.family_doctors.models import Contract, Team, TeamMember
from tongmai.care.family_doctors.states import CONTRACT, Side, State, Step
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import valid_on
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotFound, NotPermitted, StepNotAllowed, require_seen


def visible_teams(by: Actor) -> QuerySet[Team]:
    """Return the teams of the actor's organisation, and those she is a member of today."""
    if by.role == Role.SYSTEM:
        return Team.objects.all()
    if by.org_id is None or not by.may(Action.SIGN_CONTRACTS):
        return Team.objects.none()
    return Team.objects.filter(Q(org_id=by.org_id) | Q(id__in=_teams_of(by)))


def visible(by: Actor) -> QuerySet[Contract]:
    """Return the contracts of the teams that `by` sees; a resident sees her own."""
    if by.role == Role.RESIDENT:
        return Contract.objects.filter(resident_id=by.resident_id, resident_id__isnull=False)
    return Contract.objects.filter(team__in=visible_teams(by))


def team(team_id: UUID, *, by: Actor, to_change: bool = False, lock: bool = False) -> Team:
    """Return the team.  Only its own organisation changes it.

    Raises:
        NotFound: absent, or out of reach.
        NotPermitted: seen as a member from elsewhere.
    """
    rows = visible_teams(by).filter(id=team_id).select_related("org", "leader")
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound()
    if to_change:
        require(by, Action.SIGN_CONTRACTS)
        if by.role != Role.SYSTEM and found.org_id != by.org_id:
            raise NotPermitted()
    return found


def get(
    contract_id: UUID, *, by: Actor, step: Step | None = None, lock: bool = False, seen_version: int | None = None
) -> Contract:
    """Return the contract; with `step` also check that `by` may take it.

    Raises:
        NotFound: absent, or out of reach.
        VersionConflict: the caller saw another version.
        StepNotAllowed: the state or the post does not allow it.
    """
    rows = visible(by).filter(id=contract_id).select_related("team__org", "doctor", "resident")
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound()
    require_seen(seen_version, found.version)
    if step is not None and step not in possible_steps(found, by=by):
        raise StepNotAllowed(state=found.state, step=step)
    return found


def possible_steps(contract: Contract, *, by: Actor) -> list[Step]:
    """Return the steps that `by` may take now; whoever sees a contract as staff stands on the team's side."""
    sides = [] if by.role == Role.RESIDENT else [Side.TEAM]
    return CONTRACT.open_to(State(contract.state), sides=sides, role=by.role)


def _teams_of(by: Actor) -> QuerySet:
    return TeamMember.objects.filter(valid_on(by.today), staff_id=by.staff_id).values("team")
