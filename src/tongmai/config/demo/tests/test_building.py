"""A second county, invented in tests/data, is built from its description alone, and everybody finds something to do."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from tongmai.care.referrals.models import FollowUp, Referral, SlotIssue
from tongmai.commons.capacity import checks
from tongmai.commons.capacity.models import Booking, Refusal
from tongmai.config.demo import building
from tongmai.config.demo.clock import at
from tongmai.config.demo.county import load
from tongmai.config.demo.tests.fingerprint import LAST_DAY, PASSWORD, YUNXI
from tongmai.foundation.audit import seals
from tongmai.foundation.audit.models import Delivery
from tongmai.foundation.orgs.models import User
from tongmai.foundation.orgs.roles import Role

pytestmark = pytest.mark.alike
TINY = building.Size(clinics_per_town=1, residents_per_clinic=14, visits_a_day=9, bookings_a_day=2)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """The county after its six weeks, its accounts, and the moment at which it ends."""
    from django.db import transaction

    now = at(LAST_DAY, 15)
    with django_db_blocker.unblock(), transaction.atomic():
        yield building.build(load(YUNXI), now=now, size=TINY, password=PASSWORD), now
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_every_account_has_its_home_and_the_loop_waits_on_both_sides(built, client):
    """Nobody who answers, reviews, receives or follows up comes to an empty page."""
    accounts, _ = built
    idle = set()
    for account in accounts:
        client.force_login(User.objects.get(username=account.username))
        home = client.get("/", follow=True)
        assert home.status_code == 200, account
        if "tm-work-row" not in home.content.decode():
            idle.add(account.role)
    assert not idle & {Role.REFERRAL_COORDINATOR, Role.SPECIALIST, Role.VILLAGE_DOCTOR, Role.GENERAL_PRACTITIONER}


@pytest.mark.django_db
def test_the_referrals_are_at_every_point_of_their_way(built):
    up = set(Referral.objects.filter(direction="up").values_list("state", flat=True))
    down = set(Referral.objects.filter(direction="down").values_list("state", flat=True))
    assert up >= {"reviewing", "returned", "accepted", "closed"}
    assert len(up) >= 5, up
    assert down >= {"submitted", "received"}
    assert down & {"following", "closed"}, down


@pytest.mark.django_db
def test_every_page_has_something_to_show(built):
    """Loops that came to their end, places that were missing, and requests that found none."""
    assert Referral.objects.filter(direction="down", state="closed", parent__state="closed").exists()
    assert SlotIssue.objects.filter(closed_at__isnull=True).exists()
    assert Refusal.objects.exists()
    assert Booking.objects.filter(n_places__gt=1).exists()
    assert FollowUp.objects.filter(done_at__isnull=True, dropped_at__isnull=True).exists()


@pytest.mark.long
def test_two_builds_from_one_seed_are_alike(tmp_path):
    """Whatever order sets and hashes have in a process: the same people, the same days, to the row."""
    running = []
    for seed in ("1", "2"):
        own = {"PYTHONHASHSEED": seed, "TONGMAI_DEMO": "1", "TONGMAI_VAR": str(tmp_path), "PATH": os.environ["PATH"]}
        own |= {"DJANGO_SETTINGS_MODULE": "tongmai.config.settings", "PYTHONPATH": os.pathsep.join(sys.path)}
        own["TONGMAI_DATABASE"] = f"sqlite:{tmp_path / seed}.sqlite3"
        words = [sys.executable, "-m", "tongmai.config.demo.tests.fingerprint"]
        running.append(subprocess.Popen(words, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
    (first, said), (second, said_too) = (process.communicate(timeout=900) for process in running)
    assert [process.returncode for process in running] == [0, 0], said + said_too
    assert len(first.splitlines()) > 1_000
    assert first.splitlines() == second.splitlines()


@pytest.mark.django_db
def test_what_was_built_is_whole(built):
    _, now = built
    assert list(checks.compare_counters()) == []
    assert list(seals.check(now=now + timedelta(minutes=1))) == []
    assert not Delivery.objects.exclude(last_error="").exists()
