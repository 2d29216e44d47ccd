"""The life of an encounter."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.commons.encounters import access, marking, rules
from tongmai.commons.encounters.errors import AlreadyAdmitted, CannotFinish, ResidentDeceased
from tongmai.commons.encounters.events import (
    EncounterCancelled,
    EncounterFinished,
    EncounterPlanned,
    EncounterReopened,
)
from tongmai.commons.encounters.models import (
    Encounter,
    EncounterDiagnosis,
    Episode,
    Kind,
    Note,
)
from tongmai.commons.encounters.services.moving import note_step, take, tell_started
from tongmai.commons.encounters.services.notes import put_note
from tongmai.commons.encounters.states import State, Step, after
from tongmai.commons.residents import access as residents
from tongmai.commons.residents import services as resident_services
from tongmai.commons.residents.models import KnownTo, Resident
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Department
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput, require_seen
from tongmai.kernel.text import N_

Source = tuple[str, UUID]


def start_visit(
    resident_id: UUID,
    *,
    by: Actor,
    kind: str = Kind.OUTPATIENT,
    complaint: str = "",
    department_id: UUID | None = None,
    episode_id: UUID | None = None,
    source: Source | None = None,
    encounter_id: UUID | None = None,
) -> Encounter:
    """Begin a visit now, at the actor's organisation.  It is from then on the reason to open the person's record.

    `source` names what it follows from (e.g. ("booking", id)): a second call with it returns the first visit.
    `encounter_id` is an id that the caller chose, with the same effect.

    Raises:
        NotFound, NotPermitted: the person is not in reach; this post does not write.
        ResidentDeceased; AlreadyAdmitted (a stay); InvalidInput: the department or episode is not of here.
    """
    require(by, Action.WRITE_RECORD)
    resident = _living(resident_id, by)
    facts = {
        "kind": Kind(kind),
        "complaint": complaint.strip()[:200],
        "department_id": _own_department(department_id, by),
        "episode_id": _own_episode(episode_id, resident.id),
        "state": State.IN_PROGRESS,
        "started_at": by.now,
        "started_by_id": by.user_id,
    }
    return _create(resident, facts, source, encounter_id, by=by)


def plan_visit(
    resident_id: UUID,
    *,
    by: Actor,
    planned_for: datetime,
    kind: str = Kind.OUTPATIENT,
    complaint: str = "",
    department_id: UUID | None = None,
    episode_id: UUID | None = None,
    source: Source | None = None,
    org_id: UUID | None = None,
) -> Encounter:
    """Plan a visit; `start` begins it.  A plan is no reason to open the record.

    `org_id` is where, when it is not the actor's own organisation (a booking made for her).

    Raises:
        As in `start_visit`.
    """
    require(by, Action.WRITE_RECORD)
    resident = _living(resident_id, by)
    facts = {
        "kind": Kind(kind),
        "complaint": complaint.strip()[:200],
        "department_id": department_id if org_id not in (None, by.org_id) else _own_department(department_id, by),
        "episode_id": _own_episode(episode_id, resident.id),
        "state": State.PLANNED,
        "planned_for": planned_for,
    }
    return _create(resident, facts, source, None, by=by, org_id=org_id)


def admit(
    resident_id: UUID,
    *,
    by: Actor,
    department_id: UUID | None = None,
    bed: str = "",
    complaint: str = "",
    episode_id: UUID | None = None,
    source: Source | None = None,
    encounter_id: UUID | None = None,
) -> Encounter:
    """Begin a stay.  One person has one stay at a time in one organisation.

    Raises:
        As in `start_visit`; AlreadyAdmitted.
    """
    stay = start_visit(
        resident_id, by=by, kind=Kind.INPATIENT, complaint=complaint, department_id=department_id,
        episode_id=episode_id, source=source, encounter_id=encounter_id,
    )  # fmt: skip
    if bed.strip():
        Encounter.objects.filter(id=stay.id).update(bed=bed.strip()[:20])
        stay.bed = bed.strip()[:20]
    return stay


@transaction.atomic
def start(encounter_id: UUID, *, by: Actor) -> Encounter:
    """Begin a planned encounter.

    Raises:
        NotFound, NotPermitted, StepNotAllowed, ResidentDeceased.
    """
    encounter = access.get(encounter_id, by=by, step=Step.START)
    if encounter.resident.died_on is not None:
        raise ResidentDeceased()
    take(
        encounter,
        Step.START,
        by=by,
        started_at=by.now,
        started_by_id=by.user_id,
        staff_id=by.staff_id,
        post_id=by.post_id,
    )
    tell_started(encounter, by)
    return encounter


@transaction.atomic
def finish(
    encounter_id: UUID, *, by: Actor, disposition: str = rules.Disposition.HOME, version: int | None = None
) -> Encounter:
    """End a visit.

    Raises:
        NotFound, NotPermitted, StepNotAllowed, VersionConflict.
        CannotFinish: a diagnosis, or the summary of a stay, is missing.
    """
    encounter = access.get(encounter_id, by=by, step=Step.FINISH)
    require_seen(version, encounter.version)
    written = EncounterDiagnosis.objects.filter(encounter=encounter, replaced_at=None)
    certainties = list(written.values_list("certainty", flat=True))
    missing = rules.why_not_finish(
        kind=encounter.kind,
        has_diagnosis=bool(certainties),
        is_unconfirmed=EncounterDiagnosis.Certainty.REFERRED in certainties,
        has_discharge_note=Note.objects.filter(encounter=encounter, kind=Note.Kind.DISCHARGE).exists(),
    )
    # The table speaks first: what cannot end at all lacks nothing.
    after(State(encounter.state), Step.FINISH)
    if missing:
        raise CannotFinish(field=missing[0], problem=missing[1])
    take(
        encounter, Step.FINISH, by=by, ended_at=_end_of(encounter, by), ended_by_id=by.user_id,
        disposition=rules.Disposition(disposition),
    )  # fmt: skip
    audit.record(
        EncounterFinished(
            resident_id=encounter.resident_id, encounter_id=encounter.id, kind=encounter.kind, org_id=encounter.org_id,
            disposition=encounter.disposition, source_kind=encounter.source_kind, source_id=encounter.source_id,
        ),
        by=by,
        subject_id=encounter.id,
    )  # fmt: skip
    return encounter


@transaction.atomic
def discharge(
    encounter_id: UUID,
    *,
    by: Actor,
    summary: str,
    disposition: str = rules.Disposition.HOME,
    version: int | None = None,
) -> Encounter:
    """End a stay with its summary.  A summary that was written before is kept; a different one amends it.

    Raises:
        As in `finish`; InvalidInput: no summary, or not a stay.
    """
    encounter = access.get(encounter_id, by=by, step=Step.FINISH)
    if encounter.kind != Kind.INPATIENT:
        raise InvalidInput(field="kind", problem=N_("只有住院才办理出院"))
    after(State(encounter.state), Step.FINISH)
    put_note(encounter, Note.Kind.DISCHARGE, summary, str(N_("办理出院")), by)
    return finish(encounter_id, by=by, disposition=disposition, version=version)


@transaction.atomic
def cancel(encounter_id: UUID, *, by: Actor, reason: str, version: int | None = None) -> Encounter:
    """Cancel an encounter that did not take place, or was begun by mistake.

    Raises:
        NotFound, NotPermitted, StepNotAllowed, VersionConflict; InvalidInput: no reason.
    """
    encounter = access.get(encounter_id, by=by, step=Step.CANCEL)
    require_seen(version, encounter.version)
    take(encounter, Step.CANCEL, by=by, reason=_reason(reason), ended_at=_end_of(encounter, by), ended_by_id=by.user_id)
    audit.record(
        EncounterCancelled(resident_id=encounter.resident_id, encounter_id=encounter.id), by=by, subject_id=encounter.id
    )
    return encounter


def _end_of(encounter: Encounter, by: Actor) -> datetime:
    """Never before the beginning, whatever the clocks of two machines say."""
    return max(by.now, encounter.started_at or by.now)


@transaction.atomic
def reopen(encounter_id: UUID, *, by: Actor, reason: str) -> Encounter:
    """Open a finished encounter again, for what must be added.

    Raises:
        NotFound, NotPermitted, StepNotAllowed; InvalidInput: no reason.  AlreadyAdmitted: another stay has begun.
    """
    encounter = access.get(encounter_id, by=by, step=Step.REOPEN)
    why = _reason(reason)
    try:
        with transaction.atomic():
            take(encounter, Step.REOPEN, by=by, reason=why, ended_at=None, ended_by_id=None, disposition="")
    except IntegrityError:
        raise AlreadyAdmitted() from None
    audit.record(
        EncounterReopened(resident_id=encounter.resident_id, encounter_id=encounter.id), by=by, subject_id=encounter.id
    )
    return encounter


def _create(
    resident: Resident,
    facts: dict[str, Any],
    source: Source | None,
    encounter_id: UUID | None,
    *,
    by: Actor,
    org_id: UUID | None = None,
) -> Encounter:
    if made := _made_before(resident.id, facts["kind"], source, encounter_id, by):
        return made
    place = org_id or by.org_id
    if place is None:
        raise InvalidInput(field="org_id", problem=N_("没有就诊机构"))
    encounter = Encounter(
        resident=resident, org_id=place, staff_id=by.staff_id if place == by.org_id else None,
        post_id=by.post_id if place == by.org_id else None,
        source_kind=source[0] if source else "", source_id=source[1] if source else None,
        sensitivity=marking.of_words(facts["complaint"], on=by.today), **facts,
    )  # fmt: skip
    if encounter_id is not None:
        encounter.id = encounter_id
    try:
        with transaction.atomic():
            _insert(encounter, by)
    except IntegrityError:
        if made := _made_before(resident.id, facts["kind"], source, encounter_id, by):
            return made
        raise AlreadyAdmitted() from None
    return encounter


def _insert(encounter: Encounter, by: Actor) -> None:
    encounter.save(force_insert=True)
    step = Step.START if encounter.state == State.IN_PROGRESS else "plan"
    note_step(encounter, step, "", by)
    resident_services.make_known(encounter.resident_id, org_id=encounter.org_id, via=KnownTo.Via.ENCOUNTER, by=by)
    if encounter.state == State.IN_PROGRESS:
        tell_started(encounter, by)
        return
    audit.record(
        EncounterPlanned(resident_id=encounter.resident_id, encounter_id=encounter.id, kind=str(encounter.kind)),
        by=by,
        subject_id=encounter.id,
    )


def _made_before(
    resident_id: UUID, kind: str, source: Source | None, encounter_id: UUID | None, by: Actor
) -> Encounter | None:
    """What an earlier call made: by its source, or by the id that the caller chose, for the same person and place."""
    rows = Encounter.objects.filter(resident_id=resident_id)
    if source is not None:
        found = rows.filter(source_kind=source[0], source_id=source[1], kind=kind).first()
        if found is not None:
            return found
    return rows.filter(id=encounter_id, org_id=by.org_id).first() if encounter_id is not None else None


def _living(resident_id: UUID, by: Actor) -> Resident:
    resident = residents.get(resident_id, by=by)
    if resident.died_on is not None:
        raise ResidentDeceased()
    return resident


def _own_department(department_id: UUID | None, by: Actor) -> UUID | None:
    """The department, the actor's own where none is named; it must stand in her organisation."""
    if department_id is None or department_id == by.department_id:
        return by.department_id
    if not Department.objects.filter(id=department_id, org_id=by.org_id, is_active=True).exists():
        raise InvalidInput(field="department_id", problem=N_("不是本机构的科室"))
    return department_id


def _own_episode(episode_id: UUID | None, resident_id: UUID) -> UUID | None:
    if episode_id is not None and not Episode.objects.filter(id=episode_id, resident_id=resident_id).exists():
        raise InvalidInput(field="episode_id", problem=N_("不是该居民的诊疗过程"))
    return episode_id


def _reason(text: str) -> str:
    if not text.strip():
        raise InvalidInput(field="reason", problem=N_("请写明原因"))
    return text.strip()[:200]
