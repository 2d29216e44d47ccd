"""On her phone: a resident signs in by a code, reads her record and her child's, asks why somebody looked, and is answered."""

import json
from datetime import date

import pytest
from django.test import override_settings
from django.utils import timezone

from tests.system.screens import PHONE, Screen
from tongmai.commons.residents import services as people
from tongmai.commons.residents.models import Guardian, Identifier, Phone
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.texting import sending


@pytest.fixture
def texts(tmp_path):
    """Texts go to a file of this test; `texts()` lets the worker send, and returns the last code."""
    with override_settings(SMS="file", VAR=tmp_path):

        def last() -> str:
            sending.send_due(Actor.system(now=timezone.now()))
            lines = (tmp_path / "sms.jsonl").read_text(encoding="utf-8").splitlines()
            return json.loads(lines[-1])["facts"]["code"]

        yield last


@pytest.fixture
def phone(county, new_page, live_server, axe):
    """The phone of somebody who has not signed in."""
    return Screen(new_page(**PHONE), live_server.url, axe)


def _known(county):
    """The resident has a phone that was checked, and a child."""
    registrar = county.world.actor("registrar")
    people.add_phone(county.resident.id, by=registrar, number="13900000000")
    people.check_phone(Phone.objects.get(resident=county.resident, number="13900000000").id, by=registrar)
    child = residents.resident("示例小宝", born_on=date(county.world.now.year - 6, 3, 1), id_number="", by=registrar)
    Guardian.objects.all().delete()
    people.add_guardian(
        child.id, by=registrar, name=county.resident.name, relation="mother", guardian_resident_id=county.resident.id
    )
    return Identifier.objects.get(resident=county.resident, kind="citizen_id").value


def test_a_resident_signs_in_by_a_code_and_asks_why_somebody_looked(county, seat, phone, texts):
    # Given a resident whose phone was checked, and a doctor who broke the glass
    number = _known(county)
    county.booked(by=county.gp)
    doctor = county.world.actor("general_practitioner", org=county.world.other_township)
    people.break_glass(county.resident.id, by=doctor, reason="昏迷送来，须知过敏史和用药")

    # When she asks for a code with her number
    phone.opens("portal:sign-in").keeps_picture("phone-sign-in").follows("用短信验证码登录")
    phone.fills("身份证号码", number).presses("获取验证码")
    phone.sees("输入验证码", "秒后可重新获取").keeps_picture("phone-sign-in-code")

    # Then a wrong one is refused, and hers lets her in
    phone.fills("短信验证码", "000000").presses("登录").sees("验证码不正确")
    phone.fills("短信验证码", texts()).presses("登录")
    phone.sees("新的查阅", "紧急查阅", "已预约").keeps_picture("phone-own-home")

    # When she reads who looked, she asks about the emergency
    phone.follows("看看都是谁").sees("昏迷送来").keeps_picture("phone-own-who-looked")
    phone.follows("不明白为什么").fills("请说明情况", "我那天没有去过这家卫生院").presses("提出异议")
    phone.sees("等待答复").keeps_picture("phone-own-dispute")

    # Then the audit administrator answers, and she reads it
    audit = seat(county.world.actor("audit_admin"))
    audit.opens("portal:home").follows("对查阅的异议").sees("我那天没有去过").ticks("说明情况")
    audit.fills("答复", "当日由急救车送到该院，已核对急诊记录。").presses("答复居民")
    phone.opens("portal:own").sees("异议有答复").follows("乙镇卫生院")
    phone.sees("已核对急诊记录", "对答复不满意").keeps_picture("phone-own-answered")


def test_a_mother_reads_her_childs_record_with_large_letters(county, seat, phone, texts):
    # Given she has come in
    number = _known(county)
    phone.opens("portal:sign-in-code").fills("身份证号码", number).presses("获取验证码")
    phone.fills("短信验证码", texts()).presses("登录")

    # When she turns to her child
    phone.page.get_by_role("link", name="示例小宝", exact=True).click()
    phone.page.wait_for_url("**/own/*/")
    phone.looks()

    # Then every page says whose it is, with large letters too
    phone.sees("正在看 示例小宝 的档案").follows("健康档案").sees("正在看 示例小宝 的档案")
    phone.presses("放大字号").sees("恢复普通字号").keeps_picture("phone-own-large")
    phone.opens("portal:own-family").sees("示例小宝", "添加家人").keeps_picture("phone-own-family")

    # And her own record reads in English, too
    phone.presses("恢复普通字号").opens("portal:own-record", county.resident.id).keeps_picture("phone-own-record")
    phone.presses("EN", within=".tm-top").opens("portal:own").keeps_picture("phone-own-english")
    assert "谁看过" not in phone.page.inner_text("#tm-main")
