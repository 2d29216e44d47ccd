"""Pages, pickers and the API, through the front door.  Accounts are those of the layer above, made by its factories."""

import pytest
from django.urls import reverse

from tongmai.foundation.catalog import services
from tongmai.foundation.catalog.models import CodeList
from tongmai.foundation.catalog.tests.factories import By
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue():
    services.load_starter(By())


@pytest.fixture
def doctor(client):
    """A client signed in as a general practitioner of Lujiang."""
    factories.sign_in_as(client, Role.GENERAL_PRACTITIONER, org=factories.org("示例镇卫生院", division="340124114"))
    return client


def test_the_picker_offers_rows(doctor, catalogue):
    answer = doctor.get(reverse("catalog:pick-diagnosis"), {"q": "gxy"}).content.decode()
    assert 'data-value="I10.x00"' in answer
    assert answer.count("<li") <= 12


def test_the_picker_says_what_the_law_lists(doctor, catalogue):
    assert "法定传染病" in doctor.get(reverse("catalog:pick-diagnosis"), {"q": "手足口病"}).content.decode()


def test_the_division_picker_stays_in_the_county_of_the_post(doctor, catalogue):
    answer = doctor.get(reverse("catalog:pick-division"), {"q": "镇", "level": "9"}).content.decode()
    assert 'data-value="340124' in answer
    assert 'data-value="340121' not in answer
    elsewhere = doctor.get(reverse("catalog:pick-division"), {"q": "镇", "level": "9", "under": "340121"})
    assert 'data-value="340121' in elsewhere.content.decode()


def test_the_department_picker(doctor, catalogue):
    assert "心血管内科" in doctor.get(reverse("catalog:pick-department"), {"q": "xxg"}).content.decode()


def test_the_examination_picker(doctor, catalogue):
    answer = doctor.get(reverse("catalog:pick-examination"), {"q": "胸片", "category": "imaging"}).content.decode()
    assert 'data-value="dr-chest-pa"' in answer


@pytest.mark.parametrize("query", ["", "<script>", "\x00", "'; --", "x" * 1000, "镇" * 100])
@pytest.mark.parametrize("name", ["pick-diagnosis", "pick-division", "pick-department", "pick-examination"])
def test_odd_queries_are_harmless(doctor, catalogue, name, query):
    answer = doctor.get(reverse(f"catalog:{name}"), {"q": query, "level": "7", "under": "abc"})
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode()


def test_the_pages_show_editions_and_codes(doctor, catalogue):
    assert "县乡常见诊断" in doctor.get(reverse("catalog:lists")).content.decode()
    edition = CodeList.objects.get(system=CodeList.System.ICD10)
    shown = doctor.get(reverse("catalog:edition", args=[edition.pk]), {"q": "tnb"}).content.decode()
    assert "E11.900" in shown
    assert "I10.x00" not in shown
    whole = doctor.get(reverse("catalog:edition", args=[edition.pk]), {"page": "2"})
    assert whole.status_code == 200


def test_an_unknown_edition_is_not_there(doctor, catalogue):
    assert doctor.get(reverse("catalog:edition", args=[999_999])).status_code == 404


@pytest.mark.parametrize("name", ["lists", "pick-diagnosis", "pick-division", "pick-department"])
def test_a_visitor_is_sent_away(client, name):
    assert client.get(reverse(f"catalog:{name}")).status_code in {302, 401}


@pytest.mark.parametrize(
    "path", ["diagnoses/?q=gxy", "divisions/?q=x", "departments/", "code-lists/", "resource-kinds/"]
)
def test_a_visiting_program_is_refused(client, path):
    assert client.get(f"/api/v1/{path}").status_code == 401


def test_the_api_searches_and_reads(doctor, catalogue):
    found = doctor.get("/api/v1/diagnoses/", {"q": "szkb", "limit": 5}).json()
    assert found[0]["notifiable"] == "hand-foot-mouth"
    assert doctor.get("/api/v1/diagnoses/I10.x00").json()["is_chronic"]
    assert doctor.get("/api/v1/diagnoses/Z99.999").status_code == 404
    assert doctor.get("/api/v1/divisions/340124114").json()["path"] == "庐江县 泥河镇"
    assert len(doctor.get("/api/v1/notifiable-diseases/").json()) == 42
    assert len(doctor.get("/api/v1/notifiable-diseases/", {"on": "2025-09-01"}).json()) == 40
    assert doctor.get("/api/v1/departments/", {"q": "gk"}).json()
    assert doctor.get("/api/v1/resource-kinds/", {"category": "bed"}).json()[0]["group"] == "bed"
    assert doctor.get("/api/v1/examination-items/", {"category": "ecg"}).json()[0]["charge_code"] == "310701001"
    assert doctor.get("/api/v1/facility-classes/").json()[0]["code"] == "A100"
    assert doctor.get("/api/v1/code-lists/").json()[0]["is_starter"]


def test_the_api_pages_through_the_towns(doctor, catalogue):
    first = doctor.get("/api/v1/divisions/340124/children", {"limit": 20}).json()
    assert len(first["items"]) == 20
    rest = doctor.get("/api/v1/divisions/340124/children", {"limit": 20, "cursor": first["next_cursor"]}).json()
    assert len(rest["items"]) == 4
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    "asked", [{"limit": 0}, {"limit": 51}, {"limit": "x"}, {"on": "2026-02-30"}, {"q": "x" * 61}, {"q": "\x00"}]
)
def test_the_api_refuses_what_it_cannot_use(doctor, asked):
    assert doctor.get("/api/v1/diagnoses/", asked).status_code == 422
