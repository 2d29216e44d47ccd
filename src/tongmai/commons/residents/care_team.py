"""Whether a member of staff is one of a person's own family doctors."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.commons.residents.models import CareRelation, CareTeamMember
from tongmai.foundation.orgs.models import valid_on


def is_cared_for_by(resident_id: UUID, staff_id: UUID, on: date) -> bool:
    """Whether `staff_id` was on that day the family doctor of the resident, or in the team of her contract."""
    return relations_with(resident_id, staff_id, on).exists()


def relations_with(resident_id: UUID, staff_id: UUID, on: date) -> QuerySet[CareRelation]:
    """Return the contracts of the resident on that day under which `staff_id` looks after her."""
    teams = CareTeamMember.objects.filter(valid_on(on), staff_id=staff_id).values("team_id")
    return CareRelation.objects.filter(
        valid_on(on), Q(staff_id=staff_id) | Q(team_id__in=teams), resident_id=resident_id,
        kind=CareRelation.Kind.FAMILY_DOCTOR,
    )  # fmt: skip
