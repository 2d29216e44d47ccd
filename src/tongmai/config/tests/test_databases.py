"""The database under many hands: writers take turns, and none is told that the database is locked."""

import time
from datetime import UTC, datetime

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, OperationalError, connection, transaction

LATER = datetime(2030, 1, 1, tzinfo=UTC)


def _write(name: str, holding: float = 0.0) -> None:
    with transaction.atomic():
        Session.objects.create(session_key=name, session_data="", expire_date=LATER)
        time.sleep(holding)


def test_sixteen_writers_all_succeed(threads):
    def write_ten(i):
        for n in range(10):
            _write(f"{i}-{n}", holding=0.002)

    assert threads(16, write_ten).errors == []
    assert Session.objects.count() == 160


def test_a_counter_that_is_read_and_written_in_one_transaction_loses_nothing(threads):
    Session.objects.create(session_key="counter", session_data="0", expire_date=LATER)

    def add_one(i):
        with transaction.atomic():
            row = Session.objects.select_for_update().get(pk="counter")
            Session.objects.filter(pk="counter").update(session_data=str(int(row.session_data) + 1))

    assert threads(16, add_one).errors == []
    assert Session.objects.get(pk="counter").session_data == "16"


def test_a_failure_inside_a_savepoint_keeps_the_turn_of_the_outer_transaction(threads):
    def write_with_a_failure_inside(i):
        with transaction.atomic():
            _write(f"kept-{i}")
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                _write(f"lost-{i}")
                raise ZeroDivisionError
            _write(f"also-{i}")

    assert threads(8, write_with_a_failure_inside).errors == []
    assert Session.objects.filter(session_key__startswith="lost").count() == 0
    assert Session.objects.count() == 16


def test_a_thread_that_ends_in_the_middle_of_a_transaction_gives_its_turn_back(threads):
    def leave(i):
        if i == 0:
            transaction.set_autocommit(False)
            Session.objects.create(session_key="left", session_data="", expire_date=LATER)
        else:
            time.sleep(0.05)
            _write(f"after-{i}")

    assert threads(4, leave).errors == []
    assert set(Session.objects.values_list("pk", flat=True)) == {"after-1", "after-2", "after-3"}


def test_a_reader_does_not_wait_for_a_writer(threads):
    def work(i):
        if i == 0:
            _write("slow", holding=0.5)
        else:
            time.sleep(0.1)
            begun = time.monotonic()
            assert Session.objects.count() == 0
            return time.monotonic() - begun

    outcomes = threads(2, work)
    assert outcomes.errors == []
    assert outcomes.returned[1] < 0.3


def test_a_writer_that_waits_too_long_is_told_so(threads, monkeypatch):
    if connection.vendor != "sqlite":
        return  # PostgreSQL queues by row, with its own limits
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.2)

    def work(i):
        time.sleep(i * 0.1)
        _write(f"writer-{i}", holding=0.6)

    outcomes = threads(2, work)
    assert [type(error) for error in outcomes.errors] == [OperationalError]
    assert "locked" in str(outcomes.errors[0])


def test_a_commit_that_fails_gives_the_turn_back(threads):
    def work(i):
        with pytest.raises(IntegrityError), transaction.atomic():
            Session.objects.create(session_key=f"w{i}", session_data="", expire_date=LATER)
            Session.objects.create(session_key=f"w{i}", session_data="", expire_date=LATER)
        _write(f"after-{i}")

    assert threads(8, work).errors == []
    assert Session.objects.count() == 8


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC),
        datetime(2026, 11, 22, 1, 2, 3, 450000, tzinfo=UTC),
        datetime(1899, 12, 31, 15, 54, 17, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    ],
)
def test_an_instant_is_read_as_it_was_written(db, instant):
    Session.objects.create(session_key="instant", session_data="", expire_date=instant)
    read = Session.objects.values_list("expire_date", flat=True).get(session_key="instant")
    assert (read, read.utcoffset()) == (instant, UTC.utcoffset(None))
