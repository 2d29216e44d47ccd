"""What a device tells while it examines (MPPS): shown to the technician, and it moves the order only where images stand."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.sop_class import ModalityPerformedProcedureStep

from tongmai.care.diagnostics import selectors
from tongmai.commons.imaging import phantom
from tongmai.commons.imaging.models import Device, PerformedStep
from tongmai.commons.imaging.services import storing
from tongmai.exchange.dicom.tests import peers
from tongmai.exchange.dicom.tests.conftest import listening, of
from tongmai.foundation.audit import worker
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs

pytestmark = pytest.mark.django_db(transaction=True)
STEP = "1.2.3.9"


@contextmanager
def device_talks(port, title="DX_JIA"):
    ae = AE(ae_title=title)
    ae.add_requested_context(ModalityPerformedProcedureStep)
    assoc = ae.associate("127.0.0.1", port)
    assert assoc.is_established
    yield assoc
    assoc.release()


def begun(port, order, uid=STEP, **given):
    step, scheduled = Dataset(), Dataset()
    scheduled.AccessionNumber, scheduled.StudyInstanceUID = order.number, order.study_uid
    step.ScheduledStepAttributesSequence = [scheduled]
    step.PerformedProcedureStepStatus, step.Modality = "IN PROGRESS", "DX"
    step.PerformedProcedureStepStartDate, step.PerformedProcedureStepStartTime = "20261122", "093000"
    with device_talks(port, **given) as assoc:
        return assoc.send_n_create(step, ModalityPerformedProcedureStep, uid)[0].Status


def ended(port, status, uid=STEP, reason="", **given):
    change = Dataset()
    change.PerformedProcedureStepStatus = status
    if reason:
        why = Dataset()
        why.CodeValue, why.CodingSchemeDesignator, why.CodeMeaning = "110501", "DCM", reason
        change.SpecificCharacterSet = "ISO_IR 192"
        change.PerformedProcedureStepDiscontinuationReasonCodeSequence = [why]
    with device_talks(port, **given) as assoc:
        return assoc.send_n_set(change, ModalityPerformedProcedureStep, uid)[0].Status


def listed(order):
    """What the technician's list shows of it."""
    browser = Client()
    orgs.sign_in_as(browser, Role.TECHNICIAN, org=order.site)
    return browser.get("/examinations/?box=perform", HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()


def state_of(order):
    order.refresh_from_db()
    return order.state


def send_film(tmp_path, port, order):
    path = tmp_path / f"{order.number}.dcm"
    path.write_bytes(phantom.chest(of(order), n_rows=32, n_columns=32))
    assert peers.run("storescu", port, path).returncode == 0


def test_one_that_began_is_shown_with_its_time_and_moves_nothing(port, order):
    assert begun(port, order) == 0
    said = selectors.at_devices([order.number])[order.number]
    assert (said.state, said.device, state_of(order)) == ("in_progress", "甲镇 DR", "ordered")
    page = listed(order)
    assert "检查中" in page and "09:30 开始（甲镇 DR）" in page


def test_one_that_was_broken_off_is_shown_with_its_reason(port, order):
    begun(port, order)
    assert ended(port, "DISCONTINUED", reason="<b>患者不适</b>") == 0
    assert (PerformedStep.objects.get().reason, state_of(order)) == ("<b>患者不适</b>", "ordered")
    page = listed(order)
    assert "检查中止：&lt;b&gt;患者不适&lt;/b&gt;" in page and "<b>患者不适" not in page


def test_one_that_was_completed_waits_for_its_images(tmp_path, port, order):
    begun(port, order)
    assert ended(port, "COMPLETED") == 0
    assert state_of(order) == "ordered" and "图像未到" in listed(order)
    send_film(tmp_path, port, order)
    assert state_of(order) == "sent", "the images performed it, and policy sent it"
    assert selectors.at_devices([order.number]) == {}


def test_one_that_is_done_again_is_performed_when_its_device_has_completed_it(tmp_path, port, order):
    """Its study stands already, so the second film is no new study; the device says that it is done."""
    send_film(tmp_path, port, order)
    type(order).objects.filter(id=order.id).update(state="rejected", state_since=timezone.now())
    begun(port, order)
    assert ended(port, "COMPLETED") == 0
    assert state_of(order) == "rejected", "no image came since"
    again = tmp_path / "again.dcm"
    again.write_bytes(next(phantom.ct(of(order), n_slices=1, size=32)))
    assert peers.run("storescu", port, again).returncode == 0
    begun(port, order, "1.2.3.10")
    assert ended(port, "COMPLETED", "1.2.3.10") == 0
    assert state_of(order) == "sent"


def test_a_repeat_whose_images_come_after_the_device_said_completed_needs_no_click(tmp_path, port, order, monkeypatch):
    monkeypatch.setattr(storing, "_LATE", timedelta(0))  # else a minute must go by after the first image
    send_film(tmp_path, port, order)
    type(order).objects.filter(id=order.id).update(state="rejected", state_since=timezone.now())
    begun(port, order)
    assert ended(port, "COMPLETED") == 0 and state_of(order) == "rejected"
    again = tmp_path / "again.dcm"
    again.write_bytes(next(phantom.ct(of(order), n_slices=1, size=32)))
    assert peers.run("storescu", port, again).returncode == 0
    for _twice in range(2):
        while worker.deliver_due(now=timezone.now(), actor=Actor.system):
            pass
    assert state_of(order) == "sent"
    assert list(order.transitions.values_list("step", flat=True)) == ["perform", "send", "redo", "send"]


def test_what_was_said_before_a_rejection_is_not_shown_after_it(port, order):
    begun(port, order)
    later = timezone.now() + timedelta(seconds=1)
    type(order).objects.filter(id=order.id).update(state="rejected", state_since=later)
    assert selectors.at_devices([order.number]) == {}


def test_a_device_of_another_site_moves_and_shows_nothing(tmp_path, world, device, order):
    Device.objects.create(
        ae_title="DX_YI", name="乙镇 DR", org=world.other_township, modalities="DX", registered_at=timezone.now()
    )
    with listening() as port:
        send_film(tmp_path, port, order)
        type(order).objects.filter(id=order.id).update(state="ordered")
        assert begun(port, order, title="DX_YI") == 0 and ended(port, "COMPLETED", title="DX_YI") == 0
    assert state_of(order) == "ordered" and selectors.at_devices([order.number]) == {}


def test_said_twice_it_happened_once_and_of_an_unknown_order_it_is_kept(port, order):
    assert [begun(port, order), begun(port, order)] == [0, 0]
    assert [ended(port, "COMPLETED"), ended(port, "COMPLETED")] == [0, 0]
    order.number = "340199X9999999"
    assert begun(port, order, "1.2.3.11") == 0 and ended(port, "COMPLETED", "1.2.3.11") == 0
    assert PerformedStep.objects.count() == 2
