"""Why a contract lets somebody open the resident's record; offered to `residents` by config/bases.py."""

from uuid import UUID

from django.db.models import QuerySet

from tongmai.commons.residents.care_team import relations_with
from tongmai.foundation.orgs.actors import Actor


def is_in_her_team(by: Actor, resident_id: UUID) -> bool | QuerySet:
    """Whether the actor is in the team of the resident's contract today, wherever she works."""
    return by.staff_id is not None and relations_with(resident_id, by.staff_id, by.today)
