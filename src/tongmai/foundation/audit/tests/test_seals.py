from dataclasses import asdict
from datetime import timedelta

import pytest
from django.db import connection

from tongmai.foundation.audit import retention, seals
from tongmai.foundation.audit.models import AccessLog, Answer, Delivery, Event, Retirement, Seal
from tongmai.foundation.audit.tests import factories
from tongmai.foundation.audit.tests.factories import NOW, system
from tongmai.kernel.ids import new_id
from tongmai.kernel.months import plus_months

DAY = timedelta(days=1)
LATER = NOW + DAY
pytestmark = pytest.mark.django_db


def run_sql(statement, *parameters):
    """Change rows as somebody would who has the database's password but not the key."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        assert cursor.rowcount >= 1


def found(now=LATER, **options):
    return sorted((f.kind, f.table, f.row_id) for f in seals.check(now=now, **options))


@pytest.fixture
def sealed(monkeypatch):
    """Five events and three openings under seals of two rows."""
    monkeypatch.setattr(seals, "CHUNK", 2)
    events = [factories.happened(f"示例{i}") for i in range(5)]
    openings = [factories.opened() for _ in range(3)]
    assert seals.seal_due(system(LATER)) == 8
    return events, openings


def test_finished_days_are_sealed_and_today_is_not():
    factories.happened(now=NOW - DAY)
    factories.happened(now=NOW)
    assert seals.seal_due(system(NOW)) == 1
    assert seals.seal_due(system(NOW)) == 0
    assert seals.seal_due(system(LATER)) == 1
    assert found() == []


def test_untouched_rows_are_as_they_were_sealed(sealed):
    assert found() == []
    assert [seal.number for seal in Seal.objects.all()] == [1, 2, 3, 4, 5]


def test_what_was_sealed_before_a_column_came_is_still_proved(monkeypatch):
    opened = factories.opened()
    with monkeypatch.context() as before:
        before.setattr(seals, "FORM", 1)
        assert seals.seal_due(system(LATER)) == 1
    later = factories.opened(now=NOW + DAY)
    assert seals.seal_due(system(LATER + DAY)) == 1
    assert list(Seal.objects.values_list("form", flat=True).order_by("number")) == [1, 2]
    assert found(LATER + DAY) == []
    run_sql("UPDATE audit_accesslog SET sensitive = 'hiv'")
    assert [(kind, row_id) for kind, _, row_id in found(LATER + DAY)] == [("changed", later.id)], opened.id


@pytest.mark.parametrize(
    "change",
    [
        "payload = '{}'",
        "by_name = '别人'",
        "by_county_code = '340101'",
        "at = '2026-11-20 08:00:00+00:00'",
        "name = 'x'",
    ],
)
def test_a_changed_event_is_named(sealed, change):
    events, _ = sealed
    run_sql(f"UPDATE audit_event SET {change} WHERE id = %s", events[2].id)
    assert found() == [("changed", "event", events[2].id)]


def test_a_changed_opening_is_named(sealed):
    _, openings = sealed
    run_sql("UPDATE audit_accesslog SET reason = '另有原因' WHERE id = %s", openings[0].id)
    assert found() == [("changed", "access_log", openings[0].id)]


def test_a_removed_row_is_named(sealed):
    events, openings = sealed
    run_sql("DELETE FROM audit_event WHERE id = %s", events[4].id)
    run_sql("DELETE FROM audit_accesslog WHERE id = %s", openings[1].id)
    assert found() == [("removed", "access_log", openings[1].id), ("removed", "event", events[4].id)]


def test_an_inserted_row_is_named(sealed):
    events, _ = sealed
    gone = events[1].id
    run_sql("DELETE FROM audit_event WHERE id = %s", gone)
    before = Event.objects.order_by("id").first()
    Event.objects.create(**_columns(before) | {"id": 0, "at": NOW - DAY})
    assert found() == [("inserted", "event", 0), ("removed", "event", gone)]


def test_a_row_put_in_the_place_of_another_is_named(sealed):
    events, _ = sealed
    run_sql("DELETE FROM audit_event WHERE id = %s", events[1].id)
    Event.objects.create(**_columns(events[2]) | {"id": events[1].id})
    assert found() == [("changed", "event", events[1].id)]


def test_a_changed_seal_is_named(sealed):
    run_sql("UPDATE audit_seal SET n_rows = 1 WHERE number = 2")
    assert ("seal-changed", Seal.objects.get(number=2).sealed_table, None) in found()


def test_a_removed_seal_in_the_middle_is_named(sealed):
    run_sql("DELETE FROM audit_seal WHERE number = 2")
    kinds = [f.kind for f in seals.check(now=LATER)]
    assert kinds[0] == "seal-missing" and "inserted" in kinds


def test_removed_newest_seals_are_found_with_a_noted_link(sealed):
    noted = seals.last_link()
    _, openings = sealed
    run_sql("DELETE FROM audit_seal WHERE number = 5")
    run_sql("DELETE FROM audit_accesslog WHERE id = %s", openings[2].id)
    assert found() == []
    assert [f.kind for f in seals.check(now=LATER, noted=noted)] == ["end-missing"]
    assert seals.Link.parse(str(noted)) == noted


@pytest.mark.parametrize("text", ["", "1", "1:zz", "x:" + 64 * "0", "1:00"])
def test_a_link_that_is_none_is_refused(text):
    with pytest.raises(ValueError):
        seals.Link.parse(text)


def test_without_the_key_nobody_makes_seals(sealed, settings):
    settings.SEAL_KEY = "guessed"
    seal = Seal.objects.get(number=1)
    assert ("seal-changed", seal.sealed_table, None) in found()


def test_a_row_of_a_day_that_was_not_over_is_sealed_with_the_next():
    """Rows do not come in the order of their times: a command may still write with yesterday's instant."""
    early, late = factories.happened(now=NOW), factories.happened(now=NOW - DAY)
    assert early.id < late.id
    assert seals.seal_due(system(NOW)) == 1
    assert found(NOW) == []
    assert seals.seal_due(system(LATER)) == 1
    assert found() == []


def test_what_comes_late_is_sealed_as_it_came():
    factories.happened(now=NOW - DAY)
    seals.seal_due(system(NOW))
    factories.happened(now=NOW - 2 * DAY)
    assert seals.seal_due(system(NOW)) == 1
    assert found(NOW) == []


def test_two_workers_seal_every_row_once(threads):
    for i in range(7):
        factories.happened(str(i))
    threads(3, lambda i: seals.seal_due(system(LATER))).only_errors_of()
    seals.seal_due(system(LATER))
    listed = sorted(row_id for seal in Seal.objects.all() for row_id in seals.ids_of(seal))
    assert listed == sorted(Event.objects.values_list("id", flat=True))
    assert found() == []


def test_old_rows_are_retired_and_the_chain_stays_whole(sealed):
    after = NOW.replace(year=NOW.year + 3) + 2 * DAY
    fresh = factories.happened(now=after - DAY)
    seals.seal_due(system(after))
    assert retention.retire_old(system(after)) == 8
    assert list(Event.objects.values_list("id", flat=True)) == [fresh.id]
    assert not AccessLog.objects.exists() and Retirement.objects.count() == 5
    assert found(after) == []
    assert retention.retire_old(system(after)) == 0


def test_rows_are_kept_until_their_time_is_over(sealed):
    last_day = NOW.replace(year=NOW.year + 3)
    assert retention.retire_old(system(last_day)) == 0
    assert Event.objects.count() == 5


def test_a_seal_stays_while_a_delivery_of_its_events_is_unfinished(sealed):
    events, _ = sealed
    Delivery.objects.create(event=events[0], subscriber="a", next_try_at=NOW, state="parked")
    after = NOW.replace(year=NOW.year + 3) + 2 * DAY
    assert retention.retire_old(system(after)) == 6
    assert list(Event.objects.values_list("id", flat=True)) == [events[0].id, events[1].id]


def test_a_made_up_retirement_is_named(sealed):
    events, _ = sealed
    run_sql("DELETE FROM audit_event WHERE id IN (%s, %s)", events[0].id, events[1].id)
    long_after = NOW.replace(year=NOW.year + 4)
    Retirement.objects.create(seal_id=1, n_rows=2, retired_at=long_after, mac=bytes(32))
    assert [f.kind for f in seals.check(now=LATER)] == ["retired-early"]


def test_a_retirement_with_a_day_to_come_is_named(sealed):
    """A clock set forward would make any row old enough."""
    seals.retire(Seal.objects.get(number=1), now=NOW.replace(year=NOW.year + 4))
    assert [f.kind for f in seals.check(now=LATER)] == ["retired-early"]


def test_a_retirement_before_the_law_allows_it_is_named(sealed):
    seals.retire(Seal.objects.get(number=1), now=NOW + 30 * DAY)
    assert [f.kind for f in seals.check(now=NOW + 31 * DAY)] == ["retired-early"]


def test_finished_deliveries_and_old_answers_go_too():
    row = factories.happened()
    for name, at in (("old", NOW), ("new", NOW + 30 * DAY)):
        Delivery.objects.create(event=row, subscriber=name, next_try_at=at, state="done", done_at=at)
    for key, at in (("old", NOW), ("new", NOW + 184 * DAY)):
        Answer.objects.create(user_id=new_id(), key=key, fingerprint=b"", body=b"", given_at=at)
    half_a_year_on = NOW.replace(year=2027, month=5, day=21)
    assert plus_months(half_a_year_on.date(), -6) == NOW.date() + DAY
    assert retention.retire_old(system(half_a_year_on)) == 2
    assert list(Delivery.objects.values_list("subscriber", flat=True)) == ["new"]
    assert list(Answer.objects.values_list("key", flat=True)) == ["new"]


def test_a_finding_says_where(sealed):
    assert str(seals.Finding("changed", "event", 7, 2)) == "changed event 7 (seal 2)"
    assert asdict(seals.Finding("end-missing", "", None, 5))["seal"] == 5
    assert seals.age_of_chain(LATER + DAY) == DAY


def _columns(row):
    names = [field.attname for field in Event._meta.concrete_fields]
    return {name: getattr(row, name) for name in names}
