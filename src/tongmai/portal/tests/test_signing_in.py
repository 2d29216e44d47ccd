"""The door: pauses after failures, the second question, who must enrol first, and how fast may be asked."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pyotp
import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs import codes, limits, services
from tongmai.foundation.orgs.models import Attempts, Factor, SignIn, User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories
from tongmai.foundation.orgs.tests.factories import PASSWORD

SECRET = codes.new_secret()


@pytest.fixture
def doctor(db):
    who = factories.actor(Role.GENERAL_PRACTITIONER, org=factories.org("示例卫生院"))
    return who.at(timezone.now())


@pytest.fixture
def keeper(db):
    return factories.actor(Role.SECURITY_ADMIN, org=factories.org("示例县医院", level="county")).at(timezone.now())


def _name(who):
    return User.objects.get(id=who.user_id).username


def _sign_in(client, name, password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": name, "password": password} | more)


def _enrol(who):
    """Give her an authenticator, set up a minute ago."""
    earlier = who.at(who.now - timedelta(minutes=2))
    services.add_authenticator(by=earlier, secret=SECRET, code=pyotp.TOTP(SECRET).at(earlier.now), name="手机")


def _code():
    return pyotp.TOTP(SECRET).at(timezone.now())


def _wrong_code():
    return next(c for c in ("000000", "111111") if codes.step_of(SECRET, c, now=timezone.now()) is None)


@pytest.mark.parametrize("known", [True, False])
def test_the_door_pauses_alike_whether_the_account_exists_or_not(client, doctor, known):
    name = _name(doctor) if known else "nobody-here"
    for _ in range(5):
        answer = _sign_in(client, name, "wrong")
        assert answer.status_code == 422 and "用户名或密码不正确" in answer.content.decode()
    answer = _sign_in(client, name)
    said = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (429, "300")
    assert "请 5 分钟后再试" in said and "安全管理员" in said
    assert Event.objects.filter(name="orgs.AccountLocked").count() == 1


def test_a_locked_account_comes_in_again_after_unlocking(client, doctor, keeper):
    for _ in range(6):
        _sign_in(client, _name(doctor), "wrong")
    services.unlock(by=keeper, staff_id=doctor.staff_id, reason="本人到场")
    assert _sign_in(client, _name(doctor)).status_code == 302
    assert not Attempts.objects.filter(n_failures__gt=0, kind="account").exists()


def test_one_address_pauses_over_many_names(client, db):
    for number in range(60):
        _sign_in(client, f"name-{number}", "wrong")
    assert _sign_in(client, "another-name", "wrong").status_code == 429
    elsewhere = {"REMOTE_ADDR": "10.9.9.9"}
    assert client.post("/sign-in/", {"username": "x", "password": "y"}, **elsewhere).status_code == 422


def test_the_security_administrator_sees_the_pause_and_lifts_it(client, doctor, keeper):
    for _ in range(5):
        _sign_in(client, _name(doctor), "wrong")
    client.force_login(User.objects.get(id=keeper.user_id))
    page = client.get(f"/orgs/staff/{doctor.staff_id}/").content.decode()
    assert "登录失败次数过多" in page and f"/orgs/staff/{doctor.staff_id}/account/unlock/" in page
    unlock = f"/orgs/staff/{doctor.staff_id}/account/unlock/"
    assert client.post(unlock, {"reason": ""}).status_code == 422
    assert client.post(unlock, {"reason": "本人到场，输错了"}).status_code == 302
    assert "登录失败次数过多" not in client.get(f"/orgs/staff/{doctor.staff_id}/").content.decode()


def test_the_second_question_stands_before_the_session(client, doctor):
    _enrol(doctor)
    answer = _sign_in(client, _name(doctor), next="/help/")
    assert answer["Location"] == "/sign-in/second/?next=/help/"
    assert client.get("/me/").status_code == 302 and not SignIn.objects.exists()
    assert client.get("/api/v1/orgs/").status_code == 401
    assert client.post("/sign-in/second/", {"code": _wrong_code()}).status_code == 422
    assert client.post("/sign-in/second/", {"code": _code(), "next": "/help/"})["Location"] == "/help/"
    assert client.get("/me/").status_code == 200
    assert SignIn.objects.get().has_second_factor
    assert client.get("/api/v1/orgs/").status_code == 200


def test_a_used_code_does_not_open_another_session(client, doctor):
    _enrol(doctor)
    _sign_in(client, _name(doctor))
    sent = _code()
    assert client.post("/sign-in/second/", {"code": sent}).status_code == 302
    other = type(client)()
    _sign_in(other, _name(doctor))
    assert other.post("/sign-in/second/", {"code": sent}).status_code == 422


def test_wrong_codes_pause_too(client, doctor):
    _enrol(doctor)
    _sign_in(client, _name(doctor))
    for _ in range(5):
        assert client.post("/sign-in/second/", {"code": _wrong_code()}).status_code == 422
    assert client.post("/sign-in/second/", {"code": _code()}).status_code == 429


def test_a_recovery_code_lets_in_once(client, doctor):
    _enrol(doctor)
    made = services.make_recovery_codes(by=doctor)
    for answer in (302, 422):
        _sign_in(client, _name(doctor))
        assert client.post("/sign-in/second/", {"code": made[0]}).status_code == answer
        client.post("/sign-out/")


def test_without_a_right_password_there_is_no_second_question(client, doctor):
    _enrol(doctor)
    assert client.get("/sign-in/second/")["Location"] == "/sign-in/"
    assert client.post("/sign-in/second/", {"code": _code()})["Location"] == "/sign-in/"
    _sign_in(client, _name(doctor))
    user = User.objects.get(id=doctor.user_id)
    user.set_password("something else 2026")
    user.save()
    assert client.post("/sign-in/second/", {"code": _code()})["Location"] == "/sign-in/"


def test_a_session_from_before_the_factor_is_worth_nothing(client, doctor):
    client.force_login(User.objects.get(id=doctor.user_id))
    assert client.get("/me/").status_code == 200
    _enrol(doctor)
    assert client.get("/me/").status_code == 302


@override_settings(SECOND_FACTOR_REQUIRED=True)
def test_an_administrator_without_a_factor_can_only_enrol(client, keeper, doctor):
    assert _sign_in(client, _name(keeper)).status_code == 302
    for path in ("/", "/orgs/staff/", "/me/"):
        assert client.get(path)["Location"] == "/orgs/security/"
    refused = client.get("/api/v1/staff/")
    assert (refused.status_code, refused.json()["code"]) == (403, "second-factor-missing")
    assert "添加之前不能做别的事" in client.get("/orgs/security/").content.decode()
    client.get("/orgs/security/authenticator/")
    secret = client.session["new_authenticator"]
    sent = {"code": pyotp.TOTP(secret).at(timezone.now()), "name": "手机", "password": PASSWORD}
    assert client.post("/orgs/security/authenticator/", sent | {"password": "x"}).status_code == 422
    assert client.post("/orgs/security/authenticator/", sent)["Location"] == "/orgs/security/recovery-codes/"
    assert client.get("/orgs/staff/").status_code == 200
    page = client.post("/orgs/security/recovery-codes/", {"password": PASSWORD}).content.decode()
    assert page.count('class="tm-code"') == 10
    factor = Factor.objects.get()
    remove = client.post(f"/orgs/security/factors/{factor.id}/remove/", {"password": PASSWORD})
    assert remove.status_code == 422 and "先添加另一种" in remove.content.decode()


@override_settings(SECOND_FACTOR_REQUIRED=True)
def test_others_and_programs_are_not_asked(client, doctor, keeper):
    _sign_in(client, _name(doctor))
    assert client.get("/me/").status_code == 200
    other = factories.actor(Role.SECURITY_ADMIN, org=factories.org("示例县二院", level="county"))
    token = services.issue_token(by=other.at(timezone.now()), post_id=keeper.post_id, name="x", days=1)
    asked = type(client)().get("/api/v1/staff/", headers={"Authorization": f"Bearer {token.secret}"})
    assert asked.status_code == 200


def test_a_lost_factor_is_reset_by_the_keeper(client, doctor, keeper):
    _enrol(doctor)
    client.force_login(User.objects.get(id=keeper.user_id))
    address = f"/orgs/staff/{doctor.staff_id}/account/factors/"
    assert "已启用第二种验证方式" in client.get(f"/orgs/staff/{doctor.staff_id}/").content.decode()
    assert client.post(address, {"reason": "手机丢失，已当面核对证件"}).status_code == 302
    assert _sign_in(type(client)(), _name(doctor))["Location"] == "/"


def test_an_initial_password_expires(client, keeper, doctor):
    given = services.reset_password(by=keeper.at(keeper.now - timedelta(days=13)), staff_id=doctor.staff_id)
    assert _sign_in(client, given.username, given.password).status_code == 302
    given = services.reset_password(by=keeper.at(keeper.now - timedelta(days=15)), staff_id=doctor.staff_id)
    answer = _sign_in(type(client)(), given.username, given.password)
    assert answer.status_code == 422 and "初始密码已过期" in answer.content.decode()


def test_no_passkey_is_asked_of_an_address_of_digits(client, doctor):
    client.force_login(User.objects.get(id=doctor.user_id))
    with override_settings(ALLOWED_HOSTS=["10.0.0.5", "localhost"]):
        assert client.get("/orgs/security/passkey/", headers={"Host": "10.0.0.5"}).status_code == 422
        assert client.get("/orgs/security/passkey/", headers={"Host": "localhost"}).status_code == 200


@pytest.fixture
def paced(monkeypatch):
    """Limits on, and a clock that stands still: however slow the machine, no bucket fills up meanwhile."""
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: 1_000.0))
    limits.forget()
    with override_settings(RATE_LIMITS=True):
        yield
    limits.forget()


def test_who_searches_too_fast_is_told_to_wait(client, doctor, paced):
    client.force_login(User.objects.get(id=doctor.user_id))
    answers = [client.post("/search/", {"q": "示例"}, headers={"HX-Request": "true"}) for _ in range(250)]
    assert [answers[119].status_code, answers[-1].status_code] == [200, 429]
    assert "操作太频繁" in answers[-1].content.decode() and int(answers[-1]["Retry-After"]) >= 1
    problem = client.get(reverse("api:diagnoses"), {"q": "a"})
    assert problem.status_code == 429, problem.content
    assert problem["Content-Type"] == "application/problem+json" and problem["Retry-After"]
    assert client.get("/me/").status_code == 200


def test_an_address_that_signs_in_too_fast_waits(client, doctor, paced):
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        answers = [_sign_in(client, _name(doctor)).status_code for _ in range(250)]
    assert answers[0] == 302 and answers[-1] == 429


def test_a_session_that_could_not_be_kept_is_no_fault_of_the_one_who_signs_in(client, doctor, monkeypatch):
    """On a full disk its row is taken back with the rest, and then there is none to bring up to date."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    save = store.save

    def taken_back(self, must_create=False):
        if not must_create:
            raise UpdateError
        save(self, must_create)

    monkeypatch.setattr(store, "save", taken_back)
    answer = _sign_in(client, _name(doctor))
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5")
