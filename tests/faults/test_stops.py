"""An operator stops a process while it works: what is in hand is finished, and what is left is done by the next."""

import contextlib
import sqlite3
import threading
import time

import psycopg
import pytest

from tests.faults.journeys import Journeys
from tests.harness.environment import ON_POSTGRES
from tongmai.commons.residents.tests.factories import citizen_id

pytestmark = pytest.mark.database

PERSON = {"name": "示例甲", "id_number": citizen_id(order=401), "village_code": "340199101201"}


@contextlib.contextmanager
def _others_hold(at, table: str):
    """Somebody else writes, so that who comes now must wait."""
    if not ON_POSTGRES:
        other = sqlite3.connect(at.url.removeprefix("sqlite:"), timeout=30, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()
        return
    with psycopg.connect(at.url) as other:
        other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


def test_a_server_that_is_stopped_answers_the_request_in_hand(served):
    told = []
    with _others_hold(served, "residents_identifier"):
        asked = threading.Thread(
            target=lambda: told.append(served.call("general_practitioner", "POST", "residents/", PERSON))
        )
        asked.start()
        time.sleep(1)
        stopped = threading.Thread(target=lambda: told.append(served.stop("server")))
        stopped.start()
        time.sleep(1)
        assert not told, "it neither waits for the request nor for the stop"
    asked.join(60)
    stopped.join(60)
    assert [getattr(each, "status", each) for each in told] == [201, 0], told
    assert served.rows(f"SELECT count(*) FROM residents_identifier WHERE value = '{PERSON['id_number']}'") == [(1,)]


@pytest.fixture
def one_delivery(installation):
    """A server, no worker yet, and one event that waits for one."""
    installation.serve()
    journeys = Journeys(installation, first_number=20_000 + len(installation.rows("SELECT id FROM audit_delivery")))
    journeys.referral(journeys._number())
    yield installation
    installation.remove()


def _deliveries(at) -> list[tuple]:
    return at.rows("SELECT state, attempts FROM audit_delivery WHERE done_at IS NULL ORDER BY id")


def _wait_for(at, expected: list[tuple], within: float = 120) -> None:
    deadline = time.monotonic() + within
    while (found := _deliveries(at)) != expected:
        assert time.monotonic() < deadline, found
        time.sleep(0.2)


if ON_POSTGRES:  # on SQLite the worker is a thread of the server, and the file has one writer at a time

    def test_a_worker_that_is_stopped_finishes_the_delivery_in_hand(one_delivery):
        n = len(_deliveries(one_delivery))
        with _others_hold(one_delivery, "exchange_inboundmessage"):
            one_delivery.work()
            _wait_for(one_delivery, [("pending", 1)] + [("pending", 0)] * (n - 1))
            stopped = []
            stop = threading.Thread(target=lambda: stopped.append(one_delivery.stop("worker")))
            stop.start()
            time.sleep(1)
            assert not stopped
        stop.join(60)
        assert stopped == [0]
        assert _deliveries(one_delivery) == [("pending", 0)] * (n - 1)
        one_delivery.work()
        _wait_for(one_delivery, [])

    def test_a_worker_that_is_killed_in_a_delivery_leaves_it_to_the_next(one_delivery):
        n = len(_deliveries(one_delivery))
        with _others_hold(one_delivery, "exchange_inboundmessage"):
            one_delivery.work()
            _wait_for(one_delivery, [("pending", 1)] + [("pending", 0)] * (n - 1))
            one_delivery.kill("worker")
        with psycopg.connect(one_delivery.url) as clock:  # a minute passes
            clock.execute("UPDATE audit_delivery SET claimed_until = now() WHERE claimed_until IS NOT NULL")
        one_delivery.work()
        _wait_for(one_delivery, [])
        assert one_delivery.rows("SELECT max(attempts) FROM audit_delivery") == [(2,)]
