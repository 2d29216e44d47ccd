"""Whose a study is, decided by a person; devices; the quarantine; what devices tell."""

import pytest
from django.db import IntegrityError, transaction

from tongmai.commons.imaging import checks, services
from tongmai.commons.imaging.models import Device, Held, Study
from tongmai.commons.imaging.services.devices import TitleTaken
from tongmai.commons.imaging.tests.factories import SYSTEM, film, store
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted, StepNotAllowed

DEVICE = {"ae_title": "DX_JIA", "name": "甲镇 DR", "modalities": "dx cr", "host": "10.1.2.3"}


@pytest.fixture
def device(world):
    admin = orgs.actor(Role.SYSTEM_ADMIN, org=world.lead)
    return services.register_device(world.township.id, facts=DEVICE, by=admin)


@pytest.fixture
def technician(world):
    return orgs.actor(Role.TECHNICIAN, org=world.township)


def test_a_study_is_linked_unlinked_rejected_and_restored_each_with_its_reason(world, her, technician):
    store(film(), world.township.id)
    study = Study.objects.get()
    services.link(study.id, resident_id=her.id, order_number="A1", reason="核对过", by=technician)
    with pytest.raises(Conflict):
        services.link(study.id, resident_id=her.id, order_number="A1", reason="核对过", by=technician)
    services.unlink(study.id, reason="看错", by=technician)
    with pytest.raises(Conflict):
        services.unlink(study.id, reason="看错", by=technician)
    with pytest.raises(InvalidInput):
        services.reject(study.id, reason=" ", by=technician)
    services.reject(study.id, reason="测试", by=technician)
    services.restore(study.id, reason="不是测试", by=technician)
    assert [each.what for each in study.decisions.all()] == ["link", "unlink", "reject", "restore"]
    with pytest.raises(NotPermitted):
        services.reject(study.id, reason="x", by=orgs.actor(Role.NURSE, org=world.township))
    with pytest.raises(NotFound):
        services.reject(study.id, reason="x", by=orgs.actor(Role.TECHNICIAN, org=world.lead))
    assert not list(checks.counters())


def test_a_study_is_never_in_a_record_and_set_aside(world, her):
    store(film(), world.township.id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Study.objects.update(resident_id=her.id, linked_at=SYSTEM.now, rejected_at=SYSTEM.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Study.objects.update(doubts="")


def test_devices_are_entered_changed_and_refused(world, device, technician):
    admin = orgs.actor(Role.SYSTEM_ADMIN, org=world.lead)
    assert (device.modalities, device.host) == ("DX CR", "10.1.2.3")
    with pytest.raises(TitleTaken):
        services.register_device(world.lead.id, facts=DEVICE, by=admin)
    with pytest.raises(NotPermitted):
        services.register_device(world.lead.id, facts=DEVICE, by=technician)
    with pytest.raises(InvalidInput):
        services.change_device(device.id, facts={"host": "nowhere"}, by=admin)
    assert not services.change_device(device.id, facts={"is_active": False}, by=admin).is_active


def test_a_file_in_quarantine_is_settled_once(world, technician):
    held = services.hold((b"broken",), reason=Held.Reason.CUT_OFF, org_id=world.township.id, by=SYSTEM)
    with pytest.raises(InvalidInput):
        services.dismiss(held.id, reason="", by=technician)
    services.dismiss(held.id, reason="重发过", by=technician)
    with pytest.raises(Conflict):
        services.settle_as_taken(held.id, by=technician)


def test_what_a_device_tells_is_kept_once_and_ends_once(device):
    begun = {"state": "in_progress", "order_number": "A1"}
    first = services.note_step(device.id, sop_uid="1.2.3", facts=begun, is_new=True, by=SYSTEM)
    assert services.note_step(device.id, sop_uid="1.2.3", facts=begun, is_new=True, by=SYSTEM).id == first.id
    services.note_step(device.id, sop_uid="1.2.3", facts={"state": "completed"}, is_new=False, by=SYSTEM)
    with pytest.raises(StepNotAllowed):
        services.note_step(device.id, sop_uid="1.2.3", facts=begun, is_new=False, by=SYSTEM)
    with pytest.raises(NotFound):
        services.note_step(device.id, sop_uid="1.2.4", facts=begun, is_new=False, by=SYSTEM)


def test_a_question_whether_images_are_kept_is_one_however_often_it_is_asked(device):
    first = services.keep_commitment(device.id, transaction_uid="1.9", asked=b"x", n_asked=1, by=SYSTEM)
    assert services.keep_commitment(device.id, transaction_uid="1.9", asked=b"x", n_asked=1, by=SYSTEM).id == first.id
    services.note_answered(first.id, n_failed=0, next_try_at=None, by=SYSTEM)
    first.refresh_from_db()
    assert (first.n_failed, first.next_try_at) == (0, None) and Device.objects.count() == 1
