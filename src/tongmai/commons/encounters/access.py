"""The doors to encounters.  Reading one opens the person's record; writing one is for its own organisation."""

from uuid import UUID

from django.db.models import QuerySet

from tongmai.commons.encounters.errors import NotOpenForWriting
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.encounters.states import TABLE, State, Step
from tongmai.commons.residents import access as residents
from tongmai.commons.residents.access import EntryWanted, OpenedRecord
from tongmai.commons.residents.sections import Section
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotFound, NotPermitted


def visible(by: Actor) -> QuerySet[Encounter]:
    """Return the encounters of residents whom `by` may find.  What they hold is read through `read`."""
    rows = Encounter.objects.select_related("resident", "org", "department", "staff", "episode")
    return rows.filter(residents.reach(by, "resident__"))


def read(encounter_id: UUID, *, by: Actor, what: str = "encounter") -> tuple[Encounter, OpenedRecord]:
    """Open the person's record at one encounter; it is logged.

    Raises:
        NotFound, NotPermitted, BasisNeeded: as in `residents.access.open_record`; NotFound also for one withheld from `by`.
    """
    encounter = _one(visible(by), encounter_id)
    course = encounter.episode.sensitivity if encounter.episode else ""
    wanted = EntryWanted(Section.ENCOUNTERS, encounter.sensitivity, encounter.org_id, others=(course,))
    return encounter, residents.open_record(encounter.resident_id, by=by, what=what, entry=wanted)


def get(
    encounter_id: UUID, *, by: Actor, step: Step | None = None, lock: bool = True, only_open: bool = False
) -> Encounter:
    """Return an encounter of the actor's own organisation, to write in it or to take `step`.

    With `only_open` it must be in progress.

    Raises:
        NotFound: absent, or the person is out of reach.
        NotPermitted: of another organisation, or this post does not write, or does not take this step.
        NotOpenForWriting: not in progress.
    """
    rows = visible(by)
    encounter = _one(rows.select_for_update(of=("self",)) if lock else rows, encounter_id)
    require(by, Action.WRITE_RECORD)
    if by.role != Role.SYSTEM:
        if encounter.org_id != by.org_id:
            raise NotPermitted(action=Action.WRITE_RECORD)
        if step is not None and not TABLE.may(step, sides={"org"}, role=by.role):
            raise NotPermitted(step=step)
    if only_open and encounter.state != State.IN_PROGRESS:
        raise NotOpenForWriting(state=encounter.state)
    return encounter


def steps_open_to(encounter: Encounter, *, by: Actor) -> list[Step]:
    """Return the steps that `by` may take now with this encounter; none for another organisation."""
    if encounter.org_id != by.org_id or not by.may(Action.WRITE_RECORD):
        return []
    return TABLE.open_to(State(encounter.state), sides={"org"}, role=by.role)


def may_write(encounter: Encounter, *, by: Actor) -> bool:
    """Whether `by` may write in this encounter now."""
    own = encounter.org_id == by.org_id and by.may(Action.WRITE_RECORD)
    return own and encounter.state == State.IN_PROGRESS


def _one(rows: QuerySet[Encounter], encounter_id: UUID) -> Encounter:
    found = rows.filter(id=encounter_id).first()
    if found is None:
        raise NotFound()
    return found
