"""The codes that messages bring: noted with the message, and shown with what they mean wherever they stand."""

import pytest
from django.urls import reverse

from tongmai.commons.encounters.models import Encounter, EncounterDiagnosis
from tongmai.commons.results.models import Report
from tongmai.exchange.hl7v2.tests.adt import adt, message, oru, pid, pv1
from tongmai.exchange.models import SourceSystem
from tongmai.exchange.services import imports, messages
from tongmai.exchange.tabular import codes
from tongmai.exchange.tests.test_imports import done, fates
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW, sign_in_as
from tongmai.foundation.terminology import services
from tongmai.foundation.terminology.models import LocalCode
from tongmai.foundation.terminology.tests.factories import unified_set

pytestmark = [pytest.mark.django_db, pytest.mark.database]
SYSTEM = Actor.system(now=NOW)


def take_in(raw):
    return messages.take_in(raw, by=SYSTEM, file_name="m.hl7")[0]


def noted(code_set):
    return list(LocalCode.objects.filter(code_set=code_set).order_by("code").values_list("system", "code", "name"))


def admit(*dg1):
    return take_in(adt("A01", "c1", "20261110093000", *dg1, visit=pv1()))


def test_diagnoses_are_noted_as_they_stand_in_the_record(world):
    admit("DG1|1||I20.000^不稳定性心绞痛^ICD10", "DG1|2||XNK007^胸痛待查^院内", "DG1|3|||没有编码的病")
    assert noted("icd10") == [
        ("ICD10", "I20.0", "不稳定性心绞痛"),
        ("院内", "XNK007", "胸痛待查"),
        ("", "没有编码的病", "没有编码的病"),
    ]
    assert list(EncounterDiagnosis.objects.values_list("code", flat=True)) == ["I20.0", "XNK007", "没有编码的病"]
    assert LocalCode.objects.get(code="XNK007").example == "ADT^A01 DG1[2]-3: XNK007^胸痛待查^院内"


def test_a_finer_code_of_theirs_is_not_written_as_our_wider_one(world):
    admit("DG1|1||I20.0x09^劳力恶化型心绞痛^院内")
    assert EncounterDiagnosis.objects.get().code == "I20.0x09"


def test_what_is_ordered_is_noted_in_its_set(world):
    order = ("ORC|NW|A1^HIS", "OBR|1|A1^HIS||3107^常规心电图检查")
    medicine = ("ORC|NW|A2^HIS", "RXO|Y86^阿司匹林肠溶片^院内|100||mg")
    supply = ("ORC|NW|A3^HIS", "RQD|1|W55^一次性使用输液器")
    for control, segments in (("o1", order), ("o2", medicine), ("o3", supply)):
        assert take_in(message("ORM^O01", control, pid(), pv1(), *segments)).state == "done"
    take_in(oru("r1"))
    assert noted("charges") == [("LN", "250101015", "血细胞分析"), ("", "3107", "常规心电图检查")]
    assert noted("drugs") == [("院内", "Y86", "阿司匹林肠溶片")]
    assert [code for _, code, _ in noted("consumables")] == ["W55"]


def test_a_held_message_leaves_no_code(world):
    held = take_in(adt("A01", "c9", "20261110093000", "DG1|1||Q9^某病", facility="没有的医院"))
    assert held.state == "held"
    assert not LocalCode.objects.exists()


def test_a_mapping_made_later_shows_on_the_visit_and_in_the_api(world, client):
    admit("DG1|1||XNK007^胸痛待查^院内")
    stay = Encounter.objects.get()
    sign_in_as(client, Role.SPECIALIST, org=world.lead, department=world.departments["cardiology"])
    page, data = reverse("encounters:detail", args=[stay.id]), f"/api/v1/encounters/{stay.id}/"
    assert "未对照" in client.get(page).content.decode()
    assert client.get(data).json()["diagnoses"][0]["standing"] == "unmapped"
    services.map_code(
        LocalCode.objects.get().id, unified_code="I20.0", relation="wider", by=world.actor(Role.REFERRAL_COORDINATOR)
    )
    shown = client.get(page).content.decode()
    assert "I20.0 不稳定性心绞痛（统一编码更宽）" in shown
    assert "未对照" not in shown
    told = client.get(data).json()["diagnoses"][0]
    assert (told["code"], told["unified_code"], told["unified_name"]) == ("XNK007", "I20.0", "不稳定性心绞痛")


def test_a_report_shows_its_item_of_the_charges(world, client):
    unified_set("charges", ("250101015", "血细胞分析", "血常规"))
    take_in(oru("r1"))
    take_in(
        oru("r2")
        .replace("250101015^血细胞分析^LN".encode(), "XCG^血常规五分类^院内".encode())
        .replace(b"LIS1", b"LIS2")
    )
    sign_in_as(client, Role.SPECIALIST, org=world.lead, department=world.departments["cardiology"])
    known, unknown = (
        reverse("results:report", args=[Report.objects.get(code=code).id]) for code in ("250101015", "XCG")
    )
    assert "未对照" not in client.get(known).content.decode()
    assert "未对照" in client.get(unknown).content.decode()
    services.map_code(
        LocalCode.objects.get(code="XCG").id, unified_code="250101015", by=world.actor(Role.REFERRAL_COORDINATOR)
    )
    assert "250101015 血细胞分析" in client.get(unknown).content.decode()


HEAD = "机构代码,机构名称,目录,编码体系,本地编码,本地名称,出现次数,统一编码,关系,备注"


def uploaded(*lines, by):
    return done(*lines, by=by, head=HEAD, kind="codes")


class TestTable:
    """A table of codes that was filled in goes the way of every import: each row's fate first, then for real."""

    @pytest.fixture
    def by(self, world):
        return world.actor(Role.REFERRAL_COORDINATOR)

    def test_each_row_has_its_fate_and_the_mapping_is_done(self, world, by):
        run = uploaded(
            ",甲镇卫生院,诊断,院内,X1,胸痛,,I20.0,更宽,",
            ",甲镇卫生院,诊断,院内,X2,腹痛,,,没有对应,",
            ",甲镇卫生院,诊断,院内,X3,头痛,,,,",
            ",甲镇卫生院,诊断,院内,X4,咳嗽,,Z99.9,等同,",
            ",邻县人民医院,诊断,院内,X5,咳嗽,,I20.0,等同,",
            ",甲镇卫生院,星座,院内,X6,咳嗽,,I20.0,等同,",
            ",甲镇卫生院,诊断,院内,X7,咳嗽,,I20.0,像,",
            ",甲镇卫生院,诊断,院内,X8,咳嗽,,I20.0,没有对应,",
            ",甲镇卫生院,诊断,院内,,咳嗽,,I20.0,,",
            by=by,
        )
        assert fates(run) == ["new"] * 3 + ["held"] * 2 + ["rejected"] * 4
        kept = LocalCode.objects.order_by("code").values_list("code", "relation", "unified_code")
        assert list(kept) == [("X1", "wider", "I20.0"), ("X2", "none", ""), ("X3", "", "")]

    def test_said_again_nothing_changes_and_a_change_is_told(self, world, by):
        row = f"{world.township.code},,诊断,,X1,胸痛,9,I20.0,,"
        assert fates(uploaded(row, by=by)) == ["new"]
        assert fates(uploaded(row, by=by)) == ["same"]
        assert fates(uploaded(row.replace("I20.0", "K63.3"), by=by)) == ["updated"]
        assert LocalCode.objects.get().unified_code == "K63.3"

    def test_the_list_that_was_downloaded_changes_nothing(self, world, by, client):
        admit("DG1|1||XNK007^胸痛待查^院内")
        sign_in_as(client, Role.REFERRAL_COORDINATOR, org=world.lead)
        content = client.get(reverse("terminology:sheet")).content
        run = imports.start(kind="codes", source="下载的表", file_name="x.xlsx", content=content, by=by)
        run = imports.go_on(run_id=run.id, by=by)
        assert fates(run) == ["same"]

    def test_long_codes_are_told_apart(self):
        given = {"org": "甲镇卫生院", "code_set": "诊断", "code": "x" * 60, "system": "s" * 60}
        one, other = codes.identity_of(given), codes.identity_of(given | {"system": "s" * 59})
        assert one != other
        assert len(one) <= codes.LONGEST_IDENTITY


def test_the_page_of_a_system_says_how_much_of_its_codes_is_understood(world, client):
    admit("DG1|1||I20.0^不稳定性心绞痛^ICD10", "DG1|2||XNK007^胸痛待查^院内")
    sign_in_as(client, Role.REFERRAL_COORDINATOR, org=world.lead)
    shown = client.get(reverse("exchange:connection", args=[SourceSystem.objects.get().id])).content.decode()
    assert "50 %" in shown
