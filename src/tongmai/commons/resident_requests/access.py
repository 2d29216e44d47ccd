"""The doors to what residents ask."""

from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.commons.resident_requests.models import Dispute, WardRequest
from tongmai.commons.resident_requests.states import Side
from tongmai.commons.residents import access as residents
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotFound


def visible_disputes(by: Actor) -> QuerySet[Dispute]:
    """Return the disputes that `by` raised for herself and her wards, or for which she answers.

    Accesses are answered for by the county's audit administrator, entries by doctors and registrars of the
    organisation whose they are.
    """
    rows = Dispute.objects.select_related("resident", "org")
    if by.role == Role.SYSTEM:
        return rows
    if by.may(Action.SEE_OWN):
        return rows.filter(residents.reach(by, "resident__"))
    if not by.may(Action.ANSWER_DISPUTES):
        return rows.none()
    if by.may(Action.READ_AUDIT):
        return rows.filter(kind=Dispute.Kind.ACCESS, county_code=by.county_code).exclude(county_code="")
    return rows.filter(~Q(kind=Dispute.Kind.ACCESS), org_id=by.org_id)


def dispute(dispute_id: UUID, *, by: Actor, lock: bool = False) -> Dispute:
    """Return the dispute.  Raises NotFound: absent, or not hers."""
    rows = visible_disputes(by)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=dispute_id).first()
    if found is None:
        raise NotFound()
    return found


def visible_ward_requests(by: Actor) -> QuerySet[WardRequest]:
    """Return her own requests to a resident, those of the county to its registrars."""
    rows = WardRequest.objects.select_related("resident")
    if by.role == Role.SYSTEM:
        return rows
    if by.may(Action.SEE_OWN):
        return rows.filter(resident_id=by.resident_id)
    if by.may(Action.MATCH_RESIDENTS) and by.county_code:
        return rows.filter(county_code=by.county_code)
    return rows.none()


def ward_request(ward_request_id: UUID, *, by: Actor, lock: bool = False) -> WardRequest:
    """Return the request.  Raises NotFound: absent, or not hers."""
    rows = visible_ward_requests(by)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=ward_request_id).first()
    if found is None:
        raise NotFound()
    return found


def sides(by: Actor) -> set[Side]:
    """Return where `by` stands to what she may see here."""
    return {Side.RESIDENT} if by.may(Action.SEE_OWN) else {Side.ANSWERER}
