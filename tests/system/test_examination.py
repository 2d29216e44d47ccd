"""What the platform is for: taken below, read above, heard at once, accepted instead of repeated."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tongmai.care.critical_values.models import CriticalValue
from tongmai.care.diagnostics import services as diagnostics
from tongmai.care.diagnostics.models import Order
from tongmai.care.diagnostics.tests.factories import Centre
from tongmai.commons.ecg import services as ecg
from tongmai.commons.ecg import synthetic, writing
from tongmai.commons.ecg.models import Recording
from tongmai.commons.ecg.tracing import Subject
from tongmai.commons.imaging import phantom
from tongmai.commons.imaging.models import Device, Study
from tongmai.commons.recognition.models import Decision
from tongmai.commons.recognition.tests import factories as recognition
from tongmai.commons.results.models import Report
from tongmai.exchange.dicom.tests import peers
from tongmai.exchange.dicom.tests.conftest import listening
from tongmai.foundation.audit import worker
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.months import REPORTING_ZONE, local_day

DEVICE = "DX_JIA"


@pytest.fixture(autouse=True)
def images(tmp_path, settings):
    settings.IMAGES, settings.IMAGES_SYNC = tmp_path / "images", False


@pytest.fixture
def centre(county):
    """The township examines, the county hospital reports; two devices; the township's films carry the county's mark."""
    made = Centre(county.world, county.resident)
    now = county.world.now
    diagnostics.load_starter(by=Actor.system(now=now))
    Device.objects.create(
        ae_title=DEVICE, name="甲镇 DR 与心电", org=county.world.township, modalities="DX ECG", registered_at=now
    )
    recognition.load_items(now)
    for item in ("chest-film", "ecg-12"):
        recognition.evaluation(county.world.township, item, on=local_day(now) - timedelta(days=30), now=now)
    return made


def _orders(doctor, her, item: str, question: str) -> Order:
    doctor.opens("diagnostics:new", her.id, query=f"?item={item}").fills("临床问题", question)
    for answer in doctor.page.get_by_label("否", exact=True).all():
        answer.check()
    doctor.presses("开单").sees("已开单")
    return Order.objects.get(item_code=item)


def _sends(port: int, content: bytes, tmp_path) -> None:
    file = tmp_path / "of-the-device.dcm"
    file.write_bytes(content)
    sent = peers.run("storescu", port, file, calling=DEVICE)
    assert sent.returncode == 0, sent.stderr.decode()


def _works_off(now) -> None:
    while worker.deliver_due(now=now, actor=Actor.system):
        pass


def _reads_back(phone, name: str, said: str) -> None:
    """From the bar on top of whatever page to the end, with a thumb."""
    value = CriticalValue.objects.get()
    phone.opens("portal:home")
    phone.page.locator("a", has_text="危急值").locator("visible=true").first.click()
    phone.opens("critical_values:one", value.id).sees(name).keeps_picture("phone-critical")
    phone.fills("复述结果", said).presses("复述无误，由我处置").sees("复述确认")
    phone.page.get_by_label("已给予处置").check()
    phone.presses("登记处置").presses("处置完成，结束")
    value.refresh_from_db()
    assert value.state == "closed"


def _two_days_later(report_id) -> None:
    report = Report.objects.get(id=report_id)
    then = {
        name: getattr(report, name) - timedelta(days=2)
        for name in ("issued_at", "collected_at")
        if getattr(report, name)
    }
    Report.objects.filter(id=report_id).update(**then)


def _accepted_instead_of_repeated(county, seat, order) -> None:
    """Two days later the hospital is about to do it again."""
    order.refresh_from_db()
    _two_days_later(order.report_id)
    county.accepted()
    hospital = seat(county.specialist)
    hospital.opens("diagnostics:new", order.resident_id, query=f"?item={order.item_code}").sees("已有可以互认的结果")
    hospital.keeps_picture(f"recognition-{order.category}")
    hospital.presses("互认这份结果").sees("已互认")
    assert Decision.objects.get().report_id == order.report_id
    assert Order.objects.count() == 1


@pytest.mark.usefixtures("each_archive")
def test_a_chest_film_is_taken_below_read_above_heard_at_once_and_not_repeated(county, centre, seat, tmp_path):
    # Given a township doctor who orders a chest film
    her = centre.resident
    order = _orders(seat(centre.gp), her, "dr-chest-pa", "突发胸痛气促，排除气胸")

    # When the township's device sends it
    said = phantom.Of(
        name=her.name, latin="Shili", number=her.id.hex, sex="F" if her.sex == "female" else "M", born_on=her.born_on,
        order_number=order.number, study_uid=order.study_uid, at=timezone.now(),
    )  # fmt: skip
    with listening() as port:
        _sends(port, phantom.chest(said, n_rows=512, n_columns=512, nodule=True), tmp_path)

    # Then it stands on the list of the county's reading doctor, who takes it and looks at it
    reader = seat(centre.reader)
    reader.opens("diagnostics:list").sees(order.item_name).keeps_picture("examination-list")
    reader.presses("领取下一份")
    reader.opens("imaging:study", Study.objects.get().id)
    reader.page.locator('[data-pane][data-shown="1"]').wait_for()
    reader.sees(order.number).keeps_picture("examination-film")

    # And a finding that cannot wait is told at once; the report is written and another person verifies it
    reader.opens("diagnostics:report", order.id).keeps_picture("examination-report")
    reader.page.get_by_label("危急发现").select_option(label="张力性气胸")
    reader.presses_and_says("登记并通知")
    reader.opens("diagnostics:report", order.id)
    reader.fills("诊断意见", "左侧张力性气胸").ticks("阳性结果").presses("提交审核")
    seat(centre.second).opens("diagnostics:detail", order.id).presses("审核通过并发布")

    # And the township's doctor hears of it on her phone
    _reads_back(seat(centre.gp, on_phone=True), "张力性气胸", "张力性气胸")
    _accepted_instead_of_repeated(county, seat, order)


def test_an_electrocardiogram_goes_the_same_way(county, centre, seat, tmp_path):
    # Given a township doctor who orders one, and a device that records ST elevation
    her = centre.resident
    order = _orders(seat(centre.gp), her, "ecg-12", "胸痛一小时")
    tracing = synthetic.recording(
        synthetic.Truth(st_uv=synthetic.ANTERIOR_STEMI),
        subject=Subject(her.name, her.id.hex, str(her.sex), her.born_on),
        recorded_at=timezone.now().astimezone(REPORTING_ZONE).replace(tzinfo=None, microsecond=0),
    )
    with listening() as port:
        _sends(port, writing.part10(replace(tracing, order_number=order.number)), tmp_path)
    _works_off(timezone.now())

    # When it has arrived, what the computer measured is told at once, unconfirmed, before anybody has read it
    _reads_back(seat(centre.gp, on_phone=True), "疑似", "STEMI")

    # And the county's doctor takes it, looks at the paper and publishes her report
    reader = seat(centre.reader)
    reader.opens("diagnostics:list").sees(order.item_name).presses("领取下一份")
    reader.opens("ecg:recording", Recording.objects.get().id).sees("计算机测量，未经确认").keeps_picture(
        "examination-ecg"
    )
    reader.opens("diagnostics:report", order.id).fills("诊断意见", "急性前壁心肌梗死").ticks("阳性结果").presses(
        "发布报告"
    )
    _accepted_instead_of_repeated(county, seat, order)


def test_from_an_alarm_the_person_is_referred_at_once(county, centre, seat):
    """The person is on her way before anybody has read the value back; it stays open until that is done, too."""
    # Given an electrocardiogram that wants somebody at once
    tracing = synthetic.recording(synthetic.Truth(st_uv=synthetic.ANTERIOR_STEMI))
    ecg.receive(
        writing.part10(tracing), resident_id=centre.resident.id, order_number="", org_id=centre.gp.org_id,
        received_from="upload", by=centre.gp,
    )  # fmt: skip
    value = CriticalValue.objects.get()

    # When the township's doctor refers from the alarm on her phone
    phone = seat(centre.gp, on_phone=True)
    phone.opens("critical_values:one", value.id).sees("可以先转诊").presses("转往上级医院").sees("随附心电图")
    assert phone.page.locator("input[name=recording_ids][type=checkbox]").is_checked()
    phone.picks("pick-diagnosis_code", "脑梗死", "脑梗死").presses("提交").sees("打开随附心电图")

    # Then the alarm shows where she went, and is answered and closed as ever
    phone.opens("critical_values:one", value.id).sees("已转往", "已接收").keeps_picture("phone-referred")
    value.refresh_from_db()
    assert value.state == "notified"
    phone.fills("复述结果", "STEMI").presses("复述无误，由我处置").sees("转诊单")
    assert phone.page.get_by_label("转诊或转运").is_checked()
    phone.presses("登记处置").presses("处置完成，结束")
    value.refresh_from_db()
    assert value.state == "closed"
