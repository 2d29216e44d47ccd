"""MDM T02: one document, kept whole; a shared document (CDA) inside of it as one that came by itself."""

from tongmai.commons.results import services as results
from tongmai.exchange.cda import document, unpacking
from tongmai.exchange.cda.document import ClinicalDocument
from tongmai.exchange.hl7v2 import documents_in
from tongmai.exchange.hl7v2.documents_in import DocumentFacts
from tongmai.exchange.hl7v2.faults import Code, Fault, Location, UnreadableMessage
from tongmai.exchange.services import objects
from tongmai.exchange.services.applying import people, shared_documents
from tongmai.exchange.services.arrival import Arrival, NotApplied


def apply(arrival: Arrival) -> str:
    """Keep the document; one of the same number, or one that it names as its parent, stays as its earlier version."""
    said, fault = documents_in.document(arrival.read)
    if fault is not None or said is None:
        raise NotApplied(*filter(None, [fault]))
    shared = unpacking.unpacked(said.content)
    if shared is not None:
        return _shared(arrival, said, shared)
    resident_id = people.resident_of(arrival)
    entry = objects.locked(arrival, objects.DOCUMENT, said.number)
    if objects.is_old(entry, arrival.said_at):
        return "stale"
    before = entry.target_id
    if before is None and said.replaces:
        before = objects.target_of(arrival.source, objects.DOCUMENT, said.replaces)
    if before is not None and results.is_same_document(before, content=said.content, status=said.status):
        objects.note(entry, said_at=arrival.said_at)
        return "same"
    stored = results.store_document(
        resident_id,
        org_id=arrival.source.org_id,
        facts={
            "number": said.number, "kind_code": said.kind_code, "title": said.title, "format": said.format,
            "status": said.status, "author": said.author, "written_at": said.written_at,
            "encounter_id": objects.encounter_of(arrival),
        },
        content=said.content,
        by=arrival.by,
        replaces=before,
    )  # fmt: skip
    objects.note(entry, said_at=arrival.said_at, target_id=stored.id)
    return "document"


def _shared(arrival: Arrival, said: DocumentFacts, content: bytes) -> str:
    """The message says whose it is; a document that is about somebody else's number waits for a person."""
    try:
        read = document.read(content)
    except UnreadableMessage as refusal:
        raise NotApplied(_inside(refusal.fault)) from None
    if (fault := read.why_not_kept()) is not None:
        raise NotApplied(_inside(fault))
    if _is_of_another(arrival, read) and arrival.message.resident_id is None:
        raise NotApplied(Fault(Code.DATA_TYPE, Location("OBX", field=5), "other-person"))
    return shared_documents.store(
        arrival, read, people.resident_of(arrival), content=content, status=said.status,
        encounter_id=objects.encounter_of(arrival), more=filter(None, (said.number, said.replaces)),
    )  # fmt: skip


def _inside(fault: Fault) -> Fault:
    """In the message the document is one field."""
    return Fault(fault.code, Location("OBX", field=5), fault.what, fault.facts)


def _is_of_another(arrival: Arrival, read: ClinicalDocument) -> bool:
    ours, theirs = arrival.opened.patient().citizen_number, read.patient.citizen_number
    return bool(ours and theirs) and ours != theirs
