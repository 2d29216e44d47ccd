"""The reasons to open a record that this app knows itself.  Registered in config/bases.py."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Left

from tongmai.commons.residents import access
from tongmai.commons.residents.models import CareRelation, Resident
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import CatchmentArea, valid_on
from tongmai.foundation.orgs.roles import CLINICAL, Role


def is_herself(by: Actor, resident_id: UUID) -> bool:
    """Whether the actor is the resident."""
    return by.role == Role.RESIDENT and by.resident_id == resident_id


def is_guardian(by: Actor, resident_id: UUID) -> bool | QuerySet:
    """Whether the actor is a resident who is this person's guardian today."""
    if by.role != Role.RESIDENT or by.resident_id is None:
        return False
    return access.guardianships(by).filter(resident_id=resident_id)


def is_family_doctor(by: Actor, resident_id: UUID) -> bool | QuerySet:
    """Whether the person has a contract today with a team of the actor's organisation, or with the actor herself."""
    if by.org_id is None or by.role not in CLINICAL | {Role.NURSE}:
        return False
    hers = Q(org_id=by.org_id) | (Q(staff_id=by.staff_id) if by.staff_id is not None else Q())
    return CareRelation.objects.filter(valid_on(by.today), hers, resident_id=resident_id)


def is_responsible_for_area(by: Actor, resident_id: UUID) -> bool | QuerySet:
    """Whether the person lives in the area that the actor's village clinic or township hospital looks after."""
    if by.org_id is None or by.role not in CLINICAL | {Role.NURSE}:
        return False
    home = Resident.objects.filter(id=resident_id).exclude(village_code="")
    around = Q(division_code__in=home.values("village_code")) | Q(
        division_code__in=home.values_list(Left("village_code", 9))
    )
    return CatchmentArea.objects.filter(valid_on(by.today), around, org_id=by.org_id)


def has_emergency_access(by: Actor, resident_id: UUID) -> bool | QuerySet:
    """Whether the actor gave a reason for an emergency that still holds."""
    return access.emergencies_of(by, resident_id)
