"""The record along the chain: the episode that holds both sides' encounters, and the encounters that referrals begin."""

from dataclasses import replace
from uuid import UUID

from tongmai.care.referrals.models import FollowUp, Referral
from tongmai.commons.encounters import access as encounter_access
from tongmai.commons.encounters import services as encounters
from tongmai.commons.encounters.models import Encounter, Kind
from tongmai.commons.encounters.states import State
from tongmai.commons.residents import services as residents
from tongmai.commons.residents.models import KnownTo
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import CLINICAL, Role
from tongmai.kernel.errors import InvalidInput, NotFound
from tongmai.kernel.text import N_


def join_episode(referral: Referral, *, by: Actor) -> None:
    """Open or continue the episode of the problem.  A code that only the sender's catalogue knows has no episode."""
    if referral.episode_id is None and _is_known(referral, by):
        opened = encounters.open_episode(
            referral.resident_id, by=by, code=referral.diagnosis_code, encounter_id=referral.source_encounter_id
        )
        referral.episode_id = opened.id


def make_known(referral: Referral, *, by: Actor) -> None:
    """Let the receiver find the resident, wherever she lives."""
    residents.make_known(referral.resident_id, org_id=referral.receiver_id, via=KnownTo.Via.REFERRAL, by=by)


def own_encounter(encounter_id: UUID | None, *, referral: Referral, by: Actor) -> UUID | None:
    """Return the id of an encounter of this resident at the actor's organisation, from which the referral is written.

    Raises:
        InvalidInput: it is another's, or elsewhere.
    """
    if encounter_id is None:
        return referral.source_encounter_id
    rows = encounter_access.visible(by).filter(id=encounter_id, resident_id=referral.resident_id, org_id=by.org_id)
    if not rows.exists():
        raise InvalidInput(field="encounter", problem=N_("不是该居民在本机构的就诊"))
    return encounter_id


def encounter_here(encounter_id: UUID, *, by: Actor) -> Encounter:
    """Return an encounter of the actor's organisation.

    Raises:
        NotFound: absent, or another organisation's.
    """
    found = encounter_access.visible(by).filter(id=encounter_id, org_id=by.org_id).first()
    if found is None:
        raise NotFound()
    return found


def start_encounter(referral: Referral, *, by: Actor) -> None:
    """Let the visit or stay begin that the arrival stands for.

    The desk only says that she has come: then the visit is planned, and begins when a doctor opens it.  An arrival
    that the sender writes down for a hospital outside has no encounter here.
    """
    if by.org_id != referral.receiver_id:
        return
    facts = {"complaint": referral.reason[:200], "episode_id": referral.episode_id, "source": ("referral", referral.id)}
    if not by.may(Action.WRITE_RECORD):
        desk = replace(by, role=Role.SYSTEM, staff_id=None, post_id=None)
        planned = encounters.plan_visit(
            referral.resident_id, by=desk, planned_for=by.now, kind=_kind(referral), **facts
        )
        referral.arrival_encounter_id = planned.id
        _carry_word(referral, by=by)
        return
    kind = _kind(referral)
    if kind == Kind.INPATIENT:
        started = encounters.admit(referral.resident_id, by=by, **facts)
    else:
        started = encounters.start_visit(referral.resident_id, by=by, kind=kind, **facts)
    referral.arrival_encounter_id = started.id
    if referral.direction == "down":
        _carry_diagnosis(referral, started, by=by)
    else:
        _carry_word(referral, by=by)


def finish_encounter(referral: Referral, *, by: Actor) -> None:
    """Finish the encounter that the arrival began, where it still runs.

    Raises:
        CannotFinish: it lacks its diagnosis, or a stay its discharge summary: these are written first.
    """
    encounter = Encounter.objects.filter(id=referral.arrival_encounter_id).first()
    if encounter is None or encounter.org_id != by.org_id:
        return
    if encounter.state == State.PLANNED:
        encounter = encounters.start(encounter.id, by=by)
    if encounter.state == State.IN_PROGRESS:
        encounters.finish(encounter.id, by=by)


def finish_receipt(referral: Referral, *, by: Actor) -> None:
    """Finish the visit that began when she was received, where it still runs and a doctor closes the matter."""
    if by.role in CLINICAL and _is_known(referral, by):
        finish_encounter(referral, by=by)


def record_visit(referral: Referral, follow_up: FollowUp, *, by: Actor) -> None:
    """Write a follow-up into the record as well: one entry, read everywhere.

    A nurse's visit stays open for a doctor to finish.  Nobody is seen where nobody was reached, or the resident died.
    """
    if follow_up.result in {FollowUp.Result.NOT_REACHED, FollowUp.Result.DIED}:
        return
    kind = {"home": Kind.HOME_VISIT, "clinic": Kind.OUTPATIENT}.get(follow_up.way, Kind.TELE_VISIT)
    visit = encounters.start_visit(
        referral.resident_id,
        by=by,
        kind=kind,
        complaint=follow_up.task or referral.reason[:200],
        episode_id=referral.episode_id,
        source=("follow_up", follow_up.id),
    )
    _carry_diagnosis(referral, visit, by=by)
    vitals = {
        "systolic": follow_up.systolic_mmhg,
        "diastolic": follow_up.diastolic_mmhg,
        "pulse": follow_up.pulse_per_minute,
        "temperature": follow_up.temperature_c,
        "glucose": follow_up.glucose_mmol,
    }
    measured = {name: amount for name, amount in vitals.items() if amount is not None}
    if measured:
        encounters.record_vitals(visit.id, by=by, **measured)
    if follow_up.note:
        encounters.write_note(visit.id, by=by, kind="home_visit", text=follow_up.note)
    if by.role in CLINICAL and _is_known(referral, by):
        encounters.finish(visit.id, by=by)


def close_episode(referral: Referral, *, by: Actor) -> None:
    """Close the episode with the last open referral in it."""
    if referral.episode_id is None:
        return
    others = Referral.objects.filter(episode_id=referral.episode_id, closed_at__isnull=True).exclude(id=referral.id)
    if not others.exists():
        encounters.close_episode(referral.episode_id, by=by, reason=N_("转诊随访已完成"))


def _kind(referral: Referral) -> str:
    if referral.direction == "down":
        return Kind.HOME_VISIT if referral.receiver.level == "village" else Kind.OUTPATIENT
    return Kind.INPATIENT if referral.wants == Referral.Wants.BED else Kind.OUTPATIENT


def _carry_diagnosis(referral: Referral, encounter: Encounter, *, by: Actor) -> None:
    if _is_known(referral, by):
        entry = encounters.DiagnosisEntry(code=referral.diagnosis_code)
        encounters.record_diagnoses(encounter.id, by=by, diagnoses=[entry])


def _carry_word(referral: Referral, *, by: Actor) -> None:
    """Let the referral's diagnosis stand in the encounter of the arrival, for the doctor there to confirm or change."""
    assert referral.arrival_encounter_id is not None, "it has arrived"
    encounters.carry_diagnosis(referral.arrival_encounter_id, by=by, code=referral.diagnosis_code)


def _is_known(referral: Referral, by: Actor) -> bool:
    return bool(catalog.diagnoses([referral.diagnosis_code], by.today))
