"""MDM T02: one document, kept whole."""

from tongmai.commons.results import services as results
from tongmai.exchange.hl7v2 import documents_in
from tongmai.exchange.services import objects
from tongmai.exchange.services.applying import people
from tongmai.exchange.services.applying.arrival import Arrival, NotApplied


def apply(arrival: Arrival) -> str:
    """Keep the document; one of the same number, or one that it names as its parent, stays as its earlier version."""
    said, fault = documents_in.document(arrival.read)
    if fault is not None or said is None:
        raise NotApplied(*filter(None, [fault]))
    resident_id = people.resident_of(arrival)
    entry = objects.locked(arrival.source, objects.DOCUMENT, said.number)
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
            "encounter_id": objects.encounter_of(arrival.source, arrival.read),
        },
        content=said.content,
        by=arrival.by,
        replaces=before,
    )  # fmt: skip
    objects.note(entry, said_at=arrival.said_at, target_id=stored.id)
    return "document"
