"""Rows written together are the rows written one by one: on both databases, with savepoints and refusals."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tongmai.foundation.audit.models import AccessLog, Answer, Delivery, Event
from tongmai.foundation.audit.tests.factories import NOW
from tongmai.foundation.audit.together import flush, fresh, insert, run, together, update
from tongmai.kernel.ids import new_id

pytestmark = pytest.mark.django_db


class NotAgain(Exception):
    pass


def _event(name: str = "tests.Thing", **fields) -> Event:
    payload = {"words": ["中文", 'quote"d', None], "n": 3}
    return Event(name=name, at=NOW, by_role="system", by_name="系统", by_org_name="", payload=payload, **fields)


def _delivery(event: Event, to: str = "somebody") -> Delivery:
    return Delivery(event=event, subscriber=to, next_try_at=NOW)


def test_rows_come_back_as_they_were_given():
    resident, first, second = new_id(), _event(resident_id=new_id()), _event("tests.Other")
    with together():
        insert(first, _delivery(first, "one"), _delivery(first, "two"))
        insert(second, _delivery(second, "three"))
        log = AccessLog(resident_id=resident, at=NOW, by_name="示例", by_org_name="", by_role="x", basis="b", what="w")
        insert(log)
        assert not Event.objects.exists(), "nothing is written before the end"
    read = Event.objects.get(id=first.id)
    assert (read.payload, read.at, read.resident_id) == (first.payload, NOW, first.resident_id)
    assert second.id > first.id
    heard = Delivery.objects.order_by("id").values_list("event_id", "subscriber", "state", "attempts")
    assert list(heard) == [
        (first.id, "one", "pending", 0), (first.id, "two", "pending", 0), (second.id, "three", "pending", 0),
    ]  # fmt: skip
    assert AccessLog.objects.get(id=log.id).resident_id == resident


def test_postgresql_is_asked_once():
    event = _event()
    with CaptureQueriesContext(connection) as asked, together():
        insert(event, _delivery(event))
        insert(_event())
    written = [each["sql"] for each in asked.captured_queries if "INSERT" in each["sql"]]
    assert len(written) == (1 if connection.vendor == "postgresql" else 2)


def test_outside_of_a_block_a_row_is_written_at_once():
    event = _event()
    insert(event, _delivery(event))
    assert Delivery.objects.get().event_id == event.id == Event.objects.get().id


def test_what_a_savepoint_takes_back_is_not_written():
    with together():
        insert(_event("tests.Kept"))
        with pytest.raises(NotAgain), transaction.atomic():
            insert(_event("tests.Gone"))
            raise NotAgain
        insert(_event("tests.Kept"))
    assert set(Event.objects.values_list("name", flat=True)) == {"tests.Kept"}


def test_a_block_that_fails_writes_nothing_and_leaves_nothing_waiting():
    with pytest.raises(NotAgain), together():
        insert(_event())
        raise NotAgain
    with together():
        insert(_event("tests.Later"))
    assert [event.name for event in Event.objects.all()] == ["tests.Later"]


def test_a_block_inside_a_block_is_part_of_it():
    with together():
        insert(_event("tests.First"))
        with together():
            insert(_event("tests.Second"))
        assert not Event.objects.exists()
        flush()
        assert Event.objects.count() == 2


def test_changed_fields_are_written_once_with_their_last_value():
    event = _event()
    insert(event, row := _delivery(event))
    with CaptureQueriesContext(connection) as asked, together():
        row.attempts = 1
        update(row, "attempts")
        row.attempts, row.last_error = 2, "x"
        update(row, "attempts", "last_error")
    assert sum("UPDATE" in each["sql"] for each in asked.captured_queries) == 1
    assert Delivery.objects.values_list("attempts", "last_error", "state").get() == (2, "x", "pending")


def test_a_broken_constraint_says_what_was_agreed():
    event = _event()
    insert(event, _delivery(event))
    name = "delivery_once_per_subscriber"
    expected = NotAgain if connection.vendor == "postgresql" else IntegrityError  # SQLite does not tell the name
    with pytest.raises(expected), together():
        insert(_delivery(event), refusals={name: NotAgain})
    with pytest.raises(IntegrityError), together():
        insert(_delivery(event))


def test_what_is_there_already_can_be_left_out():
    event = _event()
    insert(event, _delivery(event))
    with together():
        insert(_delivery(event), once=True)
        insert(_delivery(event, "another"), once=True)
    assert Delivery.objects.count() == 2


def test_an_update_that_changes_nothing_takes_the_block_back():
    event = _event()
    insert(event, row := _delivery(event))
    sql = f'UPDATE "{Delivery._meta.db_table}" SET attempts = attempts + 1 WHERE id = %s AND attempts = %s'
    with together():
        run(sql, [row.id, 0], otherwise=NotAgain)
        insert(_event())
    with pytest.raises(NotAgain), together():
        run(sql, [row.id, 0], otherwise=NotAgain)
        insert(_event())
    assert Delivery.objects.get().attempts == 1
    assert Event.objects.count() == 2


def test_what_fails_apart_leaves_the_rest_of_the_block():
    with together():
        insert(_event("tests.Before"))
        with pytest.raises(IntegrityError), together(apart=True):
            insert(event := _event())
            insert(_delivery(event), _delivery(event))
        insert(_event("tests.After"))
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == ["tests.Before", "tests.After"]


def test_a_fresh_row_is_the_row_that_django_makes():
    event = _event()
    values = {"event": event, "subscriber": "somebody", "next_try_at": NOW}
    made, usual = fresh(Delivery, **values), Delivery(**values)
    names = [field.attname for field in Delivery._meta.concrete_fields]
    assert [getattr(made, name) for name in names] == [getattr(usual, name) for name in names]
    with together():
        insert(event, made)
    assert (Delivery.objects.get(), made.event_id) == (made, event.id)
    assert fresh(Answer, user_id=None, key="k").body == Answer(user_id=None, key="k").body
    with pytest.raises(TypeError):
        fresh(Delivery, nothing=1)
