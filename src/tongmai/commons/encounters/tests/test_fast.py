"""Reads whose SQL is kept return what their querysets return, on both databases."""

from datetime import timedelta

import pytest

from tongmai.commons.encounters import selectors, services
from tongmai.commons.encounters.selectors import chart
from tongmai.commons.encounters.selectors.timeline import _CONTACTS
from tongmai.commons.encounters.services import DiagnosisEntry
from tongmai.commons.encounters.tests import factories
from tongmai.commons.residents.tests import factories as residents
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
            assert sum(len(group.lines) for group in selectors.timeline(person.id)) == n + 1
    assert sum(len(group.lines) for group in selectors.timeline(people[2].id, limit=2)) == 2


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
    kept = (chart._CHRONIC, chart._OPEN, chart._ALLERGIES, chart._MEASURED)
    for each in kept:
        assert each.rows(resident_id=resident_id) == list(each.build(None, resident_id=resident_id))
    asked = {"resident_id": resident_id, "on": on}
    assert chart._TAKEN.rows(**asked) == list(chart._TAKEN.build(None, **asked))
    for limit in (2, 200):
        asked = {"resident_id": resident_id, "limit": limit}
        assert _CONTACTS.rows(**asked) == list(_CONTACTS.build(None, **asked))
