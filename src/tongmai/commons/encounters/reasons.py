"""What this app knows of why a record is opened, and how far: the actor's organisation treats the person, or lately did."""

from datetime import datetime
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from tongmai.commons.encounters.models import Encounter, EncounterDiagnosis, Episode, MedicationStatement
from tongmai.commons.encounters.states import State
from tongmai.commons.residents.sensitive.rules import kinds_in
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


def treated(by: Actor, resident_id: UUID) -> frozenset[str]:
    """Return the sensitive kinds for which the actor's organisation treats the person, or lately did."""
    rows = has_own_encounter(by, resident_id, since=counts_since(by))
    texts = rows.exclude(sensitivity="").values_list("sensitivity", flat=True) if isinstance(rows, QuerySet) else ()
    return frozenset().union(*(kinds_in(text) for text in texts))


def marked_encounters(resident_id: UUID) -> QuerySet:
    """Return the kinds and the organisation of each sensitive encounter of the person."""
    return _marked(Encounter, resident_id).values_list("sensitivity", "org_id")


def marked_diagnoses(resident_id: UUID) -> QuerySet:
    """Return the same of the sensitive diagnoses."""
    rows = EncounterDiagnosis.objects.filter(encounter__resident_id=resident_id).exclude(encounter__sensitivity="")
    return rows.exclude(sensitivity="").values_list("sensitivity", "encounter__org_id")


def marked_episodes(resident_id: UUID) -> QuerySet:
    """Return the same of the courses of sensitive illnesses."""
    return _marked(Episode, resident_id).values_list("sensitivity", "opened_org_id")


def marked_medicines(resident_id: UUID) -> QuerySet:
    """Return the same of the medicines that tell of one."""
    return _marked(MedicationStatement, resident_id).values_list("sensitivity", "encounter__org_id")


def _marked(model: type[Model], resident_id: UUID) -> QuerySet:
    return model._default_manager.filter(resident_id=resident_id).exclude(sensitivity="")
