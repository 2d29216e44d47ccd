"""What can be done in the record, what is refused, and what stays."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tongmai.commons.encounters import access, selectors, services
from tongmai.commons.encounters.errors import AlreadyAdmitted, CannotFinish, NotOpenForWriting, ResidentDeceased
from tongmai.commons.encounters.models import Encounter, EncounterDiagnosis, Episode, NoteVersion, Vitals
from tongmai.commons.encounters.services import DiagnosisEntry
from tongmai.commons.encounters.services.episodes import open_one_of
from tongmai.commons.encounters.services.notes import put_note
from tongmai.commons.encounters.states import State
from tongmai.commons.encounters.tests import factories
from tongmai.commons.residents import services as residents
from tongmai.commons.residents.access import OpenedRecord, open_record
from tongmai.commons.residents.bases import Basis
from tongmai.commons.residents.errors import BasisNeeded
from tongmai.commons.residents.sensitive.view import WHOLE
from tongmai.commons.residents.tests.factories import resident
from tongmai.foundation.catalog.errors import UnknownCode
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world
from tongmai.kernel.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    NotPermitted,
    StepNotAllowed,
    VersionConflict,
)


@pytest.fixture
def world(db):
    factories.catalogue()
    return county_world()


@pytest.fixture
def by(world):
    return world.actor(Role.SPECIALIST)


@pytest.fixture
def person(world):
    return resident()


def test_a_visit_is_the_reason_to_open_the_record_and_stays_it_for_the_days_of_policy(world, by, person):
    with pytest.raises(BasisNeeded):
        open_record(person.id, by=by, what="timeline")
    visit = factories.finished_visit(person, by=by)
    assert open_record(person.id, by=by, what="timeline").basis == Basis.OWN_ENCOUNTER
    late = by.at(visit.ended_at + timedelta(days=90))
    with pytest.raises(BasisNeeded):
        open_record(person.id, by=late, what="timeline")


def test_a_plan_is_no_reason_to_open_the_record(by, person):
    planned = services.plan_visit(person.id, by=by, planned_for=by.now + timedelta(days=1))
    with pytest.raises(BasisNeeded):
        access.read(planned.id, by=by)
    assert services.start(planned.id, by=by).state == State.IN_PROGRESS
    assert access.read(planned.id, by=by)[1].basis == Basis.OWN_ENCOUNTER


def test_a_second_call_with_the_same_source_returns_the_first_visit(by, person):
    source, chosen = ("booking", uuid4()), uuid4()
    assert services.start_visit(person.id, by=by, source=source) == services.start_visit(
        person.id, by=by, source=source
    )
    first = services.start_visit(person.id, by=by, encounter_id=chosen)
    assert services.start_visit(person.id, by=by, encounter_id=chosen).id == first.id == chosen
    assert Encounter.objects.count() == 2


def test_a_visit_of_one_out_of_reach_or_dead_cannot_begin(world, by, person):
    with pytest.raises(NotFound):
        services.start_visit(person.id, by=world.actor(Role.SPECIALIST, org=world.stranger))
    residents.mark_deceased(person.id, by=by, died_on=by.today, reason="死亡医学证明")
    with pytest.raises(ResidentDeceased):
        services.start_visit(person.id, by=by)


def test_who_does_not_write_begins_nothing(world, person):
    with pytest.raises(NotPermitted):
        services.start_visit(person.id, by=world.actor(Role.MANAGER))


def test_only_the_own_organisation_writes(world, by, person):
    visit = factories.visit(person, by=by)
    other = world.actor(Role.GENERAL_PRACTITIONER)
    for write in (
        lambda: services.write_note(visit.id, by=other, text="…"),
        lambda: services.record_vitals(visit.id, by=other, pulse=70),
        lambda: services.finish(visit.id, by=other),
        lambda: services.cancel(visit.id, by=other, reason="误"),
    ):
        with pytest.raises(NotPermitted):
            write()


def test_a_nurse_measures_but_does_not_finish(world, person):
    nurse = world.actor(Role.NURSE)
    visit = factories.visit(person, by=nurse)
    services.record_vitals(visit.id, by=nurse, pulse=70)
    with pytest.raises(NotPermitted):
        services.finish(visit.id, by=nurse)


def test_diagnoses_are_replaced_and_the_old_ones_stay(by, person):
    visit = factories.visit(person, by=by)
    services.record_diagnoses(
        visit.id, by=by, diagnoses=[DiagnosisEntry("I10.x00"), DiagnosisEntry("E11.900", "suspected")]
    )
    services.record_diagnoses(visit.id, by=by, diagnoses=[DiagnosisEntry("E11.900")])
    current = selectors.diagnoses_of(visit.id)
    assert [(row.code, row.is_main) for row in current] == [("E11.900", True)]
    assert EncounterDiagnosis.objects.filter(encounter=visit, replaced_by_id=by.user_id).count() == 2


@pytest.mark.parametrize("codes", [[], ["I10.x00", "I10.x00"], ["I10.x00"] * 21])
def test_an_impossible_list_of_diagnoses_is_refused(by, person, codes):
    visit = factories.visit(person, by=by)
    with pytest.raises(InvalidInput):
        services.record_diagnoses(visit.id, by=by, diagnoses=[DiagnosisEntry(code) for code in codes])


def test_a_code_outside_the_catalogue_is_refused_and_the_old_list_stays(by, person):
    visit = factories.visit(person, by=by)
    services.record_diagnoses(visit.id, by=by, diagnoses=[DiagnosisEntry("I10.x00")])
    with pytest.raises(UnknownCode):
        services.record_diagnoses(visit.id, by=by, diagnoses=[DiagnosisEntry("Z99.999")])
    assert [row.code for row in selectors.diagnoses_of(visit.id)] == ["I10.x00"]


def test_measurements_are_withdrawn_not_deleted(by, person):
    visit = factories.visit(person, by=by)
    taken = services.record_vitals(visit.id, by=by, systolic=190, diastolic=110, temperature="36.5")
    services.withdraw_vitals(taken.id, by=by, reason="录错患者")
    assert selectors.key_values(person.id, WHOLE) == []
    assert Vitals.objects.get().withdraw_reason == "录错患者"
    with pytest.raises(Conflict):
        services.withdraw_vitals(taken.id, by=by, reason="再次")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "systolic"),
        ({"systolic": 120}, "diastolic"),
        ({"diastolic": 80}, "systolic"),
        ({"systolic": 80, "diastolic": 120}, "diastolic"),
        ({"temperature": "50"}, "temperature"),
        ({"spo2": 101}, "spo2"),
    ],
)
def test_impossible_measurements_are_refused(by, person, values, field):
    visit = factories.visit(person, by=by)
    with pytest.raises(InvalidInput) as refused:
        services.record_vitals(visit.id, by=by, **values)
    assert refused.value.facts["field"] == field
    assert not Vitals.objects.exists()


def test_a_note_is_amended_in_versions(by, person):
    visit = factories.visit(person, by=by)
    note = services.write_note(visit.id, by=by, text="头晕三天")
    services.amend_note(note.id, by=by, text="头晕五天", reason="患者更正", version=1)
    assert list(NoteVersion.objects.values_list("number", "text", "reason")) == [
        (2, "头晕五天", "患者更正"),
        (1, "头晕三天", ""),
    ]
    with pytest.raises(VersionConflict):
        services.amend_note(note.id, by=by, text="头晕七天", reason="再改", version=1)
    for wrong in (
        {"text": "头晕五天", "reason": "无变化"},
        {"text": "x", "reason": " "},
        {"text": " ", "reason": "空"},
    ):
        with pytest.raises(InvalidInput):
            services.amend_note(note.id, by=by, version=2, **wrong)


def test_a_visit_needs_a_diagnosis_to_end_and_a_home_visit_does_not(by, person):
    visit = factories.visit(person, by=by)
    with pytest.raises(CannotFinish):
        services.finish(visit.id, by=by)
    home = factories.visit(person, by=by, kind="home_visit")
    assert services.finish(home.id, by=by).state == State.FINISHED


def test_after_the_end_only_amending_and_reopening_are_left(by, person):
    visit = factories.finished_visit(person, by=by)
    with pytest.raises(NotOpenForWriting):
        services.write_note(visit.id, by=by, text="补记")
    with pytest.raises(StepNotAllowed):
        services.cancel(visit.id, by=by, reason="误")
    with pytest.raises(InvalidInput):
        services.reopen(visit.id, by=by, reason=" ")
    assert services.reopen(visit.id, by=by, reason="补记检查结果").ended_at is None
    services.write_note(visit.id, by=by, text="补记")


def test_a_stay_ends_with_its_summary(by, person):
    stay = services.admit(person.id, by=by, bed="12")
    services.record_diagnoses(stay.id, by=by, diagnoses=[DiagnosisEntry("I21.900")])
    with pytest.raises(CannotFinish):
        services.finish(stay.id, by=by)
    services.discharge(stay.id, by=by, summary="好转出院", disposition="referred_down")
    stay.refresh_from_db()
    assert (stay.state, stay.disposition, stay.bed) == ("finished", "referred_down", "12")
    assert selectors.discharge_summary(stay.id) == "好转出院"
    with pytest.raises(StepNotAllowed):
        services.discharge(stay.id, by=by, summary="再次")


def test_a_person_has_one_stay_at_a_time(by, person):
    services.admit(person.id, by=by)
    with pytest.raises(AlreadyAdmitted):
        services.admit(person.id, by=by)


def test_finishing_from_an_older_page_is_refused(by, person):
    visit = factories.finished_visit(person, by=by)
    services.reopen(visit.id, by=by, reason="补记")
    with pytest.raises(VersionConflict):
        services.finish(visit.id, by=by, version=1)


def test_two_codes_of_one_category_are_one_open_episode_and_the_visit_joins_it(by, person):
    visit = factories.visit(person, by=by)
    episode = services.open_episode(person.id, by=by, code="I10.x00", encounter_id=visit.id)
    assert services.open_episode(person.id, by=by, code="I10.x00") == episode
    later = factories.finished_visit(person, by=by)
    assert Encounter.objects.filter(episode=episode).count() == 2
    group = selectors.timeline(OpenedRecord(person, Basis.OWN_ENCOUNTER), by=by)[0]
    assert (group.episode_id, len(group.lines), group.title) == (episode.id, 2, "原发性高血压")
    services.close_episode(episode.id, by=by, reason="随访完成")
    assert services.open_episode(person.id, by=by, code="I10.x00") != episode
    assert later.id in {line.encounter_id for line in group.lines}


def test_an_allergy_is_refuted_and_stays(by, person):
    factories.visit(person, by=by)
    allergy = services.add_allergy(person.id, by=by, substance=" 青霉素 ", severity="severe")
    with pytest.raises(Conflict):
        services.add_allergy(person.id, by=by, substance="青霉素")
    assert selectors.allergies_of(person.id)[0].is_grave
    services.refute_allergy(allergy.id, by=by, reason="皮试阴性")
    assert selectors.allergies_of(person.id) == []
    services.add_allergy(person.id, by=by, substance="青霉素")


def test_a_medicine_is_taken_until_it_is_stopped(by, person):
    factories.visit(person, by=by)
    taken = services.record_medication(person.id, by=by, name="示例降压片", dose="5 mg", is_long_term=True)
    with pytest.raises(Conflict):
        services.record_medication(person.id, by=by, name="示例降压片", is_long_term=True)
    assert [each.name for each in selectors.long_term_medicines(person.id, by.today, WHOLE)] == ["示例降压片"]
    services.stop_medication(taken.id, by=by, reason="血压偏低")
    assert selectors.medicines_of(person.id, by.today, WHOLE) == []


def test_what_is_true_of_a_person_is_not_written_without_a_reason_to_open_the_record(by, person):
    with pytest.raises(BasisNeeded):
        services.add_allergy(person.id, by=by, substance="青霉素")
    with pytest.raises(BasisNeeded):
        services.record_medication(person.id, by=by, name="示例药")


def test_the_glance_shows_problems_and_last_values(by, person):
    visit = factories.visit(person, by=by)
    services.record_vitals(visit.id, by=by, systolic=150, diastolic=95)
    services.record_vitals(visit.id, by=by.at(by.now + timedelta(hours=1)), systolic=140, diastolic=90, pulse=72)
    services.record_diagnoses(visit.id, by=by, diagnoses=[DiagnosisEntry("J06.900"), DiagnosisEntry("I10.x00")])
    assert [(value.field, value.value, value.second) for value in selectors.key_values(person.id, WHOLE)] == [
        ("systolic", 140, 90),
        ("pulse", 72, None),
    ]
    assert [(each.code, each.is_chronic) for each in selectors.problems(person.id, WHOLE)] == [("I10.x00", True)]


def test_the_list_of_work_holds_what_is_open(by, person):
    visit = factories.visit(person, by=by)
    factories.finished_visit(person, by=by)
    assert [row.id for row in selectors.open_visits(by=by)] == [visit.id]


def test_64_open_one_episode(threads):
    factories.catalogue()
    by = county_world().actor(Role.SPECIALIST)
    person = resident()
    outcomes = threads(64, lambda i: services.open_episode(person.id, by=by, code="I10.x00").id).only_errors_of()
    assert len(set(outcomes.results)) == 1
    assert Episode.objects.count() == 1


def test_64_finish_one_visit_once(threads):
    factories.catalogue()
    by = county_world().actor(Role.SPECIALIST)
    visit = factories.visit(resident(), by=by)
    services.record_diagnoses(visit.id, by=by, diagnoses=[DiagnosisEntry("I10.x00")])
    outcomes = threads(64, lambda i: services.finish(visit.id, by=by)).only_errors_of(StepNotAllowed, VersionConflict)
    assert len(outcomes.results) == 1


def test_a_summary_is_put_once_and_amended_when_it_says_something_else(by, person):
    stay = services.admit(person.id, by=by)
    for words in ("好转", "好转", "痊愈"):
        note = put_note(stay, "discharge", words, "更正", by)
    assert note.version == 2
    assert selectors.discharge_summary(stay.id) == "痊愈"


def test_the_open_episode_of_a_problem_is_found_by_any_code_of_its_category(by, person):
    assert open_one_of(person.id, "I10.x00") is None
    episode = services.open_episode(person.id, by=by, code="I10.x00")
    assert open_one_of(person.id, "I10") == episode
