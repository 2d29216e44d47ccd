"""Residents come in by a code to their phones; others learn nothing."""

import json
import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from tongmai.commons.residents import services as people_services
from tongmai.commons.residents.models import Phone
from tongmai.commons.residents.tests import factories as people
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import SignIn, User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories
from tongmai.foundation.texting import sending
from tongmai.foundation.texting.models import OneTimeCode

PHONE = "13900000000"
ASK, ENTER = "/sign-in/code/", "/sign-in/code/enter/"


@pytest.fixture(autouse=True)
def texts(db, tmp_path):
    """Texts go to a file of this test."""
    with override_settings(SMS="file", VAR=tmp_path):
        yield tmp_path / "sms.jsonl"


@pytest.fixture
def registrar(db):
    return factories.actor(Role.REGISTRAR, org=factories.org("甲镇卫生院")).at(timezone.now())


def _person(registrar, name="示例张小芳", *, phone=PHONE, checked=True, **more):
    """Somebody registered last month, with a phone that was seen in her hand."""
    earlier = registrar.at(registrar.now - timedelta(days=30))
    number = people.citizen_id(more.get("born_on", date(1960, 5, 17)))
    person = people.resident(name, by=earlier, id_number=number, phone=phone, **more)
    if checked and phone:
        people_services.check_phone(Phone.objects.get(resident=person).id, by=earlier)
    return person, number


def _ask(client, number, **more):
    return client.post(ASK, {"number": number} | more)


def _sent(texts):
    """Let the worker send, and return what arrived."""
    sending.send_due(Actor.system(now=timezone.now()))
    return [json.loads(line) for line in texts.read_text(encoding="utf-8").splitlines()] if texts.exists() else []


def _enter(client, code, **more):
    return client.post(ENTER, {"code": code} | more)


def test_a_resident_without_an_account_comes_in_by_her_phone(client, registrar, texts):
    person, number = _person(registrar)
    assert _ask(client, number)["Location"] == ENTER
    text = _sent(texts)[-1]
    assert text["phone"] == PHONE and "示*芳" in text["text"] and "示例张小芳" not in text["text"]
    answer = _enter(client, f" {text['facts']['code'][:3]} {text['facts']['code'][3:]} ")
    assert answer["Location"] == "/"
    account = User.objects.get(resident_id=person.id)
    assert not account.has_usable_password() and account.staff is None
    assert client.get("/own/").status_code == 200
    assert SignIn.objects.filter(user=account).exists()
    said = set(Event.objects.values_list("name", flat=True))
    assert {"texting.CodeAsked", "texting.CodeUsed", "orgs.ResidentAccountCreated", "portal.SignedIn"} <= said


def test_she_keeps_her_account_and_needs_no_password(client, registrar, texts):
    person, number = _person(registrar)
    people_services.open_account(person.id, by=registrar)
    _ask(client, number)
    assert _enter(client, _sent(texts)[-1]["facts"]["code"], next="/own/accesses/")["Location"] == "/own/accesses/"
    assert client.get("/own/").status_code == 200, "an initial password is asked of nobody who came by a code"
    assert User.objects.filter(resident_id=person.id).count() == 1


def _not_to_be_reached(registrar):
    """Everybody who cannot come in by a code, with her citizen's number."""
    now = registrar.now
    unchecked = _person(registrar, "示例未核", checked=False)[1]
    without = _person(registrar, "示例无话", phone="")[1]
    child = _person(registrar, "示例幼", born_on=date(now.year - 10, 1, 1))[1]
    dead, of_dead = _person(registrar, "示例故")
    people_services.mark_deceased(dead.id, by=registrar, died_on=now.date(), reason="死亡证明")
    changed, of_changed = _person(registrar, "示例换")
    fresh = people_services.add_phone(changed.id, by=registrar, number="13900000009")
    people_services.check_phone(fresh.id, by=registrar)
    old = Phone.objects.get(resident=changed, number=PHONE)
    people_services.close_phone(old.id, by=registrar)
    stopped, of_stopped = _person(registrar, "示例停")
    people_services.open_account(stopped.id, by=registrar)
    User.objects.filter(resident_id=stopped.id).update(is_active=False)
    return {
        "unknown": people.citizen_id(), "unchecked": unchecked, "without a phone": without, "a child": child,
        "dead": of_dead, "phone changed today": of_changed, "account stopped": of_stopped,
    }  # fmt: skip


def _shape(answer):
    """The page without what differs from request to request."""
    text = re.sub(r'value="[^"]{20,}"|CSRFToken": "[^"]+"|data-wait="\d+"|\d+ 秒', "", answer.content.decode())
    return answer.status_code, re.sub(r"csrf[^>]*>", "", text)


def test_nobody_learns_who_is_known(registrar, texts, client):
    _person_, known = _person(registrar)
    pages = {}
    for why, number in ({"known": known} | _not_to_be_reached(registrar)).items():
        browser = type(client)()
        answer = _ask(browser, number)
        entering = browser.get(ENTER)
        wrong = _enter(browser, "000000")
        again = browser.post(ENTER, {"again": "1"})
        pages[why] = [(answer.status_code, answer["Location"]), _shape(entering), _shape(wrong), _shape(again)]
    assert all(page == pages["known"] for page in pages.values()), [w for w in pages if pages[w] != pages["known"]]
    assert [text["phone"] for text in _sent(texts)] == [PHONE]


def test_a_changed_phone_lets_in_after_its_rest(registrar, texts, client):
    person, number = _person(registrar)
    earlier = registrar.at(registrar.now - timedelta(days=4))
    fresh = people_services.add_phone(person.id, by=earlier, number="13900000009")
    people_services.check_phone(fresh.id, by=earlier)
    _ask(client, number)
    assert _sent(texts)[-1]["phone"] == "13900000009"


def test_a_family_shares_a_phone(registrar, texts, client):
    mother, of_mother = _person(registrar, "示例张小芳")
    _son, of_son = _person(registrar, "示例李大明")
    _ask(type(client)(), of_son)
    _ask(client, of_mother)
    first, second = _sent(texts)
    assert first["phone"] == second["phone"] and ("示*明" in first["text"], "示*芳" in second["text"]) == (True, True)
    assert _enter(client, first["facts"]["code"]).status_code == 422, "the son's code is not hers"
    assert _enter(client, second["facts"]["code"]).status_code == 302
    assert User.objects.get(resident_id=mother.id)


def test_who_died_after_the_code_was_sent_does_not_come_in(client, registrar, texts):
    person, number = _person(registrar)
    _ask(client, number)
    code = _sent(texts)[-1]["facts"]["code"]
    people_services.mark_deceased(person.id, by=registrar, died_on=registrar.today, reason="死亡证明")
    answer = _enter(client, code)
    assert answer.status_code == 403 and "窗口" in answer.content.decode()
    assert client.get("/own/").status_code == 302 and not User.objects.filter(resident_id=person.id).exists()


def test_a_merged_entry_leads_to_the_one_that_stands(client, registrar, texts):
    kept, _number = _person(registrar, "示例张小芳")
    gone = people.resident("示例张小芳", by=registrar, id_number="")
    people_services.merge(retired_id=gone.id, survivor_id=kept.id, reason="同一人", by=registrar)
    _ask(client, _number)
    _enter(client, _sent(texts)[-1]["facts"]["code"])
    assert User.objects.get(resident_id=kept.id)


def test_a_member_of_staff_comes_in_as_a_resident_and_not_in_her_post(client, registrar, texts):
    doctor = factories.actor(Role.GENERAL_PRACTITIONER, org=factories.org("乙镇卫生院"))
    _person_, number = _person(registrar)
    _ask(client, number)
    _enter(client, _sent(texts)[-1]["facts"]["code"])
    assert client.get("/residents/").status_code == 403
    assert not SignIn.objects.filter(user_id=doctor.user_id).exists()


def test_the_code_counts_in_the_browser_that_asked(client, registrar, texts):
    _person_, number = _person(registrar)
    _ask(client, number)
    code = _sent(texts)[-1]["facts"]["code"]
    thief = type(client)()
    assert _enter(thief, code)["Location"] == ASK, "nothing was asked there"
    _ask(thief, people.citizen_id())
    assert _enter(thief, code).status_code == 422
    assert _enter(client, code).status_code == 302


def test_a_second_factor_is_still_asked(client, registrar, texts):
    person, number = _person(registrar)
    people_services.open_account(person.id, by=registrar)
    User.objects.filter(resident_id=person.id).update(second_factor_on=registrar.today)
    _ask(client, number)
    assert _enter(client, _sent(texts)[-1]["facts"]["code"])["Location"] == "/sign-in/second/"
    assert client.get("/own/").status_code == 302


def test_the_session_of_before_is_worth_nothing_afterwards(client, registrar, texts):
    _person_, number = _person(registrar)
    _ask(client, number)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    _enter(client, _sent(texts)[-1]["facts"]["code"])
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    thief = type(client)()
    thief.cookies[settings.SESSION_COOKIE_NAME] = before
    assert thief.get("/own/").status_code == 302


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "必填"), ("12345", "18 位"), ("34019919600517002X", "校验位"), ("' OR 1=1 --", "位"), ("９" * 40, "位")],
)
def test_what_is_no_number_is_said_at_once(client, db, typed, said):
    answer = _ask(client, typed)
    assert answer.status_code == 422
    assert not OneTimeCode.objects.exists()


def test_another_code_waits_and_says_how_long(client, registrar):
    _person_, number = _person(registrar)
    _ask(client, number)
    answer = client.post(ENTER, {"again": "1"})
    assert answer.status_code == 429 and 0 < int(answer["Retry-After"]) <= 60
    assert "秒后再重新获取" in answer.content.decode()
    assert _ask(client, number).status_code == 429


def test_an_expired_code_is_refused(client, registrar, texts):
    _person_, number = _person(registrar)
    _ask(client, number)
    code = _sent(texts)[-1]["facts"]["code"]
    OneTimeCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = _enter(client, code)
    assert answer.status_code == 422 and "已失效" in answer.content.decode()


def test_without_a_gateway_the_door_says_where_to_go(client, db):
    with override_settings(SMS=""):
        assert "没有开通短信登录" in client.get(ASK).content.decode()
        assert "短信验证码" not in client.get("/sign-in/").content.decode()
        answer = _ask(client, people.citizen_id())
        assert answer.status_code == 503 and "没有计入次数" in answer.content.decode()
    assert "用短信验证码登录" in client.get("/sign-in/").content.decode()


def test_who_is_signed_in_goes_on(client, registrar):
    factories.sign_in_as(client, Role.GENERAL_PRACTITIONER, org=factories.org("乙镇卫生院"))
    assert client.get(ASK)["Location"] == "/"


def test_the_way_on_is_an_address_of_ours(client, registrar, texts):
    _person_, number = _person(registrar)
    answer = _ask(client, number, next="https://elsewhere.example/")
    assert answer["Location"] == ENTER
    assert _enter(client, _sent(texts)[-1]["facts"]["code"], next="//elsewhere.example")["Location"] == "/"
