"""Every page: shown to whom it is for, refused to a wrong post, and not there for a stranger."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from tongmai.foundation.orgs import services
from tongmai.foundation.orgs.models import Agreement, ApiToken, CatchmentArea, Membership, Org, Post, Staff, User
from tongmai.foundation.orgs.tests import factories

DAY = date(2026, 11, 20)


@pytest.fixture
def ids(world):
    """An object of each kind in the smallest county."""
    nurse = world.actor("nurse")
    agreement = Agreement.objects.create(
        kind="posting", from_org=world.lead, to_org=world.township, starts_on=DAY, alliance=world.alliance
    )
    issued = services.issue_token(by=world.actor("security_admin"), post_id=nurse.post_id, name="对接", days=300)
    return {
        "org": world.township.id,
        "department": world.departments["general"].id,
        "catchment": CatchmentArea.objects.get(org=world.township).id,
        "alliance": world.alliance.id,
        "membership": Membership.objects.get(alliance=world.alliance, org=world.township).id,
        "agreement": agreement.id,
        "staff": nurse.staff_id,
        "post": nurse.post_id,
        "token": issued.id,
    }


# name, ids in its address, method, who it is for
PAGES = [
    ("list", [], "get", "nurse"),
    ("export", [], "get", "nurse"),
    ("pick", [], "get", "nurse"),
    ("new", [], "get", "system_admin"),
    ("detail", ["org"], "get", "nurse"),
    ("edit", ["org"], "get", "system_admin"),
    ("close", ["org"], "get", "system_admin"),
    ("reopen", ["org"], "post", "system_admin"),
    ("department-new", ["org"], "get", "system_admin"),
    ("department-edit", ["department"], "get", "system_admin"),
    ("catchment-new", ["org"], "get", "system_admin"),
    ("catchment-end", ["org", "catchment"], "get", "system_admin"),
    ("alliances", [], "get", "nurse"),
    ("alliance-new", [], "get", "system_admin"),
    ("alliance", ["alliance"], "get", "nurse"),
    ("alliance-export", ["alliance"], "get", "nurse"),
    ("alliance-edit", ["alliance"], "get", "system_admin"),
    ("alliance-end", ["alliance"], "get", "system_admin"),
    ("join", ["alliance"], "get", "system_admin"),
    ("change-lead", ["alliance"], "get", "system_admin"),
    ("leave", ["alliance", "membership"], "get", "system_admin"),
    ("agreements", [], "get", "nurse"),
    ("agreements-export", [], "get", "nurse"),
    ("agreement-new", [], "get", "system_admin"),
    ("agreement", ["agreement"], "get", "nurse"),
    ("agreement-end", ["agreement"], "get", "system_admin"),
    ("staff", [], "get", "nurse"),
    ("staff-export", [], "get", "nurse"),
    ("staff-new", [], "get", "security_admin"),
    ("person", ["staff"], "get", "nurse"),
    ("staff-edit", ["staff"], "get", "security_admin"),
    ("staff-deactivate", ["staff"], "get", "security_admin"),
    ("staff-reactivate", ["staff"], "post", "security_admin"),
    ("post-new", ["staff"], "get", "security_admin"),
    ("post-end", ["post"], "get", "security_admin"),
    ("account-new", ["staff"], "get", "security_admin"),
    ("account-reset", ["staff"], "post", "security_admin"),
    ("account-deactivate", ["staff"], "post", "security_admin"),
    ("account-reactivate", ["staff"], "post", "security_admin"),
    ("tokens", [], "get", "security_admin"),
    ("token-new", [], "get", "security_admin"),
    ("token-revoke", ["token"], "post", "security_admin"),
    ("password", [], "get", "nurse"),
]
# What belongs to one's own sign-in, and the way back for somebody else's: tried in portal/tests/test_signing_in.py.
DOOR = {
    "security", "authenticator", "passkey", "recovery-codes", "factor-remove", "device-end", "devices-end", "stay",
    "account-unlock", "account-factors",
}  # fmt: skip
page = pytest.mark.parametrize(("name", "needs", "method", "role"), PAGES, ids=[p[0] for p in PAGES])


def sign_in(client, world, role):
    who = world.actor(role)
    return factories.sign_in_as(client, role, org=Org.objects.get(id=who.org_id))


def ask(client, method, name, needs, ids):
    return getattr(client, method)(reverse(f"orgs:{name}", args=[ids[need] for need in needs]))


def test_the_table_of_pages_is_complete():
    from tongmai.foundation.orgs.urls import urlpatterns

    assert {pattern.name for pattern in urlpatterns} == {p[0] for p in PAGES} | DOOR


@page
def test_page_is_shown(client, world, ids, name, needs, method, role):
    sign_in(client, world, role)
    answer = ask(client, method, name, needs, ids)
    assert answer.status_code in (200, 302), answer.content.decode()[:2000]


@page
def test_page_asks_visitors_to_sign_in(client, world, ids, name, needs, method, role):
    answer = ask(client, method, name, needs, ids)
    assert answer.status_code == 302 and "sign-in" in answer["Location"]


@pytest.mark.parametrize(
    ("name", "needs", "method", "role"),
    [p for p in PAGES if p[3] != "nurse"],
    ids=[p[0] for p in PAGES if p[3] != "nurse"],
)
def test_page_is_refused_to_a_wrong_post(client, world, ids, name, needs, method, role):
    sign_in(client, world, "nurse")
    assert ask(client, method, name, needs, ids).status_code == 403


@pytest.mark.parametrize(
    ("name", "needs", "method", "role"), [p for p in PAGES if p[1]], ids=[p[0] for p in PAGES if p[1]]
)
def test_page_is_not_there_for_a_stranger(client, world, ids, name, needs, method, role):
    """The same post in another county learns nothing, whatever she sends."""
    factories.sign_in_as(client, role, org=world.stranger)
    for each in ("get", "post"):
        assert ask(client, each, name, needs, ids).status_code in (404, 405)


def test_an_audit_administrator_sees_none_of_it(client, world):
    sign_in(client, world, "audit_admin")
    assert client.get(reverse("orgs:list")).status_code == 403


def test_directory_is_searched_by_initials(client, world):
    services.create_org(
        by=world.actor("system_admin"), code="C3", level="township",
        entry=services.OrgEntry(name="丙镇卫生院", division_code="340199103"),
    )  # fmt: skip
    sign_in(client, world, "nurse")
    found = client.get(reverse("orgs:list"), {"q": "bzwsy"}).content.decode()
    assert "丙镇卫生院" in found and "乙镇卫生院" not in found
    nothing = client.get(reverse("orgs:list"), {"q": "zzzzz"}).content.decode()
    assert "没有符合条件的机构" in nothing
    row = client.get(reverse("orgs:pick"), {"q": "丙镇"}).content.decode()
    assert 'data-text="丙镇卫生院"' in row


def test_unusable_filters_are_taken_for_none(client, world):
    sign_in(client, world, "nurse")
    for asked in ({"alliance": "x"}, {"level": "moon"}, {"page": "-1"}, {"q": "\x00" * 70}):
        assert client.get(reverse("orgs:list"), asked).status_code == 200
    assert client.get(reverse("orgs:alliances"), {"on": "never"}).status_code == 200
    assert client.get(reverse("orgs:staff"), {"org": "1", "role": "king"}).status_code == 200


def test_alliance_map_is_that_of_the_day(client, world):
    Membership.objects.filter(org=world.township).update(starts_on=date(2026, 6, 1))
    sign_in(client, world, "nurse")
    before = client.get(reverse("orgs:alliances"), {"on": "2026-05-31"}).content.decode()
    after = client.get(reverse("orgs:alliances"), {"on": "2026-06-01"}).content.decode()
    assert "甲镇示例村卫生室" not in before and "甲镇示例村卫生室" in after


def test_export_holds_what_is_listed(client, world):
    sign_in(client, world, "nurse")
    answer = client.get(reverse("orgs:export"), {"level": "township"})
    rows = list(load_workbook(BytesIO(answer.content)).active.values)
    assert [row[1] for row in rows[1:]] == ["甲镇卫生院", "乙镇卫生院"]


def test_a_refusal_keeps_what_was_typed(client, world):
    sign_in(client, world, "system_admin")
    entered = {
        "code": "C9", "name": "戊镇卫生院", "kind": "facility", "level": "township", "class_code": "C220",
        "division_code": "340199109", "credit_code": "12345",
    }  # fmt: skip
    answer = client.post(reverse("orgs:new"), entered)
    text = answer.content.decode()
    assert answer.status_code == 422 and "戊镇卫生院" in text and "统一社会信用代码应为 18 位" in text
    done = client.post(reverse("orgs:new"), entered | {"credit_code": ""})
    row = Org.objects.get(code="C9")
    assert done["Location"] == reverse("orgs:detail", args=[row.id])


def test_editing_an_older_version_is_refused_on_the_form(client, world):
    sign_in(client, world, "system_admin")
    entered = {"name": "甲镇中心卫生院", "division_code": "340199101", "class_code": "C220", "version": 1}
    address = reverse("orgs:edit", args=[world.township.id])
    assert client.post(address, entered).status_code == 302
    late = client.post(address, entered | {"name": "丁镇卫生院"})
    assert late.status_code == 422 and "已被他人更新" in late.content.decode()


def test_alliance_pages_change_members(client, world):
    sign_in(client, world, "system_admin")
    joined = client.post(
        reverse("orgs:join", args=[world.alliance.id]), {"org": world.tcm.id, "starts_on": "2026-11-20", "version": 1}
    )
    assert joined.status_code == 302
    led = {"org": str(world.tcm.id), "starts_on": "2026-12-01", "version": 2}
    assert client.post(reverse("orgs:change-lead", args=[world.alliance.id]), led).status_code == 302
    row = Membership.objects.get(alliance=world.alliance, org=world.township)
    left = {"ends_before": "2026-12-31", "version": 3}
    assert client.post(reverse("orgs:leave", args=[world.alliance.id, row.id]), left).status_code == 302
    assert "县中医院" in client.get(reverse("orgs:alliance", args=[world.alliance.id])).content.decode()


def test_agreement_pages(client, world):
    sign_in(client, world, "system_admin")
    terms = {"kind": "support", "from_org": world.lead.id, "to_org": world.township.id, "starts_on": "2026-11-20"}
    assert client.post(reverse("orgs:agreement-new"), terms).status_code == 302
    row = Agreement.objects.get()
    ended = client.post(reverse("orgs:agreement-end", args=[row.id]), {"ends_before": "2026-12-01", "version": 1})
    assert ended.status_code == 302


def test_a_new_person_from_entry_to_first_sign_in(client, world):
    """The security administrator enters her, gives a post and a sign-in; she must change the password first."""
    sign_in(client, world, "security_admin")
    entered = {"number": "N77", "name": "示例新人", "practice_org": world.township.id, "grade": "junior"}
    client.post(reverse("orgs:staff-new"), entered)
    person = Staff.objects.get(number="N77")
    post = {"org": world.township.id, "role": "nurse", "starts_on": "2020-01-01"}
    assert client.post(reverse("orgs:post-new", args=[person.id]), post).status_code == 302
    shown = client.post(reverse("orgs:account-new", args=[person.id]), {"username": "newcomer"})
    assert "no-store" in shown["Cache-Control"]
    password = shown.content.decode().split("初始密码</dt><dd>")[1].split("</dd>")[0]
    client.logout()
    assert client.login(username="newcomer", password=password)
    for name in ("orgs:list", "portal:home"):
        assert client.get(reverse(name))["Location"] == reverse("orgs:password")
    assert client.get("/api/v1/orgs/").status_code == 403
    new = {"current": password, "new": "demonstration-88", "again": "demonstration-88"}
    assert client.post(reverse("orgs:password"), new | {"again": "other"}).status_code == 422
    assert client.post(reverse("orgs:password"), new).status_code == 302
    assert client.get(reverse("orgs:list")).status_code == 200


def test_a_conflicting_post_is_refused_on_the_form(client, world):
    sign_in(client, world, "security_admin")
    doctor = world.actor("specialist")
    post = {"org": world.lead.id, "role": "system_admin", "starts_on": "2026-11-20"}
    answer = client.post(reverse("orgs:post-new", args=[doctor.staff_id]), post)
    assert answer.status_code == 422 and "三类管理员" in answer.content.decode()
    assert Post.objects.filter(staff_id=doctor.staff_id).count() == 1


def test_token_is_shown_once(client, world):
    sign_in(client, world, "security_admin")
    nurse = world.actor("nurse")
    shown = client.post(reverse("orgs:token-new"), {"post": nurse.post_id, "name": "对接程序", "days": 30})
    assert "tm_" in shown.content.decode()
    assert "tm_" not in client.get(reverse("orgs:tokens")).content.decode()
    too_long = client.post(reverse("orgs:token-new"), {"post": nurse.post_id, "name": "x", "days": 400})
    assert too_long.status_code == 422 and ApiToken.objects.count() == 1


def test_nobody_administers_herself(client, world):
    me = sign_in(client, world, "security_admin")
    own = {"org": world.lead.id, "role": "manager", "starts_on": "2026-11-20"}
    assert client.post(reverse("orgs:post-new", args=[me.staff_id]), own).status_code == 403
    assert client.post(reverse("orgs:account-reset", args=[me.staff_id])).status_code == 403
    assert User.objects.get(id=me.user_id).is_active


def test_pages_in_english(client, world):
    client.cookies["django_language"] = "en"
    sign_in(client, world, "nurse")
    with translation.override("en"):  # put back afterwards: the middleware leaves the request's language on
        assert client.get(reverse("orgs:alliances")).status_code == 200
