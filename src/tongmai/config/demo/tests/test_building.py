"""A second county, invented in tests/data, is built from its description alone, and everybody finds something to do."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tongmai.care.referrals.models import Referral
from tongmai.commons.capacity import checks
from tongmai.config.demo import building
from tongmai.config.demo.clock import at
from tongmai.config.demo.county import load
from tongmai.foundation.audit import seals
from tongmai.foundation.audit.models import Delivery
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.roles import Role

YUNXI = Path(__file__).resolve().parents[5] / "tests" / "data" / "yunxi.yaml"
TINY = building.Size(clinics_per_town=1, residents_per_clinic=14, visits_a_day=9, bookings_a_day=2)
PASSWORD = "demonstration-2026"


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """The county after its six weeks, its accounts, and the moment at which it ends."""
    from django.db import transaction

    now = at(date(2026, 11, 20), 15)  # a Friday: what chance does with it stays as it is
    with django_db_blocker.unblock(), transaction.atomic():
        yield building.build(load(YUNXI), now=now, size=TINY, password=PASSWORD), now
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_every_account_has_its_home_and_the_loop_waits_on_both_sides(built, client):
    accounts, _ = built
    busy = set()
    for account in accounts:
        client.force_login(User.objects.get(username=account.username))
        home = client.get("/", follow=True)
        assert home.status_code == 200, account
        if "tm-work-row" in home.content.decode():
            busy.add(account.role)
    assert Role.REFERRAL_COORDINATOR in busy
    assert busy & {Role.VILLAGE_DOCTOR, Role.GENERAL_PRACTITIONER}


@pytest.mark.django_db
def test_the_referrals_are_at_every_point_of_their_way(built):
    up = set(Referral.objects.filter(direction="up").values_list("state", flat=True))
    down = set(Referral.objects.filter(direction="down").values_list("state", flat=True))
    assert "closed" in up and down
    assert len(up) >= 3


@pytest.mark.django_db
def test_what_was_built_is_whole(built):
    _, now = built
    assert list(checks.compare_counters()) == []
    assert list(seals.check(now=now + timedelta(minutes=1))) == []
    assert not Delivery.objects.exclude(last_error="").exists()
