"""How long somebody stays signed in, what ends it, and what she sees of it."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from tongmai.foundation.orgs import security, services
from tongmai.foundation.orgs.models import SignIn, User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.services import sign_ins
from tongmai.foundation.orgs.tests import factories
from tongmai.kernel.errors import NotFound

ME, POLL = "/me/", {"X-Tongmai-Poll": "1"}


@pytest.fixture
def doctor(world, client):
    return factories.sign_in_as(client, Role.GENERAL_PRACTITIONER, org=world.township)


def _is_in(client, path=ME, **headers):
    return client.get(path, headers=headers).status_code == 200


def _age(minutes, started=0):
    """Let time pass since the last action (and the sign-in), as every process sees it."""
    row = SignIn.objects.get()
    now = timezone.now()
    row.last_seen_at = now - timedelta(minutes=minutes)
    row.started_at = now - timedelta(minutes=max(started, minutes))
    row.save()
    cache.clear()


def test_every_session_has_its_row(client, doctor):
    row = SignIn.objects.get(user_id=doctor.user_id)
    assert row.ended_at is None and client.session["sign_in"] == str(row.id)
    assert _is_in(client)


def test_a_session_without_a_row_lets_nobody_in(client, doctor):
    SignIn.objects.all().delete()
    cache.clear()
    assert client.get(ME)["Location"] == "/sign-in/?next=/me/"
    assert "已经结束" in client.get("/sign-in/").content.decode()


@pytest.mark.parametrize(("idle", "is_in"), [(29, True), (31, False)])
def test_without_an_action_the_session_ends(client, doctor, idle, is_in):
    _age(idle)
    assert _is_in(client) is is_in
    assert ("太久没有操作" in client.get("/sign-in/", follow=True).content.decode()) is not is_in


def test_an_administrator_is_out_sooner(world, client):
    factories.sign_in_as(client, Role.SYSTEM_ADMIN, org=world.lead)
    _age(16)
    assert not _is_in(client)


def test_after_a_shift_the_session_ends_in_any_case(client, doctor):
    _age(1, started=12 * 60 - 1)
    assert _is_in(client)
    _age(1, started=12 * 60 + 1)
    assert not _is_in(client)
    assert "最长时间" in client.get("/sign-in/").content.decode()


def test_what_the_page_asks_of_itself_keeps_nobody_signed_in(client, doctor):
    _age(29)
    before = SignIn.objects.get().last_seen_at
    assert _is_in(client, "/counts/", **POLL)
    assert SignIn.objects.get().last_seen_at == before
    _age(31)
    assert not _is_in(client, "/counts/", **POLL)


def test_an_action_keeps_her_signed_in(client, doctor):
    _age(29)
    assert _is_in(client)
    assert timezone.now() - SignIn.objects.get().last_seen_at < timedelta(minutes=1)


def test_a_minute_of_work_asks_the_table_once(client, doctor, django_assert_num_queries):
    assert _is_in(client)
    with django_assert_num_queries(2) as asked:  # the account, and the post
        assert _is_in(client, "/orgs/stay/")
    assert not any("signin" in q["sql"] for q in asked.captured_queries)


def test_stay_says_how_long_is_left_and_a_post_is_an_action(client, doctor):
    _age(29)
    left = client.get("/orgs/stay/", headers=POLL).json()["left"]
    assert 30 <= left <= 60
    assert client.post("/orgs/stay/").json()["left"] > 29 * 60


def test_a_page_carries_when_its_session_ends(client, doctor):
    page = client.get(ME).content.decode()
    assert 'data-stay="/orgs/stay/"' in page and 'data-stay-warning="120"' in page


def test_end_own_closes_one_device_in_every_process(client, world, doctor):
    other = type(client)()
    factories.sign_in_as(other, Role.GENERAL_PRACTITIONER, org=world.township)
    assert _is_in(other) and _is_in(client)
    here, there = client.session["sign_in"], other.session["sign_in"]
    with pytest.raises(NotFound):
        services.end_own(by=world.actor("nurse"), sign_in_id=there)
    assert client.post(f"/orgs/security/devices/{there}/end/").status_code == 302
    assert _is_in(client) and not _is_in(other)
    assert [str(d.id) for d in security.own(by=doctor.at(timezone.now()), here=here).devices] == [here]


def test_end_everywhere_closes_this_one_too(client, world, doctor):
    other = type(client)()
    factories.sign_in_as(other, Role.GENERAL_PRACTITIONER, org=world.township)
    assert _is_in(other)
    client.post("/orgs/security/devices/end/")
    assert not _is_in(client) and not _is_in(other)
    assert services.end_everywhere(by=doctor) == 0


def test_a_new_password_and_a_stopped_account_end_every_session(client, world, doctor):
    keeper = world.actor("security_admin")
    assert _is_in(client)
    services.reset_password(by=keeper, staff_id=doctor.staff_id)
    assert not _is_in(client)
    client.force_login(User.objects.get(id=doctor.user_id))
    services.deactivate_account(by=keeper, staff_id=doctor.staff_id)
    assert not _is_in(client)
    assert not SignIn.objects.filter(ended_at__isnull=True).exists()


def test_what_another_process_wrote_into_the_session_is_seen(client, world, doctor):
    """The memory of sessions is each process's own: here another one switched the post."""
    second = factories.post("manager", at=world.lead, of=User.objects.get(id=doctor.user_id).staff, is_main=False)
    assert "全科医生" in client.get(ME).content.decode()
    remembered = dict(cache._cache), dict(cache._expire_info)
    client.post("/post/", {"post": str(second.id)})
    cache._cache.update(remembered[0]), cache._expire_info.update(remembered[1])
    assert "管理者</span>" in client.get(ME).content.decode()


def test_old_devices_are_dropped(doctor):
    assert sign_ins.forget_old(by=doctor.at(timezone.now())) == 0
    assert sign_ins.forget_old(by=doctor.at(timezone.now() + timedelta(days=31))) == 1
