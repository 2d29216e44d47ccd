"""What a password must be, and how it is kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import get_hasher
from django.core.exceptions import ValidationError
from django.test import override_settings

from tongmai.foundation.orgs import passwords, policy, services
from tongmai.foundation.orgs.models import PastPassword, User
from tongmai.foundation.orgs.tests.factories import NOW, PASSWORD
from tongmai.kernel.errors import InvalidInput


@pytest.fixture
def nurse(world):
    who = world.actor("nurse")
    user = User.objects.get(id=who.user_id)
    user.set_password(PASSWORD)
    user.save()
    return who


@pytest.fixture
def in_force(monkeypatch):
    """Another value of a policy, as a county's own file would set it."""
    shipped = policy.value

    def set_to(policy_id, value):
        def found(asked, **where):
            kept = shipped(asked, **where)
            return replace(kept, value=value) if asked == policy_id else kept

        monkeypatch.setattr(policy, "value", found)

    return set_to


def _change(nurse, new, current=PASSWORD):
    return services.change_password(by=nurse, current=current, new=new)


@pytest.mark.parametrize("weak", ["", "short1-x", "1234567890123", "password123", "x" * 201, "示例护士"])
def test_a_weak_password_is_refused(nurse, weak):
    with pytest.raises(InvalidInput):
        _change(nurse, weak)


def test_a_county_may_ask_for_kinds_of_characters(db, in_force):
    passwords.ByPolicy().validate("a long sentence")
    in_force("security.password.classes", 3)
    with pytest.raises(ValidationError, match="至少要有 3 类"):
        passwords.ByPolicy().validate("longsentence12")
    passwords.ByPolicy().validate("Long sentence")


def test_the_last_five_passwords_are_not_chosen_again(nurse):
    chosen = [PASSWORD, *(f"a long sentence {n}" for n in range(6))]
    for before, after in zip(chosen, chosen[1:], strict=False):
        _change(nurse, after, current=before)
        nurse = nurse.at(nurse.now + timedelta(days=1))
    for old in chosen[-5:-1]:
        with pytest.raises(InvalidInput, match="最近用过的 5 个"):
            _change(nurse, old, current=chosen[-1])
    assert _change(nurse, chosen[0], current=chosen[-1]).check_password(chosen[0])


def test_an_initial_password_is_not_remembered(nurse, world):
    given = services.reset_password(by=world.actor("security_admin"), staff_id=nurse.staff_id)
    _change(nurse, "a long sentence", current=given.password)
    assert PastPassword.objects.count() == 1  # the one from before the reset


def test_a_password_grows_old_only_where_the_policy_says_so(nurse, client, in_force):
    user = User.objects.get(id=nurse.user_id)
    user.password_set_on = NOW.date() - timedelta(days=90)
    assert not passwords.is_too_old(user, on=NOW.date())
    in_force("security.password.longest_age", 90)
    assert passwords.is_too_old(user, on=NOW.date())
    assert not passwords.is_too_old(user, on=NOW.date() - timedelta(days=1))
    user.save()
    client.force_login(user)
    assert client.get("/me/")["Location"] == "/orgs/password/"
    assert "规定的期限" in client.get("/orgs/password/").content.decode()


def test_the_configured_hasher_is_strong_and_works(settings):
    """Really hashed, with the parameters in use: not less than OWASP's least for Argon2id (19 MiB, two rounds)."""
    with override_settings(PASSWORD_HASHERS=settings.REAL_PASSWORD_HASHERS):
        hasher = get_hasher()
        kept = hasher.encode(PASSWORD, hasher.salt())
        told = hasher.decode(kept)
        assert kept.startswith("argon2$argon2id$") and hasher.verify(PASSWORD, kept)
        assert not hasher.verify(PASSWORD + "x", kept) and not hasher.must_update(kept)
        assert told["memory_cost"] >= 19 * 1024 and told["time_cost"] >= 2
