"""Visits that a member's own system reports: begun, brought up to date, ended, cancelled; never by halves."""

from datetime import timedelta

import pytest

from tongmai.commons.encounters.errors import AlreadyAdmitted
from tongmai.commons.encounters.models import Allergy, Encounter, EncounterDiagnosis
from tongmai.commons.encounters.services import (
    Reported,
    ReportedDiagnosis,
    held_visit,
    report_allergies,
    report_beginning,
    report_diagnoses,
    report_visit,
)
from tongmai.commons.encounters.states import State
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.foundation.orgs.tests.factories import NOW
from tongmai.kernel.errors import NotFound, NotPermitted, StepNotAllowed

SYSTEM = Actor.system(now=NOW)


@pytest.fixture
def world(db):
    return orgs.county_world()


@pytest.fixture
def her(world):
    return residents.resident("示例周")


def report(world, her, state, *, at=NOW, by=SYSTEM, encounter_id=None, **facts):
    visit = Reported(state=State(state), **facts)
    return report_visit(her.id, org_id=world.lead.id, visit=visit, at=at, by=by, encounter_id=encounter_id)


def test_every_way_of_a_reported_visit(world, her):
    visit = report(world, her, "planned", planned_for=NOW)
    for state in ("in_progress", "finished", "in_progress", "cancelled"):
        visit = report(world, her, state, encounter_id=visit.id, at=NOW + timedelta(hours=1), reason="对方系统")
        assert Encounter.objects.get().state == state
    steps = [t.step for t in visit.transitions.all()]
    assert steps == ["plan", "start", "finish", "reopen", "cancel"]
    with pytest.raises(StepNotAllowed):
        report(world, her, "in_progress", encounter_id=visit.id)


def test_a_visit_that_is_held_is_brought_up_to_date_without_being_read_again(world, her):
    visit = report(world, her, "in_progress")
    assert held_visit(visit.id, residents.resident("示例吴").id, world.lead.id) is None
    held = held_visit(visit.id, her.id, world.lead.id)
    said = Reported(state=State.FINISHED, bed="3", doctor="示例钱")
    report_visit(her.id, org_id=world.lead.id, visit=said, at=NOW, by=SYSTEM, encounter_id=visit.id, held=held)
    now = Encounter.objects.get()
    assert (now.state, now.bed, now.doctor, now.version) == ("finished", "3", "示例钱", 2)


def test_a_second_stay_at_a_time_is_refused_and_leaves_nothing(world, her):
    report(world, her, "in_progress", kind="inpatient")
    with pytest.raises(AlreadyAdmitted):
        report(world, her, "in_progress", kind="inpatient")
    assert Encounter.objects.count() == 1


def test_an_end_never_lies_before_its_beginning(world, her):
    visit = report(world, her, "finished", started_at=NOW, ended_at=NOW - timedelta(days=1))
    assert visit.ended_at == visit.started_at == NOW


def test_a_beginning_that_nobody_told_is_added_once(world, her):
    visit = report(world, her, "finished")
    before = NOW - timedelta(days=3)
    assert report_beginning(visit.id, started_at=before, by=SYSTEM)
    assert not report_beginning(visit.id, started_at=before - timedelta(days=1), by=SYSTEM)
    assert Encounter.objects.get().started_at == before


def test_diagnoses_are_replaced_whole_and_allergies_added(world, her):
    visit = report(world, her, "in_progress")
    for code in ("I10", "I11"):
        found = [ReportedDiagnosis(code, "高血压"), ReportedDiagnosis("X-1", "对方的编码")]
        assert report_diagnoses(visit.id, resident_id=her.id, diagnoses=found, by=SYSTEM)
    assert not report_diagnoses(visit.id, resident_id=her.id, diagnoses=found, by=SYSTEM)
    rows = EncounterDiagnosis.objects.filter(replaced_at=None)
    assert sorted(rows.values_list("code", flat=True)) == ["I11", "X-1"]
    assert EncounterDiagnosis.objects.count() == 4
    assert report_allergies(her.id, allergies=[("青霉素", "皮疹")], by=SYSTEM) == 1
    assert report_allergies(her.id, allergies=[("青霉素", "")], by=SYSTEM) == 0
    assert Allergy.objects.count() == 1


def test_who_writes_no_records_reports_nothing(world, her):
    with pytest.raises(NotPermitted):
        report(world, her, "in_progress", by=world.actor(Role.MANAGER))
    visit = report(world, her, "in_progress")
    with pytest.raises(NotFound):
        report(world, residents.resident("示例邻"), "finished", encounter_id=visit.id)
