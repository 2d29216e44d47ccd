"""The listener over real sockets, with the product's own handler behind it."""

import asyncio
import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tongmai.commons.encounters.models import Encounter
from tongmai.exchange.hl7v2 import reading
from tongmai.exchange.hl7v2.framing import CR, FS, VT, framed
from tongmai.exchange.hl7v2.listening import Limits, Listener
from tongmai.exchange.hl7v2.tests.adt import adt, message, oru, pid
from tongmai.exchange.models import InboundMessage, SourceSystem
from tongmai.exchange.services import intake_worker, messages, network_worker
from tongmai.exchange.services.network_worker import Allowed, handle
from tongmai.foundation.catalog.tests import factories as catalog
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests import factories as orgs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hospital():
    world = orgs.county_world()
    orgs.kinds()
    catalog.edition(rows=[("I20.0", "不稳定性心绞痛")])
    return SourceSystem.objects.create(
        application="HIS", facility="示例县人民医院", name="县医院 HIS", org=world.lead, registered_at=timezone.now()
    )


@contextmanager
def listening(**limits):
    """Serve in a thread of its own; yield the port."""
    started, ports, stopping = threading.Event(), [], []

    def ready(port):
        ports.append(port)
        started.set()

    async def main():
        stop = asyncio.Event()
        stopping.append((asyncio.get_running_loop(), stop))
        listener = Listener(handle, Allowed([]), replace(Limits(threads=1), **limits))
        await listener.serve("127.0.0.1", 0, stop=stop, ready=ready)

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    try:
        assert started.wait(20)
        yield ports[0]
    finally:
        loop, stop = stopping[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)


def talk(port, *pieces, n_answers=1, close=False):
    """Send the pieces and return the answers, each parsed."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        for piece in pieces:
            line.sendall(piece)
        if close:
            line.shutdown(socket.SHUT_WR)
        received = b""
        while received.count(FS + CR) < n_answers:
            more = line.recv(65536)
            if not more:
                break
            received += more
    return [part.strip(VT) for part in received.split(FS + CR)[:-1]]


def codes(answers):
    return [reading.read(answer).first("MSA").value(1) for answer in answers]


def test_messages_over_the_network(hospital):
    first, second = framed(adt("A01", "n1", "20261110093000")), framed(oru("n2"))
    with listening() as port:
        assert codes(talk(port, first[:40], first[40:])) == ["AA"]
        assert codes(talk(port, second + first, n_answers=2)) == ["AA", "AA"]
        gb = talk(port, framed(adt("A08", "n3", "20261110100000", characters="GB18030")))[0]
        assert reading.decoded(gb)[1] == "gb18030"
        wrong = reading.read(talk(port, framed(message("ORU^R01", "n4", pid(), version="2.5.1")))[0])
        assert (wrong.first("MSA").value(1), wrong.first("ERR").value(2)) == ("AE", "OBR")
        old = reading.read(talk(port, framed(message("ORU^R01", "n5", pid(), version="2.3.1")))[0])
        assert (old.first("MSA").value(1), old.first("ERR").value(1)) == ("AE", "OBR")
        assert codes(talk(port, adt("A08", "n6", "20261110110000"), close=True)) == ["AA"]
        assert codes(talk(port, VT + adt("A08", "n7", "20261110110000")[:60], close=True)) == ["AR"]
        assert codes(talk(port, framed(b"what is this"))) == ["AR"]
        assert talk(port, framed(b"MSH|^~\\&|HIS||T||20261110||ACK|1|P|2.4\rMSA|AA|1\r"), close=True) == []
    assert Encounter.objects.count() == 1
    assert not InboundMessage.objects.filter(state="received").exists()


def test_limits_of_one_sender(hospital):
    with listening(most_bytes=1_000) as port:
        assert codes(talk(port, VT + b"MSH|^~\\&|HIS\r" + b"x" * 3_000 + FS + CR)) == ["AR"]
    with listening(most_of_one_address=0) as port:
        assert talk(port, framed(oru("l1"))) == []
    with listening(idle_seconds=0.3) as port, socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        assert line.recv(10) == b""
    assert not InboundMessage.objects.exists()


def test_an_unknown_system_waits_and_goes_in_when_it_is_entered(hospital):
    raw = framed(adt("A01", "u1", "20261110093000", application="OTHER"))
    with listening() as port:
        assert codes(talk(port, raw)) == ["AE"]
    row = InboundMessage.objects.get()
    assert (row.state, row.channel, row.peer, row.faults.get().what) == (
        "held", "mllp", "127.0.0.1", "unknown-system",
    )  # fmt: skip
    SourceSystem.objects.create(
        application="OTHER", name="另一系统", org=hospital.org, registered_at=timezone.now(), address="10.0.0.0/8"
    )
    by = Actor.system(now=timezone.now())
    assert [f.what for f in messages.try_again(message_id=row.id, by=by).faults.filter(n_try=2)] == ["other-address"]
    SourceSystem.objects.filter(application="OTHER").update(address="127.0.0.0/8")
    assert messages.try_again(message_id=row.id, by=by).state == "done"


def test_a_system_that_asks_for_it_is_answered_before_its_message_is_applied(hospital, monkeypatch):
    SourceSystem.objects.update(answers_on="received")
    monkeypatch.setattr(network_worker, "_answering", network_worker._Remembered(network_worker._answered_when_kept))
    with listening() as port:
        assert codes(talk(port, framed(adt("A01", "w1", "20261110093000")))) == ["AA"]
    assert InboundMessage.objects.get().state == "received"
    assert intake_worker.apply_waiting(Actor.system(now=timezone.now() + timedelta(seconds=1))) == 1
    assert (InboundMessage.objects.get().state, Encounter.objects.count()) == ("done", 1)


def test_a_message_that_stops_its_process_each_time_is_held(hospital):
    by = Actor.system(now=timezone.now())
    row, _ = messages.keep(adt("A01", "k1", "20261110093000"), by=by, channel="mllp", peer="127.0.0.1")
    InboundMessage.objects.update(n_starts=intake_worker.MOST_STARTS)
    assert intake_worker.apply_waiting(by) == 0, "it is claimed"
    later = by.at(by.now + 2 * messages.CLAIM)
    assert intake_worker.apply_waiting(later) == 1
    row.refresh_from_db()
    assert (row.state, row.faults.get().what) == ("held", "crashed")
