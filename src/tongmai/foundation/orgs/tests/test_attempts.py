"""Failures at the door: counted exactly, alike for every name, with a way back."""

from datetime import timedelta

import pytest

from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs import access, services
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.errors import OwnRights, TooManyAttempts
from tongmai.foundation.orgs.models import Attempts, Staff, User
from tongmai.foundation.orgs.services import attempts
from tongmai.foundation.orgs.tests import factories
from tongmai.foundation.orgs.tests.factories import NOW
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted

NAME = attempts.of_account("s000001")


def _fail(times, tried=NAME, now=NOW):
    for _ in range(times):
        attempts.charge(tried, now=now)


def test_the_sixth_attempt_waits_and_time_lets_in_again(db):
    _fail(5)
    with pytest.raises(TooManyAttempts) as refused:
        attempts.charge(NAME, now=NOW)
    assert refused.value.facts == {"minutes": 5, "seconds": 300}
    _fail(1, now=NOW + timedelta(minutes=5))
    with pytest.raises(TooManyAttempts) as refused:
        attempts.charge(NAME, now=NOW + timedelta(minutes=5))
    assert refused.value.facts["minutes"] == 10


def test_a_refused_attempt_is_not_counted(db):
    _fail(5)
    for _ in range(20):
        with pytest.raises(TooManyAttempts):
            attempts.charge(NAME, now=NOW)
    assert Attempts.objects.get().n_failures == 5


def test_a_right_password_begins_anew(db):
    _fail(4)
    attempts.charge(NAME, now=NOW)
    attempts.give_back(NAME, now=NOW)
    _fail(5)


def test_an_address_gets_back_only_the_attempt_that_was_right(db):
    place = attempts.of_address("10.0.0.9")
    _fail(59, place)
    attempts.charge(place, now=NOW)
    attempts.give_back(place, now=NOW)
    _fail(1, place)
    with pytest.raises(TooManyAttempts):
        attempts.charge(place, attempts.of_account("somebody else"), now=NOW)
    assert not Attempts.objects.filter(kind="account", n_failures__gt=0).exists()


def test_a_name_is_the_same_however_it_is_written_and_is_not_kept(db):
    _fail(5, attempts.of_account(" S000001 "))
    with pytest.raises(TooManyAttempts):
        attempts.charge(NAME, now=NOW)
    assert "s000001" not in str(Attempts.objects.values().get())


def test_many_at_once_do_not_get_more_than_the_limit(transactional_db, threads):
    def try_it(_number):
        try:
            attempts.charge(NAME, now=NOW)
        except TooManyAttempts:
            return "refused"
        return "looked at"

    said = threads(16, try_it).results
    assert said.count("looked at") == 5
    assert Attempts.objects.get().n_failures == 5


def test_note_lock_is_written_down_once_it_locks(world):
    person = Staff.objects.get(id=world.actor("nurse").staff_id)
    tried, by = attempts.of_account(person.number), Actor.system(now=NOW)
    _fail(4, tried)
    attempts.note_lock(person.number, by=by)
    assert not Event.objects.filter(name="orgs.AccountLocked").exists()
    _fail(1, tried)
    attempts.note_lock(person.number, by=by)
    payload = Event.objects.get(name="orgs.AccountLocked").payload
    assert payload["n_failures"] == 5 and payload["user_id"] == str(User.objects.get(staff=person).id)


def test_unlock_gives_back_the_door_with_a_reason(world, security):
    person = Staff.objects.get(id=world.actor("nurse").staff_id)
    user = User.objects.get(staff=person)
    tried = attempts.of_account(user.username)
    _fail(5, tried)
    assert attempts.locked_until(user, now=NOW) == NOW + timedelta(minutes=5)
    with pytest.raises(InvalidInput):
        services.unlock(by=security, staff_id=person.id, reason=" ")
    services.unlock(by=security, staff_id=person.id, reason="本人到场，输错了密码")
    services.unlock(by=security, staff_id=person.id, reason="再按一次")
    assert attempts.locked_until(user, now=NOW) is None
    assert Event.objects.get(name="orgs.AccountUnlocked").payload["reason"] == "本人到场，输错了密码"
    attempts.charge(tried, now=NOW)


def test_unlock_refusals(world, security):
    nurse = world.actor("nurse").staff_id
    for by, staff_id, error in (
        (world.actor("system_admin"), nurse, NotPermitted),
        (world.actor("nurse"), nurse, NotPermitted),
        (security, security.staff_id, OwnRights),
        (security, factories.actor("nurse", org=world.stranger).staff_id, NotFound),
    ):
        with pytest.raises(error):
            services.unlock(by=by, staff_id=staff_id, reason="x")


def test_a_new_initial_password_lifts_the_lock(world, security):
    nurse = world.actor("nurse")
    user = access.user_of(nurse.staff_id, by=security)
    _fail(5, attempts.of_account(user.username))
    services.reset_password(by=security, staff_id=nurse.staff_id)
    assert attempts.locked_until(user, now=NOW) is None


def test_forget_old_drops_what_counts_no_more(db):
    _fail(2)
    assert attempts.forget_old(by=Actor.system(now=NOW + timedelta(hours=24))) == 0
    assert attempts.forget_old(by=Actor.system(now=NOW + timedelta(hours=26))) == 1
