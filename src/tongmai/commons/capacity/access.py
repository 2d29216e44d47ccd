"""The doors to resources, sessions, bookings, refusals and bans.

Whoever may see capacity sees the resources and free places of every organisation in her reach.  Who sits on a place is
shown only to the organisation whose place it is, to the organisation that booked it, and to the resident.
"""

from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.commons.capacity import states
from tongmai.commons.capacity.models import Ban, Booking, Pool, Refusal, Resource
from tongmai.commons.capacity.sources import Source
from tongmai.commons.capacity.states import Side, State, Step
from tongmai.commons.residents import access as residents
from tongmai.foundation.orgs import access as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotFound, NotPermitted, StepNotAllowed

_OVERSEERS = frozenset({Role.HEALTH_COMMISSION, Role.MANAGER, Role.REFERRAL_COORDINATOR})


def visible_resources(by: Actor) -> QuerySet[Resource]:
    """Return the resources whose places `by` may count: those of the organisations in her reach."""
    if by.role == Role.SYSTEM:
        return Resource.objects.all()
    if not by.may(Action.SEE_CAPACITY):
        return Resource.objects.none()
    return Resource.objects.filter(org__in=orgs.visible_orgs(by))


def resource(resource_id: UUID, *, by: Actor, to: Action | None = None, lock: bool = False) -> Resource:
    """Return the resource; with `to` also check that `by` may do that to it.

    Raises:
        NotFound: absent, or out of reach.
        NotPermitted: in reach, but another organisation's, or the role does not include it.
    """
    rows = visible_resources(by).select_related("org", "department")
    found = one(rows.select_for_update(of=("self",)) if lock else rows, resource_id)
    if to is not None:
        check_own(found.org_id, by=by, to=to)
    return found


def visible_pools(by: Actor) -> QuerySet[Pool]:
    """Return the sessions whose places `by` may count."""
    return Pool.objects.filter(resource__in=visible_resources(by))


def pool(pool_id: UUID, *, by: Actor, to: Action | None = None, lock: bool = False) -> Pool:
    """Return the session with its resource (errors as in `resource`)."""
    rows = visible_pools(by).select_related("resource__org", "resource__department")
    found = one(rows.select_for_update(of=("self",)) if lock else rows, pool_id)
    if to is not None:
        check_own(found.resource.org_id, by=by, to=to)
    return found


def visible(by: Actor) -> QuerySet[Booking]:
    """Return the bookings whose residents `by` may name: at her organisation, made by it, or her own."""
    rows = Booking.objects.select_related("resource", "resident")
    if by.role == Role.SYSTEM:
        return rows
    if by.role == Role.RESIDENT:
        return rows.filter(residents.reach(by, "resident__"))
    if not by.may(Action.SEE_CAPACITY) or by.org_id is None:
        return rows.none()
    return rows.filter(Q(resource__org_id=by.org_id) | Q(booker_org_id=by.org_id))


def booking(
    booking_id: UUID, *, by: Actor, step: Step | None = None, through: Source | None = None, lock: bool = False
) -> Booking:
    """Return the booking; with `step` also check that `by` may take it now.

    `through` names the thing for which the booking was made: an app that has already found that `by` may act on that
    thing (the sender of a referral on his referral) passes it, and the booking is then in his reach.

    Raises:
        NotFound: absent, or out of reach.
        StepNotAllowed: the state does not allow the step, or `by` does not stand where it is taken.
    """
    rows = Booking.objects.select_related("resource", "resident") if through else visible(by)
    if through is not None:
        rows = rows.filter(source_kind=through.kind, source_id=through.id)
    found = one(rows.select_for_update(of=("self",)) if lock else rows, booking_id)
    if step is not None:
        states.after(State(found.state), step)
        if not states.may(step, sides=sides(found, by, through), role=by.role):
            raise StepNotAllowed(state=found.state, step=step)
    return found


def sides(found: Booking, by: Actor, through: Source | None = None) -> set[Side]:
    """Return where `by` stands to a booking."""
    standing = set()
    if by.role == Role.SYSTEM:
        standing.add(Side.SYSTEM)
    if by.role == Role.RESIDENT:  # the door has found that it is hers or a ward's
        standing.add(Side.RESIDENT)
    if by.org_id is not None and found.resource.org_id == by.org_id:
        standing.add(Side.OFFERER)
    if by.org_id is not None and found.booker_org_id == by.org_id:
        standing.add(Side.BOOKER)
    if through is not None and through.id is not None:
        standing.add(Side.SOURCE)
    return standing


def visible_refusals(by: Actor) -> QuerySet[Refusal]:
    """Return the refused requests: at her organisation, made by it; those who oversee see the county's."""
    rows = Refusal.objects.select_related("org", "resident")
    if by.role == Role.SYSTEM:
        return rows
    if not by.may(Action.SEE_CAPACITY) or by.org_id is None:
        return rows.none()
    own = Q(org_id=by.org_id) | Q(booker_org_id=by.org_id)
    if by.role in _OVERSEERS:
        own |= Q(org__in=orgs.visible_orgs(by))
    return rows.filter(own)


def visible_bans(by: Actor) -> QuerySet[Ban]:
    """Return the bans of residents whom `by` may find, for those who book; her organisation's, for who keeps resources."""
    rows = Ban.objects.select_related("resident", "org", "lifted_by")
    if by.role == Role.SYSTEM:
        return rows
    if by.may(Action.BOOK):
        return rows.filter(residents.reach(by, "resident__"))
    if by.may(Action.MANAGE_CAPACITY):
        return rows.filter(org_id=by.org_id)
    return rows.none()


def ban(ban_id: UUID, *, by: Actor, lock: bool = False) -> Ban:
    """Return the ban, to lift it: at the organisation where the last booking was missed, or as referral coordinator.

    Raises:
        NotFound: absent, or out of reach.
        NotPermitted: in reach, but neither hers nor she a coordinator.
    """
    rows = visible_bans(by)
    found = one(rows.select_for_update(of=("self",)) if lock else rows, ban_id)
    if by.role == Role.SYSTEM or by.may(Action.COORDINATE_REFERRALS):
        return found
    if not (by.may(Action.MANAGE_CAPACITY) and found.org_id == by.org_id):
        raise NotPermitted(action=Action.MANAGE_CAPACITY)
    return found


def compliance_orgs(by: Actor) -> QuerySet:
    """Return the organisations whose compliance `by` may read: her own; the county's for those who oversee it."""
    orgs.require(by, Action.SEE_COMPLIANCE)
    reach = orgs.visible_orgs(by)
    return reach.filter(id=by.org_id) if by.role == Role.RESOURCE_MANAGER else reach


def check_own(org_id: UUID, *, by: Actor, to: Action) -> None:
    """Refuse what only the organisation's own post may do.

    Raises:
        NotPermitted: the role does not include `to`, or the thing belongs to another organisation.
    """
    orgs.require(by, to)
    if by.role != Role.SYSTEM and org_id != by.org_id:
        raise NotPermitted(action=to)


def one(rows, row_id):
    """Return the row of a scoped queryset.  Raises NotFound: it is not among them."""
    found = rows.filter(id=row_id).first()
    if found is None:
        raise NotFound()
    return found
