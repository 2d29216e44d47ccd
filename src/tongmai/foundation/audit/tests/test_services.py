from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from tongmai.foundation.audit import events, happened, selectors, services
from tongmai.foundation.audit.events import event
from tongmai.foundation.audit.models import AccessLog, Delivery, Event, Retirement, Seal
from tongmai.foundation.audit.tests import factories
from tongmai.foundation.audit.tests.factories import NOW, system
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import COUNTY, county_world
from tongmai.kernel.errors import NotFound
from tongmai.kernel.ids import new_id

pytestmark = pytest.mark.django_db


class Colour(StrEnum):
    RED = "red"


@event
class EverythingHappened:
    who: UUID
    whom: UUID | None
    on: date
    amount: Decimal
    colour: Colour
    several: tuple[UUID, ...]
    words: list[str]


def test_an_event_comes_back_as_it_was_written():
    ids = (new_id(), new_id())
    wrote = EverythingHappened(
        who=ids[0], whom=None, on=NOW.date(), amount=Decimal("1.50"), colour=Colour.RED, several=ids, words=["甲\x00"]
    )
    row = services.record(wrote, by=system())
    read = events.load(row.name, Event.objects.get(id=row.id).payload)
    assert read == replace(wrote, words=["甲"])
    assert isinstance(read.colour, Colour) and isinstance(read.several, tuple)


def test_an_event_says_who_did_it_as_they_were_then():
    world = county_world()
    by = world.actor(Role.SPECIALIST)
    row = factories.happened(by=by)
    assert (row.by_user_id, row.by_post_id, row.by_org_id) == (by.user_id, by.post_id, by.org_id)
    assert (row.by_name, row.by_org_name, row.by_county_code) == (by.name, by.org_name, COUNTY)


def test_an_event_outside_a_transaction_is_a_mistake(monkeypatch):
    class NotInABlock:
        in_atomic_block = False

    monkeypatch.setattr(transaction, "get_connection", NotInABlock)
    with pytest.raises(AssertionError):
        services.record(factories.SomethingHappened(note="示例"), by=system())


def test_an_event_is_gone_when_its_transaction_is():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.record(factories.SomethingHappened(note="示例"), by=system())
        raise ZeroDivisionError
    assert not Event.objects.exists() and not Delivery.objects.exists()


def test_a_subscriber_in_the_transaction_is_heard_at_once_and_can_refuse():
    def refuses(event, key, by):
        raise ZeroDivisionError(event.note, key)

    with factories.heard_by(refuses, in_transaction=True), pytest.raises(ZeroDivisionError):
        factories.happened()
    assert not Event.objects.exists()


def test_a_row_is_never_changed_by_an_insert_that_meets_it():
    row = factories.happened()
    with pytest.raises(Exception, match="Event"):
        Event.objects.bulk_create([row], update_conflicts=True, update_fields=["name"], unique_fields=["id"])


def test_an_emergency_without_a_reason_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.opened(basis="emergency", reason="")
    assert not AccessLog.objects.exists()


def test_an_event_goes_to_a_subscriber_once():
    row = factories.happened()
    Delivery.objects.create(event=row, subscriber="a", next_try_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(event=row, subscriber="a", next_try_at=NOW)


def test_a_done_delivery_has_its_time():
    row = factories.happened()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(event=row, subscriber="a", next_try_at=NOW, state="done")


def test_a_seal_has_rows_and_ascending_ids():
    values = {
        "sealed_table": "event", "form": 1, "newest_row_at": NOW, "horizon": NOW, "ids": b"", "digests": b"",
        "previous_mac": b"", "mac": b"", "sealed_at": NOW,
    }  # fmt: skip
    for number, (first, last, n) in enumerate([(1, 1, 0), (2, 1, 2)], start=1):
        with pytest.raises(IntegrityError), transaction.atomic():
            Seal.objects.create(number=number, first_id=first, last_id=last, n_rows=n, **values)
    assert not Retirement.objects.exists()


@pytest.fixture
def parked():
    row = factories.happened()
    return Delivery.objects.create(event=row, subscriber="a", next_try_at=NOW, state="parked", attempts=8)


def test_an_operator_puts_a_parked_delivery_back(parked):
    by = county_world().actor(Role.SYSTEM_ADMIN)
    services.retry(parked.id, by=by)
    parked.refresh_from_db()
    assert (parked.state, parked.attempts, parked.next_try_at) == ("pending", 0, by.now)
    assert events.load("audit.DeliveryRetried", Event.objects.latest("id").payload) == happened.DeliveryRetried(
        delivery_id=parked.id
    )
    with pytest.raises(NotFound):
        services.retry(parked.id, by=by)


@pytest.mark.parametrize("role", [Role.AUDIT_ADMIN, Role.SECURITY_ADMIN, Role.MANAGER])
def test_nobody_else_puts_a_delivery_back(parked, role):
    with pytest.raises(NotFound):
        services.retry(parked.id, by=county_world().actor(role))


def test_an_operator_of_another_county_does_not_see_it():
    world = county_world()
    row = factories.happened(by=world.actor(Role.SPECIALIST))
    mine = Delivery.objects.create(event=row, subscriber="a", next_try_at=NOW, state="parked")
    for org in (world.stranger, world.outside):
        by = world.actor(Role.SYSTEM_ADMIN, org=org)
        assert not selectors.deliveries("parked", by=by).exists()
        with pytest.raises(NotFound):
            services.retry(mine.id, by=by)


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
def test_a_number_that_is_no_id_is_not_found(number):
    with pytest.raises(NotFound):
        services.retry(number, by=county_world().actor(Role.SYSTEM_ADMIN))


def test_taking_the_trail_out_is_itself_written_down():
    services.note_export(what="events", n_rows=3, by=county_world().actor(Role.AUDIT_ADMIN))
    assert Event.objects.get().payload == {"what": "events", "n_rows": 3}


def test_the_newest_event_is_known():
    assert selectors.latest_event_id() == 0
    assert selectors.latest_event_id() < factories.happened().id == selectors.latest_event_id()


def test_the_version_changes_also_when_an_earlier_event_ends_late():
    first, late, newest = (factories.happened() for _ in range(3))
    Event.objects.filter(id=late.id).retire()
    before = selectors.version()
    late.pk, late._state.adding = late.id, True
    late.save()
    assert selectors.version() != before
    assert first.id < late.id < newest.id == selectors.latest_event_id()
