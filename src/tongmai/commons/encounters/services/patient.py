"""Allergies, and what a person takes."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.commons.encounters import access, marking
from tongmai.commons.encounters.events import (
    AllergyRecorded,
    AllergyRefuted,
    MedicationRecorded,
    MedicationStopped,
)
from tongmai.commons.encounters.models import Allergy, Encounter, MedicationStatement
from tongmai.commons.residents import access as residents
from tongmai.commons.residents.models import Resident
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound
from tongmai.kernel.text import N_


def add_allergy(
    resident_id: UUID,
    *,
    by: Actor,
    substance: str,
    reaction: str = "",
    severity: str = Allergy.Severity.UNKNOWN,
    encounter_id: UUID | None = None,
) -> Allergy:
    """Write that a person must not get a substance.

    Raises:
        NotFound, NotPermitted, BasisNeeded; InvalidInput: no substance.  Conflict: it stands there already.
    """
    resident, encounter = _opened(resident_id, encounter_id, by, "allergies")
    name = " ".join(substance.split())[:80]
    if not name:
        raise InvalidInput(field="substance", problem=N_("请填写过敏物质"))
    try:
        with transaction.atomic():
            allergy = Allergy.objects.create(
                resident=resident, encounter=encounter, substance=name, reaction=reaction.strip()[:120],
                severity=Allergy.Severity(severity), recorded_at=by.now, recorded_by_id=by.user_id,
            )  # fmt: skip
            audit.record(
                AllergyRecorded(resident_id=resident.id, allergy_id=allergy.id), by=by, subject_id=allergy.id
            )  # fmt: skip
            return allergy
    except IntegrityError:
        raise Conflict() from None


@transaction.atomic
def refute_allergy(allergy_id: UUID, *, by: Actor, reason: str) -> Allergy:
    """Say that a person does not have this allergy; the entry stays readable.

    Raises:
        NotFound, NotPermitted, BasisNeeded; InvalidInput: no reason.  Conflict: refuted already.
    """
    allergy = Allergy.objects.filter(id=allergy_id).first()
    if allergy is None:
        raise NotFound()
    _opened(allergy.resident_id, None, by, "allergies")
    refuted = Allergy.objects.filter(id=allergy_id, refuted_at=None).update(
        refuted_at=by.now, refuted_by_id=by.user_id, refute_reason=_reason(reason)
    )
    if not refuted:
        raise Conflict()
    audit.record(AllergyRefuted(resident_id=allergy.resident_id, allergy_id=allergy.id), by=by, subject_id=allergy.id)
    allergy.refresh_from_db()
    return allergy


def record_medication(
    resident_id: UUID,
    *,
    by: Actor,
    name: str,
    dose: str = "",
    frequency: str = "",
    is_long_term: bool = False,
    starts_on: date | None = None,
    ends_before: date | None = None,
    encounter_id: UUID | None = None,
) -> MedicationStatement:
    """Write that a person takes a medicine.

    Raises:
        NotFound, NotPermitted, BasisNeeded; InvalidInput: no name, or a span backwards.
        Conflict: this long-term medicine stands there already; stop that first when the dose changed.
    """
    resident, encounter = _opened(resident_id, encounter_id, by, "medications")
    called = " ".join(name.split())[:120]
    if not called:
        raise InvalidInput(field="name", problem=N_("请填写药品名称"))
    begins = starts_on or by.today
    if ends_before is not None and ends_before < begins:
        raise InvalidInput(field="ends_before", problem=N_("结束日期早于开始日期"))
    try:
        with transaction.atomic():
            medication = MedicationStatement.objects.create(
                resident=resident, encounter=encounter, name=called, dose=dose.strip()[:60],
                frequency=frequency.strip()[:60], is_long_term=is_long_term, starts_on=begins, ends_before=ends_before,
                recorded_at=by.now, recorded_by_id=by.user_id, sensitivity=marking.of_words(called, on=by.today),
            )  # fmt: skip
            audit.record(
                MedicationRecorded(resident_id=resident.id, medication_id=medication.id),
                by=by,
                subject_id=medication.id,
            )
            return medication
    except IntegrityError:
        raise Conflict() from None


@transaction.atomic
def stop_medication(medication_id: UUID, *, by: Actor, reason: str) -> MedicationStatement:
    """Write that a person does not take a medicine any more, from today.

    Raises:
        NotFound, NotPermitted, BasisNeeded; InvalidInput: no reason.  Conflict: stopped already.
    """
    medication = MedicationStatement.objects.filter(id=medication_id).first()
    if medication is None:
        raise NotFound()
    _opened(medication.resident_id, None, by, "medications")
    stopped = MedicationStatement.objects.filter(id=medication_id, stopped_at=None).update(
        stopped_at=by.now,
        stopped_by_id=by.user_id,
        stop_reason=_reason(reason),
        ends_before=max(by.today, medication.starts_on),
    )
    if not stopped:
        raise Conflict()
    audit.record(
        MedicationStopped(resident_id=medication.resident_id, medication_id=medication.id),
        by=by,
        subject_id=medication.id,
    )
    medication.refresh_from_db()
    return medication


def _opened(resident_id: UUID, encounter_id: UUID | None, by: Actor, what: str) -> tuple[Resident, Encounter | None]:
    require(by, Action.WRITE_RECORD)
    resident = residents.open_record(resident_id, by=by, what=what).resident
    if encounter_id is None:
        return resident, None
    encounter = access.get(encounter_id, by=by, lock=False)
    if encounter.resident_id != resident.id:
        raise InvalidInput(field="encounter_id", problem=N_("不是该居民的就诊"))
    return resident, encounter


def _reason(text: str) -> str:
    if not text.strip():
        raise InvalidInput(field="reason", problem=N_("请写明原因"))
    return text.strip()[:200]
