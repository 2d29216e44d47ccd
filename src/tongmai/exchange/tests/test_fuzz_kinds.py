"""Every kind of message with its segments and fields damaged, through the whole intake: nothing crashes, and what is not
applied has written nothing but itself, in any table."""

import os
import random

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongmai.exchange.hl7v2 import kinds
from tongmai.exchange.hl7v2.tests import samples
from tongmai.exchange.hl7v2.tests.adt import TXA, adt, message, oru, pid, pv1
from tongmai.exchange.models import InboundMessage
from tongmai.exchange.services import messages
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests.factories import NOW

SYSTEM = Actor.system(now=NOW)
MORE = int(os.environ.get("TONGMAI_EXAMPLES", "1"))
# What a message that is not applied leaves: itself with its reasons and answers, the trail, and the system that sent it.
ITSELF = {
    "exchange.InboundMessage", "exchange.MessageFault", "exchange.MessageTransition", "exchange.OutboundMessage",
    "exchange.SourceSystem", "audit.Event", "audit.Delivery", "audit.Load",
}  # fmt: skip
_DETAILS = {
    "ORU": oru("x").decode().split("\r")[3:-1],
    "ORM": [
        "ORC|NW|XD1^HIS",
        "OBR|1|XD1^HIS||3107^常规心电图检查",
        "ORC|NW|XD2^HIS",
        "RXO|A1^阿司匹林|100||mg",
        "NTE|1||饭后",
    ],
    "RDE": [
        "ORC|NW|YZ1^HIS",
        "TQ1|1||QD",
        "RXO|A1^阿司匹林|100||mg",
        "RXE|^QD|A1^阿司匹林肠溶片|1|2|片",
        "RXR|PO^口服",
    ],
    "SIU": ["SCH|P1|F1|||||复诊||30|min|^^^20261120083000", "AIL|1||MZ^心内门诊"],
    "MDM": [TXA, "OBX|1|ED|DS^出院小结||^application^pdf^Base64^aGVsbG8=||||||F"],
}
_DETAILS |= {"OUL": ["SPM|1|BB1||BLD^全血", *_DETAILS["ORU"]], "OMP": _DETAILS["RDE"]}
_MORE_OF_ADT = ["DG1|1||I20.000^不稳定性心绞痛^ICD10", "AL1|1|DA|P^青霉素|MO|皮疹"]
HUGE = "长" * 40_000
ODD = [
    "", "|" * 60, "^~\\&" * 20, "\\E" * 300 + "\\", "\\X" + "41" * 500 + "\\", "\\.br\\" * 400, "\x00\x00", "😀𬭎", HUGE,
    "~" * 3_000, "^" * 3_000, "20261399256199", "-99999999999999999999", "NaN", "1e999", "' OR 1=1 --", "<script>",
    "\u202e", "＃＄％", "MSH|^~\\&",
]  # fmt: skip


def whole(kind):
    """Return a message of this kind that is applied as it is."""
    code, event = kind
    if kind == kinds.REFERRAL:
        return samples.referral().decode()
    if event in ("A28", "A31"):
        return message(f"{code}^{event}", "f1", pid()).decode()
    if event == "A40":
        return message("ADT^A40", "f1", pid(), "MRG|0002^^^^21").decode()
    if code == "ADT":
        return adt(event, "f1", "20261110093000", *_MORE_OF_ADT).decode()
    return message(f"{code}^{event}", "f1", pid(), pv1(), *_DETAILS[code]).decode()


class Damaged(bytes):
    """Bytes that are shown shortly where an example is told."""

    def __repr__(self):
        return f"{len(self)} bytes: {bytes(self[:2_000])!r}"


@st.composite
def damaged(draw, of):
    """A message whose segments were lost, doubled, moved or mixed with another's, and whose fields say odd things."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    lines = [line for line in whole(draw(of)).split("\r") if line]
    for _ in range(draw(st.integers(1, 5))):
        at = chance.randrange(len(lines))
        way = chance.randrange(7)
        if way == 0 and len(lines) > 1:
            lines.pop(at)
        elif way == 1:
            lines.insert(chance.randrange(len(lines) + 1), lines[at])
        elif way == 2:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        elif way == 3:
            other = whole(chance.choice(list(kinds.TITLES))).split("\r")
            lines.insert(at, chance.choice(other))
        else:
            fields = lines[at].split("|")
            fields[chance.randrange(len(fields))] = chance.choice(ODD)
            lines[at] = "|".join(fields)
    encoding = chance.choice(["utf-8", "utf-8", "utf-8", "gb18030", "utf-16"])
    raw = bytearray("\r".join(lines).encode(encoding, "replace"))
    if chance.randrange(4) == 0:
        raw[chance.randrange(len(raw) + 1) : 0] = bytes(chance.choices(range(256), k=3))
    return Damaged(raw)


def tried(raw):
    """Take a message in and judge it; everything is taken back."""
    with transaction.atomic():
        before = _counts()
        row, _ = messages.take_in(bytes(raw), by=SYSTEM, file_name="fuzz")
        row = InboundMessage.objects.get(id=row.id)
        assert row.state in ("done", "held", "rejected")
        assert not row.faults.filter(what="crashed").exists()
        if row.state != "done":
            assert row.faults.exists()
            assert _counts() == before, "half-written"
        transaction.set_rollback(True)
        return row.state


def _counts():
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model.__module__.startswith("tongmai.") and model._meta.label not in ITSELF
    }


@pytest.mark.parametrize("kind", list(kinds.TITLES), ids="^".join)
def test_the_examples_themselves_are_applied(world, kind):
    assert tried(whole(kind).encode()) == "done" or kind == kinds.REFERRAL


@settings(max_examples=15 * MORE, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=damaged(st.sampled_from(list(kinds.TITLES))))
def test_any_damage_to_any_kind(world, raw):
    tried(raw)


@pytest.mark.long
@pytest.mark.parametrize("kind", list(kinds.TITLES), ids="^".join)
def test_much_damage_to_each_kind(world, kind):
    @settings(max_examples=40 * MORE, deadline=None, database=None)
    @given(raw=damaged(st.just(kind)))
    def examples(raw):
        tried(raw)

    examples()


@pytest.mark.parametrize(
    ("more", "ends"),
    [
        pytest.param(["NTE|1||" + "长" * 300_000], "done", id="one field of 1 MB"),
        pytest.param(["OBX|1|ST|A^甲||1||||||F"] * 2_000, "done", id="two thousand segments"),
        pytest.param(["NTE|1||" + "\\" * 200_001], "done", id="two hundred thousand escapes"),
        pytest.param(["NTE|1||" + "\\X41\\" * 50_000], "done", id="escapes within their limits"),
        pytest.param(["ZZZ|" + "|" * 400_000], "rejected", id="four hundred thousand fields"),
        pytest.param(["NTE|1||" + "~" * 400_000], "rejected", id="four hundred thousand repetitions"),
        pytest.param(["NTE"] * 400_000, "rejected", id="four hundred thousand segments"),
    ],
)
def test_huge_messages_end_somewhere(world, more, ends):
    assert tried(message("ADT^A08", "h1", pid(), pv1(begun="20261110093000"), *more)) == ends


def test_a_facility_or_a_patient_with_ever_so_long_a_name(world):
    """What no organisation and no person can be called is not asked of the database."""
    text = whole(kinds.REFERRAL)
    sender = text.split("|")[3]
    assert tried(text.replace(sender, HUGE, 1).encode()) == "held"
    numbers = "~".join(f"N{i}" for i in range(40_000))
    lines = [
        line if not line.startswith("PID|") else "|".join([*line.split("|")[:3], numbers, *line.split("|")[4:]])
        for line in text.split("\r")
    ]
    assert tried("\r".join(lines).encode()) == "held"
