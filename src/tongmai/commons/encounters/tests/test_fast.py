"""Reads whose SQL is kept return what their querysets return, on both databases."""

from datetime import timedelta

import pytest

from tongmai.commons.encounters import selectors, services
from tongmai.commons.encounters.selectors import chart, measured
from tongmai.commons.encounters.services import DiagnosisEntry
from tongmai.commons.encounters.tests import factories
from tongmai.commons.residents import timeline as record
from tongmai.commons.residents.access import OpenedRecord
from tongmai.commons.residents.bases import Basis
from tongmai.commons.residents.sensitive.view import WHOLE
from tongmai.commons.residents.tests import factories as residents
from tongmai.commons.residents.timeline import Kind, Window
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world


@pytest.mark.django_db
def test_the_chart_of_each_person_is_hers():
    by = county_world().actor(Role.GENERAL_PRACTITIONER)
    factories.catalogue()
    people = [residents.resident(f"示例{i}") for i in range(3)]
    for n, person in enumerate(people):
        _fill(person, n, by=by)
    for _ in range(2):
        for n, person in enumerate(people):
            _agrees(person.id, by.today)
            assert len(selectors.allergies_of(person.id)) == n
            assert selectors.allergies_of(person.id) == selectors.allergies_of_all([person.id]).get(person.id, [])
            opened = OpenedRecord(person, Basis.OWN_ENCOUNTER)
            assert sum(len(group.lines) for group in selectors.timeline(opened, by=by)) == n + 1
    assert len(record.page(opened, by=by, window=Window((Kind.ENCOUNTER,), limit=2)).entries) == 2


def _fill(person, n: int, *, by) -> None:
    visit = factories.visit(person, by=by)
    for i in range(n):
        later = by.at(by.now + timedelta(minutes=i))
        services.add_allergy(person.id, by=later, substance=f"示例药{i}", severity=("mild", "severe")[i % 2])
        services.record_medication(person.id, by=later, name=f"示例片{i}", dose="5 mg", is_long_term=bool(i))
        services.record_vitals(visit.id, by=later, systolic=140 + i, diastolic=90, glucose="5.6")
        factories.finished_visit(person, by=later)
    services.record_diagnoses(visit.id, by=by, diagnoses=[DiagnosisEntry("J06.900"), DiagnosisEntry("I10.x00")])
    services.open_episode(person.id, by=by, code="I10.x00", encounter_id=visit.id)


def _agrees(resident_id, on) -> None:
    asked = {"resident_id": resident_id, "view": WHOLE}
    for each in (chart._CHRONIC, chart._EPISODES, chart._MEASURED):
        assert each.rows(**asked) == list(each.build(None, **asked))
    assert chart._ALLERGIES.rows(resident_id=resident_id) == list(chart._refused(None, resident_id=resident_id))
    assert chart._TAKEN.rows(**asked, on=on) == list(chart._TAKEN.build(None, **asked, on=on))
    spans = {"since": None, "until": None, "most": 3}
    assert measured._SETS.rows(**asked, **spans) == list(measured._SETS.build(None, **asked, **spans))
