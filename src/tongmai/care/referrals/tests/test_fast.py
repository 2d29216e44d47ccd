"""The fast reads return what the plain ones return, row for row and in the same order, on both databases."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from operator import or_

import pytest
from ninja.responses import NinjaJSONEncoder

from tongmai.care.referrals import access, fast, selectors, services, turns
from tongmai.care.referrals.models import Referral
from tongmai.care.referrals.schemas import RowOut
from tongmai.care.referrals.tests import factories
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests.factories import sign_in_as
from tongmai.kernel.months import start_of_day

ALL = selectors.Filters(group="all")
FILTERS = [
    ALL, selectors.Filters(), replace(ALL, box="sent"), replace(ALL, box="received"), replace(ALL, box="review"),
    replace(ALL, box="coordinate"), replace(ALL, direction="up"), replace(ALL, urgency="urgent"),
    replace(ALL, only_slot_issue=True), replace(ALL, group="waiting"), replace(ALL, state="accepted"),
    replace(ALL, q="示例"), selectors.Filters(group="made up", box="made up"),
]  # fmt: skip


@pytest.fixture
def clinic(db):
    clinic = factories.clinic()
    for i, make in enumerate((clinic.draft, clinic.submitted, clinic.reviewing, clinic.accepted, clinic.arrived) * 2):
        person = residents.resident(f"示例{i}")
        made = make(of=person, urgency="urgent" if i % 3 else "routine")
        type(made).objects.filter(id=made.id).update(
            state_since=made.state_since + timedelta(minutes=i // 2), created_at=made.created_at + timedelta(minutes=-i)
        )
    declined = clinic.submitted(of=residents.resident("示例甲"))
    services.decline(referral_id=declined.id, by=clinic.specialist, reason="床位已满")
    return clinic


def _actors(clinic) -> list[Actor]:
    return [
        clinic.gp, clinic.village_doctor, clinic.specialist, clinic.coordinator, clinic.nurse, clinic.stranger,
        clinic.tcm_doctor, clinic.world.actor("pharmacist"), Actor.system(now=clinic.world.now),
    ]  # fmt: skip


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_the_first_page_is_the_beginning_of_the_board(clinic, filters):
    for by in _actors(clinic):
        plain = selectors.with_values(selectors.board(filters, by=by))
        board = fast.Board(filters, by=by)
        assert board[0:51] == list(plain[0:51]), by.role
        assert board[0:3] == list(plain[0:3]), by.role
        assert board[3:6] == list(plain[3:6]), by.role
        assert fast.newest(filters, 4, by=by) == list(plain.order_by("-created_at", "-id")[:4]), by.role


def test_the_numbers_are_those_of_the_groups(clinic):
    for by in _actors(clinic):
        counted = fast.counts(by=by)
        assert counted == selectors.counts(by=by)
        for name, n in counted.items():
            assert n == selectors.board(selectors.Filters(group=name), by=by).count(), (by.role, name)


def test_what_waits_is_what_one_condition_would_find(clinic):
    clinic.booked(of=residents.resident("示例丙"))
    services.submit(
        referral_id=clinic.draft(of=residents.resident("示例丁"), consent=None, urgency="emergency").id, by=clinic.gp
    )
    n_found = 0
    for by in (each.at(each.now + timedelta(days=days)) for each in _actors(clinic) for days in (0, 3)):
        found = fast.waiting(200, by=by)
        assert fast.waiting(2, by=by) == found[:2], by.role
        if by.org_id is None:
            assert found == []
            continue
        rows = access.visible(by).filter(reduce(or_, turns.ours(by, start_of_day(by.today + timedelta(days=1)))))
        assert found == selectors.rows_of(rows.order_by("state_since", "id"), by=by), by.role
        n_found += len(found)
    assert n_found


def test_what_waits_too_long_is_what_each_row_says(clinic):
    n_late = 0
    for days in (0, 1, 2, 5, 40):
        for by in (each.at(each.now + timedelta(days=days, minutes=1)) for each in _actors(clinic)):
            found = fast.late(by=by)
            assert found == selectors.late(by=by), (by.role, days)
            assert fast.late(by=by, limit=2) == found[:2], (by.role, days)
            n_late += len(found)
    assert n_late


def test_exactly_the_limit_is_still_in_time(clinic):
    by = clinic.coordinator.at(clinic.coordinator.now + timedelta(days=40))
    row = fast.late(by=by)[0]
    assert row.id not in {each.id for each in fast.late(by=by.at(row.due_at))}
    assert row.id in {each.id for each in fast.late(by=by.at(row.due_at + timedelta(microseconds=1)))}


def test_the_follow_ups_that_are_due_are_those_of_the_plain_read(clinic):
    clinic.received(up=clinic.treated(of=residents.resident("示例戊")))
    due = clinic.later(clinic.gp, days=7)
    found = [row["id"] for row in fast.follow_ups_due(200, by=due)]
    assert found and found == list(turns.follow_ups(due).values_list("id", flat=True))
    assert fast.follow_ups_due(200, by=clinic.later(clinic.specialist, days=7)) == []


def test_the_referrals_of_a_person_are_those_of_the_plain_read(clinic):
    person = residents.resident("示例己")
    clinic.booked(of=person)
    herself = clinic.world.actor("resident", resident_id=person.id)
    for by in [*_actors(clinic), herself]:
        rows = access.visible(by) if by is not herself else Referral.objects.filter(sent_at__isnull=False)
        plain = selectors.rows_of(rows.filter(resident_id=person.id).order_by("-created_at"), by=by)
        assert selectors.of_resident(person.id, by=by) == plain, by.role
    assert selectors.of_resident(person.id, by=clinic.specialist) == selectors.of_resident(person.id, by=herself) != []


def test_what_was_sent_a_moment_ago_is_seen_and_what_was_taken_back_is_not(clinic):
    by = clinic.specialist
    before = {row["id"] for row in fast.Board(ALL, by=by)[0:51]}
    sent = clinic.submitted(of=residents.resident("示例乙"))
    after = {row["id"] for row in fast.Board(ALL, by=by)[0:51]}
    assert after - before == {sent.id}


def test_the_interface_answers_as_its_schema_would(clinic, client):
    """The hot list is written past the schema, so it is held to it here, cursors included."""
    by = sign_in_as(client, "specialist", org=clinic.world.lead, department=clinic.world.departments["cardiology"])
    first = client.get("/api/v1/referrals/?limit=2").json()
    rows = selectors.rows_from(fast.newest(ALL, 2, by=by), by=by)
    assert first["items"] == json.loads(
        json.dumps([RowOut.from_orm(row).model_dump() for row in rows], cls=NinjaJSONEncoder)
    )
    seen = [row["id"] for row in first["items"]]
    onward = first["next_cursor"]
    while onward:
        page = client.get("/api/v1/referrals/", {"limit": 2, "cursor": onward}).json()
        seen += [row["id"] for row in page["items"]]
        onward = page["next_cursor"]
    plain = selectors.board(ALL, by=by).order_by("-created_at", "-id").values_list("id", flat=True)
    assert seen == [str(each) for each in plain]
