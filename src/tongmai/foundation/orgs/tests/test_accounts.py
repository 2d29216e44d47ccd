"""Sign-ins, passwords and API tokens."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import get_hasher, identify_hasher
from django.test import override_settings
from django.urls import reverse

from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs import access, services, sessions
from tongmai.foundation.orgs.errors import AlreadyExists, WrongPassword
from tongmai.foundation.orgs.models import ApiToken, User
from tongmai.foundation.orgs.tests import factories
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted


@pytest.fixture
def person(world):
    return factories.staff(at=world.township)


def bearer(secret):
    return SimpleNamespace(headers={"Authorization": f"Bearer {secret}"}, path="/api/v1/orgs/")


def test_create_account_shows_the_password_once(world, security, person):
    given = services.create_account(by=security, staff_id=person.id)
    user = User.objects.get(id=given.user_id)
    assert user.check_password(given.password) and user.must_change_password
    assert user.username == person.number.lower()
    with pytest.raises(Conflict):
        services.create_account(by=security, staff_id=person.id)
    assert given.password not in str(Event.objects.get(name="orgs.AccountCreated").payload)


def test_create_account_refusals(world, security, system, person):
    with pytest.raises(NotPermitted):
        services.create_account(by=system, staff_id=person.id)
    with pytest.raises(AlreadyExists):
        taken = User.objects.get(id=security.user_id).username
        services.create_account(by=security, staff_id=person.id, username=taken)
    with pytest.raises(NotFound):
        services.create_account(by=security, staff_id=factories.staff(at=world.stranger).id)


def test_reissue_resident_password(world):
    resident, registrar = uuid4(), world.actor("registrar")
    with pytest.raises(NotFound):
        services.reissue_resident_password(by=registrar, resident_id=resident)
    first = services.create_resident_account(by=registrar, resident_id=resident, display_name="示例甲")
    with pytest.raises(NotPermitted):
        services.reissue_resident_password(by=world.actor("manager"), resident_id=resident)
    second = services.reissue_resident_password(by=registrar, resident_id=resident)
    user = User.objects.get(resident_id=resident)
    assert user.check_password(second.password) and not user.check_password(first.password)
    assert user.must_change_password


def test_create_resident_account(world, client):
    """A registrar opens it; the resident sees nothing before she has changed the initial password."""
    resident = uuid4()
    registrar = world.actor("registrar")
    given = services.create_resident_account(by=registrar, resident_id=resident, display_name="示例甲")
    with pytest.raises(Conflict):
        services.create_resident_account(by=registrar, resident_id=resident, display_name="示例甲")
    with pytest.raises(NotPermitted):
        services.create_resident_account(by=world.actor("manager"), resident_id=uuid4(), display_name="示例乙")
    assert client.login(username=given.username, password=given.password)
    assert client.get(reverse("portal:home"))["Location"] == reverse("orgs:password")
    assert client.get(reverse("orgs:password")).status_code == 200


def test_passwords_are_kept_by_the_strongest_hasher(world, security, person, settings):
    with override_settings(PASSWORD_HASHERS=settings.REAL_PASSWORD_HASHERS):
        given = services.create_account(by=security, staff_id=person.id)
        assert identify_hasher(User.objects.get(id=given.user_id).password).algorithm == "argon2"
        assert get_hasher().algorithm == "argon2"


def test_reset_password_signs_out_who_is_signed_in(world, security, client):
    doctor = factories.sign_in_as(client, "general_practitioner", org=world.township)
    given = services.reset_password(by=security, staff_id=doctor.staff_id)
    assert User.objects.get(id=doctor.user_id).check_password(given.password)
    assert client.get("/orgs/").status_code == 302


def test_deactivate_account_and_reactivate_account(world, security, client):
    doctor = factories.sign_in_as(client, "general_practitioner", org=world.township)
    services.deactivate_account(by=security, staff_id=doctor.staff_id)
    services.deactivate_account(by=security, staff_id=doctor.staff_id)
    assert client.get("/orgs/").status_code == 302
    assert services.reactivate_account(by=security, staff_id=doctor.staff_id).is_active
    assert Event.objects.filter(name="orgs.AccountDeactivated").count() == 1
    services.deactivate_staff(by=security, staff_id=doctor.staff_id, version=1, reason="离职")
    with pytest.raises(InvalidInput):
        services.reactivate_account(by=security, staff_id=doctor.staff_id)


def test_change_password(world, security, person):
    given = services.create_account(by=security, staff_id=person.id)
    post = factories.post("nurse", at=world.township, of=person)
    by = sessions.actor_in(post, now=world.now, user_id=given.user_id)
    with pytest.raises(WrongPassword):
        services.change_password(by=by, current="wrong", new="demonstration-77")
    for weak in ("short", "1234567890", given.password):
        with pytest.raises(InvalidInput):
            services.change_password(by=by, current=given.password, new=weak)
    changed = services.change_password(by=by, current=given.password, new="demonstration-77")
    assert changed.check_password("demonstration-77") and not changed.must_change_password


def test_issue_token_acts_in_the_post_until_it_is_revoked(world, security):
    doctor = world.actor("general_practitioner")
    issued = services.issue_token(by=security, post_id=doctor.post_id, name="村医随访设备", days=30)
    row = ApiToken.objects.get(id=issued.id)
    assert issued.secret not in (row.digest, row.name)
    request = bearer(issued.secret)
    assert sessions.actor_of(request, now=world.now).post_id == doctor.post_id
    assert sessions.actor_of(request, now=world.now + timedelta(days=30)) is None
    services.revoke_token(by=security, token_id=issued.id)
    services.revoke_token(by=security, token_id=issued.id)
    assert sessions.actor_of(request, now=world.now) is None
    assert Event.objects.filter(name="orgs.TokenRevoked").count() == 1


def test_issue_token_refusals(world, security, system):
    doctor = world.actor("general_practitioner")
    for days in (0, 366):
        with pytest.raises(InvalidInput):
            services.issue_token(by=security, post_id=doctor.post_id, name="x", days=days)
    with pytest.raises(NotPermitted):
        services.issue_token(by=system, post_id=doctor.post_id, name="x", days=1)
    without_sign_in = factories.post("nurse", at=world.township)
    with pytest.raises(InvalidInput):
        services.issue_token(by=security, post_id=without_sign_in.id, name="x", days=1)
    with pytest.raises(NotFound):
        services.issue_token(by=security, post_id=factories.post("nurse", at=world.stranger).id, name="x", days=1)


def test_tokens_of_others_cannot_be_seen(world, security):
    issued = services.issue_token(by=security, post_id=world.actor("nurse").post_id, name="x", days=1)
    assert access.visible_tokens(world.actor("system_admin")).count() == 0
    far = factories.actor("security_admin", org=world.stranger)
    with pytest.raises(NotFound):
        services.revoke_token(by=far, token_id=issued.id)
