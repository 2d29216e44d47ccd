"""A resident goes up: signed in the village, referred, reviewed, accepted into a reserved place; a stranger sees nothing."""

import re

from tests.system.screens import Screen
from tongmai.care.family_doctors import services as family_doctors
from tongmai.care.family_doctors.models import Contract
from tongmai.care.referrals.models import Referral
from tongmai.commons.capacity.models import Pool
from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.tests import factories as people


def test_a_village_doctor_registers_a_resident_on_her_phone_and_signs_a_contract(county, seat):
    # Given a village doctor with a team and a phone
    doctor = county.village_doctor
    family_doctors.found_team(name="示例村团队", leader_id=doctor.staff_id, by=doctor)
    phone = seat(doctor, on_phone=True)

    # When she registers somebody who is not on the list yet
    number = people.citizen_id()
    phone.opens("portal:home").keeps_picture("phone-home-empty")
    phone.opens("residents:list").keeps_picture("phone-residents")
    phone.opens("residents:new").fills("证件号码", number).fills("姓名", "示例张小芳").fills("联系电话", "13900000001")
    phone.picks("id_village_code", "sl", "示例村").keeps_picture("phone-register").presses("建档")

    # Then the resident is there, and is found by the initials of her name
    her = Resident.objects.get(name="示例张小芳")
    phone.sees("示例张小芳")
    phone.finds("slzxf", "示例张小芳")
    phone.keeps_picture("phone-resident")

    # And the contract is signed at the door
    phone.follows("家医签约").presses("下一步：签署").keeps_picture("phone-contract")
    phone.fills("签字人姓名", her.name).ticks("本人签字").ticks("已向居民说明服务内容、权利和风险").presses("签约")
    phone.sees("签约中")
    assert Contract.objects.get(resident=her).state == "active"


def test_a_village_doctor_refers_up_and_the_township_reviews(county, seat):
    # Given a resident who has signed with the village doctor
    family_doctor_of(county)
    phone = seat(county.village_doctor, on_phone=True)

    # When the doctor opens her page and writes a referral
    phone.opens("portal:resident", county.resident.id).follows("上转")
    phone.picks("pick-diagnosis_code", "I10", "原发性高血压")

    # Then the catalogue advises, and the hospital of the alliance is suggested first
    phone.sees("目录建议", "两次随访血压仍不达标")
    assert "示例县人民医院" in phone.page.locator("#id_receiver_id optgroup").first.inner_text()

    # And without consent it is not sent, but nothing typed is lost
    phone.chooses("接收机构", "示例县人民医院").fills("转诊原因", "两次随访血压不达标").presses("提交")
    phone.sees("草稿已保存，还没有提交").keeps_picture("phone-referral-form")
    referral = Referral.objects.get()
    assert referral.state == "draft" and phone.page.input_value("#id_reason") == "两次随访血压不达标"

    # When consent is given
    consents(phone, county.resident.name)
    phone.presses("提交")

    # Then it waits for the township, which looks at it and sends it on
    referral.refresh_from_db()
    assert referral.state == "reviewing"
    phone.keeps_picture("phone-referral")
    township = seat(county.gp)
    township.opens("portal:home").sees(county.resident.name).keeps_picture("township-home")
    township.opens("referrals:detail", referral.id).keeps_picture("referral-review").presses("审核通过")
    referral.refresh_from_db()
    assert referral.state == "submitted"


def test_the_coordinator_sees_it_at_once_and_books_a_reserved_place(county, seat):
    # Given a coordinator who looks at an empty home page, and a clinic with reserved places
    people.family_doctor(county.resident, by=county.gp)
    pool = county.pool(total=10)
    screen = seat(county.coordinator)
    screen.opens("portal:home").sees("没有等您处理的事")

    # When a family doctor sends a referral
    referral = county.submitted()

    # Then it appears without reloading
    screen.page.evaluate("document.body.dispatchEvent(new Event('tm:changed'))")
    screen.sees(county.resident.name).keeps_picture("coordinator-home")
    screen.looks()

    # And is accepted into a place that was kept for it
    screen.opens("referrals:list").keeps_picture("referrals").follows(county.resident.name)
    screen.keeps_picture("referral").follows("接收并预约").sees("为家庭医生转诊保留 2/2").keeps_picture("referral-book")
    screen.page.locator(f"#pool-{pool.id}").check()
    screen.presses("接收并预约").sees("已预约").keeps_picture("referral-booked")
    referral.refresh_from_db()
    assert referral.state == "booked"
    assert Pool.objects.get(id=pool.id).taken_reserved == 1

    # And no longer waits for anybody here
    screen.opens("portal:home").sees_not("待接收")


def test_a_stranger_learns_nothing(county, seat):
    # Given a referral between two organisations of one county
    referral = county.submitted()

    # When doctors of another county, and of the county's other alliance, try its address
    for actor in (county.stranger, county.tcm_doctor):
        screen = seat(actor)
        screen.is_refused("referrals:detail", referral.id)
        screen.is_refused("referrals:slip", referral.id)

        # Then they see what they would see of one that does not exist, and it is on no list
        there = re.sub(r"\s+", " ", screen.page.inner_text("body"))
        screen.is_refused("referrals:detail", "01900000-0000-7000-8000-000000000000")
        assert re.sub(r"\s+", " ", screen.page.inner_text("body")) == there
        screen.opens("referrals:list").sees_not(county.resident.name)
        screen.opens("portal:home").sees_not(county.resident.name)


def family_doctor_of(county) -> None:
    """Let the village doctor's team be the resident's family doctor, by a signed contract."""
    doctor, her = county.village_doctor, county.resident
    team = family_doctors.found_team(name="示例村团队", leader_id=doctor.staff_id, by=doctor)
    contract = family_doctors.prepare(resident_id=her.id, team_id=team.id, doctor_id=doctor.staff_id, by=doctor)
    family_doctors.sign(contract_id=contract.id, consent=family_doctors.Consent(agreed_name=her.name), by=doctor)


def consents(screen: Screen, name: str) -> None:
    screen.chooses("同意的方式", "签字").chooses("同意人与患者的关系", "本人").fills("同意人姓名", name)
