"""Each page of the record once as it should go, and once as it must not."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from tongmai.commons.encounters import selectors, services
from tongmai.commons.encounters.models import Allergy, Encounter, MedicationStatement, Note, Vitals
from tongmai.commons.encounters.services import DiagnosisEntry
from tongmai.commons.encounters.tests import factories
from tongmai.commons.encounters.worklists import waiting
from tongmai.commons.residents.tests.factories import resident
from tongmai.foundation.audit.models import AccessLog
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world, sign_in_as


@pytest.fixture
def world(db):
    factories.catalogue()
    return county_world()


@pytest.fixture
def person(world):
    return resident()


@pytest.fixture
def doctor(client, world):
    return sign_in_as(client, Role.GENERAL_PRACTITIONER, org=world.township, department=world.departments["general"])


@pytest.fixture
def visit(doctor, person):
    return factories.visit(person, by=doctor)


def to(name, visit, *more):
    return reverse(f"encounters:{name}", args=[visit.id, *more])


def test_a_visit_begins_from_the_page_once(client, doctor, person):
    url = reverse("encounters:start", args=[person.id])
    assert client.get(url).status_code == 200
    fields = {"what": "visit", "once": "k1", "kind": "outpatient", "complaint": "头晕"}
    first = client.post(url, fields)
    assert first.status_code == 302 and client.post(url, fields).url == first.url
    assert Encounter.objects.count() == 1
    assert client.post(url, fields | {"kind": "none"}).status_code == 409
    assert client.post(url, fields | {"kind": "none", "once": "k2"}).status_code == 422


def test_a_stay_begins_and_ends_from_the_page(client, doctor, person, world):
    url = reverse("encounters:start", args=[person.id])
    fields = {"what": "stay", "bed": "3", "department_id": world.departments["general"].id}
    assert client.post(url, fields).status_code == 302
    assert client.post(url, fields).status_code == 422
    stay = Encounter.objects.get()
    assert client.post(to("discharge", stay), {"disposition": "home", "summary": "好转"}).status_code == 422
    services.record_diagnoses(stay.id, by=doctor, diagnoses=[DiagnosisEntry("I10.x00")])
    assert client.get(to("detail", stay)).status_code == 200
    assert client.post(to("discharge", stay), {"disposition": "home", "summary": "好转"}).status_code == 302
    assert selectors.discharge_summary(stay.id) == "好转"


def test_the_page_of_a_visit_is_logged(client, doctor, visit):
    before = AccessLog.objects.count()
    page = client.get(to("detail", visit)).content.decode()
    assert "头晕三天" in page and "结束就诊" in page
    assert AccessLog.objects.count() == before + 1


def test_no_diagnosis_is_lost_on_the_page(client, doctor, visit):
    """The API takes twenty: the page shows them all, and an empty row behind."""
    codes = list(factories.CODES)
    services.record_diagnoses(visit.id, by=doctor, diagnoses=[DiagnosisEntry(code) for code in codes])
    page = client.get(to("detail", visit)).content.decode()
    assert all(f'name="code_{n}" value="{code}"' in page for n, code in enumerate(codes))
    assert f'name="code_{len(codes)}" value=""' in page
    fields = {f"code_{n}": code for n, code in enumerate(codes)} | {f"certainty_{n}": "suspected" for n in range(9)}
    assert client.post(to("diagnoses", visit), fields).status_code == 302
    assert [d.code for d in selectors.diagnoses_of(visit.id)] == codes


def test_a_row_is_added_without_scripts_and_without_saving(client, doctor, visit):
    fields = {f"code_{n}": code for n, code in enumerate(list(factories.CODES)[:3])} | {"more": "1"}
    page = client.post(to("diagnoses", visit), fields)
    assert page.status_code == 200
    text = page.content.decode()
    assert 'name="code_3" value=""' in text
    assert 'name="code_4"' not in text
    again = client.post(to("diagnoses", visit), {"code_0": "I10.x00", "code_1": "", "code_2": "", "more": "1"})
    assert 'name="code_3" value=""' in again.content.decode()
    assert factories.CODES["I21.900"][0] in text  # what was picked keeps its name
    assert selectors.diagnoses_of(visit.id) == []


def test_too_many_diagnoses_are_said_and_not_dropped(client, doctor, visit):
    answer = client.post(to("diagnoses", visit), {f"code_{n}": f"X{n:02}.000" for n in range(25)})
    assert answer.status_code == 422
    assert "诊断过多" in answer.content.decode()
    assert 'value="X24.000"' in answer.content.decode()


def test_what_a_referral_brought_is_confirmed_by_saving(client, doctor, visit):
    services.carry_diagnosis(visit.id, by=doctor, code="I10.x00")
    services.carry_diagnosis(visit.id, by=doctor, code="J06.900")  # there is one already
    assert [(d.code, d.certainty) for d in selectors.diagnoses_of(visit.id)] == [("I10.x00", "referred")]
    assert "诊断由转诊单带来" in client.get(to("detail", visit)).content.decode()
    refused = client.post(to("finish", visit), {"disposition": "home"})
    assert "请先确认或更改转诊带来的诊断" in refused.content.decode()
    client.post(to("diagnoses", visit), {"code_0": "I10.x00", "certainty_0": "confirmed"})
    assert [(d.code, d.certainty) for d in selectors.diagnoses_of(visit.id)] == [("I10.x00", "confirmed")]
    assert client.post(to("finish", visit), {"disposition": "home"}).status_code == 302


def test_diagnoses_are_written_from_the_page(client, doctor, visit):
    assert client.post(to("diagnoses", visit), {}).status_code == 422
    fields = {"code_0": "I10.x00", "certainty_0": "confirmed", "code_2": "E11.900", "certainty_2": "suspected"}
    assert client.post(to("diagnoses", visit), fields).status_code == 302
    assert [(d.code, d.certainty) for d in selectors.diagnoses_of(visit.id)] == [
        ("I10.x00", "confirmed"),
        ("E11.900", "suspected"),
    ]
    assert "2型糖尿病" in client.get(to("detail", visit)).content.decode()
    assert client.post(to("diagnoses", visit), {"code_0": "Z99.999"}).status_code in (404, 422)


def test_measurements_are_taken_in_everyday_units_and_withdrawn(client, doctor, visit):
    assert client.post(to("vitals", visit), {"systolic": "150"}).status_code == 422
    fields = {
        "systolic": "150",
        "diastolic": "95",
        "weight_kg": "61.5",
        "height_cm": "158",
        "glucose": "7.2",
        "is_fasting": "on",
    }
    assert client.post(to("vitals", visit), fields).status_code == 302
    taken = Vitals.objects.get()
    assert (taken.weight_g, taken.height_mm, taken.is_fasting) == (61_500, 1_580, True)
    page = client.get(to("detail", visit)).content.decode()
    assert "150/95 mmHg" in page and "61.5 kg" in page and "158 cm" in page
    withdraw = reverse("encounters:withdraw-vitals", args=[taken.id])
    assert client.post(withdraw, {"reason": ""}).status_code == 422
    assert client.post(withdraw, {"reason": "录错"}).status_code == 302


@pytest.mark.parametrize("wrong", ["NaN", "Infinity", "1e9", "-5", "十", "9" * 400])
def test_odd_numbers_are_refused_not_crashed_on(client, doctor, visit, wrong):
    assert client.post(to("vitals", visit), {"pulse": wrong}).status_code == 422
    assert not Vitals.objects.exists()


def test_a_note_is_written_and_amended_from_the_page(client, doctor, visit):
    assert client.post(to("note", visit), {"kind": "visit", "text": ""}).status_code == 422
    assert client.post(to("note", visit), {"kind": "visit", "text": "头晕三天"}).status_code == 302
    note = Note.objects.get()
    url = to("amend-note", visit, note.id)
    assert "头晕三天" in client.get(url).content.decode()
    assert client.post(url, {"version": 1, "text": "头晕五天"}).status_code == 422
    assert client.post(url, {"version": 1, "text": "头晕五天", "reason": "患者更正"}).status_code == 302
    page = client.get(to("detail", visit)).content.decode()
    assert "头晕五天" in page and "头晕三天" in page and "患者更正" in page
    assert client.get(to("amend-note", visit, uuid4())).status_code == 404


def test_allergies_and_medicines_are_written_from_the_page(client, doctor, visit):
    assert (
        client.post(to("allergy", visit), {"allergy-substance": "青霉素", "allergy-severity": "severe"}).status_code
        == 302
    )
    assert "过敏：青霉素" in client.get(to("detail", visit)).content.decode()
    allergy = Allergy.objects.get()
    assert client.post(to("refute-allergy", visit, allergy.id), {"reason": "皮试阴性"}).status_code == 302
    assert (
        client.post(
            to("medication", visit), {"medication-name": "示例降压片", "medication-is_long_term": "on"}
        ).status_code
        == 302
    )
    taken = MedicationStatement.objects.get()
    assert client.post(to("stop-medication", visit, taken.id), {"reason": "换药"}).status_code == 302
    assert client.post(to("medication", visit), {}).status_code == 422
    assert client.post(to("allergy", visit), {}).status_code == 422


def test_a_visit_ends_reopens_and_cancels_from_the_page(client, doctor, visit):
    assert client.post(to("finish", visit), {"disposition": "home"}).status_code == 422
    services.record_diagnoses(visit.id, by=doctor, diagnoses=[DiagnosisEntry("J06.900")])
    assert client.post(to("finish", visit), {"disposition": "home", "version": 1}).status_code == 302
    assert client.post(to("finish", visit), {"disposition": "home"}).status_code == 409
    assert client.post(to("reopen", visit), {"reason": "补记"}).status_code == 302
    assert client.post(to("cancel", visit), {"reason": "误挂"}).status_code == 302
    assert client.get(to("detail", visit)).status_code == 200


def test_a_planned_visit_begins_from_the_list(client, doctor, person):
    planned = services.plan_visit(person.id, by=doctor, planned_for=doctor.now - timedelta(hours=1))
    assert "示例甲" in client.get(reverse("encounters:list")).content.decode()
    assert [item.action_url for item in waiting(by=doctor)] == [to("begin", planned)]
    assert client.post(to("begin", planned)).status_code == 302
    assert [item.href for item in waiting(by=doctor)] == [to("detail", planned)]


def test_another_organisation_of_the_county_reads_only_with_a_reason_and_writes_never(client, world, visit):
    sign_in_as(client, Role.SPECIALIST, org=world.lead)
    assert client.get(to("detail", visit)).status_code == 403
    for name in (
        "diagnoses",
        "vitals",
        "note",
        "finish",
        "cancel",
        "reopen",
        "allergy",
        "medication",
        "begin",
        "discharge",
    ):
        assert (
            client.post(to(name, visit), {"reason": "x", "text": "x", "kind": "visit", "pulse": "70"}).status_code
            == 403
        ), name
    assert Encounter.objects.get().version == 1


def test_a_stranger_learns_nothing(client, world, visit):
    sign_in_as(client, Role.SPECIALIST, org=world.stranger)
    assert client.get(to("detail", visit)).status_code == 404
    assert client.post(to("cancel", visit), {"reason": "x"}).status_code == 404
    assert client.get(reverse("encounters:start", args=[visit.resident_id])).status_code == 404


def test_the_resident_reads_her_visit_and_writes_nothing(client, world, visit):
    from tongmai.foundation.orgs.models import User

    herself = world.actor(Role.RESIDENT, resident_id=visit.resident_id)
    client.force_login(User.objects.get(id=herself.user_id))
    page = client.get(to("detail", visit))
    assert page.status_code == 200 and '<form method="post" action="/encounters' not in page.content.decode()
    assert client.post(to("cancel", visit), {"reason": "x"}).status_code == 403
