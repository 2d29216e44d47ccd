"""The resident reads what is hers, and who looked; a doctor breaks the glass; somebody reads English."""

from tests.system.test_up import family_doctor_of
from tongmai.commons.residents.tests import factories as people
from tongmai.foundation.orgs.tests import factories


def test_a_resident_reads_her_referral_her_contract_and_who_opened_her_record(county, seat):
    # Given a resident with a family doctor and a booked referral
    family_doctor_of(county)
    county.booked(by=county.gp)
    doctor = seat(county.village_doctor)
    doctor.opens("portal:resident", county.resident.id).sees("依据").keeps_picture("resident")

    # When she opens her own page on her phone
    hers = seat(factories.actor("resident", resident_id=county.resident.id), on_phone=True)
    hers.opens("portal:own").sees("已预约", "示例村团队").keeps_picture("phone-own")

    # Then she reads who looked and why
    hers.follows("谁看过我的档案").sees("示例村医").keeps_picture("phone-own-accesses")
    hers.opens("portal:resident", county.resident.id)

    # And sees nobody else
    other = people.resident("示例乙")
    assert hers.opens("portal:resident", other.id).status == 404
    hers.is_refused("residents:list", status=403)


def test_a_doctor_breaks_the_glass_with_a_reason_and_the_resident_is_told(county, seat):
    # Given a doctor of the other alliance, who has no basis to look
    doctor = factories.actor("general_practitioner", org=county.world.other_township, now=county.world.now)
    screen = seat(doctor)
    screen.opens("portal:resident", county.resident.id)
    screen.sees("您目前没有查阅这份档案的依据").sees_not("就诊经过").keeps_picture("no-basis")

    # When she looks in an emergency, she has to say why
    screen.fills("紧急情况", "昏迷送来，须知过敏史和用药").presses("说明原因并打开")

    # Then the record opens, says on which basis
    screen.sees("就诊经过", "昏迷送来").keeps_picture("broken-glass")

    # And the resident reads it among who looked
    hers = seat(factories.actor("resident", resident_id=county.resident.id), on_phone=True)
    hers.opens("portal:own-accesses").sees("昏迷送来，须知过敏史和用药").keeps_picture("phone-own-emergency")


def test_the_pages_speak_english(county, seat):
    # Given a coordinator with something that waits
    county.submitted()
    screen = seat(county.coordinator)

    # When she switches the language
    screen.opens("portal:home").presses("EN", within=".tm-top")

    # Then page and work list speak English, and the choice stays
    assert screen.page.locator("html").get_attribute("lang") == "en"
    screen.opens("referrals:list").keeps_picture("english-referrals")
    words = screen.page.inner_text("#tm-main") + screen.page.inner_text(".tm-side")
    assert "转诊" not in words and "待接收" not in words
    screen.opens("portal:home").keeps_picture("english-home")
