"""A merge that is undone after visits, results and referrals came: whose each is, by the number under which it came."""

import random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents import services as residents
from tongmai.commons.residents.errors import PartingBlocked
from tongmai.commons.residents.models import SourceRegistration, Tag
from tongmai.commons.residents.services.later import later_rows
from tongmai.commons.residents.services.merging import columns, rows_of
from tongmai.commons.results.models import Report
from tongmai.exchange.hl7v2.tests.adt import OTHER, adt, message, oru, pid, pv1
from tongmai.exchange.models import InboundMessage
from tongmai.exchange.services import messages
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW

SYSTEM = Actor.system(now=NOW)
# Two people whom a registrar takes for one by mistake.
ONE, TWO = pid(number="0001"), pid(number="0002", name="示例另", citizen=OTHER, born="19570312", sex="2")


def take_in(raw):
    row = messages.take_in(raw, by=SYSTEM, file_name="m.hl7")[0]
    assert row.state == "done", list(row.faults.values_list("what", "location"))
    return row


@pytest.fixture
def registrar(world):
    return world.actor(Role.REGISTRAR, org=world.lead)


def wrongly_merged(by):
    """Both were known, and their two entries were made one."""
    one, two = (take_in(message("ADT^A28", f"k{i}", who)).resident_id for i, who in enumerate((ONE, TWO)))
    assert one != two
    return residents.merge(retired_id=two, survivor_id=one, reason="核实", by=by)


def visit(control, who, number, kind="O"):
    return take_in(adt("A04", control, "20261110093000", who=who, visit=pv1(visit=number, kind=kind)))


def test_a_visit_with_its_report_goes_back_to_the_number_under_which_it_came(registrar):
    done = wrongly_merged(registrar)
    visit("v1", ONE, "MZ1")
    visit("v2", TWO, "MZ2")
    take_in(oru("r2", who=TWO, visit=pv1(visit="MZ2", kind="O")))
    assert set(Encounter.objects.values_list("resident_id", flat=True)) == {done.survivor_id}
    shown = [row for row in later_rows(done) if row.is_shown]
    assert {(row.what, row.number, row.to_retired, row.n_more) for row in shown} == {
        ("就诊", "0001", False, 0), ("就诊", "0002", True, 1),
    }  # fmt: skip
    residents.unmerge(done.id, by=registrar, reason="是两个人")
    whose = dict(Encounter.objects.values_list("resident_id", "id"))
    assert Report.objects.get().resident_id == done.retired_id
    assert Report.objects.get().encounter_id == whose[done.retired_id]
    assert InboundMessage.objects.get(control_id="v2").resident_id == done.retired_id
    assert InboundMessage.objects.get(control_id="v1").resident_id == done.survivor_id
    again = visit("v3", TWO, "MZ2")
    assert again.resident_id == done.retired_id


def test_what_hangs_on_an_older_visit_goes_with_it_and_nobody_chooses(registrar):
    take_in(adt("A01", "s1", "20261110093000", who=TWO, visit=pv1(visit="ZY1")))
    one = take_in(message("ADT^A28", "k0", ONE)).resident_id
    two = SourceRegistration.objects.get(local_number="0002").resident_id
    done = residents.merge(retired_id=two, survivor_id=one, reason="核实", by=registrar)
    take_in(oru("r1", who=TWO, visit=pv1(visit="ZY1")))
    (row,) = [row for row in later_rows(done) if row.is_shown]
    assert (row.what, row.is_settled, row.to_retired) == ("检查检验报告", True, True)
    residents.unmerge(done.id, by=registrar, reason="是两个人")
    assert Report.objects.get().resident_id == two


def test_two_stays_in_one_hospital_have_no_place_on_one_side(registrar):
    take_in(adt("A01", "s1", "20261110093000", who=TWO, visit=pv1(visit="ZY1")))
    one = take_in(message("ADT^A28", "k0", ONE)).resident_id
    two = SourceRegistration.objects.get(local_number="0002").resident_id
    done = residents.merge(retired_id=two, survivor_id=one, reason="核实", by=registrar)
    take_in(adt("A03", "s2", "20261111093000", who=TWO, visit=pv1(visit="ZY1", ended="20261111093000")))
    take_in(adt("A01", "s3", "20261112093000", who=ONE, visit=pv1(visit="ZY2")))
    take_in(adt("A13", "s4", "20261110100000", who=TWO, visit=pv1(visit="ZY1")))
    (row,) = [row for row in later_rows(done) if row.is_shown]
    Encounter.objects.exclude(id=row.key.split(":")[1]).update(state="in_progress", ended_at=None, resident_id=two)
    with pytest.raises(PartingBlocked):
        residents.unmerge(done.id, by=registrar, reason="是两个人", to_retired={row.key: True})
    done.refresh_from_db()
    assert done.undone_at is None


_ARRIVALS = st.lists(
    st.tuples(st.sampled_from(["visit", "report", "of-visit", "order", "document", "phone", "tag"]), st.booleans()),
    min_size=1, max_size=7,
)  # fmt: skip


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrivals=_ARRIVALS, seed=st.integers(0, 2**20))
def test_nothing_is_lost_and_each_row_is_on_exactly_one_side(registrar, arrivals, seed):
    """merge ∘ (new rows) ∘ unmerge, with any choice; merged again, all of it is together as before."""
    chance = random.Random(seed)
    with transaction.atomic():
        done = wrongly_merged(registrar)
        for i, (what, is_two) in enumerate(arrivals):
            _arrive(what, i, TWO if is_two else ONE, done.survivor_id, registrar)
        before = _whose()
        chosen = {row.key: chance.random() < 0.5 for row in later_rows(done) if row.is_shown and not row.is_settled}
        residents.unmerge(done.id, by=registrar, reason="是两个人", to_retired=chosen)
        after = _whose()
        assert before.keys() == {key for key in after if key in before}
        assert set(after.values()) <= {done.survivor_id, done.retired_id}
        for key, to_retired in chosen.items():
            label, pk = key.split(":", 1)
            assert after[label, pk, "resident_id"] == (done.retired_id if to_retired else done.survivor_id)
        for report in Report.objects.exclude(encounter=None).select_related("encounter"):
            assert report.resident_id == report.encounter.resident_id, "a result stays with its visit"
        residents.merge(retired_id=done.retired_id, survivor_id=done.survivor_id, reason="确是一人", by=registrar)
        left = {key[0] for key, whose in _whose().items() if whose != done.survivor_id}
        assert left <= {"residents.KnownTo", "residents.Tag", "residents.Phone"}
        transaction.set_rollback(True)


def _arrive(what, i, who, survivor_id, by):
    number = f"X{i}"
    if what == "visit":
        visit(f"a{i}", who, number)
    elif what == "report":
        take_in(
            oru(f"a{i}", who=who, visit="PV1|1|O").replace(b"LIS1", f"L{i}".encode()).replace(b"SQ1", number.encode())
        )
    elif what == "of-visit":
        visit(f"a{i}", who, number)
        raw = oru(f"b{i}", who=who, visit=pv1(visit=number, kind="O"))
        take_in(raw.replace(b"LIS1", f"L{i}".encode()).replace(b"SQ1", number.encode()))
    elif what == "order":
        take_in(message("ORM^O01", f"a{i}", who, f"ORC|NW|{number}^HIS", f"OBR|1|{number}^HIS||3107^心电图"))
    elif what == "document":
        txa = f"TXA|1|DS^出院小结|TX|20261112090000||||||||{number}|||||AU"
        take_in(message("MDM^T02", f"a{i}", who, txa, "OBX|1|TX|DS^出院小结||好转||||||F"))
    elif what == "phone":
        residents.add_phone(survivor_id, by=by, number=f"1990000{i:04}", is_main=False)
    else:
        kind = ("hypertension", "diabetes", "copd", "stroke", "tumour", "poor_household", "disabled")[i]
        Tag.objects.create(resident_id=survivor_id, kind=kind, source="doctor", starts_on=by.today, added_at=by.now)


def _whose():
    return {
        (model._meta.label, str(pk), column): whose
        for model, column in columns()
        for pk, whose in rows_of(model).exclude(**{column: None}).values_list("pk", column)
    }
