"""Shared documents that are damaged in every way: nothing crashes, and nothing is half-written."""

import random

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongmai.commons.results.models import DocumentBody, DocumentParticipant, DocumentSection
from tongmai.exchange.cda.tests.samples import attached, document, related, section, structured, visit
from tongmai.exchange.models import InboundMessage
from tongmai.exchange.services import messages
from tongmai.exchange.tests.test_fuzz import ODD, SYSTEM, TABLES

WHOLE = [
    document("F1", encounter=visit()),
    document("F2", body=attached()),
    document("F3", between=related("RPLC", "F1"), confidentiality="R"),
    document("F4", body=structured(section("<paragraph>一</paragraph>", section(title="内层")))),
    document("F5", declared="GB18030", encoding="gb18030"),
    document("F6", prefix="v3"),
]
PIECES = [
    *ODD,
    b"<",
    b"</",
    b"/>",
    b"&amp;",
    b"&x;",
    b"<!DOCTYPE a>",
    b"<![CDATA[",
    b'extension=""',
    b"<id/>",
    b"<text>",
]
OF_DOCUMENTS = (*TABLES, DocumentSection, DocumentParticipant, DocumentBody)


@st.composite
def damaged(draw):
    """A document of which pieces were lost, doubled or replaced, seldom where its markup would notice."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    raw = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 4))):
        begin = chance.randrange(len(raw) + 1)
        end = min(len(raw), begin + chance.choice([0, 1, 3, 20, 200]))
        piece = chance.choice(PIECES) if chance.random() < 0.5 else bytes(raw[begin:end]) * chance.choice([0, 2])
        raw[begin:end] = piece
    return bytes(raw) or b"<"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=damaged())
def test_a_damaged_document_is_kept_whole_or_not_at_all(world, raw):
    with transaction.atomic():
        before = [model.objects.count() for model in OF_DOCUMENTS]
        row, _ = messages.take_in(raw, by=SYSTEM, file_name="fuzz.xml")
        row = InboundMessage.objects.get(id=row.id)
        assert row.state in ("done", "held", "rejected")
        assert bytes(row.raw) == raw
        if row.state != "done":
            assert [model.objects.count() for model in OF_DOCUMENTS] == before
            assert row.faults.exists()
            assert not row.faults.filter(what="crashed").exists()
        transaction.set_rollback(True)
