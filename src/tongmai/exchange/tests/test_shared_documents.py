"""Shared documents on the way that messages take: kept, applied whole or held with the reason; twice is once, old is old."""

import random
import threading

import pytest
from django.db import close_old_connections, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents.models import Resident
from tongmai.commons.results.models import Document, DocumentBody, DocumentParticipant, DocumentSection
from tongmai.exchange import formats, origins
from tongmai.exchange.cda.tests import samples
from tongmai.exchange.cda.tests.samples import attached, document, patient, related, section, structured, visit
from tongmai.exchange.hl7v2.resolving import Settled
from tongmai.exchange.hl7v2.tests.adt import TXA, adt, message, pid, pv1
from tongmai.exchange.models import InboundMessage, SourceObject, SourceSystem
from tongmai.exchange.services import intake_worker, messages
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests.factories import NOW

SYSTEM = Actor.system(now=NOW)


def take_in(raw, **given_):
    return messages.take_in(raw, by=SYSTEM, file_name="d.xml", **given_)[0]


def state(row):
    return row.state, row.outcome


def wrong(row):
    return [(fault.location, fault.what) for fault in row.faults.filter(n_try=row.n_tries)]


def test_a_document_is_kept_with_its_header(world):
    row = take_in(document(encounter=visit()))
    assert state(row) == ("done", "document"), wrong(row)
    assert (row.format, row.application, row.facility, row.kind) == ("cda", "CDA", samples.MAKER, "CDA^C0053")
    person, kept, stay = Resident.objects.get(), Document.objects.get(), Encounter.objects.get()
    assert (person.name, person.sex, str(person.born_on)) == ("示例陶", "female", "1984-07-21")
    assert (kept.resident_id, kept.org_id, kept.encounter_id) == (person.id, world.lead.id, stay.id)
    assert (kept.number, kept.set_number, kept.version_number) == ("2.16.156.10011.1.1^D1", "2.16.156.10011.1.1^S1", 1)
    assert (kept.kind_code, kept.kind_name, kept.title, kept.author) == ("C0053", "出院小结", "出院小结", "示例钱")
    assert (kept.format, kept.status, kept.language, kept.confidentiality) == ("cda", "final", "zh-CN", "normal")
    assert kept.written_at.isoformat() == "2026-11-10T09:00:00+00:00"
    assert (kept.visit_number, kept.event_name) == ("ZY001", "住院诊疗")
    assert (stay.kind, stay.state) == ("inpatient", "finished")
    assert [(p.part, p.name, p.org_name) for p in kept.participants.all()] == [
        ("author", "示例钱", "心内科"), ("signer", "示例孙", ""), ("custodian", "", samples.MAKER),
    ]  # fmt: skip
    part = kept.sections.get()
    assert (part.depth, part.title, part.n_entries) == (0, "诊疗过程", 1)
    assert "血红蛋白" in part.html
    assert "血红蛋白\t128" in kept.text
    assert bytes(kept.content) == document(encounter=visit())


def test_the_same_document_again_is_the_same(world):
    first, again = take_in(document()), messages.take_in(document(), by=SYSTEM, file_name="again.xml")
    assert again == (first, False)
    assert Document.objects.count() == 1


def test_the_same_id_with_another_content_is_refused_and_kept(world):
    take_in(document())
    other = take_in(document(title="别的小结"))
    assert (other.state, wrong(other)) == ("rejected", [("id", "used-twice")])
    assert Document.objects.get().title == "出院小结"


def test_a_later_version_replaces_and_an_older_one_does_not(world):
    take_in(document("D1", version="1", at="20261110170000"))
    assert state(take_in(document("D3", version="3", at="20261110160000"))) == ("done", "document")
    assert state(take_in(document("D2", version="2", at="20261112170000"))) == ("done", "stale")
    newest = Document.objects.get(status="final")
    assert (newest.version_number, newest.replaces.version_number, newest.replaces.status) == (3, 1, "replaced")
    assert Document.objects.count() == 2


@pytest.mark.parametrize("is_late", [False, True])
def test_a_document_without_a_set_replaces_the_one_that_it_names(world, is_late):
    first = document("D1", set_number="", version="", at="20261110170000")
    second = document("D2", set_number="", version="", at="20261111170000", between=related("RPLC", "D1"))
    states = [state(take_in(raw)) for raw in ((second, first) if is_late else (first, second))]
    assert states == [("done", "document"), ("done", "stale" if is_late else "document")]
    assert Document.objects.get(status="final").number == "2.16.156.10011.1.1^D2"


def test_a_supplement_stands_beside_what_it_adds_to(world):
    take_in(document("D1"))
    take_in(document("D2", set_number="S2", between=related("APND", "D1")))
    added = Document.objects.get(set_number="2.16.156.10011.1.1^S2")
    assert (added.status, added.supplements.status, added.supplements.number) == (
        "final",
        "final",
        "2.16.156.10011.1.1^D1",
    )


@pytest.mark.parametrize(
    ("code", "level"), [("R", "restricted"), ("V", "very_restricted"), ("N", "normal"), ("?", "normal")]
)
def test_a_document_is_marked_as_its_author_marked_it(world, code, level):
    take_in(document(confidentiality=code))
    assert Document.objects.get().confidentiality == level


def test_a_file_inside_a_document_is_unpacked(world):
    take_in(document(body=attached()))
    body = DocumentBody.objects.get()
    assert (body.media_type, bytes(body.content)) == ("application/pdf", samples.PDF)
    take_in(document("D2", set_number="S2", body=attached("正文".encode(), "text/plain")))
    assert Document.objects.get(set_number="2.16.156.10011.1.1^S2").text == "正文"


def test_what_says_it_is_a_pdf_and_is_none_is_only_a_file(world):
    take_in(document(body=attached(b"<script>", "application/pdf")))
    assert DocumentBody.objects.get().media_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("raw", "where", "what"),
    [
        (document().replace(b"<recordTarget", b"<other").replace(b"</recordTarget", b"</other"), "recordTarget", "cda-no-patient"),
        (document(who=patient() + patient(number="2")), "recordTarget", "cda-several-patients"),
        (document(who=patient(name="")), "patient/name", "cda-no-name"),
        (document(who=patient(citizen="340199198407210028")), "recordTarget/patientRole/id", "bad-number"),
        (document(who=patient(citizen="", born="")), "patient/birthTime", "not-enterable"),
        (document(body="<component><structuredBody/></component>"), "component/structuredBody", "cda-no-content"),
        (document(body="<component/>"), "component", "cda-no-content"),
        (document(body='<component><nonXMLBody><text><reference value="x.pdf"/></text></nonXMLBody></component>'),
         "component/nonXMLBody/text", "cda-body-elsewhere"),
        (document(body='<component><nonXMLBody><text representation="B64">%%%</text></nonXMLBody></component>'),
         "component/nonXMLBody/text", "cda-bad-content"),
        (document().replace(b'<id root="2.16.156.10011.1.1" extension="D1"/>', b""), "id", "cda-no-id"),
        (document(maker="无名诊所"), "custodian", "unknown-system"),
        (document()[:-40], "37:10", "bad-xml"),
    ],
)  # fmt: skip
def test_what_waits_for_a_person(world, raw, where, what):
    row = take_in(raw)
    assert row.state == "held"
    assert [each[1] for each in wrong(row)] == [what]
    if what != "bad-xml":
        assert wrong(row)[0][0] == where
    assert not Document.objects.exists()
    assert not Resident.objects.exists()
    assert bytes(row.raw) == raw


def test_a_held_document_is_corrected_and_replayed(world):
    row = take_in(document(declared="GB18030", encoding="gb18030").removesuffix(b"</ClinicalDocument>"))
    assert row.state == "held"
    whole = formats.readable(bytes(row.raw), row.format) + "</ClinicalDocument>"
    row = messages.put_text(message_id=row.id, text=whole, reason="补上结尾", by=SYSTEM)
    assert state(row) == ("done", "document"), wrong(row)
    assert Document.objects.get().title == "出院小结"


def test_a_person_says_who_sent_it_and_whose_it_is(world):
    row = take_in(document(maker="无名诊所", who=patient(name="")))
    settled = Settled(sender_id=world.lead.id)
    row = messages.correct(message_id=row.id, by=SYSTEM, given=settled, remember=True)
    assert wrong(row)[0][1] == "cda-no-name"
    take_in(adt("A28", "a1", "20261101080000"))
    row = messages.correct(message_id=row.id, by=SYSTEM, given=Settled(resident_id=Resident.objects.get().id))
    assert state(row) == ("done", "document"), wrong(row)
    assert SourceSystem.objects.get(application="CDA").org_id == world.lead.id


def test_a_number_that_is_somebody_elses_waits(world):
    take_in(document())
    row = take_in(document("D2", set_number="S2", who=patient(name="示例邻", citizen="", born="19600101")))
    assert (row.state, wrong(row)) == ("held", [("recordTarget/patientRole/id", "other-person")])
    row = take_in(document("D3", version="2", who=patient(number="0009", name="示例邻", citizen="", born="19600101")))
    assert (row.state, wrong(row)) == ("held", [("setId", "other-persons-document")])
    assert Resident.objects.count() == 1, "who was entered in the try was taken back with it"


def test_person_and_visit_are_those_that_another_system_of_the_member_told_of(world):
    take_in(adt("A01", "a1", "20261101083000"))
    take_in(document(who=patient(citizen=""), encounter=visit()))
    kept = Document.objects.get()
    assert kept.resident_id == Resident.objects.get().id
    assert kept.encounter_id == Encounter.objects.get().id


def test_under_which_number_a_document_came_is_told_when_a_merge_is_undone(world):
    row = take_in(document(encounter=visit()))
    kept, stay = Document.objects.get(), Encounter.objects.get()
    told = origins.numbers_of(kept.resident_id, NOW, {row.id, kept.id, stay.id})
    assert set(told) == {row.id, kept.id, stay.id}
    assert {number for _, number in told.values()} == {"0001@1.2.156.999.1"}


def test_a_visit_is_entered_only_where_enough_is_said(world):
    take_in(document(encounter=visit(high="")))
    assert not Encounter.objects.exists()
    assert Document.objects.get().visit_number == "ZY001"


def obx(raw, kind="xml"):
    import base64

    return f"OBX|1|ED|DS^出院小结||^text^{kind}^Base64^{base64.b64encode(raw).decode()}||||||F"


def test_a_document_inside_a_message_is_one_that_came_by_itself(world):
    row = take_in(message("MDM^T02", "m1", pid(), pv1(), TXA, obx(document())))
    assert state(row) == ("done", "document"), wrong(row)
    kept = Document.objects.get()
    assert (kept.format, kept.set_number, kept.sections.count()) == ("cda", "2.16.156.10011.1.1^S1", 1)
    assert bytes(kept.content) == document()
    assert state(take_in(message("MDM^T02", "m2", pid(), pv1(), TXA, obx(document())))) == ("done", "same")


def test_a_document_inside_a_message_about_somebody_else_waits(world):
    raw = document(who=patient(citizen=samples.OTHER, born="19570312", sex="1"))
    row = take_in(message("MDM^T02", "m1", pid(), pv1(), TXA, obx(raw)))
    assert (row.state, wrong(row)) == ("held", [("OBX-5", "other-person")])
    assert not Document.objects.exists()


def test_what_was_kept_and_not_applied_is_taken_up_by_the_worker(world):
    row, is_new = messages.keep(document(), by=SYSTEM, is_claimed=False)
    assert (is_new, row.state) == (True, "received")
    assert intake_worker.apply_waiting(SYSTEM) == 1
    row.refresh_from_db()
    assert state(row) == ("done", "document")


@pytest.mark.django_db(transaction=True)
@pytest.mark.proof
def test_two_deliveries_at_once_make_one_document_and_versions_make_one_chain(world):
    take_in(adt("A28", "a1", "20261101080000"))
    wait, raws = (
        threading.Barrier(6),
        [document("D1"), document("D1"), *(document(f"D{n}", version=str(n)) for n in (2, 3, 4, 5))],
    )

    def deliver(raw):
        wait.wait()
        try:
            row, is_new = messages.keep(raw, by=SYSTEM)
            if is_new:
                intake_worker.apply(row, by=SYSTEM)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=deliver, args=(raw,)) for raw in raws]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    InboundMessage.objects.filter(state="received").update(claimed_until=None)
    intake_worker.apply_waiting(SYSTEM)
    assert InboundMessage.objects.filter(format="cda").count() == 5
    assert set(InboundMessage.objects.values_list("state", flat=True)) == {"done"}
    assert Document.objects.get(status="final").version_number == 5
    kept = list(Document.objects.order_by("version_number").values_list("version_number", flat=True))
    assert len(kept) == len(set(kept))


ODD = [b"", b"<", b">", b"&", b"]]>", b"<!--", b"<![CDATA[", b"\x00", b"\xff", b"</text>", b'"', b"<a b='", b"&#0;", b"&lt;",
       "𬭎".encode(), b"99999999999999999999", b"nullFlavor='NI' ", b"xmlns:x='u' ", b"<section>", b"-1", b"</section>"]  # fmt: skip
WHOLE = [document(encounter=visit(), between=related("RPLC", "D0")), document(body=attached()), document(prefix="n1"),
         document(body=structured(section(samples.NARRATIVE, section("文字")))), document(encoding="utf-16")]  # fmt: skip


@st.composite
def damaged(draw):
    """A document of which pieces were lost, doubled, swapped or replaced; half of the time whole elements."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    raw = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 4))):
        begin = chance.randrange(len(raw) + 1)
        end = min(len(raw), begin + chance.choice([0, 1, 5, 20, 200]))
        if chance.random() < 0.6:  # cut at the ends of tags, so that it often stays well-formed
            begin = raw.find(b"<", begin)
            end = raw.find(b"/>", begin) + 2 if begin >= 0 else -1
            if begin < 0 or end < 2:
                continue
        way = chance.randrange(3)
        raw[begin:end] = chance.choice(ODD) if way == 0 else bytes(raw[begin:end]) * 2 if way == 1 else b""
    return bytes(raw) or b"<"


TABLES = (Resident, Encounter, Document, DocumentSection, DocumentParticipant, DocumentBody, SourceObject)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=damaged())
def test_a_damaged_document_is_applied_whole_or_not_at_all(world, raw):
    with transaction.atomic():
        before = [model.objects.count() for model in TABLES]
        row, _ = messages.take_in(raw, by=SYSTEM, file_name="fuzz")
        row = InboundMessage.objects.get(id=row.id)
        assert row.state in ("done", "held", "rejected")
        assert bytes(row.raw) == raw
        if row.state != "done":
            assert [model.objects.count() for model in TABLES] == before
            assert all(fault.what != "crashed" for fault in row.faults.all())
            assert row.faults.exists()
        else:
            kept = Document.objects.get()
            assert kept.sections.exists() or kept.body
        transaction.set_rollback(True)
