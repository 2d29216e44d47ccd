"""Second factors: taken into use, used once, removed, reset."""

from datetime import timedelta

import pyotp
import pytest

from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs import codes, passkeys, required, services, vault
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.errors import AlreadyExists, OwnRights, TooManyAttempts, WrongCode, WrongPassword
from tongmai.foundation.orgs.models import Factor, RecoveryCode, SignIn, User
from tongmai.foundation.orgs.services import sign_ins
from tongmai.foundation.orgs.services.confirming import confirm_self
from tongmai.foundation.orgs.services.factors import Proof, own_passkeys, use
from tongmai.foundation.orgs.tests import factories
from tongmai.foundation.orgs.tests.factories import NOW, PASSWORD
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted

SECRET = codes.new_secret()
SYSTEM = Actor.system(now=NOW)
STEP = timedelta(seconds=30)


def code(now=NOW, secret=SECRET):
    return pyotp.TOTP(secret).at(now)


def _user(by):
    return User.objects.get(id=by.user_id)


@pytest.fixture
def nurse(world):
    return world.actor("nurse")


@pytest.fixture
def enrolled(nurse):
    """The nurse, a minute after she added her authenticator."""
    services.add_authenticator(by=nurse, secret=SECRET, code=code(), name="手机")
    return nurse.at(NOW + 2 * STEP)


def test_add_authenticator_asks_for_a_code_of_it(nurse):
    for wrong in ("", "000000" if code() != "000000" else "000001", code(NOW + 5 * STEP)):
        with pytest.raises(WrongCode):
            services.add_authenticator(by=nurse, secret=SECRET, code=wrong, name="手机")
    row = services.add_authenticator(by=nurse, secret=SECRET, code=f"{code()[:3]} {code()[3:]}", name="手机")
    assert SECRET not in row.secret and vault.opened(row.secret) == SECRET.encode()
    assert _user(nurse).second_factor_on == NOW.date()
    assert Event.objects.get(name="orgs.FactorAdded").payload["kind"] == "totp"


def test_add_authenticator_closes_the_other_devices(nurse):
    here, other = (sign_ins.begin(_user(nurse), device="x", address="", now=NOW) for _ in range(2))
    services.add_authenticator(by=nurse, secret=SECRET, code=code(), name="手机", sign_in_id=here.id)
    assert SignIn.objects.get(id=here.id).has_second_factor
    assert SignIn.objects.get(id=here.id).ended_at is None
    assert SignIn.objects.get(id=other.id).ended_at == NOW


def test_no_code_is_taken_twice(enrolled):
    user, later = _user(enrolled), Actor.system(now=enrolled.now)
    assert not use(user, Proof(code=code()), by=SYSTEM), "the one it was added with"
    assert use(user, Proof(code=code(enrolled.now)), by=later)
    assert not use(user, Proof(code=code(enrolled.now)), by=later)
    assert not use(user, Proof(code=code(enrolled.now - STEP)), by=later), "nor an older one"


def test_of_two_who_send_one_code_at_once_one_is_let_in(transactional_db, threads):
    by = factories.actor("nurse", org=factories.org("示例卫生院"))
    services.add_authenticator(by=by, secret=SECRET, code=code(), name="手机")
    later = NOW + 2 * STEP
    said = threads(8, lambda _i: use(_user(by), Proof(code=code(later)), by=Actor.system(now=later))).results
    assert said.count(True) == 1


def test_make_recovery_codes_replaces_the_earlier_ones(enrolled):
    first, second = (services.make_recovery_codes(by=enrolled) for _ in range(2))
    user = _user(enrolled)
    assert len(set(second)) == 10 == RecoveryCode.objects.filter(user=user).count()
    assert not any(plain in str(list(RecoveryCode.objects.values())) for plain in second)
    assert not use(user, Proof(code=first[0]), by=SYSTEM)
    assert use(user, Proof(code=second[0].upper()), by=SYSTEM)
    assert not use(user, Proof(code=second[0]), by=SYSTEM)
    assert Event.objects.get(name="orgs.RecoveryCodeUsed").payload["n_left"] == 9


def test_make_recovery_codes_needs_a_factor(nurse):
    with pytest.raises(InvalidInput):
        services.make_recovery_codes(by=nurse)


def test_one_account_s_codes_open_no_other(enrolled, world):
    made = services.make_recovery_codes(by=enrolled)
    assert not use(_user(world.actor("manager")), Proof(code=made[0]), by=SYSTEM)


def test_remove_factor_takes_the_codes_with_the_last_one(enrolled, world):
    services.make_recovery_codes(by=enrolled)
    row = Factor.objects.get()
    with pytest.raises(NotFound):
        services.remove_factor(by=world.actor("manager"), factor_id=row.id)
    services.remove_factor(by=enrolled, factor_id=row.id)
    assert _user(enrolled).second_factor_on is None
    assert not RecoveryCode.objects.exists()


def test_an_administrator_keeps_her_last_factor(world, security):
    services.add_authenticator(by=security, secret=SECRET, code=code(), name="手机")
    assert required.factor_for(security) and not required.factor_for(world.actor("nurse"))
    with pytest.raises(InvalidInput):
        services.remove_factor(by=security, factor_id=Factor.objects.get().id)


def test_reset_factors_is_another_s_work_with_a_reason(world, security, enrolled):
    sign_in = sign_ins.begin(_user(enrolled), device="x", address="", now=NOW)
    with pytest.raises(InvalidInput):
        services.reset_factors(by=security, staff_id=enrolled.staff_id, reason="")
    with pytest.raises(OwnRights):
        services.reset_factors(by=security, staff_id=security.staff_id, reason="x")
    with pytest.raises(NotPermitted):
        services.reset_factors(by=world.actor("system_admin"), staff_id=enrolled.staff_id, reason="x")
    assert services.reset_factors(by=security, staff_id=enrolled.staff_id, reason="手机丢失，已核对证件") == 1
    assert _user(enrolled).second_factor_on is None
    assert SignIn.objects.get(id=sign_in.id).ended_at == NOW
    assert Event.objects.get(name="orgs.FactorsReset").payload["reason"] == "手机丢失，已核对证件"


def test_add_passkey_once(nurse):
    made = passkeys.Made("abc", b"public", 0)
    services.add_passkey(by=nurse, made=made, name="电脑")
    with pytest.raises(AlreadyExists):
        services.add_passkey(by=nurse, made=made, name="电脑")
    assert own_passkeys(by=nurse) == [b"public"]


def test_confirm_self_counts_failures(nurse):
    user = _user(nurse)
    user.set_password(PASSWORD)
    user.save()
    confirm_self(by=nurse, password=PASSWORD)
    for _ in range(5):
        with pytest.raises(WrongPassword):
            confirm_self(by=nurse, password="x")
    with pytest.raises(TooManyAttempts):
        confirm_self(by=nurse, password=PASSWORD)


def test_what_another_key_encrypted_proves_nothing(enrolled, settings):
    settings.SECRET_KEY = "another"
    assert not use(_user(enrolled), Proof(code=code(enrolled.now)), by=Actor.system(now=enrolled.now))
