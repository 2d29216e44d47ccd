"""A resident's own sign-in: only at the window, only once, never for somebody out of reach."""

from uuid import uuid4

import pytest
from django.urls import reverse

from tongmai.commons.residents import services
from tongmai.commons.residents.tests import factories
from tongmai.foundation.audit.models import AccessLog, Event
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import actor, sign_in_as
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted


@pytest.fixture
def person(world):
    return factories.resident("示例甲")


@pytest.fixture
def registrar(world):
    return actor(Role.REGISTRAR, org=world.lead)


def test_open_account_is_logged_and_given_once(person, registrar):
    given = services.open_account(person.id, by=registrar)
    row = User.objects.get(resident_id=person.id)
    assert row.check_password(given.password) and row.must_change_password
    assert AccessLog.objects.filter(resident_id=person.id, by_user_id=registrar.user_id).exists()
    assert given.password not in str(Event.objects.get(name="orgs.ResidentAccountCreated").payload)
    with pytest.raises(Conflict):
        services.open_account(person.id, by=registrar)


def test_open_account_refusals(world, person, registrar):
    with pytest.raises(NotFound):
        services.open_account(uuid4(), by=registrar)
    with pytest.raises(NotPermitted):
        services.open_account(person.id, by=actor(Role.NURSE, org=world.township))
    services.mark_deceased(person.id, by=registrar, died_on=registrar.today, reason="死亡证明")
    with pytest.raises(InvalidInput):
        services.open_account(person.id, by=registrar)
    assert not User.objects.filter(resident_id=person.id).exists()


def test_reissue_password_replaces_the_old_one(person, registrar):
    first = services.open_account(person.id, by=registrar)
    second = services.reissue_password(person.id, by=registrar)
    row = User.objects.get(resident_id=person.id)
    assert second.username == first.username
    assert row.check_password(second.password) and not row.check_password(first.password)
    assert Event.objects.filter(name="orgs.ResidentPasswordReset").count() == 1


def test_reissue_password_needs_an_account(person, registrar):
    with pytest.raises(NotFound):
        services.reissue_password(person.id, by=registrar)


def test_the_page_shows_the_password_to_the_request_that_made_it_only(client, world, person):
    sign_in_as(client, Role.GENERAL_PRACTITIONER, org=world.township)
    address = reverse("residents:account", args=[person.id])
    assert "开通居民账号" in client.get(address).content.decode()
    made = client.post(address, {"username": "shili-jia", "is_identified": "on"}).content.decode()
    assert "只显示这一次" in made and "shili-jia" in made
    again = client.get(address).content.decode()
    assert "重新发放" in again and "初始密码" not in again
    assert "只显示这一次" in client.post(address, {"is_identified": "on"}).content.decode()


def test_the_page_wants_the_papers_checked(client, world, person):
    sign_in_as(client, Role.REGISTRAR, org=world.lead)
    address = reverse("residents:account", args=[person.id])
    assert client.post(address, {"username": "shili-jia"}).status_code == 422
    assert client.post(address, {"username": "x", "is_identified": "on"}).status_code == 422
    assert not User.objects.filter(resident_id=person.id).exists()


def test_the_page_refuses_who_registers_nobody(client, world, person):
    sign_in_as(client, Role.NURSE, org=world.township)
    assert client.get(reverse("residents:account", args=[person.id])).status_code == 403
