"""`tongmai account`, on the server."""

import pytest

from tongmai.config import cli
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.services import attempts
from tongmai.foundation.orgs.tests import factories


@pytest.fixture
def keeper(db):
    who = factories.actor("security_admin", org=factories.org("示例县医院", level="county"))
    return User.objects.get(id=who.user_id)


def test_account_unlocks_even_the_last_security_administrator(keeper, capsys):
    tried = attempts.of_account(keeper.username)
    for _ in range(5):
        attempts.charge(tried, now=factories.NOW)
    assert cli.main(["account", keeper.username.upper(), "--unlock", "--reason", "值班电话核实"]) == 0
    assert attempts.locked_until(keeper, now=factories.NOW) is None
    event = Event.objects.get(name="orgs.AccountUnlocked")
    assert event.payload["reason"] == "值班电话核实" and event.by_user_id is None


def test_account_resets_factors_and_passwords(keeper, capsys):
    User.objects.filter(id=keeper.id).update(second_factor_on=factories.NOW.date())
    assert cli.main(["account", keeper.username, "--reset-factors", "--reason", "手机丢失"]) == 0
    assert cli.main(["account", keeper.username, "--reset-password"]) == 0
    keeper.refresh_from_db()
    assert keeper.second_factor_on is None and keeper.must_change_password
    assert keeper.check_password(capsys.readouterr().out.splitlines()[-2].split()[-1])


def test_account_says_what_is_wrong(keeper, capsys):
    assert cli.main(["account", "nobody", "--unlock", "--reason", "x"]) == 1
    assert cli.main(["account", keeper.username, "--unlock"]) == 1
    assert "reason" in capsys.readouterr().err
