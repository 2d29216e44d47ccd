"""The same intents for programs: versions, cursors, problems, tokens."""

from typing import get_args

import pytest

from tongmai.foundation.orgs import choices, services
from tongmai.foundation.orgs.api import schemas
from tongmai.foundation.orgs.tests import factories

API = "/api/v1"


class Program:
    """A client that calls the API in a post, by token."""

    def __init__(self, client, secret):
        self.client, self.secret = client, secret

    def __call__(self, method, path, body=None, **headers):
        send = getattr(self.client, method)
        sent = {"Authorization": f"Bearer {self.secret}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        arguments = {} if method == "get" else {"data": body or {}, "content_type": "application/json"}
        if method == "get" and body:
            arguments = {"data": body}
        return send(f"{API}/{path}", headers=sent, **arguments)


@pytest.fixture
def program(world, client):
    """`program(role)` is a client with a token of that role; `at` places it elsewhere."""
    from django.utils import timezone

    now = timezone.now()

    def make(role, at=None):
        who = factories.actor(role, org=at, now=now) if at else world.actor(role, now=now)
        by = world.actor("system", now=now)
        from tongmai.foundation.orgs.models import ApiToken, User
        from tongmai.foundation.orgs.sessions import digest

        secret = f"tm_{who.post_id}"
        ApiToken.objects.create(
            post_id=who.post_id, name="测试", digest=digest(secret), created_at=now,
            created_by=User.objects.get(id=who.user_id), expires_at=now.replace(year=now.year + 1),
        )  # fmt: skip
        assert by.now == now
        return Program(client, secret)

    return make


def test_closed_lists_are_those_of_the_tables():
    pairs = [
        (schemas.Level, choices.LEVELS), (schemas.Kind, choices.KINDS), (schemas.Form, choices.FORMS),
        (schemas.Tightness, choices.TIGHTNESS), (schemas.AgreementKind, choices.AGREEMENT_KINDS),
        (schemas.Grade, choices.STAFF_GRADES), (schemas.GrantableRole, choices.ROLES),
        (schemas.Posting, [("", ""), *choices.POSTINGS]),
    ]  # fmt: skip
    for literal, listed in pairs:
        assert set(get_args(literal)) == {value for value, _ in listed}


def test_orgs_are_paged_by_cursor(world, program):
    call = program("nurse")
    first = call("get", "orgs/", {"limit": 4}).json()
    second = call("get", "orgs/", {"limit": 50, "cursor": first["next_cursor"]}).json()
    codes = [org["code"] for org in first["items"] + second["items"]]
    assert codes == sorted(codes) and world.stranger.code not in codes and len(codes) == 9
    assert call("get", "orgs/", {"cursor": "made-up"}).status_code == 422


def test_create_and_change_an_org_with_its_version(world, program):
    call = program("system_admin")
    body = {"code": "C3", "level": "township", "name": "丙镇卫生院", "division_code": "340199103"}
    made = call("post", "orgs/", body)
    assert made.status_code == 201 and made["ETag"] == '"1"'
    address = f"orgs/{made.json()['id']}/"
    change = {"name": "丙镇中心卫生院", "division_code": "340199103"}
    assert call("put", address, change).status_code == 428
    assert call("put", address, change, If_Match='"1"').json()["version"] == 2
    assert call("put", address, change, If_Match='"1"').status_code == 412
    assert call("post", f"{address}close/", {"reason": "撤并"}, If_Match='"2"').json()["is_active"] is False
    assert call("post", f"{address}reopen/", If_Match="*").json()["is_active"] is True


def test_problems_name_the_field(world, program):
    call = program("system_admin")
    body = {"code": "C3", "level": "township", "name": "丙镇卫生院", "division_code": "340199103", "credit_code": "x"}
    answer = call("post", "orgs/", body)
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "credit_code"


def test_departments_and_catchments(world, program):
    call = program("system_admin")
    org = f"orgs/{world.township.id}"
    made = call("post", f"{org}/departments/", {"code": "03"})
    assert made.status_code == 201
    changed = call("put", f"org-departments/{made.json()['id']}/", {"code": "03", "name": "内一科"}, If_Match='"1"')
    assert changed.json()["name"] == "内一科"
    assert len(call("get", f"{org}/departments/").json()) == 2
    given = call("post", f"{org}/catchments/", {"division_code": "340199103", "starts_on": "2026-01-01"}).json()
    ended = call("post", f"org-catchments/{given['id']}/end/", {"ends_before": "2026-12-01"})
    assert ended.json()["ends_before"] == "2026-12-01"
    assert len(call("get", f"{org}/catchments/").json()) == 2


def test_where_a_referral_may_go(world, program):
    call = program("village_doctor")
    found = call("get", f"orgs/{world.village.id}/upper/").json()
    assert [(each["org"]["name"], each["nearness"]) for each in found[:2]] == [
        ("甲镇卫生院", "alliance"),
        ("示例县人民医院", "alliance"),
    ]
    assert call("get", f"orgs/{world.lead.id}/lower/").status_code == 200


def test_alliance_by_api(world, program):
    call = program("system_admin")
    body = {
        "code": "TN", "name": "心电远程协作网", "form": "telemedicine_network", "tightness": "loose",
        "lead_id": str(world.lead.id), "starts_on": "2026-01-01",
    }  # fmt: skip
    made = call("post", "alliances/", body).json()
    address = f"alliances/{made['id']}"
    joined = call(
        "post", f"{address}/members/", {"org_id": str(world.tcm.id), "starts_on": "2026-01-01"}, If_Match='"1"'
    )
    assert joined.status_code == 201
    lead = {"org_id": str(world.tcm.id), "starts_on": "2027-01-01"}
    assert call("post", f"{address}/lead/", lead, If_Match='"2"').json()["part"] == "lead"
    assert call("post", f"{address}/lead/", lead, If_Match='"2"').status_code == 412
    members = call("get", f"{address}/members/", {"on": "2027-01-01"}).json()
    assert [(m["org"]["name"], m["part"]) for m in members] == [("示例县中医院", "lead"), ("示例县人民医院", "member")]
    rows = call("get", f"{address}/memberships/").json()
    former = next(row for row in rows if row["part"] == "member" and row["ends_before"] is None)
    left = call("post", f"{address}/memberships/{former['id']}/end/", {"ends_before": "2028-01-01"}, If_Match='"3"')
    assert left.json()["ends_before"] == "2028-01-01"
    changed = call("put", f"{address}/", {"name": "心电网", "tightness": "tight"}, If_Match='"4"')
    assert changed.json()["tightness"] == "tight"
    assert call("post", f"{address}/end/", {"ends_before": "2029-01-01"}, If_Match='"5"').status_code == 200
    assert len(call("get", "alliances/").json()) == 3


def test_agreements_by_api(world, program):
    call = program("system_admin")
    body = {
        "kind": "posting", "from_org_id": str(world.lead.id), "to_org_id": str(world.township.id),
        "starts_on": "2026-01-01",
    }  # fmt: skip
    made = call("post", "agreements/", body).json()
    assert call("get", "agreements/").json()["items"][0]["id"] == made["id"]
    ended = call("post", f"agreements/{made['id']}/end/", {"ends_before": "2027-01-01"}, If_Match='"1"')
    assert ended.json()["ends_before"] == "2027-01-01"


def test_a_person_by_api(world, program):
    call = program("security_admin")
    entered = {"number": "N9", "name": "示例新人", "practice_org_id": str(world.township.id)}
    made = call("post", "staff/", entered).json()
    address = f"staff/{made['id']}"
    post = call(
        "post", f"{address}/posts/", {"org_id": str(world.township.id), "role": "nurse", "starts_on": "2026-01-01"}
    )
    assert post.status_code == 201
    assert call("get", f"orgs/{world.township.id}/posts/").json()
    given = call("post", f"{address}/account/", {})
    assert given.status_code == 201 and given.json()["password"]
    assert call("get", f"{address}/account/").json()["must_change_password"] is True
    assert call("post", f"{address}/account/reset/").json()["password"] != given.json()["password"]
    assert call("post", f"{address}/account/deactivate/").json()["is_active"] is False
    assert call("post", f"{address}/account/reactivate/").json()["is_active"] is True
    token = call("post", "tokens/", {"post_id": post.json()["id"], "name": "x", "days": 1}).json()
    assert call("post", f"tokens/{token['id']}/revoke/").json()["revoked_at"]
    assert len(call("get", "tokens/").json()["items"]) == 2
    assert call("post", f"posts/{post.json()['id']}/end/", {"ends_before": "2999-01-01"}).status_code == 200
    changed = call("put", f"{address}/", {"name": "示例改", "practice_org_id": str(world.township.id)}, If_Match='"1"')
    assert changed.json()["name"] == "示例改"
    assert call("post", f"{address}/deactivate/", {"reason": "离职"}, If_Match='"2"').json()["is_active"] is False
    assert call("post", f"{address}/reactivate/", If_Match='"3"').json()["is_active"] is True
    assert "password" not in str(call("post", "staff/search/", {"q": "shiligai"}).json())


def test_own_password_by_api(world, program):
    call = program("nurse")
    weak = call("post", "password/", {"current": "x", "new": "y"})
    assert weak.status_code == 422 and weak.json()["code"] == "wrong-password"


def test_strangers_and_wrong_posts_are_refused(world, program):
    far = program("system_admin", at=world.stranger)
    for path in (f"orgs/{world.township.id}/", f"alliances/{world.alliance.id}/", f"orgs/{world.township.id}/upper/"):
        assert far("get", path).status_code == 404
    assert far("put", f"orgs/{world.township.id}/", {"name": "xx", "division_code": "340199"}).status_code == 404
    nurse = program("nurse")
    assert nurse("get", "tokens/").status_code == 403
    assert nurse("post", f"alliances/{world.alliance.id}/end/", {"ends_before": "2027-01-01"}).status_code == 403
    assert program("audit_admin")("get", "orgs/").status_code == 403


def test_a_revoked_token_opens_nothing(world, program):
    call = program("nurse")
    assert call("get", "orgs/").status_code == 200
    issued = services.issue_token(
        by=world.actor("security_admin"), post_id=world.actor("registrar").post_id, name="x", days=1
    )
    services.revoke_token(by=world.actor("security_admin"), token_id=issued.id)
    assert Program(call.client, issued.secret)("get", "orgs/").status_code == 401


@pytest.mark.parametrize(
    ("role", "path"),
    [("specialist", "orgs/"), ("manager", "staff/"), ("system_admin", "tokens/"), ("nurse", "imports/")],
)
def test_who_may_not_is_refused_before_what_she_sent_is_read(program, role, path):
    answer = program(role)("post", path, {"code": 7})
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")
