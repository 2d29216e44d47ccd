"""PostgreSQL ends and comes back under load: everybody is told so clearly, nobody waits for long, nothing is restarted.

On SQLite there is no server that could go away.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.faults import proving
from tests.faults.journeys import Browser, Journeys
from tongmai.commons.residents.tests.factories import citizen_id

pytestmark = pytest.mark.database

HTML = "text/html; charset=utf-8"
PROBLEM = "application/problem+json"
N_THREADS = 8  # of a process that serves
PATIENCE_SECONDS = 15  # longer than any answer may take while the database is away


@pytest.fixture
def reader(served):
    """Somebody who has signed in and reads."""
    browser = Browser(served)
    assert browser.sign_in().status == 302
    return browser


def _answers(at, browser) -> dict[str, object]:
    """Ask for one of each kind."""
    return {
        "page": browser.send("/residents/", timeout=PATIENCE_SECONDS),
        "fragment": browser.send("/", timeout=PATIENCE_SECONDS, HX_Request="true"),
        "program": at.call("general_practitioner", "GET", "referrals/", timeout=PATIENCE_SECONDS),
        "door": at.ask("GET", "/sign-in/", timeout=PATIENCE_SECONDS),
        "sheet": at.ask("GET", "/static/vendor/tongmai.css", timeout=PATIENCE_SECONDS),
    }


def _wait_until_well(browser) -> None:
    deadline = time.monotonic() + 60
    while browser.send("/residents/", timeout=PATIENCE_SECONDS).status != 200:
        assert time.monotonic() < deadline, "it does not recover by itself"
        time.sleep(0.2)


def _assert_said(answers) -> None:
    for kind, content_type in (("page", HTML), ("fragment", HTML), ("program", PROBLEM)):
        told = answers[kind]
        assert (told.status, told.headers["Retry-After"]) == (503, "5"), (kind, told)
        assert told.headers["Content-Type"] == content_type
        assert "暂时连不上数据库" in (told.json["title"] if kind == "program" else told.text)
    assert "<html" in answers["page"].text and "<html" not in answers["fragment"].text
    assert answers["fragment"].headers["HX-Retarget"] == "#tm-notices"
    assert answers["program"].json["code"] == "database-away"
    assert (answers["door"].status, answers["sheet"].status) == (200, 200)


@pytest.mark.parametrize("how", ["stop", "crash"])
def test_while_it_is_away_everybody_is_told_and_afterwards_all_goes_on(served, reader, database, how):
    processes = served.members("server") + served.members("worker")
    journeys = Journeys(served, first_number={"stop": 10_000, "crash": 12_000}[how])
    journeys.begin()
    time.sleep(2)
    getattr(database, how)()
    try:
        _assert_said(_answers(served, reader))
        with ThreadPoolExecutor(24) as crowd:  # more than there are threads to wait in
            told = list(crowd.map(lambda _: reader.send("/residents/", timeout=PATIENCE_SECONDS).status, range(48)))
        assert set(told) == {503}
        refused = Browser(served).sign_in()
        assert (refused.status, "可能没有保存" in refused.text) == (503, True)
    finally:
        database.start()
    _wait_until_well(reader)
    time.sleep(2)
    journeys.end()
    assert served.members("server") + served.members("worker") == processes, "something was restarted"
    proving.wait_until_delivered(served)
    proving.check(served, journeys)
    assert journeys.unclear


def test_a_statement_that_waits_too_long_is_ended_and_said_to_be_busy(installation, database):
    installation.serve(TONGMAI_STATEMENT_SECONDS="1")
    try:
        with psycopg.connect(database.url) as other:
            other.execute("LOCK TABLE residents_identifier IN ACCESS EXCLUSIVE MODE")
            body = {"name": "示例甲", "id_number": citizen_id(order=403), "village_code": "340199101201"}
            told = installation.call("general_practitioner", "POST", "residents/", body, timeout=PATIENCE_SECONDS)
        assert (told.status, told.json["code"], told.headers["Retry-After"]) == (503, "database-busy", "5")
        again = installation.call("general_practitioner", "POST", "residents/", body)
        assert again.status == 201, again
    finally:
        installation.remove()


def test_every_thread_has_its_connection_before_it_is_needed(installation):
    """One that is made in a rush may come later than a request waits for it, which would be told that all is away."""
    installation.run("server", "serve", "--port", str(installation.port), "--workers", "1")
    installation.wait_until_answered()
    try:
        assert installation.call("general_practitioner", "GET", "referrals/").status == 200
        ours = "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        deadline = time.monotonic() + 20
        while (held := installation.rows(ours)[0][0]) < N_THREADS:
            assert time.monotonic() < deadline, held
            time.sleep(0.1)
    finally:
        installation.remove()


def test_it_may_be_away_when_the_server_starts(installation, database):
    database.stop()
    started = threading.Thread(target=installation.serve)
    started.start()
    try:
        started.join(60)
        told = installation.call("general_practitioner", "GET", "referrals/", timeout=PATIENCE_SECONDS)
        assert told.status == 503
    finally:
        database.start()
    deadline = time.monotonic() + 60
    while installation.call("general_practitioner", "GET", "referrals/").status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    installation.remove()
