"""Messages that are damaged in every way, and bytes that are none: nothing crashes, and nothing is half-written."""

import random
import socket

import pytest
from django.db import transaction
from django.db.models import Max
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongmai.commons.encounters.models import Encounter, EncounterDiagnosis
from tongmai.commons.residents.models import Resident
from tongmai.commons.results.models import Document, Observation, Report, Request
from tongmai.exchange import completeness
from tongmai.exchange.hl7v2 import (
    acknowledging,
    appointments_in,
    documents_in,
    highlighting,
    kinds,
    orders_in,
    person_in,
    reading,
    results_in,
    visits_in,
)
from tongmai.exchange.hl7v2.faults import Location, UnreadableMessage
from tongmai.exchange.hl7v2.framing import CR, FS, VT, framed
from tongmai.exchange.hl7v2.tests.adt import TXA, adt, message, oru, pid, pv1
from tongmai.exchange.models import InboundMessage, MessageTransition, SourceObject
from tongmai.exchange.services import messages
from tongmai.exchange.tests.test_listening import codes, listening, talk
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests.factories import NOW

SYSTEM = Actor.system(now=NOW)
WHOLE = [
    adt("A01", "f1", "20261110093000", "DG1|1||I20.000^不稳定性心绞痛^ICD10", "AL1|1|DA|P^青霉素|MO|皮疹"),
    adt("A03", "f2", "20261112093000", visit=pv1(begun="20261110093000", ended="20261112093000")),
    adt("A08", "f3", "20261111093000", characters="GB18030"),
    oru("f4"),
    message("MDM^T02", "f5", pid(), pv1(), TXA, "OBX|1|ED|DS^出院小结||^application^pdf^Base64^aGVsbG8=||||||F"),
    message("SIU^S12", "f6", "SCH|P1|F1|||||复诊||30|min|^^^20261120083000", pid()),
    message("ORM^O01", "f7", pid(), pv1(), "ORC|NW|XD1^HIS", "OBR|1|XD1^HIS||3107^常规心电图检查"),
    message("ADT^A28", "f8", pid()),
]
ODD = [b"", b"|", b"^", b"~", b"\\", b"&", b"\r", b"\n", b"\x00", b"\xff\xfe", b"\x0b", b"9" * 400, b"\\X", b"||||||", b"-1",
       "𬭎".encode(), b"MSH|", b"99999999999999", b"1e999", b"NaN", b"20261399256199", b"' OR 1=1", b"<b>"]  # fmt: skip


@st.composite
def damaged(draw):
    """A message of which pieces were lost, doubled, swapped or replaced."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    raw = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 6))):
        begin = chance.randrange(len(raw) + 1)
        end = min(len(raw), begin + chance.choice([0, 1, 2, 5, 20, 80]))
        way = chance.randrange(4)
        piece = chance.choice(ODD) if way == 0 else bytes(raw[begin:end]) * 2 if way == 1 else b""
        if way == 3:
            piece = bytes(chance.randrange(256) for _ in range(end - begin))
        raw[begin:end] = piece
        raw = raw or bytearray(b"M")
    return bytes(raw)


@settings(max_examples=400, deadline=None)
@given(st.one_of(damaged(), st.binary(max_size=300)))
def test_every_reader_bears_anything(raw):
    try:
        read = reading.read(raw)
    except UnreadableMessage as refusal:
        assert refusal.fault.problem
        read = None
    if read is not None:
        for reader in (person_in.patient, visits_in.visit, visits_in.said_at, results_in.reports, orders_in.orders,
                       appointments_in.appointment, documents_in.document, completeness.lacks, kinds.why_refused):  # fmt: skip
            reader(read)
        fault = results_in.reports(read)[1]
        text = acknowledging.write(ack="AE", control_id="1", at=NOW, to=read, faults=[fault] if fault else [])
        assert reading.parse(text).first("MSA").value(1) == "AE"
    shown = "".join(
        part for parts in highlighting.lines(reading.readable(raw), [Location("PID", 1, 3, 2, 1)]) for part, _ in parts
    )
    assert shown.replace("␣", "").isprintable()


TABLES = (Resident, Encounter, EncounterDiagnosis, Report, Observation, Request, Document, SourceObject)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=damaged())
def test_a_damaged_message_is_applied_whole_or_not_at_all(world, raw):
    with transaction.atomic():
        before = [model.objects.count() for model in TABLES]
        row, _ = messages.take_in(raw, by=SYSTEM, file_name="fuzz")
        row = InboundMessage.objects.get(id=row.id)
        assert row.state in ("done", "held", "rejected")
        assert bytes(row.raw) == raw
        last = MessageTransition.objects.filter(message=row).aggregate(last=Max("id"))["last"]
        assert MessageTransition.objects.get(id=last).to_state == row.state
        if row.state != "done":
            assert [model.objects.count() for model in TABLES] == before
            assert row.faults.exists()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_random_bytes_over_the_network_harm_nobody():
    chance = random.Random(11)
    with listening() as port:
        for _ in range(40):
            pieces = [
                bytes(chance.randrange(256) for _ in range(chance.randrange(200))),
                VT,
                FS,
                CR,
                WHOLE[0][: chance.randrange(400)],
            ]
            chance.shuffle(pieces)
            with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
                for piece in pieces:
                    line.sendall(piece)
        assert codes(talk(port, framed(message("ZZZ^Z01", "after", pid())))) == ["AR"]
    assert not InboundMessage.objects.filter(state="received").exists()
