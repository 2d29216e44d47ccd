"""Visits that take place elsewhere and are reported by a member's own system: what it says happened is kept as said.

Nobody here decides about them, so what a doctor's visit needs before it ends (a diagnosis, a summary) is not asked for;
whether a report is newer than what is known is decided by who brings it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from tongmai.commons.encounters import marking, rules
from tongmai.commons.encounters.errors import AlreadyAdmitted
from tongmai.commons.encounters.events import (
    AllergyRecorded,
    DiagnosesRecorded,
    EncounterCancelled,
    EncounterFinished,
    EncounterPlanned,
    EncounterReopened,
)
from tongmai.commons.encounters.models import Allergy, Encounter, EncounterDiagnosis, Kind
from tongmai.commons.encounters.services.findings import MOST_DIAGNOSES, stay_marked
from tongmai.commons.encounters.services.moving import note_step, take, tell_started
from tongmai.commons.encounters.states import TABLE, State, Step
from tongmai.commons.residents import services as residents
from tongmai.commons.residents.models import KnownTo
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.together import fresh, insert, together, update
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.kernel.errors import NotFound

SOURCE = "message"


@dataclass(frozen=True)
class Reported:
    """A visit as another system has it now.  None and "" mean: it does not say, and what is known stays."""

    state: State
    kind: str = Kind.OUTPATIENT
    department_id: UUID | None = None
    bed: str = ""
    complaint: str = ""
    planned_for: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    disposition: str = ""
    doctor: str = ""  # the name as it is written there
    reason: str = ""  # of a cancellation or a reopening


@dataclass(frozen=True)
class ReportedDiagnosis:
    """A diagnosis by its code here where there is one, else by the sender's own; `name` as it is to be read."""

    code: str
    name: str
    is_chronic: bool = False


_WAY: dict[tuple[State, State], tuple[Step, ...]] = {
    (State.PLANNED, State.IN_PROGRESS): (Step.START,),
    (State.PLANNED, State.FINISHED): (Step.START, Step.FINISH),
    (State.PLANNED, State.CANCELLED): (Step.CANCEL,),
    (State.IN_PROGRESS, State.FINISHED): (Step.FINISH,),
    (State.IN_PROGRESS, State.CANCELLED): (Step.CANCEL,),
    (State.FINISHED, State.IN_PROGRESS): (Step.REOPEN,),
    (State.FINISHED, State.CANCELLED): (Step.REOPEN, Step.CANCEL),
}


@together()
def report_visit(
    resident_id: UUID, *, org_id: UUID, visit: Reported, at: datetime, by: Actor, encounter_id: UUID | None = None,
    held: Encounter | None = None,
) -> Encounter:  # fmt: skip
    """Write down a visit that a member's system reports, or bring the one that it reported before up to date.

    `at` is when what is reported happened; it stands in where the report names no beginning or end.  `held`: the
    encounter, where the caller has it from `held_visit`.

    Raises:
        NotPermitted: this post writes no records.  NotFound: no such encounter of this person there.
        StepNotAllowed: a cancelled visit does not go on.  AlreadyAdmitted: another stay there is not finished.
    """
    require(by, Action.WRITE_RECORD)
    found = held or (_found(encounter_id, resident_id, org_id) if encounter_id is not None else None)
    if visit.state == State.IN_PROGRESS and visit.kind == Kind.INPATIENT:
        stays = Encounter.objects.filter(resident_id=resident_id, org_id=org_id, kind=Kind.INPATIENT)
        if stays.filter(state=State.IN_PROGRESS).exclude(id=encounter_id).exists():
            raise AlreadyAdmitted()
    if found is None:
        return _begun(resident_id, org_id, visit, at, by)
    return _brought_up(found, visit, at, by)


def held_visit(encounter_id: UUID, resident_id: UUID, org_id: UUID) -> Encounter | None:
    """Return a visit of this person there, held to the end of the transaction; None where it is none."""
    return next(iter(_FOUND.objects(encounter_id=encounter_id, resident_id=resident_id, org_id=org_id)), None)


@together()
def report_beginning(encounter_id: UUID, *, started_at: datetime, by: Actor) -> bool:
    """Add the beginning to a visit whose end was told first: its end stands for both until then.  Return whether it did."""
    require(by, Action.WRITE_RECORD)
    rows = Encounter.objects.filter(id=encounter_id, started_at=F("ended_at"), started_at__gt=started_at)
    return bool(rows.update(started_at=started_at, version=F("version") + 1))


@together()
def report_diagnoses(
    encounter_id: UUID, *, resident_id: UUID, diagnoses: Sequence[ReportedDiagnosis], by: Actor
) -> bool:
    """Let this be the list of a reported visit's diagnoses; the earlier one stays readable.  Return whether it changed."""
    require(by, Action.WRITE_RECORD)
    wanted = list({each.code: each for each in diagnoses}.values())[:MOST_DIAGNOSES]
    known = _DIAGNOSES.rows(encounter_id=encounter_id)
    if not wanted or known == [(each.code, each.name) for each in wanted]:
        return False
    if known:
        current = EncounterDiagnosis.objects.filter(encounter_id=encounter_id, replaced_at=None)
        current.update(replaced_at=by.now, replaced_by_id=by.user_id)
    rows = [
        fresh(
            EncounterDiagnosis, encounter_id=encounter_id, position=position, is_main=position == 1, code=each.code, name=each.name,
            is_chronic=each.is_chronic, certainty=EncounterDiagnosis.Certainty.CLINICAL, recorded_at=by.now,
            recorded_by_id=by.user_id, sensitivity=marking.of_entry(each.code, each.name, on=by.today),
        )
        for position, each in enumerate(wanted, start=1)
    ]  # fmt: skip
    insert(*rows)
    stay_marked(encounter_id, (row.sensitivity for row in rows))
    codes = [each.code for each in wanted]
    recorded = DiagnosesRecorded(
        resident_id=resident_id, encounter_id=encounter_id, main_code=codes[0], codes=" ".join(codes)
    )
    audit.record(recorded, by=by, subject_id=encounter_id)
    return True


@together()
def report_allergies(
    resident_id: UUID, *, allergies: Sequence[tuple[str, str]], by: Actor, encounter_id: UUID | None = None
) -> int:
    """Add the (substance, reaction) that are not known yet; return how many were new.

    One that was refuted here is not entered again: somebody looked into it.
    """
    require(by, Action.WRITE_RECORD)
    known = set(Allergy.objects.filter(resident_id=resident_id).values_list("substance", flat=True))
    new = {substance: reaction for substance, reaction in allergies if substance not in known}
    for substance, reaction in new.items():
        row = Allergy(
            resident_id=resident_id, encounter_id=encounter_id, substance=substance, reaction=reaction,
            recorded_at=by.now, recorded_by_id=by.user_id,
        )  # fmt: skip
        insert(row)
        audit.record(AllergyRecorded(resident_id=resident_id, allergy_id=row.id), by=by, subject_id=row.id)
    return len(new)


def _found(encounter_id: UUID, resident_id: UUID, org_id: UUID) -> Encounter:
    found = held_visit(encounter_id, resident_id, org_id)
    if found is None:
        raise NotFound()
    return found


def _begun(resident_id: UUID, org_id: UUID, visit: Reported, at: datetime, by: Actor) -> Encounter:
    started, ended = _span(visit, None, at)
    encounter = fresh(
        Encounter, resident_id=resident_id, org_id=org_id, kind=Kind(visit.kind), state=visit.state, source_kind=SOURCE,
        department_id=visit.department_id, bed=visit.bed[:20], complaint=visit.complaint[:200],
        planned_for=visit.planned_for, started_at=started, started_by_id=by.user_id if started else None,
        ended_at=ended, ended_by_id=by.user_id if ended else None, disposition=_disposition(visit),
        doctor=visit.doctor[:60],
        sensitivity=marking.of_words(visit.complaint, on=by.today),
    )  # fmt: skip
    insert(encounter, refusals={"encounter_one_stay": AlreadyAdmitted})
    last = {State.PLANNED: "plan", State.FINISHED: Step.FINISH, State.CANCELLED: Step.CANCEL}
    note_step(encounter, last.get(visit.state, Step.START), visit.reason, by)
    residents.make_known(resident_id, org_id=org_id, via=KnownTo.Via.ENCOUNTER, by=by)
    _tell(encounter, by)
    return encounter


def _brought_up(encounter: Encounter, visit: Reported, at: datetime, by: Actor) -> Encounter:
    before = State(encounter.state)
    values = _details(encounter, visit)
    started, ended = _span(visit, encounter, at)
    values |= {"started_at": started} if started != encounter.started_at else {}
    if "complaint" in values:
        stay_marked(encounter.id, [marking.of_words(values["complaint"], on=by.today)])
    if before == visit.state:
        values |= {"ended_at": ended} if ended != encounter.ended_at else {}
        _write(encounter, values)
        return encounter
    way = _WAY.get((before, visit.state))
    if way is None:
        TABLE.after(before, Step.START)  # says that the table has no such row
        return encounter
    for step in way:
        changes = dict(values) if step == way[0] else {}
        if TABLE.after(State(encounter.state), step) in (State.FINISHED, State.CANCELLED):
            changes |= {"ended_at": ended, "ended_by_id": by.user_id, "disposition": _disposition(visit)}
        elif step == Step.REOPEN:
            changes |= {"ended_at": None, "ended_by_id": None, "disposition": ""}
        take(encounter, step, by=by, reason=visit.reason, is_held=True, **changes)
    _tell(encounter, by, reopened=way == (Step.REOPEN,))
    return encounter


def _details(encounter: Encounter, visit: Reported) -> dict[str, Any]:
    """What the report says differently; what it leaves out stays."""
    said = {
        "kind": Kind(visit.kind), "department_id": visit.department_id, "bed": visit.bed[:20],
        "complaint": visit.complaint[:200], "planned_for": visit.planned_for, "doctor": visit.doctor[:60],
    }  # fmt: skip
    return {name: value for name, value in said.items() if value and value != getattr(encounter, name)}


def _write(encounter: Encounter, values: dict[str, Any]) -> None:
    if values:
        for name, value in values.items():
            setattr(encounter, name, value)
        encounter.version += 1
        update(encounter, "version", *values)


def _span(visit: Reported, known: Encounter | None, at: datetime) -> tuple[datetime | None, datetime | None]:
    """Beginning and end as they are to be stored: an end never lies before its beginning, whatever the clocks say."""
    started = visit.started_at or (known.started_at if known else None)
    if visit.state == State.PLANNED:
        return None, None
    if visit.state == State.CANCELLED:
        return started, max(at, started or at)
    started = started or (min(at, visit.ended_at) if visit.ended_at else at)
    if visit.state == State.IN_PROGRESS:
        return started, None
    ended = visit.ended_at or (known.ended_at if known else None) or at
    return started, max(ended, started)


def _disposition(visit: Reported) -> str:
    if visit.state != State.FINISHED:
        return ""
    return str(rules.Disposition(visit.disposition or rules.Disposition.HOME))


def _tell(encounter: Encounter, by: Actor, *, reopened: bool = False) -> None:
    ids = {"resident_id": encounter.resident_id, "encounter_id": encounter.id}
    if reopened:
        happened: Any = EncounterReopened(**ids)
    elif encounter.state == State.IN_PROGRESS:
        tell_started(encounter, by)
        return
    elif encounter.state == State.PLANNED:
        happened = EncounterPlanned(**ids, kind=str(encounter.kind))
    elif encounter.state == State.CANCELLED:
        happened = EncounterCancelled(**ids)
    else:
        happened = EncounterFinished(
            **ids, kind=str(encounter.kind), org_id=encounter.org_id, disposition=encounter.disposition,
            source_kind=encounter.source_kind, source_id=None,
        )  # fmt: skip
    audit.record(happened, by=by, subject_id=encounter.id)


def _one(by: None, *, encounter_id: UUID, resident_id: UUID, org_id: UUID) -> QuerySet:
    rows = Encounter.objects.select_for_update(of=("self",)).order_by()
    return rows.filter(id=encounter_id, resident_id=resident_id, org_id=org_id)


def _diagnoses(by: None, *, encounter_id: UUID) -> QuerySet:
    rows = EncounterDiagnosis.objects.filter(encounter_id=encounter_id, replaced_at=None)
    return rows.order_by("position").values_list("code", "name")


_FOUND, _DIAGNOSES = Prepared(_one), Prepared(_diagnoses)
