"""The reason to open a record that this app knows: the actor's organisation is treating the person, or lately did."""

from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.encounters.states import State
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor


def has_own_encounter(by: Actor, resident_id: UUID) -> bool | QuerySet:
    """Whether the organisation has an encounter in progress with the person, or finished one within the days of policy."""
    if by.org_id is None:
        return False
    lasts = policy.value("access.after_encounter", on=by.today, at=by.org_id).timedelta()
    lately = Q(state=State.FINISHED, ended_at__gt=by.now - lasts)
    return Encounter.objects.filter(
        Q(state=State.IN_PROGRESS) | lately, resident_id=resident_id, org_id=by.org_id
    )  # fmt: skip
