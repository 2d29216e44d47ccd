"""The reason to open a record that this app knows: the actor's organisation is treating the person, or lately did."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.encounters.states import State
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor


def counts_since(by: Actor) -> datetime:
    """Return the instant after which a finished encounter is still a reason, by policy."""
    return by.now - policy.value("access.after_encounter", on=by.today, at=by.org_id).timedelta()


def has_own_encounter(by: Actor, resident_id: UUID, *, since: datetime) -> bool | QuerySet:
    """Whether the organisation has an encounter in progress with the person, or finished one after `since`."""
    if by.org_id is None:
        return False
    lately = Q(state=State.FINISHED, ended_at__gt=since)
    return Encounter.objects.filter(
        Q(state=State.IN_PROGRESS) | lately, resident_id=resident_id, org_id=by.org_id
    )  # fmt: skip
