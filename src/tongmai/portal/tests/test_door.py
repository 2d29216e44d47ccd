import pytest
from django.conf import settings
from django.test import override_settings

from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.models import Post, Staff, User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories
from tongmai.foundation.orgs.tests.factories import PASSWORD


@pytest.fixture
def doctor(db):
    who = factories.actor(Role.GENERAL_PRACTITIONER, org=factories.org("示例卫生院"))
    return User.objects.get(id=who.user_id)


def _sign_in(client, user, password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": user.username, "password": password} | more)


def test_who_has_not_signed_in_is_sent_to_the_door_and_back(client, doctor):
    response = client.get("/help/")
    assert (response.status_code, response["Location"]) == (302, "/sign-in/?next=/help/")
    assert _sign_in(client, doctor, next="/help/")["Location"] == "/help/"


def test_nobody_is_sent_to_another_site(client, doctor):
    assert _sign_in(client, doctor, next="https://elsewhere.example/")["Location"] == "/"
    assert _sign_in(client, doctor, next="//elsewhere.example/")["Location"] == "/"
    assert _sign_in(client, doctor, next="no-address")["Location"] == "/"


def test_the_session_gets_a_new_key(client, doctor):
    client.get("/sign-in/")
    client.session["x"] = 1
    before = client.session.session_key
    _sign_in(client, doctor)
    assert client.session.session_key != before
    assert Event.objects.filter(name="portal.SignedIn", subject_id=doctor.id).count() == 1


def test_the_strongest_hasher_works_at_the_door(client, doctor):
    with override_settings(PASSWORD_HASHERS=settings.REAL_PASSWORD_HASHERS):
        doctor.set_password(PASSWORD)
        doctor.save()
        assert doctor.password.startswith("argon2$argon2id$")
        assert _sign_in(client, doctor).status_code == 302


def test_a_wrong_password_says_what_is_wrong_and_is_written_down(client, doctor):
    response = _sign_in(client, doctor, password="nope")
    assert response.status_code == 422
    assert "用户名或密码不正确" in response.content.decode()
    assert Event.objects.get(name="portal.SignInRefused").payload == {"username": doctor.username}


@pytest.mark.parametrize("form", [{}, {"username": "a" * 200, "password": "b"}, {"username": "\x00", "password": "b"}])
def test_an_unusable_form_is_refused(client, db, form):
    assert client.post("/sign-in/", form).status_code == 422


def test_an_account_without_a_valid_post_does_not_get_in(client, doctor):
    Post.objects.all().update(ends_before=Post.objects.get().starts_on.replace(year=2021))
    response = _sign_in(client, doctor)
    assert response.status_code == 422
    assert "没有有效的岗位" in response.content.decode()
    assert client.get("/help/").status_code == 302


def test_who_is_in_already_is_not_asked_again(client, doctor):
    _sign_in(client, doctor)
    assert client.get("/sign-in/")["Location"] == "/"


def test_signing_out_forgets_what_the_browser_kept(client, doctor):
    _sign_in(client, doctor)
    response = client.post("/sign-out/")
    assert '"storage"' in response["Clear-Site-Data"]
    assert client.get("/help/").status_code == 302
    assert Event.objects.filter(name="portal.SignedOut").count() == 1


def test_signing_out_by_a_link_is_not_possible(client, doctor):
    _sign_in(client, doctor)
    assert client.get("/sign-out/").status_code == 405


def test_a_user_switches_between_her_posts_only(client, doctor):
    staff = Staff.objects.get(user=doctor)
    lead = factories.org("示例县医院", level="county")
    second = factories.post(Role.REFERRAL_COORDINATOR, at=lead, of=staff, is_main=False)
    strangers = factories.post(Role.MANAGER, at=lead)
    _sign_in(client, doctor)
    assert "示例卫生院 · 全科医生" in client.get("/me/").content.decode()
    assert client.post("/post/", {"post": str(second.id)})["Location"] == "/"
    assert "示例县医院 · 转诊专员</span>" in client.get("/me/").content.decode()
    assert Event.objects.filter(name="portal.PostSwitched").count() == 1
    for post in (str(strangers.id), "x", ""):
        assert client.post("/post/", {"post": post}).status_code == 422


def test_the_language_stays_chosen(client, doctor):
    _sign_in(client, doctor)
    assert client.post("/language/", {"language": "en", "next": "/me/"})["Location"] == "/me/"
    page = client.get("/me/").content.decode()
    assert '<html lang="en">' in page
    assert "Sign out" in page
    client.post("/language/", {"language": "xx"})
    assert '<html lang="en">' in client.get("/me/").content.decode()


def test_an_htmx_caller_without_session_leaves_its_page(client, db):
    response = client.get("/", headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == "/sign-in/"
