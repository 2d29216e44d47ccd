"""The record in time: the merge of the sources, its pages, its filters and its counts, on both databases."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongmai.care.referrals.tests.factories import clinic
from tongmai.commons.encounters import services as encounters
from tongmai.commons.encounters.tests import factories as visits
from tongmai.commons.residents import access, timeline
from tongmai.commons.residents.tests import factories as people
from tongmai.commons.residents.timeline import Cursor, Kind, Window
from tongmai.commons.results import services as results
from tongmai.foundation.orgs.actors import Actor

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
REPORT = {"category": "laboratory", "status": "final", "name": "肾功能"}
VALUE = {"name": "肌酐", "code": "CREA", "text": "71", "number": "71", "unit": "umol/L", "flag": "", "status": "final"}


def _visited(person, *, by):
    visit = visits.visit(person, by=by)
    encounters.record_diagnoses(visit.id, by=by, diagnoses=[encounters.DiagnosisEntry("I10.x00")])
    return encounters.finish(visit.id, by=by)


@pytest.fixture
def made():
    return clinic()


@pytest.fixture
def opened(made):
    """A record with something of each kind, many of them at the same instant."""
    people.family_doctor(made.resident, by=made.gp)
    made.booked(of=made.resident)
    for i in range(12):
        then = made.gp.at(made.gp.now - DAY * (i // 3))
        visit = (_visited, visits.visit)[i % 2](made.resident, by=then)
        assert visit.started_at == then.now
    program = Actor.system(now=made.world.now)
    for i in range(8):
        org = (made.world.lead, made.world.township)[i % 2]
        at = made.world.now - DAY * i
        facts = REPORT | {"number": f"L{i}", "issued_at": at, "name": f"肾功能{i}"}
        results.store_report(made.resident.id, org_id=org.id, facts=facts, values=[VALUE], by=program)
        facts = {"number": f"S{i}", "name": f"血脂{i}", "status": "active", "requested_at": at}
        results.store_request(made.resident.id, org_id=org.id, facts=facts, by=program)
        facts = {"number": f"D{i}", "title": f"出院小结{i}", "format": "text", "status": "final", "written_at": at}
        results.store_document(made.resident.id, org_id=org.id, facts=facts, content=b"x", by=program)
    return access.open_record(made.resident.id, by=made.gp, what="timeline")


def _all(opened, by, **asked):
    return timeline.page(opened, by=by, window=Window(**asked, limit=1000)).entries


def _walked(opened, by, limit, **asked):
    """Page after page to the end."""
    after, walked = None, []
    while True:
        page = timeline.page(opened, by=by, window=Window(**asked, after=after, limit=limit))
        walked += page.entries
        assert len(page.entries) <= limit
        if page.after is None:
            return walked
        after = Cursor.read(page.after.written())
        assert after == page.after


def test_every_kind_stands_in_the_record(made, opened):
    found = _all(opened, Actor.system(now=made.world.now))
    assert {entry.kind for entry in found} >= {
        Kind.ENCOUNTER, Kind.REPORT, Kind.REQUEST, Kind.DOCUMENT, Kind.REFERRAL, Kind.BOOKING
    }  # fmt: skip
    assert Kind.BOOKING not in {entry.kind for entry in _all(opened, made.gp)}, "neither booked by her place nor there"
    assert all(entry.title and entry.at for entry in found)


def test_the_merge_is_the_sorted_union_of_the_sources(made, opened):
    together = _all(opened, made.gp)
    apart = [entry for kind in Kind for entry in _all(opened, made.gp, kinds=(kind,))]
    assert together == sorted(apart, key=lambda entry: (entry.at, entry.id.int), reverse=True)
    assert len({(entry.kind, entry.id) for entry in together}) == len(together)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 30])
def test_pages_joined_are_the_whole_whatever_their_size(made, opened, limit):
    assert _walked(opened, made.gp, limit) == list(_all(opened, made.gp))


def _narrowings(made, everything):
    pick = random.Random(4)
    for _ in range(20):
        asked = {}
        if pick.random() < 0.5:
            asked["kinds"] = tuple(sorted(pick.sample(list(Kind), pick.randint(1, 3))))
        if pick.random() < 0.5:
            asked["org_id"] = pick.choice([made.world.lead.id, made.world.township.id, made.world.village.id])
        if pick.random() < 0.5:
            asked["since"] = pick.choice(everything).at
        if pick.random() < 0.5:
            asked["until"] = pick.choice(everything).at
        if pick.random() < 0.4:
            asked["words"] = pick.choice(["肾功能", "高血压", "小结", "%", "_", "没有这样的"])
        yield asked


def _holds(entry, asked):
    return (
        (not asked.get("kinds") or entry.kind in asked["kinds"])
        and asked.get("org_id") in (None, entry.org_id)
        and ("since" not in asked or entry.at >= asked["since"])
        and ("until" not in asked or entry.at < asked["until"])
        and asked.get("words", "") in entry.title
    )


def test_filtering_and_paging_may_change_places(made, opened):
    everything = _all(opened, made.gp)
    for asked in _narrowings(made, everything):
        wanted = [entry for entry in everything if _holds(entry, asked)]
        assert _walked(opened, made.gp, 4, **asked) == wanted, asked
        assert timeline.facets(opened, by=made.gp, window=Window(**asked)).n == len(wanted), asked


def test_the_counts_are_those_of_the_lists(made, opened):
    for asked in _narrowings(made, _all(opened, made.gp)):
        facets = timeline.facets(opened, by=made.gp, window=Window(**asked))
        for kind, n in facets.kinds.items():
            assert n == len(_all(opened, made.gp, **(asked | {"kinds": (kind,)})))
        for org_id, _name, n in facets.orgs:
            assert n == len(_all(opened, made.gp, **(asked | {"org_id": org_id})))


def test_the_one_statement_returns_what_asking_each_source_does(made, opened):
    """On PostgreSQL the UNION is compared with its twin; on SQLite they are the same by nature."""
    for asked in ({}, {"kinds": (Kind.REPORT, Kind.REFERRAL)}, {"org_id": made.world.lead.id}, {"words": "肾"}):
        window = Window(**asked, limit=9)
        values = timeline._values(opened, window) | {"org_id": window.org_id, "after_at": None, "after_id": None}
        assert timeline.rows(opened, by=made.gp, window=window) == timeline.plain_rows(made.gp, **values, most=10)


def test_it_is_asked_as_often_for_many_entries_as_for_few(made):
    person = people.resident("示例甲乙")
    _visited(person, by=made.gp)
    opened = access.open_record(person.id, by=made.gp, what="timeline")
    counted = []
    for n in (0, 40):
        for i in range(n):
            _visited(person, by=made.gp.at(made.gp.now - DAY * i))
        timeline.page(opened, by=made.gp, window=Window())
        with CaptureQueriesContext(connection) as asked:
            timeline.page(opened, by=made.gp, window=Window())
            timeline.facets(opened, by=made.gp, window=Window())
        counted.append(len(asked))
    assert counted[0] == counted[1]
    if connection.vendor == "postgresql":
        assert counted[0] == 2


@pytest.mark.parametrize("text", ["", "x", "-", "1-2", "9" * 40 + "-" + "a" * 32, "１-" + "a" * 32, "1-" + "g" * 32])
def test_a_cursor_that_is_none_is_no_cursor(text):
    assert Cursor.read(text) is None


def test_a_cancelled_visit_is_left_out(made, opened):
    visit = visits.visit(made.resident, by=made.gp)
    assert visit.id in {entry.id for entry in _all(opened, made.gp)}
    encounters.cancel(visit.id, by=made.gp, reason="误点")
    assert visit.id not in {entry.id for entry in _all(opened, made.gp)}
