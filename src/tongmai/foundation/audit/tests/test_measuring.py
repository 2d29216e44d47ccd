"""What the pages take: counted in processes, added up in the database, shown by route and never by value."""

from datetime import timedelta

import pytest

from tongmai.foundation.audit import measuring, operating
from tongmai.foundation.audit.measuring import Recorder, percentile_ms
from tongmai.foundation.audit.models import LoadSince, LoadSlot
from tongmai.foundation.audit.tests.factories import NOW
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world, sign_in_as

KEY = ("referrals:list", "GET", 200)


@pytest.fixture
def recorder():
    return Recorder()


@pytest.mark.parametrize(
    ("seconds", "column"),
    [
        (0.0, "within_5"),
        (0.005, "within_5"),
        (0.0051, "within_10"),
        (0.25, "within_250"),
        (10.0, "within_10000"),
        (11, "longer"),
    ],
)
def test_an_answer_is_counted_under_the_bound_it_kept(db, recorder, seconds, column):
    recorder.add(KEY, seconds)
    recorder.flush(now=NOW)
    assert getattr(LoadSince.objects.get(), column) == 1


def test_two_processes_add_up_in_one_row(db):
    for recorder in (Recorder(), Recorder()):
        recorder.add(KEY, 0.002)
        recorder.add(KEY, 0.2)
        assert recorder.flush(now=NOW) == 2
    row = LoadSince.objects.get()
    assert (row.n, row.within_5, row.within_250, row.total_us) == (4, 2, 2, 404_000)
    assert LoadSlot.objects.get().n == 4


def test_processes_that_count_at_the_same_moment_lose_nothing(threads):
    def work(i):
        recorder = Recorder()
        for n in range(20):
            recorder.add((f"route-{n % 5}", "GET", 200), 0.001)
            recorder.flush(now=NOW)

    assert threads(6, work).errors == []
    assert sum(LoadSince.objects.values_list("n", flat=True)) == 120
    assert LoadSince.objects.count() == LoadSlot.objects.count() == 5


def test_what_the_database_did_not_take_is_counted_the_next_time(db, recorder, monkeypatch):
    recorder.add(KEY, 0.001)
    with monkeypatch.context() as broken:
        broken.setattr(measuring, "slot_of", lambda now: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            recorder.flush(now=NOW)
    assert not LoadSince.objects.exists()
    recorder.add(KEY, 0.001)
    assert recorder.flush(now=NOW) == 2


@pytest.mark.parametrize(
    ("counts", "half", "most"),
    [
        ([10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 5, 5),
        ([50, 0, 44, 0, 0, 6, 0, 0, 0, 0, 0], 5, 250),
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3], None, None),
    ],
)
def test_percentiles_are_bounds(counts, half, most):
    assert (percentile_ms(counts, 0.5), percentile_ms(counts, 0.95)) == (half, most)


def test_the_last_hour_is_what_is_shown_slowest_first(db, recorder):
    recorder.add(("yesterday", "GET", 200), 9)
    recorder.flush(now=NOW - timedelta(hours=2))
    for key, seconds in ((KEY, 0.02), (("portal:home", "GET", 200), 1.5), (("portal:home", "GET", 500), 0.01)):
        recorder.add(key, seconds)
    recorder.flush(now=NOW)
    slowest = operating.slowest(now=NOW)
    assert [(each.route, each.n, each.n_failed, each.p95_ms) for each in slowest] == [
        ("portal:home", 2, 1, 2500),
        ("referrals:list", 1, 0, 25),
    ]


def test_a_request_is_counted_by_its_route_and_without_what_it_named(client, db, monkeypatch):
    recorder = Recorder()
    monkeypatch.setattr(measuring, "RECORDER", recorder)
    sign_in_as(client, Role.SYSTEM_ADMIN, org=county_world().lead)
    client.get("/orgs/0190a000-0000-7000-8000-000000000000/")
    client.get("/no/such/page?name=示例甲")
    recorder.flush(now=NOW)
    assert set(LoadSince.objects.values_list("route", "status")) == {("orgs:detail", 404), ("none", 404)}
