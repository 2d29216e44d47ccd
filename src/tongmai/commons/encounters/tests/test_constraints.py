"""The database refuses nonsense: each constraint is violated once."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tongmai.commons.encounters.models import (
    Allergy,
    Encounter,
    EncounterDiagnosis,
    Episode,
    MedicationStatement,
    Note,
    NoteVersion,
    Vitals,
)
from tongmai.commons.encounters.tests import factories
from tongmai.commons.residents.tests.factories import resident
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW, county_world

BEFORE = NOW - timedelta(days=1)


def diagnosis(visit, position=1, is_main=True, code="I10.x00", **more):
    return EncounterDiagnosis.objects.create(
        encounter=visit, position=position, is_main=is_main, code=code, name="x", recorded_at=NOW, **more
    )


def vitals(visit, **values):
    return Vitals.objects.create(encounter=visit, recorded_at=NOW, **values)


def note(visit, **more):
    return Note.objects.create(encounter=visit, written_at=NOW, **({"kind": "visit"} | more))


def version(visit, **more):
    return NoteVersion.objects.create(
        note=note(visit), at=NOW, by_name="", **({"number": 1, "text": "x"} | more)
    )  # fmt: skip


def change(visit, **values):
    return Encounter.objects.filter(id=visit.id).update(**values)


def episode(visit, **more):
    return Episode.objects.create(
        resident=visit.resident, problem_key="I10", problem_code="I10", problem_name="x", opened_at=NOW, **more
    )


def allergy(visit, **more):
    return Allergy.objects.create(resident=visit.resident, recorded_at=NOW, **({"substance": "x"} | more))


def medication(visit, **more):
    return MedicationStatement.objects.create(
        resident=visit.resident, recorded_at=NOW, **({"name": "x", "starts_on": NOW.date()} | more)
    )


BROKEN = {
    "encounter_kind": lambda v: change(v, kind="x"),
    "encounter_state": lambda v: change(v, state="x"),
    "encounter_started": lambda v: change(v, started_at=None),
    "encounter_ended": lambda v: change(v, ended_at=NOW),
    "encounter_forward": lambda v: change(v, state="finished", ended_at=BEFORE),
    "encounter_one_stay": lambda v: [
        Encounter.objects.create(resident=v.resident, org=v.org, kind="inpatient", state="in_progress", started_at=NOW)
        for _ in "12"
    ],
    "diagnosis_first_is_main": lambda v: diagnosis(v, is_main=False),
    "diagnosis_only_the_first_is_main": lambda v: diagnosis(v, position=2),
    "diagnosis_one_main": lambda v: [diagnosis(v), diagnosis(v, code="E11.900")],
    "diagnosis_once": lambda v: [diagnosis(v), diagnosis(v, position=2, is_main=False)],
    "diagnosis_certainty": lambda v: diagnosis(v, certainty="x"),
    "vitals_not_empty": lambda v: vitals(v),
    "vitals_pressure_pair": lambda v: vitals(v, systolic=120),
    "vitals_pressure_order": lambda v: vitals(v, systolic=80, diastolic=120),
    "vitals_pulse": lambda v: vitals(v, pulse=400),
    "vitals_temperature": lambda v: vitals(v, temperature="50.0"),
    "vitals_weight_g": lambda v: vitals(v, weight_g=1),
    "vitals_withdrawn_says_why": lambda v: vitals(v, pulse=70, withdrawn_at=NOW),
    "note_one_discharge": lambda v: [note(v, kind="discharge"), note(v, kind="discharge")],
    "noteversion_not_blank": lambda v: version(v, text=""),
    "noteversion_says_why": lambda v: version(v, number=2),
    "episode_one_open": lambda v: [episode(v), episode(v)],
    "episode_closed_after_opened": lambda v: episode(v, closed_at=BEFORE),
    "allergy_once": lambda v: [allergy(v), allergy(v)],
    "allergy_not_blank": lambda v: allergy(v, substance=""),
    "allergy_refuted_says_why": lambda v: allergy(v, refuted_at=NOW),
    "medication_not_blank": lambda v: medication(v, name=""),
    "medication_span": lambda v: medication(v, ends_before=date(2020, 1, 1)),
    "medication_stopped_says_why": lambda v: medication(v, stopped_at=NOW),
    "medication_long_term_once": lambda v: [medication(v, is_long_term=True) for _ in "12"],
}


@pytest.mark.parametrize("constraint", BROKEN)
def test_the_database_refuses(db, constraint):
    world = county_world()
    visit = factories.visit(resident(), by=world.actor(Role.SPECIALIST))
    with pytest.raises(IntegrityError), transaction.atomic():
        BROKEN[constraint](visit)
