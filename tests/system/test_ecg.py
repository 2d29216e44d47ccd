"""An electrocardiogram on the screen: paper at its scale, calipers by hand and by keyboard, a phone, and chest pain."""

import re
from dataclasses import replace

from tests.system.test_up import family_doctor_of
from tongmai.care.referrals.models import Referral
from tongmai.commons.ecg import services, synthetic, writing
from tongmai.commons.ecg.synthetic import Truth


def _recorded(county, truth: Truth, **when):
    by = county.village_doctor
    tracing = replace(synthetic.recording(truth), **when)
    return services.receive(
        writing.part10(tracing), resident_id=county.resident.id, order_number="", org_id=by.org_id,
        received_from="upload", by=by,
    )  # fmt: skip


def _read(page) -> list[float]:
    """Milliseconds, beats a minute, millivolts."""
    said = page.locator("[data-ecg-read]").inner_text()
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", said)]


def test_calipers_measure_what_is_drawn(county, seat):
    # Given a heart that beats 60 times a minute, on the screen
    family_doctor_of(county)
    row = _recorded(county, Truth(rate_bpm=60))
    doctor = seat(county.village_doctor)
    doctor.opens("ecg:recording", row.id).sees("计算机测量，未经确认").keeps_picture("ecg")
    page = doctor.page
    svg = page.locator("svg[data-ecg]")
    box = svg.bounding_box()
    mm = box["width"] / float(svg.get_attribute("viewBox").split()[2])
    assert abs(mm - 96 / 25.4) < 0.02  # real size

    # When she drags over 25 mm across and 10 mm up, that is a second and a millivolt
    x, y = box["x"] + 60 * mm, box["y"] + 60 * mm
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 25 * mm, y - 10 * mm, steps=5)
    page.mouse.up()
    assert _read(page) == [1000, 60, 1.0]

    # With the keyboard she moves an edge by a tenth of a millimetre, and by a whole one
    page.keyboard.press("ArrowLeft")
    assert _read(page)[0] == 996
    page.keyboard.press("Shift+ArrowLeft")
    assert _read(page)[:2] == [956, 63]
    page.keyboard.press("ArrowDown")
    assert _read(page)[2] == 0.99

    # Marks at equal distances stand all over the paper, and go again
    page.keyboard.press("m")
    assert page.locator(".tm-ecg-mark").count() >= 10
    doctor.keeps_picture("ecg-calipers")
    page.keyboard.press("Escape")
    assert page.locator(".tm-ecg-mark, .tm-ecg-caliper").count() == 0

    # Without a mouse the calipers are placed by a button: one second
    page.get_by_role("button", name="放置卡尺").click()
    assert _read(page)[:2] == [1000, 60]

    # Twice as fast, the same millimetres are half the time
    doctor.follows("50 mm/s")
    page.get_by_role("button", name="放置卡尺").click()
    page.keyboard.press("Shift+ArrowLeft")
    assert _read(page)[0] == 980


def test_the_last_one_is_laid_below_and_chest_pain_is_referred(county, seat):
    family_doctor_of(county)
    now = county.world.now.replace(tzinfo=None, microsecond=0)
    _recorded(county, Truth(seed=3), recorded_at=now.replace(year=now.year - 1))
    row = _recorded(county, Truth(st_uv=synthetic.INFERIOR_STEMI), recorded_at=now)
    doctor = seat(county.village_doctor)
    doctor.opens("ecg:recording", row.id).sees("疑似急性心肌梗死", "这不是诊断").follows("与上一次比较")
    assert doctor.page.locator("svg[data-ecg]").count() == 2
    doctor.sees("上一次").keeps_picture("ecg-compared")
    doctor.page.get_by_role("button", name="转诊（胸痛）").click()
    doctor.page.wait_for_url("**/referrals/new/**")
    assert "II III aVF" in doctor.page.get_by_label("转诊原因").input_value()

    # The form has come filled in, with the paper: what is left is to send it
    doctor.sees("随附心电图").keeps_picture("ecg-referral")
    doctor.picks("pick-diagnosis_code", "脑梗", "I63.900")
    doctor.presses("提交").sees("已提交")
    referral = Referral.objects.get()
    assert (referral.urgency, referral.receiver_id) == ("emergency", county.world.lead.id)

    # And the hospital opens the curves from the referral
    hospital = seat(county.specialist)
    hospital.opens("referrals:detail", referral.id).keeps_picture("ecg-received").follows("打开随附心电图")
    assert hospital.page.locator("svg[data-ecg]").count() == 1


def test_on_a_phone_the_paper_scrolls_and_a_lead_is_enlarged(county, seat):
    family_doctor_of(county)
    row = _recorded(county, Truth())
    doctor = seat(county.village_doctor, on_phone=True)
    doctor.opens("ecg:recording", row.id).keeps_picture("phone-ecg")
    doctor.unfolds("放大一个导联")
    doctor.page.get_by_role("link", name="V3", exact=True).click()
    doctor.page.wait_for_url("**lead=V3**")
    doctor.looks()
    assert doctor.page.locator("[data-lead]").count() == 1
    doctor.keeps_picture("phone-ecg-lead")
    doctor.opens("ecg:upload").sees("申请单号").keeps_picture("phone-ecg-upload")
