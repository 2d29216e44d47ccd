"""Whether a member of staff is one of a person's own family doctors."""

from datetime import date
from uuid import UUID

from tongmai.commons.residents.models import CareRelation, CareTeamMember
from tongmai.foundation.orgs.models import valid_on


def is_cared_for_by(resident_id: UUID, staff_id: UUID, on: date) -> bool:
    """Whether `staff_id` was on that day the family doctor of the resident, or in the team of her contract."""
    relations = CareRelation.objects.filter(
        valid_on(on), resident_id=resident_id, kind=CareRelation.Kind.FAMILY_DOCTOR
    ).values_list("staff_id", "team_id")
    teams = set()
    for doctor_id, team_id in relations:
        if doctor_id == staff_id:
            return True
        teams.add(team_id)
    return CareTeamMember.objects.filter(valid_on(on), team_id__in=teams - {None}, staff_id=staff_id).exists()
