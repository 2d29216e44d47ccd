"""Whose is it?  The pages on which a person decides, the services behind them, devices, and the quarantine."""

from dataclasses import replace
from io import BytesIO

import pytest
from django.urls import reverse
from pydicom import dcmread

from tongmai.commons.imaging import facts, part10, phantom, services
from tongmai.commons.imaging.models import Device, Held, Study
from tongmai.commons.imaging.services.devices import TitleTaken
from tongmai.commons.imaging.services.storing import arrival
from tongmai.exchange.dicom import resolving
from tongmai.exchange.dicom.comparing import Ordered, Said, doubts
from tongmai.exchange.dicom.tests.conftest import of, order_of
from tongmai.exchange.services import images
from tongmai.foundation.audit.models import AccessLog, Event
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.foundation.orgs.tests.factories import NOW
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted

SYSTEM = Actor.system(now=NOW)
FACTS = {"ae_title": "CT_YI", "name": "乙镇 CT", "modalities": "ct", "host": "10.1.2.3"}


def received(content, device):
    opened = part10.opened(content)
    said = facts.read(opened.data_set, transfer_syntax=opened.transfer_syntax)
    each = arrival(said, bytes(opened.data_set), org_id=device.org_id, device_id=device.id)
    services.store(each, resolve=resolving.whose, by=SYSTEM)
    return Study.objects.get(uid=said.study_uid)


@pytest.fixture
def waiting(device, order):
    content = phantom.chest(of(order, order_number="340199X9999999", study_uid=""), n_rows=32, n_columns=32)
    return received(content, device)


@pytest.fixture
def technician(world):
    return orgs.actor(Role.TECHNICIAN, org=world.township)


def test_a_person_puts_a_waiting_study_to_an_order_and_takes_it_back(waiting, order, her, technician):
    images.link(waiting.id, order_number=order.number, reason="核对过申请单", by=technician)
    waiting.refresh_from_db()
    assert (waiting.resident_id, waiting.order_number) == (her.id, order.number)
    assert Event.objects.filter(name="imaging.StudyArrived").count() == 1
    assert AccessLog.objects.filter(resident_id=her.id).exists()
    with pytest.raises(Conflict):
        images.link(waiting.id, order_number=order.number, reason="又一次", by=technician)
    services.unlink(waiting.id, reason="看错了人", by=technician)
    waiting.refresh_from_db()
    assert waiting.resident_id is None and Event.objects.filter(name="imaging.StudyUnlinked").exists()
    services.reject(waiting.id, reason="测试图像", by=technician)
    with pytest.raises(Conflict):
        services.reject(waiting.id, reason="测试图像", by=technician)
    services.restore(waiting.id, reason="不是测试", by=technician)
    assert [each.what for each in waiting.decisions.all()] == ["link", "unlink", "reject", "restore"]


def test_only_with_a_reason_to_an_order_of_this_site_and_by_whoever_may(waiting, order, world, technician):
    with pytest.raises(InvalidInput):
        images.link(waiting.id, order_number=order.number, reason=" ", by=technician)
    with pytest.raises(InvalidInput):
        images.link(waiting.id, order_number="NONE", reason="x", by=technician)
    elsewhere = order_of(order.resident, world, "340199X0000008", site=world.other_township)
    with pytest.raises(InvalidInput):
        images.link(waiting.id, order_number=elsewhere.number, reason="x", by=technician)
    with pytest.raises(NotFound):
        services.reject(waiting.id, reason="x", by=orgs.actor(Role.TECHNICIAN, org=world.other_township))
    with pytest.raises(NotPermitted):
        services.reject(waiting.id, reason="x", by=orgs.actor(Role.NURSE, org=world.township))
    waiting.refresh_from_db()
    assert waiting.resident_id is None and not waiting.decisions.exists()


def test_the_pages_show_both_sides_and_carry_the_decision_out(client, waiting, order, world):
    orgs.sign_in_as(client, Role.TECHNICIAN, org=world.township)
    assert "欧阳示例" in client.get(reverse("exchange:images")).content.decode()
    shown = client.get(reverse("exchange:image", args=[waiting.id])).content.decode()
    assert order.number in shown and "340199X9999999" in shown
    address = reverse("exchange:image-link", args=[waiting.id])
    assert client.post(address, {"order_number": "NONE", "reason": "核对过"}).status_code == 422
    assert client.post(address, {"order_number": order.number, "reason": "核对过"}).status_code == 302
    assert client.get(reverse("exchange:images"), {"state": "linked"}).content.decode().count(order.number) == 1
    for name in ("unlink", "reject", "restore"):
        assert client.post(reverse(f"exchange:image-{name}", args=[waiting.id]), {"reason": "核对"}).status_code == 302
    orgs.sign_in_as(client, Role.TECHNICIAN, org=world.other_township)
    assert client.get(reverse("exchange:image", args=[waiting.id])).status_code == 404


def test_a_script_in_a_name_is_shown_as_text(client, device, order, world):
    name = "<script>alert(1)</script>"
    received(phantom.chest(of(order, name=name, latin=name), n_rows=16, n_columns=16), device)
    orgs.sign_in_as(client, Role.TECHNICIAN, org=world.township)
    assert name not in client.get(reverse("exchange:images")).content.decode()


def held_of(device, content):
    return services.hold((content,), reason="cut-off", org_id=device.org_id, device_id=device.id, by=SYSTEM)


def test_a_file_of_the_quarantine_is_tried_again_or_dismissed(client, device, order, world, technician):
    whole = phantom.chest(of(order), n_rows=16, n_columns=16)
    taken, broken = held_of(device, whole), held_of(device, whole[:-300])
    orgs.sign_in_as(client, Role.TECHNICIAN, org=world.township)
    assert "文件不完整" in client.get(reverse("exchange:quarantine")).content.decode()
    assert client.post(reverse("exchange:held-again", args=[taken.id])).status_code == 302
    assert client.post(reverse("exchange:held-again", args=[broken.id])).status_code == 302
    assert Held.objects.get(id=taken.id).is_taken and Held.objects.get(id=broken.id).settled_at is None
    with pytest.raises(Conflict):
        images.try_again(taken.id, by=technician)
    with pytest.raises(InvalidInput):
        services.dismiss(broken.id, reason="", by=technician)
    assert client.post(reverse("exchange:held-dismiss", args=[broken.id]), {"reason": "重发过"}).status_code == 302
    assert Held.objects.get(id=broken.id).settled_reason == "重发过"
    with pytest.raises(Conflict):
        services.settle_as_taken(broken.id, by=technician)


def test_devices_are_entered_and_changed_by_who_administers_connections(client, world, technician):
    admin = orgs.actor(Role.SYSTEM_ADMIN, org=world.lead)
    made = services.register_device(world.other_township.id, facts=FACTS, by=admin)
    assert (made.modalities, made.host) == ("CT", "10.1.2.3")
    with pytest.raises(TitleTaken):
        services.register_device(world.township.id, facts=FACTS, by=admin)
    with pytest.raises(NotPermitted):
        services.register_device(world.township.id, facts=FACTS | {"ae_title": "X"}, by=technician)
    for wrong in ({"ae_title": "太长的名字"}, {"host": "nowhere"}, {"modalities": "X-RAY"}, {"certificate": "ab"}):
        with pytest.raises(InvalidInput):
            services.change_device(made.id, facts=wrong, by=admin)
    assert not services.change_device(made.id, facts={"is_active": False}, by=admin).is_active
    orgs.sign_in_as(client, Role.SYSTEM_ADMIN, org=world.lead)
    assert "CT_YI" in client.get(reverse("exchange:devices")).content.decode()
    given = {
        "name": "甲镇 DR",
        "ae_title": "DX_BING",
        "modalities": "DX",
        "charset": "GB18030",
        "org_id": world.township.id,
    }
    assert client.get(reverse("exchange:device-new")).status_code == 200
    assert client.post(reverse("exchange:device-new"), given).status_code == 302
    row = Device.objects.get(ae_title="DX_BING")
    assert client.post(reverse("exchange:device", args=[row.id]), given | {"name": "新名"}).status_code == 302
    row.refresh_from_db()
    assert row.name == "新名"


def test_what_devices_tell_is_kept_once(device, order):
    fields = {"state": "in_progress", "order_number": order.number}
    first = services.note_step(device.id, sop_uid="1.2.3", facts=fields, is_new=True, by=SYSTEM)
    assert services.note_step(device.id, sop_uid="1.2.3", facts=fields, is_new=True, by=SYSTEM).id == first.id
    asked = services.keep_commitment(device.id, transaction_uid="1.9", asked=b"x", n_asked=1, by=SYSTEM)
    services.note_answered(asked.id, n_failed=None, next_try_at=None, by=SYSTEM)
    asked.refresh_from_db()
    assert (asked.n_tries, asked.next_try_at, asked.answered_at) == (1, None, None)


SAID = Said("A1", "r1", "单于示例", "Chanyu^Shili", "M", None, "DX")
ORDERED = Ordered("R1", "单于示例", ("chanyushili",), "male", None, "CR")


def test_equal_is_sure_whatever_the_device_calls_its_kind():
    assert doubts(SAID, ORDERED) == ()


def test_a_name_in_pinyin_is_compared_by_every_reading():
    spelt = replace(SAID, name="", latin="CHANYU^SHILI")
    assert doubts(spelt, ORDERED) == ()
    assert doubts(replace(spelt, latin="DANYU^SHILI"), ORDERED) == ("other-name",)


def test_the_phantoms_are_valid_files(order):
    films = [phantom.chest(of(order), modality="CR", nodule=True, n_rows=16, n_columns=16)]
    films += [*phantom.ct(of(order), n_slices=2, size=16), phantom.ultrasound(of(order), n_frames=3)]
    for content in films:
        read = dcmread(BytesIO(content))
        assert read.pixel_array.size and read.PatientName.ideographic == "欧阳^示例"
