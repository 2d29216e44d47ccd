"""What a report says is critical, from the moment it is stored."""

from decimal import Decimal

import pytest

from tongmai.care.critical_values import hearing
from tongmai.care.critical_values.models import CriticalValue
from tongmai.care.critical_values.tests import factories
from tongmai.care.critical_values.tests.factories import POTASSIUM
from tongmai.commons.residents.bases import Basis, basis_of
from tongmai.commons.residents.tests import factories as residents
from tongmai.commons.results import services as results
from tongmai.commons.results.models import Report

SODIUM = POTASSIUM | {"name": "血钠", "text": "140", "number": Decimal(140)}


@pytest.fixture
def ward(db):
    return factories.ward()


def test_a_report_of_the_laboratory_is_judged_when_it_is_stored(ward):
    ward.report([SODIUM, POTASSIUM], encounter=ward.visit())
    value = CriticalValue.objects.get()
    assert (value.item, value.text, value.direction, value.state) == ("potassium", "2.5", "low", "notified")
    assert (value.rule_ref, value.rule_version, value.low) == ("ours:potassium:-:0", 1, Decimal("2.8"))
    assert (value.site, value.doctor_id, value.setting) == (ward.world.township, ward.gp.staff_id, "outpatient")


def test_a_report_of_which_nothing_is_critical_costs_two_queries(ward, django_assert_num_queries):
    report = ward.report([SODIUM])
    about = {"report_id": report.id, "kind": "laboratory", "version": 1, "is_critical": False, "by": ward.system}
    with django_assert_num_queries(2):
        assert hearing.report_received(**about) == []
    with django_assert_num_queries(0):
        assert hearing.report_received(**(about | {"kind": "imaging"})) == []


def test_the_order_says_whom_it_concerns(ward):
    facts = {"number": "S1", "status": "active", "name": "电解质", "requester": ward.gp.name}
    results.store_request(ward.resident.id, org_id=ward.world.township.id, facts=facts, by=ward.system)
    ward.report(order_number="S1")
    value = CriticalValue.objects.get()
    assert (value.site, value.doctor_id) == (ward.world.township, ward.gp.staff_id)


def test_without_an_order_the_family_doctor_is_told(ward):
    residents.family_doctor(ward.resident, by=ward.gp)
    ward.report()
    value = CriticalValue.objects.get()
    assert (value.site, value.doctor_id) == (ward.world.township, ward.gp.staff_id)


def test_without_anybody_it_is_told_where_it_was_found(ward):
    ward.report()
    assert CriticalValue.objects.get().site == ward.world.lead


def test_a_flag_of_the_sender_is_enough(ward):
    ward.report([{"name": "肌钙蛋白I", "text": "3.1", "unit": "ng/mL", "status": "final", "flag": "critical_high"}])
    assert CriticalValue.objects.get().rule_kind == "sender"


def test_said_again_it_is_raised_once(ward):
    first = ward.report()
    ward.report(report_id=first.id)
    ward.report([POTASSIUM, SODIUM], report_id=first.id)
    assert CriticalValue.objects.get().is_corrected is False


def test_a_correction_takes_it_back_for_all_to_see(ward):
    first = ward.report()
    ward.report([POTASSIUM | {"text": "4.1", "number": Decimal("4.1")}], report_id=first.id, status="corrected")
    value = CriticalValue.objects.get()
    assert (value.state, value.is_corrected, value.corrected_text) == ("notified", True, "4.1 mmol/L")


def test_a_correction_to_another_critical_value_raises_that(ward):
    first = ward.report()
    ward.report([POTASSIUM | {"text": "2.0", "number": Decimal("2.0")}], report_id=first.id, status="corrected")
    old, new = CriticalValue.objects.order_by("report_version")
    assert (old.corrected_text, new.text, new.report_version) == ("2.0 mmol/L", "2.0", 2)


def test_a_cancelled_report_raises_nothing_and_takes_back(ward):
    ward.report(status="cancelled")
    assert not CriticalValue.objects.exists()
    first = ward.report()
    ward.report(report_id=first.id, status="cancelled")
    assert CriticalValue.objects.get().is_corrected


def test_an_own_limit_lifts_the_shipped_one(ward):
    from tongmai.care.critical_values import services

    entered = services.LimitInput("potassium", "mmol/L", Decimal("2.0"), None, "检验科评审")
    services.set_limit(entered=entered, starts_on=ward.manager.today, by=ward.manager)
    ward.report()
    assert not CriticalValue.objects.exists()


def test_findings_and_patterns_are_raised_once(ward):
    about = {"resident_id": ward.resident.id, "site_id": ward.world.township.id, "order_number": "X1", "by": ward.gp}
    for _again in range(2):
        hearing.finding_marked(
            key="finding:X1:R1", org_id=ward.world.lead.id, code="pneumothorax", name="张力性气胸", **about
        )
        hearing.pattern_measured(recording_id=ward.resident.id, pattern="stemi_suspected", **about)
    assert sorted(CriticalValue.objects.values_list("rule_kind", flat=True)) == ["ecg", "finding"]


def test_being_told_is_a_reason_to_open_the_record(ward):
    assert basis_of(ward.stranger, ward.resident.id) is None
    ward.told(site_id=ward.world.tcm.id, doctor_id=ward.stranger.staff_id)
    assert basis_of(ward.stranger, ward.resident.id) == Basis.ORDER


def test_nothing_is_stored_of_a_report_that_is_refused(ward):
    with pytest.raises(KeyError):
        ward.report([{"name": "血钾"}])
    assert not CriticalValue.objects.exists() and not Report.objects.exists()
