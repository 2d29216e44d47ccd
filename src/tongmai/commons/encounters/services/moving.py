"""How an encounter changes state: one way for what a doctor does here and for what a member's system reports."""

from typing import Any

from django.db.models import F

from tongmai.commons.encounters.events import EncounterStarted
from tongmai.commons.encounters.models import Encounter, EncounterTransition
from tongmai.commons.encounters.states import State, Step, after
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.together import fresh, insert, update
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import VersionConflict


def take(
    encounter: Encounter, step: Step, *, by: Actor, reason: str = "", is_held: bool = False, **values: Any
) -> None:
    """The one place where an encounter changes state; `values` are columns that change with it.

    `is_held`: its row is locked by the caller, so that nobody can be faster; it is written with what else waits.

    Raises:
        StepNotAllowed: the table has no such row.  VersionConflict: somebody else was faster.
    """
    seen = encounter.version
    values["state"] = after(State(encounter.state), step)
    rows = Encounter.objects.filter(id=encounter.id, version=seen)
    if not is_held and not rows.update(version=F("version") + 1, **values):
        raise VersionConflict(seen=seen)
    for field, value in values.items():
        setattr(encounter, field, value)
    encounter.version = seen + 1
    if is_held:
        update(encounter, "version", *values)
    note_step(encounter, step, reason, by)


def note_step(encounter: Encounter, step: str, reason: str, by: Actor) -> None:
    """Write a step into the history of an encounter."""
    insert(
        fresh(
            EncounterTransition, encounter=encounter, step=str(step), to_state=encounter.state, reason=reason,
            at=by.now, by_user_id=by.user_id, by_name=by.name, by_org_name=by.org_name,
        )
    )  # fmt: skip


def tell_started(encounter: Encounter, by: Actor) -> None:
    """Tell that an encounter began."""
    audit.record(
        EncounterStarted(
            resident_id=encounter.resident_id, encounter_id=encounter.id, kind=str(encounter.kind),
            org_id=encounter.org_id, source_kind=encounter.source_kind, source_id=encounter.source_id,
        ),
        by=by,
        subject_id=encounter.id,
    )  # fmt: skip
