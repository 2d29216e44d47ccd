"""Ordering an examination and taking the order back."""

import pytest

from tongmai.care.diagnostics import errors, for_devices, services
from tongmai.care.diagnostics.models import Order, Transition
from tongmai.commons.residents.errors import BasisNeeded
from tongmai.commons.results.models import Request
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted, StepNotAllowed

pytestmark = pytest.mark.django_db


def test_an_order_has_its_number_its_study_and_its_centre(county):
    order = county.ordered()
    assert order.number.startswith("261120") and len(order.number) == 14
    assert order.study_uid == f"2.25.{order.id.int}" and len(order.study_uid) <= 64
    assert (order.site_id, order.centre_id) == (county.world.township.id, county.world.lead.id)
    assert order.due_at > order.requested_at
    assert Request.objects.get(number=order.number).status == "active"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"clinical_question": "  "}, "clinical_question"),
        ({"answers": {}}, "check_pregnancy"),
        ({"answers": {"pregnancy": "yes"}}, "safety_note"),
        ({"priority": "soon"}, "priority"),
    ],
)
def test_what_is_missing_is_named(county, changes, field):
    with pytest.raises(InvalidInput) as refused:
        county.ordered(**changes)
    assert refused.value.facts["field"] == field
    assert not Order.objects.exists()


def test_a_danger_with_a_word_is_ordered(county):
    order = county.ordered(answers={"pregnancy": "unknown"}, safety_note="已做尿妊娠试验，阴性")
    assert [(row.check_code, row.answer) for row in order.answers.all()] == [("pregnancy", "unknown")]


def test_the_same_examination_is_ordered_once_while_it_is_open(county):
    first = county.ordered()
    with pytest.raises(errors.AlreadyOrdered) as refused:
        county.ordered()
    assert refused.value.facts["number"] == first.number
    assert refused.value.facts["order_id"] == str(first.id)
    assert county.ordered(item_code="ecg-12").number != first.number
    services.cancel(first.id, by=county.gp, reason="改做CT")
    assert county.ordered().number != first.number


def test_two_doctors_at_once_make_one_order(threads, county):
    outcomes = threads(4, lambda i: county.ordered()).only_errors_of(errors.AlreadyOrdered)
    assert Order.objects.count() == len(outcomes.results) == 1


def test_nobody_reports_for_the_site(county):
    with pytest.raises(errors.NoCentre):
        county.ordered(by=county.world.actor("village_doctor"))


def test_who_may_order(county):
    with pytest.raises(NotPermitted):
        county.ordered(by=county.technician)
    with pytest.raises(BasisNeeded):
        county.ordered(by=county.world.actor("specialist"))
    with pytest.raises(NotFound):
        county.ordered(item_code="ct-nothing")


def test_an_order_is_taken_back_with_a_reason_until_it_is_sent(county):
    order = county.ordered()
    with pytest.raises(errors.ReasonMissing):
        services.cancel(order.id, by=county.gp, reason=" ")
    services.cancel(order.id, by=county.gp, reason="患者不做了")
    assert Request.objects.get(number=order.number).status == "cancelled"
    assert Transition.objects.get(order=order, step="cancel").reason == "患者不做了"
    with pytest.raises(StepNotAllowed):
        services.cancel(county.sent().id, by=county.gp, reason="太晚")


def test_a_device_asks_what_its_site_has_to_do(county):
    order = county.ordered()
    urgent = county.ordered(item_code="ct-head", priority="emergency")
    site, on = county.world.township.id, county.gp.today
    assert [each.order_number for each in for_devices.worklist(site, on=on)] == [urgent.number, order.number]
    asked = for_devices.worklist(site, modality="CR", on=on)[0]
    assert (asked.order_number, asked.pinyin, asked.sex) == (order.number, "shilijia", "female")
    assert for_devices.by_number(order.number.lower()).study_uid == order.study_uid
    assert for_devices.by_study_uid(order.study_uid).order_number == order.number
    assert for_devices.by_number("NOTHING") is None
    services.perform(order.id, by=county.technician)
    assert [each.order_number for each in for_devices.worklist(site, on=on)] == [urgent.number]
    assert for_devices.worklist(county.world.lead.id, modality="CT", on=on) == []


def test_a_long_list_of_a_device_is_cut_at_its_end(county, monkeypatch):
    county.ordered()
    urgent = county.ordered(item_code="ct-head", priority="urgent")
    monkeypatch.setattr(for_devices, "_MOST", 1)
    listed = for_devices.worklist(county.world.township.id, on=county.gp.today)
    assert [each.order_number for each in listed] == [urgent.number]


def test_arriving_data_perform_and_send(county):
    order = county.ordered()
    services.data_arrived(order_number=order.number, by=county.technician)
    services.data_arrived(order_number=order.number, by=county.technician)
    order.refresh_from_db()
    assert (order.state, order.version) == ("sent", 3)
    assert services.data_arrived(order_number="NOTHING", by=county.technician) is None
