"""Many at once over HTTP, through a server that runs: exactly as many succeed as may, everybody else is clearly refused.

What `tongmai bench race` shows of the services, seen from outside: requests, sign-in, transactions and answers included.
"""

from collections import Counter
from datetime import date, timedelta
from uuid import uuid4

import pytest

from tests.faults import proving
from tests.faults.journeys import CONSENT, Browser
from tests.harness.threads import run
from tongmai.commons.residents.tests.factories import VILLAGE
from tongmai.foundation.orgs.tests.factories import COUNTY
from tongmai.kernel.citizen_id import check_digit

pytestmark = pytest.mark.database

BOOKERS = ("registrar", "specialist", "general_practitioner", "village_doctor")
N_WRITERS = 16
N_PLACES = 3


@pytest.fixture(scope="module")
def at(installation):
    """The server, for the races of this file."""
    installation.serve()
    installation.work()
    yield installation
    installation.remove()


def _number(order: int) -> str:
    body = f"{COUNTY}{date(1931, 1, 1) + timedelta(days=order):%Y%m%d}002"
    return body + check_digit(body)


def _register(at, order: int):
    body = {"name": "示例参赛", "id_number": _number(order), "village_code": VILLAGE}
    return at.call("general_practitioner", "POST", "residents/", body, Idempotency_Key=uuid4().hex)


def _at_once(n: int, work) -> list:
    outcomes = run(n, work)
    assert not outcomes.errors, outcomes.errors
    return outcomes.results


def test_the_last_places_of_a_session(at):
    people = [_register(at, order).json["id"] for order in range(N_WRITERS)]
    pool = at.county["scarce_pool_id"]

    def book(i):
        wish = {"resident_id": people[i], "pool_ids": [pool]}
        return at.call(BOOKERS[i % len(BOOKERS)], "POST", "bookings/", wish, Idempotency_Key=uuid4().hex)

    told = _at_once(N_WRITERS, book)
    assert Counter(each.status for each in told) == {201: N_PLACES, 409: N_WRITERS - N_PLACES}, told
    assert {each.json["code"] for each in told if each.status == 409} == {"no-capacity"}
    taken = at.rows(f"SELECT count(*) FROM capacity_bookedplace WHERE is_taken AND pool_id = '{_key(at, pool)}'")
    assert taken == [(N_PLACES,)]


def test_one_citizen_is_registered_once(at):
    told = _at_once(8, lambda i: _register(at, 500))
    assert Counter(each.status for each in told) == {201: 1, 409: 7}, told
    assert at.rows(f"SELECT count(*) FROM residents_identifier WHERE value = '{_number(500)}'") == [(1,)]


def test_a_referral_is_answered_once(at):
    """The receiver accepts with a place, returns and declines at the screen while the sender withdraws at hers."""
    referral = _submitted(at, _register(at, 600).json["id"])
    page = f"/referrals/{referral}/"
    answers = [_filled(at, role, page, *answer) for role, *answer in (
        ("specialist", f"{page}book/", {"pool_ids": str(at.county["pool_id"])}),
        ("specialist", f"{page}steps/return/", {"reason": "请补近期血压记录"}),
        ("specialist", f"{page}steps/decline/", {"reason": "无住院指征"}),
        ("general_practitioner", f"{page}steps/withdraw/", {"reason": "好转"}),
    )]  # fmt: skip

    told = _at_once(len(answers), lambda i: answers[i][0].send(*answers[i][1:]))

    assert [each.status for each in told].count(302) == 1, told
    refused = [each for each in told if each.status != 302]
    assert {each.status for each in refused} <= {409, 412} and all("<main" in each.text for each in refused), refused
    steps = at.rows(f"SELECT step FROM referrals_transition WHERE referral_id = '{_key(at, referral)}'")
    answered = [step for (step,) in steps if step in {"accept", "return", "decline", "withdraw"}]
    assert len(answered) == 1, steps


def test_afterwards_counters_equal_rows_and_everything_was_delivered(at):
    proving.wait_until_delivered(at)
    assert at.findings() == ""


def _submitted(at, resident: str) -> str:
    draft = at.call("general_practitioner", "POST", "referrals/", {
        "resident_id": resident, "receiver_id": at.county["lead_id"], "diagnosis_code": "I10.x00",
        "reason": "血压不达标", "summary": "血压 182/108 mmHg", "consent": CONSENT,
    }, Idempotency_Key=uuid4().hex)  # fmt: skip
    path = f"referrals/{draft.json['id']}/steps/submit"
    sent = at.call(
        "general_practitioner", "POST", path, {}, If_Match=draft.headers["ETag"], Idempotency_Key=uuid4().hex
    )
    assert sent.json["state"] == "submitted", sent
    return str(draft.json["id"])


def _filled(at, role: str, page: str, address: str, fields: dict[str, str]):
    """Open the page and fill in its form, all but the last press."""
    browser = Browser(at, role=role)
    hidden = browser.form(address, on="" if address.endswith("/book/") else page)
    return browser, address, hidden | fields


def _key(at, identity: str) -> str:
    """An id as the database keeps it."""
    return str(identity).replace("-", "") if at.url.startswith("sqlite:") else str(identity)
