"""The pages of the record: the filters of the timeline, the courses of values, the page of paper, and the API."""

import re
from datetime import UTC, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongmai.bench import lifelong
from tongmai.commons.capacity.models import Resource
from tongmai.commons.encounters import services as encounters
from tongmai.commons.encounters.tests import factories as visits
from tongmai.commons.residents import access
from tongmai.commons.residents.tests import factories as people
from tongmai.commons.results import services as results
from tongmai.foundation.audit.models import AccessLog
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org, User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories
from tongmai.portal import paper, series

pytestmark = pytest.mark.django_db
VALUE = {"unit": "umol/L", "flag": "", "status": "final"}


@pytest.fixture
def world():
    return factories.county_world()


@pytest.fixture
def her(world):
    return people.resident("示例张小芳")


@pytest.fixture
def doctor(client, world):
    return factories.sign_in_as(client, Role.GENERAL_PRACTITIONER, org=world.township)


@pytest.fixture
def visit(her, doctor):
    made = visits.visit(her, by=doctor)
    encounters.record_vitals(
        made.id, by=doctor, systolic=152, diastolic=94, glucose="7.8", weight_g=61_500, height_mm=1_580
    )
    return made


def _report(her, org, called, *, at, **value):
    facts = {
        "category": "laboratory",
        "status": "final",
        "number": called,
        "name": "肾功能",
        "issued_at": at,
        "specimen": "血清",
    }
    program = Actor.system(now=at)
    return results.store_report(her.id, org_id=org.id, facts=facts, values=[VALUE | value], by=program)


def _live(her, world, doctor, n):
    user = User.objects.get(id=doctor.user_id)
    place = lifelong.Place(list(Org.objects.all()[:2]), user, _resource(world))
    lifelong.live(her, place, n=n, years=20, now=doctor.now.astimezone(UTC))


def _resource(world):
    return Resource.objects.create(
        org=world.township, department=world.departments["cardiology"], kind="clinic", catalog_code="clinic-specialist",
        name="示例诊室",
    )  # fmt: skip


def _body(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_page_is_narrowed_by_kind_facility_and_period(client, world, her, doctor, visit):
    _report(her, world.lead, "L1", at=doctor.now - timedelta(days=400), name="肌酐", text="71", number="71")
    at = f"/residents/{her.id}/"
    whole = _body(client.get(at))
    assert "头晕三天" in whole and ">肾功能</a>" in whole
    assert ">肾功能</a>" not in _body(client.get(at, {"kind": "encounter"}))
    assert ">头晕三天</a>" not in _body(client.get(at, {"kind": "report"}))
    assert ">头晕三天</a>" not in _body(client.get(at, {"org": str(world.lead.id)}))
    assert ">肾功能</a>" not in _body(client.get(at, {"period": "year"}))
    until = (doctor.today - timedelta(days=300)).isoformat()
    assert ">头晕三天</a>" not in _body(client.get(at, {"until": until}))
    assert "没有符合条件的记录" in _body(client.get(at, {"until": "1990-01-01"}))


@pytest.mark.parametrize("asked", ["kind=x", "org=x", "since=x", "period=x", "cursor=x", "group=x", "since=9999-99-99",
                                   "cursor=9999999999999999-" + "0" * 32, "since=2026-02-01&until=2025-01-01"])  # fmt: skip
def test_what_is_unusable_in_an_address_narrows_nothing(client, her, doctor, visit, asked):
    assert client.get(f"/residents/{her.id}/?{asked}").status_code == 200


def test_words_are_posted_and_stand_in_no_address(client, her, doctor, visit):
    at = f"/residents/{her.id}/"
    for words, is_found in (("头晕", True), ("骨折", False)):
        sent = client.post(at, {"q": words, "kind": "encounter", "since": "2001-01-01"})
        assert words not in sent["Location"] and "kind=encounter" in sent["Location"]
        assert (">头晕三天</a>" in _body(client.get(sent["Location"]))) is is_found


def test_earlier_entries_come_as_a_part_of_the_page(client, world, her, doctor, visit):
    _live(her, world, doctor, 80)
    at = f"/residents/{her.id}/"
    page = _body(client.get(at))
    assert page.count("<time datetime") >= 30
    href = re.search(r'class="tm-earlier"><a class="btn" href="([^"]+)"', page)[1].replace("&amp;", "&")
    part = _body(client.get(at + href, headers={"HX-Request": "true"}))
    assert "<html" not in part and part.count("<li") == 30
    assert AccessLog.objects.filter(resident_id=her.id, what="timeline").count() == 1
    assert "回到最近的记录" in _body(client.get(at + href)), "without scripts it is a page of its own"


def test_encounters_can_be_read_by_episode(client, her, doctor, visit):
    encounters.open_episode(her.id, by=doctor, code=_code(), encounter_id=visit.id)
    assert "起，未结" in _body(client.get(f"/residents/{her.id}/?group=episode"))


def _code():
    visits.catalogue()
    return "I10.x00"


def test_who_said_so_stands_beside_problems_allergies_and_medicines(client, her, doctor, visit):
    episode = encounters.open_episode(her.id, by=doctor, code=_code(), encounter_id=visit.id)
    encounters.close_episode(episode.id, by=doctor, reason="随访完成")
    encounters.add_allergy(her.id, by=doctor, substance="青霉素", severity="severe", encounter_id=visit.id)
    encounters.record_medication(her.id, by=doctor, name="示例降压片", is_long_term=True, encounter_id=visit.id)
    page = _body(client.get(f"/residents/{her.id}/"))
    assert "已结束的问题 1 个" in page
    said = f'<a href="/encounters/{visit.id}/">{Org.objects.get(id=doctor.org_id).short_name} {doctor.name}</a>'
    assert page.count(said) >= 2


def test_the_same_thing_in_the_same_unit_is_one_course_and_another_unit_is_another(client, world, her, doctor, visit):
    day = timedelta(days=1)
    _report(
        her, world.lead, "L1", at=doctor.now - 3 * day, name="血糖", code="GLU", text="6.9", number="6.9", unit="mmol/L"
    )
    _report(her, world.lead, "L2", at=doctor.now - 2 * day, name="葡萄糖", text="124", number="124", unit="mg/dL")
    _report(her, world.lead, "L3", at=doctor.now - day, name="肌酐", code="2160-0", system="LN", text="118", number="118",
            reference="57-97", unit="μmol/L")  # fmt: skip
    _report(her, world.lead, "L4", at=doctor.now, name="CREA", text="97", number="97", reference="57-97", unit="umol/l")
    opened = access.open_record(her.id, by=doctor, what="values")
    found = {(each.kind, each.unit.lower()): each for each in series.courses(opened)}
    assert [value.text for value in found["glucose", "mmol/l"].values] == ["7.8", "6.9"]
    assert len(found["glucose", "mg/dl"].values) == 1
    creatinine = next(each for each in found.values() if each.kind == "creatinine")
    assert [(value.text, value.is_outside) for value in creatinine.values] == [("97", False), ("118", True)]
    assert found["bmi", "kg/m²"].last.text == "24.6"
    assert len({each.key for each in found.values()}) == len(found)


def test_the_courses_are_drawn_and_each_has_its_table(client, world, her, doctor, visit):
    report = _report(her, world.lead, "L1", at=doctor.now, name="肌酐", text="118", number="118", reference="57-97")
    at = f"/residents/{her.id}/values/"
    page = _body(client.get(at))
    assert page.count('<svg class="tm-plot"') >= 4
    assert f'<a href="/results/reports/{report.id}/" tabindex="-1"' in page
    key = next(
        each.key
        for each in series.courses(access.open_record(her.id, by=doctor, what="x"))
        if each.kind == "creatinine"
    )
    one = _body(client.get(at, {"value": key}))
    assert "超出参考范围" in one and "57-97" in one and one.count('<svg class="tm-plot"') == 1
    assert "这段时间没有测量" in _body(client.get(at, {"until": "1990-01-01"}))
    assert AccessLog.objects.filter(resident_id=her.id, what="values").exists()


def test_the_pages_ask_a_fixed_number_of_times(client, world, her, doctor, visit):
    counted = []
    for n in (60, 600):
        _many_reports(her, world, doctor, n)
        for way in ("", "?kind=report", "?group=episode", "values/"):
            client.get(f"/residents/{her.id}/{way}")
        with CaptureQueriesContext(connection) as asked:
            for way in ("", "?kind=report", "?group=episode", "values/"):
                client.get(f"/residents/{her.id}/{way}")
        counted.append(len(asked))
    assert counted[0] == counted[1]


def _many_reports(her, world, doctor, n):
    user = User.objects.get(id=doctor.user_id)
    resource = Resource.objects.first() or _resource(world)
    place = lifelong.Place(list(Org.objects.all()[:2]), user, resource)
    now = doctor.now.astimezone(UTC)
    lifelong.reports(her, place, [now - timedelta(days=i, hours=n) for i in range(n // 3, 0, -1)], seed=n)


def test_the_summary_is_one_page_even_of_a_long_life(client, world, her, doctor, visit):
    _live(her, world, doctor, 300)
    answer = client.get(f"/residents/{her.id}/summary.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert _n_pages(answer.content) == 1
    assert AccessLog.objects.filter(resident_id=her.id, what="summary").count() == 1


def test_the_summary_is_one_page_when_every_line_is_as_long_as_it_can_be(monkeypatch, her, doctor, visit):
    opened = access.open_record(her.id, by=doctor, what="summary")
    longest = [paper._short("长" * 300, most) for most in paper.LONGEST]
    full = [{"title": name, "rows": [longest] * most, "note": "另有 99 项"} for name, most in paper.MOST.items()]
    monkeypatch.setattr(paper, "_parts", lambda glance, seen: full)
    assert _n_pages(paper.summary(opened, by=doctor)) == 1


def _n_pages(content: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", content))


def test_without_a_reason_nothing_of_it_opens(client, her):
    factories.sign_in_as(client, Role.GENERAL_PRACTITIONER, org=factories.org("示例丁卫生院"))
    for way in ("values/", "summary.pdf"):
        assert client.get(f"/residents/{her.id}/{way}").status_code == 403
    assert client.get(f"/api/v1/residents/{her.id}/timeline/").status_code == 403
    elsewhere = factories.org("外地卫生院", county_code="349999", division="349999")
    factories.sign_in_as(client, Role.GENERAL_PRACTITIONER, org=elsewhere)
    for way in (f"/residents/{her.id}/values/", f"/api/v1/residents/{her.id}/timeline/"):
        assert client.get(way).status_code == 404


def test_the_api_pages_through_the_record_and_searches_it(client, world, her, doctor, visit):
    _report(her, world.lead, "L1", at=doctor.now - timedelta(days=40), name="肌酐", text="71", number="71")
    at = f"/api/v1/residents/{her.id}/timeline/"
    first = client.get(at, {"limit": 1}).json()
    assert (first["n"], len(first["entries"]), first["kinds"]) == (2, 1, {"encounter": 1, "report": 1})
    second = client.get(at, {"limit": 1, "cursor": first["next"]}).json()
    assert [entry["title"] for entry in second["entries"]] == ["肾功能"] and second["next"] is None
    assert client.get(at, {"kind": "report", "org_id": str(world.lead.id)}).json()["n"] == 1
    assert client.get(at, {"since": doctor.today.isoformat()}).json()["n"] == 1
    assert client.get(at, {"cursor": "x"}).status_code == 422
    assert client.get(at, {"kind": "x"}).status_code == 422
    found = client.post(f"{at}search/", {"q": "头晕"}, content_type="application/json").json()
    assert [entry["kind"] for entry in found["entries"]] == ["encounter"]
    assert AccessLog.objects.filter(resident_id=her.id, what="timeline").count() >= 4
