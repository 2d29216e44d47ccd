"""The reasons to open a record that this app knows itself.  Registered in config/bases.py."""

from uuid import UUID

from tongmai.commons.residents import access
from tongmai.commons.residents.models import CareRelation, Guardian, Resident
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import CatchmentArea, valid_on
from tongmai.foundation.orgs.roles import CLINICAL, Role


def is_herself(by: Actor, resident_id: UUID) -> bool:
    """Whether the actor is the resident."""
    return by.role == Role.RESIDENT and by.resident_id == resident_id


def is_guardian(by: Actor, resident_id: UUID) -> bool:
    """Whether the actor is a resident who is this person's guardian today."""
    return (
        by.role == Role.RESIDENT
        and by.resident_id is not None
        and Guardian.objects.filter(
            valid_on(by.today), resident_id=resident_id, guardian_resident_id=by.resident_id
        ).exists()
    )


def is_family_doctor(by: Actor, resident_id: UUID) -> bool:
    """Whether the person has a contract today with a team of the actor's organisation, or with the actor herself."""
    if by.org_id is None or by.role not in CLINICAL | {Role.NURSE}:
        return False
    relations = CareRelation.objects.filter(valid_on(by.today), resident_id=resident_id)
    return relations.filter(org_id=by.org_id).exists() or (
        by.staff_id is not None and relations.filter(staff_id=by.staff_id).exists()
    )


def is_responsible_for_area(by: Actor, resident_id: UUID) -> bool:
    """Whether the person lives in the area that the actor's village clinic or township hospital looks after."""
    if by.org_id is None or by.role not in CLINICAL | {Role.NURSE}:
        return False
    village = Resident.objects.filter(id=resident_id).values_list("village_code", flat=True).first()
    if not village:
        return False
    around = [village[:digits] for digits in (9, 12)]
    return CatchmentArea.objects.filter(valid_on(by.today), org_id=by.org_id, division_code__in=around).exists()


def has_emergency_access(by: Actor, resident_id: UUID) -> bool:
    """Whether the actor gave a reason for an emergency that still holds."""
    return access.emergency_of(by, resident_id) is not None
