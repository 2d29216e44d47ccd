"""The machine's clock jumps ahead and is put back: nothing breaks, and nothing waits for the wrong time to come again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import living
from tongmai.commons.capacity import checks
from tongmai.commons.capacity import services as capacity
from tongmai.commons.capacity.models import Booking
from tongmai.commons.capacity.sources import DESK
from tongmai.commons.capacity.states import Share
from tongmai.commons.encounters import services as encounters
from tongmai.config.jobs import JOBS
from tongmai.foundation.audit import seals, worker
from tongmai.foundation.audit.models import Delivery, Event, JobRun, Seal
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import User

pytestmark = pytest.mark.django_db

REAL = timezone.now
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def clock(monkeypatch):
    """`clock(span)` is what the machine's clock is wrong by from now on."""

    def set_wrong_by(span: timedelta):
        monkeypatch.setattr(timezone, "now", lambda: REAL() + span)
        return timezone.now()

    return set_wrong_by


@pytest.fixture
def clinic():
    return living.county()


def _work(now) -> None:
    while worker.deliver_due(now=now, actor=Actor.system):
        pass
    worker.run_jobs(JOBS, now=now, actor=Actor.system)


def _client(clinic, actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(id=actor.user_id))
    return client


def test_a_hold_ends_when_the_clock_says_so_and_its_place_is_free_after_the_clock_is_right_again(clinic, clock):
    pool = clinic.pool(total=1, reserved=0)
    wish = {"pool_ids": [pool.id], "resident_id": clinic.resident.id, "share_wanted": Share.PUBLIC, "source": DESK}
    held = capacity.hold(**wish, by=clinic.specialist.at(REAL()))
    _work(clock(DAY))
    assert Booking.objects.get(id=held.id).state == "expired"
    _work(clock(timedelta()))
    booked = capacity.book(**wish, by=clinic.specialist.at(REAL()))
    assert booked.state == "booked" and list(checks.compare_counters()) == []


def test_a_hold_of_a_clock_that_was_ahead_can_still_be_confirmed_or_booked_by_another(clinic, clock):
    pool = clinic.pool(total=1, reserved=0)
    wish = {"pool_ids": [pool.id], "resident_id": clinic.resident.id, "share_wanted": Share.PUBLIC, "source": DESK}
    held = capacity.hold(**wish, by=clinic.specialist.at(clock(HOUR)))
    now = clock(timedelta())
    _work(now)
    assert capacity.confirm(booking_id=held.id, by=clinic.specialist.at(now)).state == "booked"
    assert list(checks.compare_counters()) == []


def test_what_was_put_off_while_the_clock_was_ahead_is_tried_as_soon_as_it_is_right(clinic, clock):
    clinic.accepted()
    ahead = clock(30 * DAY)
    Delivery.objects.filter(state="pending").update(
        next_try_at=ahead, claimed_until=ahead + timedelta(minutes=5), attempts=1
    )
    _work(clock(timedelta()))
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


def test_a_job_that_ran_while_the_clock_was_ahead_runs_again_when_it_is_right(clinic, clock):
    _work(clock(30 * DAY))
    JobRun.objects.filter(name="capacity.expire").update(claimed_until=REAL() + 30 * DAY)
    now = clock(timedelta())
    _work(now)
    assert all(run.due_at <= now + 2 * job.every for job in JOBS for run in JobRun.objects.filter(name=job.name))
    assert not JobRun.objects.exclude(last_error="").exists()


def test_seals_made_while_the_clock_was_ahead_stay_whole_and_what_came_after_is_sealed_in_its_time(clinic, clock):
    clinic.submitted()
    _work(clock(3 * DAY))
    sealed = Seal.objects.count()
    assert sealed and not seals.check(now=clock(timedelta()))
    clinic.submitted(of=living.people.resident("示例乙", by=clinic.gp))
    _work(clock(timedelta()))
    assert not seals.check(now=clock(timedelta()))
    _work(clock(4 * DAY))
    assert Seal.objects.count() > sealed and not seals.check(now=clock(4 * DAY))
    listed = sum(seal.n_rows for seal in Seal.objects.filter(sealed_table="event"))
    assert listed == Event.objects.filter(at__lt=Seal.objects.latest("number").horizon).count()


def test_a_session_ends_early_at_worst_and_outlives_a_clock_put_back(clinic, clock):
    clock(timedelta())
    client = _client(clinic, clinic.gp)
    assert client.get("/").status_code == 200
    clock(-DAY)
    assert client.get("/").status_code == 200
    clock(2 * DAY)
    assert client.get("/").status_code == 302
    clock(timedelta())
    again = _client(clinic, clinic.gp)
    assert again.get("/").status_code == 200


def test_a_visit_begun_while_the_clock_was_ahead_can_be_finished_and_cancelled(clinic, clock):
    """The end is never before the beginning, whatever the clock says."""
    now = clock(timedelta())
    for end in (_finish, _cancel):
        person = living.people.resident("示例丙", by=clinic.gp)
        visit = encounters.start_visit(person.id, by=clinic.gp.at(now + 5 * HOUR), complaint="头晕")
        ended = end(visit, clinic.gp.at(now))
        assert ended.ended_at >= ended.started_at
    episode = encounters.open_episode(clinic.resident.id, by=clinic.gp.at(now + 5 * HOUR), code="I10.x00")
    encounters.close_episode(episode.id, by=clinic.gp.at(now), reason="示例")


def _finish(visit, by):
    encounters.record_diagnoses(visit.id, by=by, diagnoses=[encounters.DiagnosisEntry("I10.x00")])
    return encounters.finish(visit.id, by=by)


def _cancel(visit, by):
    return encounters.cancel(visit.id, by=by, reason="示例")


def test_a_referral_goes_its_way_though_the_clock_was_put_back_between_the_steps(clinic, clock):
    now = clock(timedelta())
    referral = clinic.submitted(by=clinic.gp.at(now + DAY))
    pool = clinic.pool()
    booked = living.referrals.accept_and_book(referral_id=referral.id, pool_ids=[pool.id], by=clinic.specialist.at(now))
    assert booked.state == "booked"
    _work(now)
    page = _client(clinic, clinic.specialist).get(f"/referrals/{referral.id}/")
    assert page.status_code == 200
