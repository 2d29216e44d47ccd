"""The score of a facility's data: from its messages, with its arithmetic, by field and month, on page, API and in Excel."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tongmai.exchange import quality
from tongmai.exchange.hl7v2.tests.adt import adt, message, pid
from tongmai.exchange.models import InboundMessage
from tongmai.exchange.services import messages
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.foundation.orgs.tests.factories import NOW, sign_in_as
from tongmai.kernel.errors import NotFound
from tongmai.kernel.months import Month

SYSTEM = Actor.system(now=NOW)
API = "/api/v1/data-quality/"


@pytest.fixture
def admin(world):
    return world.actor(Role.SYSTEM_ADMIN)


@pytest.fixture
def sent(world):
    """This month: a whole message in time, one that leaves much out and comes late, one that is held; last month one."""
    told = f"{NOW - timedelta(hours=1):%Y%m%d%H%M%S}"
    bare = "PID|1||0002^^^^21||示例邻||19570312|2"
    for i, raw in enumerate((
        adt("A08", "q1", told), adt("A08", "q2", "20261110093000", who=bare), message("ORU^R01", "q3", pid(), at=told),
    )):  # fmt: skip
        messages.take_in(raw, by=SYSTEM, file_name=f"{i}.hl7")
    earlier = replace(SYSTEM, now=NOW - timedelta(days=31))
    messages.take_in(adt("A28", "q4", f"{earlier.now:%Y%m%d%H%M%S}", who=pid(number="0004")), by=earlier)


def test_the_score_is_what_its_parts_make(world, admin, sent):
    (found,) = quality.facilities(by=admin)
    score = found.score
    assert (found.org_id, score.n) == (world.lead.id, 4)
    assert score.accepted == 0.75 and score.timely == 0.75
    assert 0.5 < score.complete < 1
    assert score.points == int(60 * score.complete + 30 * 0.75 + 10 * 0.75)
    assert found.worst


def test_a_facility_is_told_by_field_and_month_with_examples(world, admin, sent):
    found = quality.facility(world.lead.id, by=admin)
    fields = {each.field: each for each in found.fields}
    assert (fields["citizen"].n_asked, fields["citizen"].n_present) == (4, 3)
    assert [control for _, control in fields["citizen"].examples] == ["q2"]
    assert [control for _, control in found.refused] == ["q3"] and [c for _, c in found.late] == ["q2"]
    assert [(month, score.n) for month, score in found.months] == [(Month(2026, 11), 3), (Month(2026, 10), 1)]
    assert found.months[1][1].points == 100 or found.months[1][1].complete < 1
    with pytest.raises(NotFound):
        quality.facility(world.township.id, by=admin)
    with pytest.raises(NotFound):
        quality.facility(world.lead.id, by=orgs.actor(Role.SYSTEM_ADMIN, org=world.stranger))


def test_nothing_is_said_of_nothing(world, admin):
    said = quality.rules(admin.today)
    assert quality.score([], said) == quality.Score(0, None, None, None, None)
    assert quality.facilities(by=admin) == []


def test_what_was_refused_as_a_whole_is_not_scored_by_field(world, admin, sent):
    before = quality.facility(world.lead.id, by=admin)
    row = messages.take_in(message("ZZZ^Z01", "q9", pid()), by=SYSTEM)[0]
    InboundMessage.objects.filter(id=row.id).update(source=InboundMessage.objects.get(control_id="q1").source)
    after = quality.facility(world.lead.id, by=admin)
    assert after.fields == before.fields and after.facility.score.accepted < before.facility.score.accepted


def test_page_api_and_sheet_tell_the_same(world, client, sent):
    sign_in_as(client, Role.REFERRAL_COORDINATOR, org=world.lead)
    (line,) = client.get(API).json()
    assert f">{line['points']}<" in client.get(reverse("exchange:quality")).content.decode()
    one = client.get(f"{API}{world.lead.id}/").json()
    assert (one["points"], one["n"], [m["month"] for m in one["months"]]) == (line["points"], 4, ["2026-11", "2026-10"])
    page = client.get(reverse("exchange:quality-of", args=[world.lead.id])).content.decode()
    for example in [*one["refused"], *one["late"], *(e for f in one["fields"] for e in f["examples"])]:
        assert reverse("exchange:message", args=[example["message_id"]]) in page
    sheet = client.get(reverse("exchange:quality-export", args=[world.lead.id]))
    rows = list(load_workbook(io.BytesIO(sheet.content)).active.values)
    assert rows[1][3] == str(one["points"]) and sum(row[0] == "月份" for row in rows) == 2
    assert sum(row[0] == "内容" for row in rows) == len(one["fields"])
    assert client.get(reverse("exchange:quality-of", args=[world.township.id])).status_code == 404
