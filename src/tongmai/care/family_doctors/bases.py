"""Why a contract lets somebody open the resident's record; offered to `residents` by config/bases.py."""

from uuid import UUID

from tongmai.commons.residents.care_team import is_cared_for_by
from tongmai.foundation.orgs.actors import Actor


def is_in_her_team(by: Actor, resident_id: UUID) -> bool:
    """Whether the actor is in the team of the resident's contract today, wherever she works."""
    return by.staff_id is not None and is_cared_for_by(resident_id, by.staff_id, by.today)
