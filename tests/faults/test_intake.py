"""A listener is killed again and again while a hospital sends: what was answered is there, nothing is there twice."""

import random
import socket
import time

import pytest

from tongmai.bench.postgres import free_port
from tongmai.exchange.hl7v2.framing import CR, FS, framed
from tongmai.exchange.hl7v2.tests.adt import adt, pid, pv1
from tongmai.kernel.citizen_id import parse

pytestmark = pytest.mark.database

N_MESSAGES, N_KILLS = 24, 3
ENTERED = """
import django; django.setup()
from django.utils import timezone
from tongmai.exchange.models import SourceSystem
from tongmai.foundation.orgs.models import Org
SourceSystem.objects.get_or_create(application="HIS", facility="*", defaults=dict(
    name="HIS", org=Org.objects.filter(level="county").order_by("code").first(), registered_at=timezone.now()))
"""
# The minutes for which a killed process keeps its claim pass.
LATER = """
import django; django.setup()
from django.utils import timezone
from tongmai.exchange.models import InboundMessage
InboundMessage.objects.filter(state="received").update(claimed_until=timezone.now())
from tongmai.exchange.services import intake_worker
from tongmai.foundation.orgs.actors import Actor
print(intake_worker.apply_waiting(Actor.system(now=timezone.now())))
"""


def _message(n: int) -> bytes:
    from tongmai.commons.residents.tests.factories import citizen_id

    number = citizen_id(order=300 + n)
    stated = parse(number)
    who = pid(f"{n:04}", "示例甲", number, f"{stated.born_on:%Y%m%d}", "1" if stated.sex == "male" else "2")
    at = f"202611100930{n:02}"
    return adt("A01", f"kill-{n}", at, who=who, visit=pv1(f"ZY{n:04}", begun=at))


def _sent(port: int, raw: bytes) -> bool:
    """Send one message; True once it was answered."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            line.sendall(framed(raw))
            received = b""
            while FS + CR not in received:
                more = line.recv(4096)
                if not more:
                    return False
                received += more
    except OSError:
        return False
    assert b"MSA|AA" in received, received.decode()
    return True


def _listen(at, port: int) -> None:
    at.run("listener", "serve-mllp", "--port", str(port))
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(at.log("listener").read_text()[-2000:])


def test_nothing_is_lost_and_nothing_is_twice_when_the_listener_is_killed(installation):
    installation.said("-c", ENTERED)
    port, chance = free_port(), random.Random(7)
    kills = sorted(chance.sample(range(1, N_MESSAGES), N_KILLS))
    _listen(installation, port)
    for n in range(N_MESSAGES):
        raw = _message(n)
        if n in kills:
            with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
                line.sendall(framed(raw))
                time.sleep(chance.uniform(0, 0.06))  # somewhere between its arrival and its answer
                installation.kill("listener")
            _listen(installation, port)
        while not _sent(port, raw):
            time.sleep(0.2)
    installation.kill("listener")
    installation.said("-c", LATER)
    kept = installation.rows(
        "SELECT state, count(*) FROM exchange_inboundmessage WHERE channel = 'mllp' GROUP BY state"
    )
    assert kept == [("done", N_MESSAGES)], kept
    visits = "SELECT count(*), count(DISTINCT resident_id) FROM encounters_encounter WHERE source_kind = 'message'"
    assert installation.rows(visits) == [(N_MESSAGES, N_MESSAGES)]
    assert not installation.findings()
    installation.remove()
