"""One happy path and one refusal for each address, through the test client."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from tongmai.care.critical_values import referred, services
from tongmai.care.critical_values.models import CriticalValue, LimitLine, Rung
from tongmai.care.critical_values.tests import factories
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.audit.models import AccessLog
from tongmai.foundation.catalog.tests import factories as catalog
from tongmai.foundation.orgs.tests import factories as orgs


@pytest.fixture
def ward(db):
    return factories.ward()


@pytest.fixture
def as_gp(ward, client):
    orgs.sign_in_as(client, "general_practitioner", org=ward.world.township)
    return client


@pytest.fixture
def as_manager(ward, client):
    orgs.sign_in_as(client, "manager", org=ward.world.lead)
    return client


def _at(name, value=None):
    return reverse(f"critical_values:{name}", args=[value.id] if value else [])


def test_from_the_home_page_to_the_end(ward, as_gp):
    encounter = ward.visit()
    ward.report(encounter=encounter)
    value = CriticalValue.objects.get()
    home = as_gp.get(reverse("portal:home")).content.decode()
    assert "危急值待复述确认" in home and "tm-work-critical" in home and "data-alarm" in home
    assert as_gp.get(reverse("portal:counts")).json()["critical_values"] == 1
    page = as_gp.get(_at("one", value)).content.decode()
    assert "血钾 2.5 mmol/L" in page and "第 1 版" in page and "示例甲" in page
    assert AccessLog.objects.filter(resident_id=ward.resident.id, what="critical_value").exists()
    wrong = as_gp.post(_at("acknowledge", value), {"read_back": "5.2"})
    assert wrong.status_code == 422 and "复述与通报的结果不一致" in wrong.content.decode()
    assert as_gp.post(_at("acknowledge", value), {"read_back": "2.5"}).status_code == 302
    assert as_gp.post(_at("act", value), {"measure": "other", "text": ""}).status_code == 422
    assert as_gp.post(_at("act", value), {"measure": "treated", "text": "补钾"}).status_code == 302
    assert as_gp.post(_at("close", value)).status_code == 302
    value.refresh_from_db()
    assert value.state == "closed"
    assert "critical_values" not in as_gp.get(reverse("portal:counts")).json()


def test_a_stemi_leads_to_a_referral_with_the_electrocardiogram_named(ward, as_gp):
    from tongmai.care.critical_values import hearing

    ward.visit()
    value = hearing.pattern_measured(
        recording_id=ward.resident.id, resident_id=ward.resident.id, site_id=ward.world.township.id,
        order_number="EC26", pattern="stemi_suspected", by=ward.system,
    )  # fmt: skip
    sent = as_gp.post(_at("refer", value))
    assert str(ward.resident.id) in sent["Location"] and "STEMI" not in sent["Location"]
    form = as_gp.get(sent["Location"]).content.decode()
    assert "STEMI" in form and "EC26" in form


@pytest.fixture
def diagnosed(ward):
    catalog.edition(rows=(("I21.900", "急性心肌梗死"),))
    residents.family_doctor(ward.resident, by=ward.gp)


def test_referred_at_once_and_still_to_be_read_back(ward, as_gp, diagnosed):
    """The person goes first; the alarm shows it, and stays open until somebody has read it back and acted."""
    value = ward.told()
    page = as_gp.get(_at("one", value)).content.decode()
    assert "转往上级医院" in page and "转诊不代替复述确认" in page
    address = as_gp.post(_at("refer", value))["Location"]
    form = as_gp.get(address).content.decode()
    assert f'name="critical_value_id" value="{value.id}"' in form
    sent = {
        "diagnosis_code": "I21.900", "receiver_id": str(ward.world.lead.id), "urgency": "emergency", "wants": "clinic",
        "reason": "血钾 2.5", "critical_value_id": str(value.id),
    }  # fmt: skip
    as_gp.post(address, sent | {"save": "1"})
    draft = as_gp.get(_at("one", value)).content.decode()
    assert "转诊单还没有提交" in draft
    referral_id = referred.of(value, by=ward.gp)[0].referral_id
    as_gp.post(reverse("referrals:edit", args=[referral_id]), sent | {"send": "1"})
    page = as_gp.get(_at("one", value)).content.decode()
    assert f"已转往{ward.world.lead.short_name}" in page and reverse("referrals:detail", args=[referral_id]) in page
    value.refresh_from_db()
    assert value.state == "notified"
    assert as_gp.post(_at("close", value)).status_code == 409
    as_gp.post(_at("acknowledge", value), {"read_back": "2.5"})
    page = as_gp.get(_at("one", value)).content.decode()
    assert re.search(r'value="referred"[^>]* checked', page) and "转诊单 S26" in page
    answer = as_gp.get(f"/api/v1/critical-values/{value.id}").json()
    assert [each["referral_id"] for each in answer["referrals"]] == [str(referral_id)]


def test_who_writes_no_referral_is_offered_none(ward, client):
    value = ward.told()
    orgs.sign_in_as(client, "nurse", org=ward.world.township)
    assert "转往上级医院" not in client.get(_at("one", value)).content.decode()
    assert client.post(_at("refer", value)).status_code == 404


def test_a_drill_and_a_false_alarm_lead_to_no_referral(ward, as_gp):
    drill = services.start_drill(site_id=ward.world.township.id, name="血钠", text="110", by=ward.manager)
    wrong = ward.acknowledged()
    services.dismiss(value_id=wrong.id, reason="标本溶血", by=ward.gp)
    for value in (drill, wrong):
        assert "转往上级医院" not in as_gp.get(_at("one", value)).content.decode()
        assert as_gp.post(_at("refer", value)).status_code == 404
    assert referred.of(drill, by=ward.gp) == []


def test_by_telephone_and_by_mistake(ward, client):
    value = ward.told()
    orgs.sign_in_as(client, "technician", org=ward.world.lead)
    assert client.post(_at("phone", value), {"read_back": "2.5"}).status_code == 422
    assert client.post(_at("phone", value), {"read_back": "2.5", "to": "示例护士"}).status_code == 302
    assert client.post(_at("acknowledge", ward.told()), {"read_back": "2.5"}).status_code == 409
    orgs.sign_in_as(client, "general_practitioner", org=ward.world.township)
    assert client.post(_at("dismiss", value), {"reason": ""}).status_code == 422
    assert client.post(_at("dismiss", value), {"reason": "标本溶血"}).status_code == 302


def test_release_and_reject_are_for_what_nobody_was_told_of(ward, client):
    value = ward.told()
    orgs.sign_in_as(client, "technician", org=ward.world.lead)
    assert client.post(_at("release", value)).status_code == 409
    assert client.post(_at("reject", value), {"reason": "x"}).status_code == 409


def test_the_register_its_excel_and_the_figures(ward, as_gp):
    ward.acted()
    late = ward.told()
    services.acknowledge(value_id=late.id, read_back="2.5", by=ward.later(ward.nurse, 30))
    services.start_drill(site_id=ward.world.township.id, name="血钠", text="110", by=ward.manager)
    since = {"since": ward.world.now.date(), "until": ward.world.now.date()}
    page = as_gp.get(_at("list"), since | {"show": "open"}).content.decode()
    assert "血钾 2.5" in page and "血钠" not in page
    assert "血钠" in as_gp.get(_at("list"), {"show": "drills", "since": "x", "site": "y"}).content.decode()
    assert as_gp.get(_at("export"), since)["Content-Type"].endswith("sheet")
    figures = as_gp.get(_at("figures"), since).content.decode()
    assert "100.0%" in figures and "50.0%" in figures and late.short in figures


def test_the_register_finds_a_person_and_says_so_in_no_address(ward, as_gp):
    ward.told()
    other = residents.resident("示例乙")
    ward.told(of=other)
    kept = as_gp.post(_at("list"), {"q": "shilijia", "show": "all"})
    found = as_gp.get(kept["Location"])
    assert kept.status_code == 302 and "shilijia" not in kept["Location"]
    assert "示例甲" in found.content.decode() and "示例乙" not in found.content.decode()
    nobody = as_gp.get(as_gp.post(_at("list"), {"q": "无此人"})["Location"]).content.decode()
    assert "没有危急值" in nobody and "等您处理" not in nobody


def test_limits_are_reviewed_and_changed(ward, as_manager):
    assert "初始界值" in as_manager.get(_at("limits")).content.decode()
    entered = {
        "item": "potassium", "low": "2.5", "status": "local-default", "source": "评审",
        "starts_on": orgs.NOW.date() + timedelta(days=400),
    }  # fmt: skip
    assert as_manager.post(_at("set-limit"), entered | {"source": ""}).status_code == 422
    assert as_manager.post(_at("set-limit"), entered).status_code == 302
    line = LimitLine.objects.get()
    assert as_manager.get(_at("limits-export")).status_code == 200
    assert as_manager.post(reverse("critical_values:end-limit", args=[line.id])).status_code == 302


def test_the_chain_is_set(ward, as_manager):
    entered = {
        "after_minutes": "5", "title": "总值班", "at_org_id": ward.world.lead.id, "role": "specialist",
        "starts_on": orgs.NOW.date() + timedelta(days=400),
    }  # fmt: skip
    assert as_manager.post(_at("set-rung"), entered | {"after_minutes": "0"}).status_code == 422
    assert as_manager.post(_at("set-rung"), entered).status_code == 302
    assert "总值班" in as_manager.get(_at("chain")).content.decode()
    assert as_manager.post(reverse("critical_values:end-rung", args=[Rung.objects.get().id])).status_code == 302


def test_a_drill_is_started(ward, as_manager):
    assert as_manager.get(_at("drill")).status_code == 200
    entered = {"site_id": ward.world.township.id, "name": "血钾", "text": "2.1", "unit": "mmol/L"}
    assert as_manager.post(_at("drill"), entered | {"text": ""}).status_code == 422
    assert as_manager.post(_at("drill"), entered).status_code == 302
    value = CriticalValue.objects.get()
    assert "演练" in as_manager.get(_at("one", value)).content.decode()


def test_the_api_does_the_same(ward, as_gp):
    value = ward.told()
    address = f"/api/v1/critical-values/{value.id}"
    listed = as_gp.get("/api/v1/critical-values/", {"show": "open"}).json()
    assert [each["id"] for each in listed["items"]] == [str(value.id)]

    def step(**said):
        return as_gp.post(f"{address}/steps", said, content_type="application/json")

    assert step(step="acknowledge", read_back="9").json()["code"] == "read-back-differs"
    assert step(step="acknowledge", read_back="2.5").json()["steps"] == ["act", "dismiss"]
    assert step(step="act", measure="treated").status_code == 200
    assert step(step="close").json()["state"] == "closed"
    assert step(step="nothing").status_code == 409
    assert len(as_gp.get(address).json()["history"]) == 5
    span = {"since": ward.world.now.date(), "before": ward.world.now.date() + timedelta(days=1)}
    assert as_gp.get("/api/v1/critical-values/figures", span).json()[0]["told"]["of"] == 1
    assert as_gp.get("/api/v1/critical-values/limits").json()[0]["item"] == "potassium"
    entered = {"item": "potassium", "low": "2.5", "source": "评审", "starts_on": "2030-01-01"}
    assert as_gp.post("/api/v1/critical-values/limits", entered, content_type="application/json").status_code == 403


def test_what_still_waits_for_her_stands_above_the_register_and_comes_down_when_it_is_done(ward, as_gp):
    first, second = ward.told(), services.start_drill(
        site_id=ward.world.township.id, name="血钠", text="110", by=ward.later(ward.manager, 1)
    )  # fmt: skip

    def order():
        page = as_gp.get(_at("list")).content.decode()
        top = page[page.index("tm-critical-waits") : page.index("tm-form-row")] if "tm-critical-waits" in page else ""
        shown = [each for each in (first, second) if str(each.id) in top]
        return [each.short for each in sorted(shown, key=lambda each: top.index(str(each.id)))]

    assert order() == [first.short, second.short]
    as_gp.post(_at("acknowledge", first), {"read_back": "2.5"})
    assert order() == [second.short, first.short], "what nobody has read back goes first"
    as_gp.post(_at("act", first), {"measure": "treated"})
    as_gp.post(_at("close", first))
    assert order() == [second.short]
