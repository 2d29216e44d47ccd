import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections

from tongmai.foundation.audit import worker
from tongmai.foundation.audit.models import Delivery, Event, JobRun
from tongmai.foundation.audit.tests import factories
from tongmai.foundation.audit.tests.factories import NOW, heard_by, only_delivery
from tongmai.foundation.orgs.actors import Actor

MINUTE = timedelta(minutes=1)


def deliver(now=NOW):
    return worker.deliver_due(now=now, actor=Actor.system)


@pytest.mark.django_db
def test_an_event_is_delivered_once_with_its_key():
    heard = []

    def listens(event, key, by):
        heard.append((event.note, key, by.now, by.role))

    with heard_by(listens):
        row = factories.happened("甲")
        assert (deliver(), deliver()) == (1, 0)
    assert heard == [("甲", f"{row.id}:listens", NOW, "system")]
    assert (only_delivery().state, only_delivery().done_at) == ("done", NOW)


@pytest.mark.django_db
def test_a_failing_delivery_is_put_off_longer_each_time_and_parked_in_the_end():
    def fails(event, key, by):
        raise ZeroDivisionError(event.note)

    waits, now = [], NOW
    with heard_by(fails):
        factories.happened()
        while only_delivery().state == "pending":
            assert deliver(now) == 1
            waits.append((only_delivery().next_try_at - now) // MINUTE)
            now = max(now, only_delivery().next_try_at)
    assert waits[:-1] == [1, 2, 4, 8, 16, 32, 60]
    assert (only_delivery().state, only_delivery().attempts) == ("parked", 8)
    assert "ZeroDivisionError" in only_delivery().last_error and "示例" not in only_delivery().last_error


@pytest.mark.django_db
def test_a_poison_event_keeps_nobody_waiting_and_leaves_nothing_behind():
    heard = []

    def chokes(event, key, by):
        factories.happened("half", by=by)
        if event.note == "poison":
            raise ZeroDivisionError
        heard.append(event.note)

    with heard_by(chokes):
        for note in ("a", "poison", "b"):
            factories.happened(note)
        deliver()
    assert heard == ["a", "b"]
    assert sorted(Event.objects.values_list("payload__note", flat=True)) == ["a", "b", "half", "half", "poison"]


@pytest.mark.django_db
def test_a_delivery_nobody_hears_any_more_is_parked_with_the_reason():
    def gone(event, key, by):
        raise AssertionError

    with heard_by(gone):
        factories.happened()
    deliver()
    assert only_delivery().state == "parked" and "gone" in only_delivery().last_error


@pytest.mark.django_db
def test_an_event_whose_class_is_gone_is_kept_and_put_off():
    def listens(event, key, by):
        raise AssertionError

    with heard_by(listens):
        row = factories.happened()
    Event.objects.filter(id=row.id).retire()
    Event.objects.create(
        id=row.id, name="tests.NeverWas", at=NOW, by_role="system", by_name="系统", by_org_name="", payload={}
    )
    deliver()
    assert only_delivery().state == "parked"


@pytest.mark.django_db
def test_a_delivery_whose_worker_died_is_taken_over_when_its_claim_has_run_out():
    heard = []

    def listens(event, key, by):
        heard.append(key)

    with heard_by(listens):
        factories.happened()
        Delivery.objects.update(claimed_until=NOW + MINUTE, attempts=1)
        assert deliver() == 0
        assert deliver(NOW + MINUTE) == 1
    assert len(heard) == 1


@pytest.mark.django_db
def test_a_delivery_that_kills_its_worker_each_time_is_parked():
    def never(event, key, by):
        raise AssertionError

    with heard_by(never):
        factories.happened()
        Delivery.objects.update(attempts=8)
        deliver()
    assert only_delivery().state == "parked" and "ended each time" in only_delivery().last_error


def test_two_workers_never_deliver_the_same_twice(threads):
    heard, lock = [], threading.Lock()

    def listens(event, key, by):
        with lock:
            heard.append(key)

    with heard_by(listens):
        for i in range(30):
            factories.happened(str(i))
        found = threads(4, lambda i: sum(iter(deliver, 0)))
    assert sum(found.results) == 30
    assert len(heard) == len(set(heard)) == 30
    assert set(Delivery.objects.values_list("state", "attempts")) == {("done", 1)}


def test_a_slow_worker_whose_claim_ran_out_does_not_write_a_second_time(threads):
    """Both believe that the delivery is theirs: the first has claimed it, the second takes it over after the claim."""
    taken_over = threading.Event()

    def writes(event, key, by):
        factories.happened("written", by=by)

    with heard_by(writes):
        row = factories.happened("cause")
        Delivery.objects.exclude(event=row).delete()
        claimed_until = worker._claim(only_delivery().id, now=NOW)

        def work(i):
            delivery = Delivery.objects.select_related("event").get(event=row)
            if i == 0:
                assert taken_over.wait(30)
                mine = Delivery.objects.filter(id=delivery.id, state="pending", claimed_until=claimed_until)
                worker._hand_over(delivery, mine, now=NOW, actor=Actor.system)
            else:
                assert worker._deliver(delivery.id, now=claimed_until, actor=Actor.system)
                taken_over.set()

        threads(2, work).only_errors_of()
    assert Event.objects.filter(payload__note="written").count() == 1


@pytest.mark.django_db
def test_a_job_runs_when_it_is_due_and_says_what_it_did():
    ran = []
    job = worker.Job("count", timedelta(hours=1), lambda by: ran.append(by.now) or f"{len(ran)} done")
    for now in (NOW, NOW + 59 * MINUTE, NOW + 60 * MINUTE):
        worker.run_jobs([job], now=now, actor=Actor.system)
    assert ran == [NOW, NOW + 60 * MINUTE]
    assert JobRun.objects.get().said == "2 done"


@pytest.mark.django_db
def test_a_failing_job_is_kept_with_its_error_and_does_not_stop_the_others():
    def fails(by):
        raise ZeroDivisionError("示例")

    jobs = [worker.Job("fails", MINUTE, fails), worker.Job("works", MINUTE, lambda by: None)]
    assert worker.run_jobs(jobs, now=NOW, actor=Actor.system) == 2
    failed = JobRun.objects.get(name="fails")
    assert failed.n_failures == 1 and "ZeroDivisionError" in failed.last_error and failed.done_at is None
    assert JobRun.objects.get(name="works").done_at == NOW


def test_a_job_is_run_by_one_of_several_workers(threads):
    ran, lock = [], threading.Lock()

    def work(by):
        with lock:
            ran.append(by.now)

    job = worker.Job("once", timedelta(hours=1), work)
    threads(4, lambda i: worker.run_jobs([job], now=NOW, actor=Actor.system)).only_errors_of()
    assert len(ran) == 1


@pytest.mark.django_db
def test_a_single_run_delivers_everything_and_also_what_followed_from_it(monkeypatch):
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    heard = []

    def passes_on(event, key, by):
        heard.append(event.note)
        if len(event.note) < 3:
            factories.happened(event.note + "x", by=by)

    with heard_by(passes_on):
        factories.happened("x")
        worker.run(actor=Actor.system, once=True, clock=lambda: NOW)
    assert heard == ["x", "xx", "xxx"]
    assert close_old_connections is not worker.close_old_connections


@pytest.mark.django_db
def test_a_stop_finishes_the_delivery_in_hand_and_leaves_the_next_to_the_next_worker(monkeypatch):
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    stop, heard = threading.Event(), []

    def listens(event, key, by):
        stop.set()
        heard.append(event.note)

    with heard_by(listens):
        factories.happened("甲")
        factories.happened("乙")
        worker.run(actor=Actor.system, stop=stop, clock=lambda: NOW)
        assert heard == ["甲"]
        assert sorted(Delivery.objects.values_list("state", "attempts")) == [("done", 1), ("pending", 0)]
        deliver()
    assert heard == ["甲", "乙"]


@pytest.mark.django_db
def test_a_stop_finishes_the_job_in_hand(monkeypatch):
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    stop, ran = threading.Event(), []

    def work(by):
        ran.append("first")
        stop.set()

    first = worker.Job(name="first", every=MINUTE, work=work)
    second = worker.Job(name="second", every=MINUTE, work=lambda by: ran.append("second"))
    worker.run(actor=Actor.system, stop=stop, jobs=(first, second), clock=lambda: NOW)
    assert ran == ["first"] and JobRun.objects.get().done_at == NOW


@pytest.mark.django_db
def test_an_event_that_comes_before_the_one_it_followed_is_delivered_all_the_same():
    """The order of delivery is promised to nobody: the first was put off, the second is heard before it."""
    heard = []

    def listens(event, key, by):
        if not heard and event.note == "first":
            raise ZeroDivisionError
        heard.append(event.note)

    with heard_by(listens):
        factories.happened("first")
        factories.happened("second")
        deliver()
        deliver(NOW + MINUTE)
    assert heard == ["second", "first"]


@pytest.mark.django_db
def test_what_a_clock_that_was_ahead_has_put_off_or_claimed_is_tried_at_once():
    def listens(event, key, by):
        pass

    with heard_by(listens):
        factories.happened("甲", now=NOW + timedelta(days=30))
        factories.happened("乙")
        Delivery.objects.filter(next_try_at=NOW).update(claimed_until=NOW + timedelta(days=30))
        assert deliver() == 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db
def test_a_worker_whose_clock_is_a_little_behind_leaves_alone_what_another_has_claimed_or_put_off():
    def never(event, key, by):
        raise AssertionError

    with heard_by(never):
        factories.happened()
        claim = worker._claim(only_delivery().id, now=NOW + MINUTE)
        assert claim and deliver() == 0
        Delivery.objects.update(claimed_until=None, next_try_at=NOW + timedelta(minutes=61))
        assert deliver() == 0
