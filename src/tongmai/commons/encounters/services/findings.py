"""Diagnoses and measurements of an encounter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from tongmai.commons.encounters import access, marking, rules
from tongmai.commons.encounters.events import DiagnosesRecorded, DiagnosisCarried, VitalsRecorded, VitalsWithdrawn
from tongmai.commons.encounters.models import Encounter, EncounterDiagnosis, Vitals
from tongmai.commons.encounters.services.episodes import open_one_of
from tongmai.commons.residents.sensitive import rules as sensitive
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.together import flush
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound
from tongmai.kernel.text import N_

MOST_DIAGNOSES = 20


@dataclass(frozen=True)
class DiagnosisEntry:
    """One diagnosis as entered; the first of a list is the main one."""

    code: str
    certainty: str = EncounterDiagnosis.Certainty.CONFIRMED


@transaction.atomic
def record_diagnoses(
    encounter_id: UUID, *, by: Actor, diagnoses: Sequence[DiagnosisEntry]
) -> list[EncounterDiagnosis]:  # fmt: skip
    """Write the diagnoses of an encounter, the main one first.  They replace the earlier list, which stays readable.

    An encounter without an episode joins the person's open one of the main problem, if there is one.

    Raises:
        NotFound, NotPermitted, NotOpenForWriting.
        InvalidInput: none, too many, or one twice.  UnknownCode: not in the catalogue of the day.
    """
    encounter = access.get(encounter_id, by=by, only_open=True)
    codes = [entry.code.strip() for entry in diagnoses]
    _check(codes)
    current = list(EncounterDiagnosis.objects.filter(encounter=encounter, replaced_at=None))
    if [(row.code, row.certainty) for row in current] == [
        (c, d.certainty) for c, d in zip(codes, diagnoses, strict=True)
    ]:
        return current
    rows = _replaced(encounter, [catalog.diagnosis(code, by.today) for code in codes], diagnoses, by)
    if encounter.episode_id is None and (episode := open_one_of(encounter.resident_id, codes[0])):
        Encounter.objects.filter(id=encounter.id, episode=None).update(episode=episode)
    audit.record(
        DiagnosesRecorded(
            resident_id=encounter.resident_id, encounter_id=encounter.id, main_code=codes[0], codes=" ".join(codes)
        ),
        by=by,
        subject_id=encounter.id,
    )
    return rows


@transaction.atomic
def carry_diagnosis(encounter_id: UUID, *, by: Actor, code: str) -> None:
    """Write the diagnosis with which somebody was referred into the encounter that it led to, as the sender's word.

    The doctor confirms or changes it by recording her own; until then the visit cannot end.  An encounter that has a
    diagnosis, and a code that the catalogue does not have, are left as they are.

    Raises:
        NotFound: no such encounter of the actor's organisation.
    """
    rows = Encounter.objects.select_for_update(of=("self",)).filter(id=encounter_id, org_id=by.org_id)
    encounter = rows.first()
    if encounter is None:
        raise NotFound()
    found = catalog.diagnoses([code], by.today).get(code)
    if found is None or EncounterDiagnosis.objects.filter(encounter=encounter, replaced_at=None).exists():
        return
    _replaced(encounter, [found], [DiagnosisEntry(code, EncounterDiagnosis.Certainty.REFERRED)], by)
    carried = DiagnosisCarried(resident_id=encounter.resident_id, encounter_id=encounter.id, code=code)
    audit.record(carried, by=by, subject_id=encounter.id)


@transaction.atomic
def record_vitals(
    encounter_id: UUID, *, by: Actor, is_fasting: bool | None = None, **values: Decimal | int | None
) -> Vitals:  # fmt: skip
    """Write one set of measurements; names and units as in `rules.VITAL_LIMITS`.

    Raises:
        NotFound, NotPermitted, NotOpenForWriting.
        InvalidInput: none, beyond what is possible, half a blood pressure (the field is named).
    """
    encounter = access.get(encounter_id, by=by, only_open=True)
    unknown = values.keys() - rules.VITAL_LIMITS.keys()
    assert not unknown, unknown
    if wrong := rules.why_vitals_are_wrong(values):
        raise InvalidInput(field=wrong[0][0], problem=wrong[0][1])
    vitals = Vitals.objects.create(
        encounter=encounter, recorded_at=by.now, recorded_by_id=by.user_id,
        is_fasting=is_fasting if values.get("glucose") is not None else None, **values,
    )  # fmt: skip
    audit.record(
        VitalsRecorded(resident_id=encounter.resident_id, encounter_id=encounter.id, vitals_id=vitals.id),
        by=by,
        subject_id=vitals.id,
    )
    return vitals


@transaction.atomic
def withdraw_vitals(vitals_id: UUID, *, by: Actor, reason: str) -> Vitals:
    """Withdraw measurements that were entered by mistake; they stay readable.

    Raises:
        NotFound, NotPermitted; InvalidInput: no reason.  Conflict: withdrawn already.
    """
    vitals = Vitals.objects.filter(id=vitals_id).first()
    if vitals is None:
        raise NotFound()
    encounter = access.get(vitals.encounter_id, by=by)
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请写明原因"))
    withdrawn = Vitals.objects.filter(id=vitals_id, withdrawn_at=None).update(
        withdrawn_at=by.now, withdrawn_by_id=by.user_id, withdraw_reason=reason.strip()[:200]
    )
    if not withdrawn:
        raise Conflict()
    audit.record(
        VitalsWithdrawn(resident_id=encounter.resident_id, encounter_id=encounter.id, vitals_id=vitals.id),
        by=by,
        subject_id=vitals.id,
    )
    vitals.refresh_from_db()
    return vitals


def stay_marked(encounter_id: UUID, kinds: Iterable[str]) -> None:
    """Add stored kinds to those of an encounter: what stood in it once stays readable, and so as narrowly read."""
    new = frozenset().union(*(sensitive.kinds_in(each) for each in kinds))
    if not new:
        return
    flush()
    rows = Encounter.objects.filter(id=encounter_id)
    stored = rows.values_list("sensitivity", flat=True).first() or ""
    rows.update(sensitivity=sensitive.stored(sensitive.kinds_in(stored) | new))


def _replaced(
    encounter: Encounter, known: list[catalog.Diagnosis], entries: Sequence[DiagnosisEntry], by: Actor
) -> list[EncounterDiagnosis]:
    EncounterDiagnosis.objects.filter(encounter=encounter, replaced_at=None).update(
        replaced_at=by.now, replaced_by_id=by.user_id
    )
    kinds = [marking.of_entry(found.code, found.name, on=by.today) for found in known]
    stay_marked(encounter.id, kinds)
    return EncounterDiagnosis.objects.bulk_create(
        EncounterDiagnosis(
            encounter=encounter,
            position=position,
            is_main=position == 1,
            code=found.code,
            name=found.name,
            is_chronic=found.is_chronic,
            sensitivity=kinds[position - 1],
            certainty=EncounterDiagnosis.Certainty(entry.certainty),
            recorded_at=by.now,
            recorded_by_id=by.user_id,
        )
        for position, (found, entry) in enumerate(zip(known, entries, strict=True), start=1)
    )


def _check(codes: list[str]) -> None:
    if not codes:
        raise InvalidInput(field="diagnosis", problem=N_("请至少填写一个诊断"))
    if len(codes) > MOST_DIAGNOSES:
        raise InvalidInput(field="diagnosis", problem=N_("诊断过多"))
    if len(set(codes)) < len(codes):
        raise InvalidInput(field="diagnosis", problem=N_("同一诊断填写了两次"))
