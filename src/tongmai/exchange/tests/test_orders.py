"""Orders of medicines as pharmacies and wards write them, and who the doctor of a reported visit is."""

import pytest

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.results.models import Request
from tongmai.exchange.hl7v2 import orders_in, reading
from tongmai.exchange.hl7v2.tests.adt import adt, message, pid, pv1
from tongmai.exchange.services import messages
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests.factories import NOW

SYSTEM = Actor.system(now=NOW)


def take_in(raw):
    row = messages.take_in(raw, by=SYSTEM, file_name="m.hl7")[0]
    return row.state, row.outcome


def orders(*segments, kind="RDE^O11"):
    found, fault = orders_in.orders(reading.read(message(kind, "o1", pid(), *segments)))
    assert fault is None
    return found


def test_what_a_ward_orders_is_kept_as_it_is_written():
    (order,) = orders(
        "ORC|NW|YZ1^HIS|||||||20261110093000|||10021^示例钱",
        "RXO|86901234^阿司匹林肠溶片^院内|100||mg^mg|PIAN^片剂||^饭前服",
        "RXR|PO^口服", "TQ1|1||QD^每日一次|||7^天", "NTE|1||出血时停用",
        kind="ORM^O01",
    )  # fmt: skip
    assert (order.number, order.category, order.code, order.name, order.requester) == (
        "YZ1", "medicine", "86901234", "阿司匹林肠溶片", "示例钱",
    )  # fmt: skip
    assert order.instructions == "100mg；片剂；口服；每日一次 天；饭前服；出血时停用"


def test_what_the_pharmacy_made_of_it_stands_for_what_was_asked():
    (order,) = orders(
        "ORC|NW|YZ1^HIS", "RXO|A1^阿司匹林|100||mg", "RXE|^^^^^^^一天一次|86901^阿司匹林肠溶片 100mg|1|2|片|||||14|片",
    )  # fmt: skip
    assert (order.code, order.name) == ("86901", "阿司匹林肠溶片 100mg")
    assert order.instructions == "1–2片；一天一次"


def test_several_orders_of_one_message_stay_apart():
    found = orders(
        "ORC|NW|YZ1", "RXE|^QD|M1^甲药|1||片", "RXR|PO^口服", "ORC|NW|YZ2", "OBR|1|YZ2||X1^胸片", "NTE|1||站立位",
        "ORC|NW|YZ3", "RXE|^BID|M2^乙药|2||粒", kind="OMP^O09",
    )  # fmt: skip
    assert [(o.number, o.category, o.instructions) for o in found] == [
        ("YZ1", "medicine", "1片；口服；QD"), ("YZ2", "examination", ""), ("YZ3", "medicine", "2粒；BID"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["RDE^O11", "RDE^O25", "RDE^O01", "OMP^O09", "ORM^O01"])
def test_each_kind_is_stored_once_and_cancelled(world, kind):
    segments = (pid(), "ORC|NW|YZ1^HIS", "RXE|^QD|M1^甲药^院内|1||片")
    assert take_in(message(kind, "o1", *segments)) == ("done", "order")
    assert take_in(message(kind, "o2", *segments, at="20261110100000")) == ("done", "order")
    stored = Request.objects.get()
    assert (stored.category, stored.name, stored.instructions, stored.status) == (
        "medicine",
        "甲药",
        "1片；QD",
        "active",
    )
    cancelled = ("ORC|CA|YZ1^HIS", segments[2])
    assert take_in(message(kind, "o3", pid(), *cancelled, at="20261111100000")) == ("done", "order")
    assert Request.objects.get().status == "cancelled"
    assert take_in(message(kind, "o4", *segments, at="20261110110000")) == ("done", "stale")


@pytest.mark.parametrize(
    ("place", "written", "name"),
    [(7, "10021^示例钱", "示例钱"), (7, "10021^示^例孙", "示例孙"), (17, "10021&示例李", "示例李"), (9, "10022^示例周~10023^示例吴", "示例周")],
)  # fmt: skip
def test_the_doctor_of_a_reported_visit_is_kept_and_changed(world, place, written, name):
    fields = pv1(visit="ZY1").split("|")
    fields[7] = ""
    fields[place] = written
    take_in(adt("A01", "d1", "20261110093000", visit="|".join(fields)))
    assert Encounter.objects.get().doctor == name
    take_in(adt("A08", "d2", "20261110100000", visit=pv1(visit="ZY1").replace("示例钱", "示例郑")))
    assert Encounter.objects.get().doctor == "示例郑"
    fields[place] = ""
    take_in(adt("A08", "d3", "20261110110000", visit="|".join(fields)))
    assert Encounter.objects.get().doctor == "示例郑", "what a message leaves out stays"
