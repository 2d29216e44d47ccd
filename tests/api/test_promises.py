"""What the API promises whoever writes a program: nothing twice, nothing over another's change, no row lost in pages."""

import json

import pytest

from tests import living
from tests.api import callers
from tongmai.care.referrals.models import Referral
from tongmai.commons.residents.tests import factories as people
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.roles import Role

API = "/api/v1"


@pytest.fixture
def county(db):
    return living.county()


@pytest.fixture
def program(county, client):
    """`program(role)(method, path, body)` calls the API in a post of that role."""

    def make(role: str):
        secret = callers.token(county.world, Role(role))

        def call(method, path, body=None, **headers):
            sent = {"Authorization": f"Bearer {secret}"} | {k.replace("_", "-"): v for k, v in headers.items()}
            data = json.dumps(body) if body is not None else ""
            return client.generic(method, f"{API}/{path}", data, content_type="application/json", headers=sent)

        return call

    return make


NEW_ORG = {"code": "C3", "level": "township", "name": "丙镇卫生院", "division_code": "340199103"}


def test_a_write_sent_again_is_answered_again_and_done_once(program):
    call = program("system_admin")
    first = call("POST", "orgs/", NEW_ORG, Idempotency_Key="k1")
    n = Event.objects.count()
    again = call("POST", "orgs/", NEW_ORG, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content and again["ETag"] == first["ETag"]
    assert again["Idempotent-Replay"] == "true" and "Idempotent-Replay" not in first
    assert Org.objects.filter(code="C3").count() == 1 and Event.objects.count() == n


def test_a_refused_write_is_refused_again_in_the_same_words(program):
    call = program("system_admin")
    wrong = NEW_ORG | {"division_code": "340198101"}
    first, again = (call("POST", "orgs/", wrong, Idempotency_Key="k2") for _ in range(2))
    assert first.status_code == again.status_code >= 400
    assert first.content == again.content


def test_a_key_belongs_to_one_request(program):
    call = program("system_admin")
    call("POST", "orgs/", NEW_ORG, Idempotency_Key="k3")
    other = call("POST", "orgs/", NEW_ORG | {"code": "C4"}, Idempotency_Key="k3")
    assert other.status_code == 409 and not Org.objects.filter(code="C4").exists()


def test_nobody_writes_over_what_she_has_not_seen(program):
    call = program("system_admin")
    address = f"orgs/{call('POST', 'orgs/', NEW_ORG).json()['id']}/"
    change = {"name": "丙镇中心卫生院", "division_code": "340199103"}
    seen = call("GET", address)["ETag"]
    assert call("PUT", address, change).status_code == 428
    assert call("PUT", address, change, If_Match=seen).status_code == 200
    late = call("PUT", address, change | {"name": "另一个名字"}, If_Match=seen)
    assert late.status_code == 412 and late["Content-Type"] == "application/problem+json"
    assert call("GET", address).json()["name"] == "丙镇中心卫生院"


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_pages_by_cursor_are_all_rows_once(county, program, limit):
    for number in range(9):
        county.submitted(of=people.resident(f"示例甲{number}"))
    call = program("general_practitioner")
    walked, cursor = [], ""
    while True:
        page = call("GET", f"referrals/?limit={limit}{cursor}").json()
        walked += [row["id"] for row in page["items"]]
        assert len(page["items"]) <= limit
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(walked) == len(set(walked)) == Referral.objects.count() == 9
