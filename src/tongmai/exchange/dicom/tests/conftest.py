"""A township with a device, a person with an order there, and a listener that devices reach over a real socket."""

import socket
from contextlib import contextmanager
from datetime import date, datetime

import pytest
from django.db import connections
from django.utils import timezone

from tongmai.care.diagnostics.models import Order
from tongmai.commons.imaging import phantom
from tongmai.commons.imaging.models import Device
from tongmai.commons.residents.tests import factories as residents
from tongmai.exchange.dicom import committing_worker, performing, worklist
from tongmai.exchange.dicom.calling import Callers
from tongmai.exchange.dicom.listening import Limits, Listener, Services
from tongmai.exchange.dicom.storing_worker import Storing, Writer
from tongmai.exchange.dicom.tests import peers
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.kernel.months import REPORTING_ZONE

NUMBER = "340199X0000001"


@pytest.fixture
def world(db):
    return orgs.county_world()


@pytest.fixture
def her(world):
    return residents.resident("欧阳示例", sex="female", born_on=date(1951, 3, 4))


@pytest.fixture
def device(world):
    return Device.objects.create(
        ae_title="DX_JIA", name="甲镇 DR", org=world.township, modalities="DX", registered_at=timezone.now()
    )


@pytest.fixture
def order(world, her):
    return order_of(her, world)


def order_of(her, world, number=NUMBER, **changed):
    now = timezone.now()
    facts = {
        "number": number, "study_uid": phantom.uid(number), "resident": her, "state": "ordered", "state_since": now,
        "item_code": f"DX-{number[-3:]}", "item_name": "胸部正位片", "category": "imaging", "modality": "DX", "body_part": "CHEST",
        "clinical_question": "咳嗽两周，排除肺炎", "orderer": world.township, "site": world.township, "centre": world.lead,
        "requested_at": now, "clock_started_at": now,
    }  # fmt: skip
    return Order.objects.create(**facts | changed)


def of(order, **changed):
    """What a device writes that took its person from the worklist."""
    her = order.resident
    said = {
        "name": "欧阳^示例", "latin": "Ouyang^Shili", "number": her.id.hex, "sex": "F", "born_on": her.born_on,
        "order_number": order.number, "study_uid": order.study_uid,
        "at": datetime(2026, 11, 22, 9, 30, tzinfo=REPORTING_ZONE),
    }  # fmt: skip
    return phantom.Of(**said | changed)


@contextmanager
def listening(tls=None, **limits):
    """Serve in threads of this process; yield the port."""
    sock = socket.create_server(("127.0.0.1", 0))
    writer = Writer()
    answering = Services(Storing(writer), worklist.find, performing.create, performing.change, committing_worker.act)
    server = Listener(answering, Callers(), Limits(**limits)).serve(sock, tls)
    try:
        yield sock.getsockname()[1]
    finally:
        for each in server.active_associations:
            each.join(2)  # one that is being closed must not be aborted any more
            if each.is_alive() and each.is_established:
                each.abort()
            each.join(5)
        server.shutdown()
        writer.stop()
        connections.close_all()


@pytest.fixture
def port(device):
    with listening() as found:
        yield found


@pytest.fixture(autouse=True)
def images(tmp_path, settings):
    settings.IMAGES, settings.IMAGES_SYNC = tmp_path / "images", False
    return settings.IMAGES


@pytest.fixture
def dcmtk():
    return peers.dcmtk()
