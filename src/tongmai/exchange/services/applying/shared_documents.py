"""Shared documents (CDA): kept whole, with their header, their sections as people read them, and their earlier versions."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from tongmai.commons.residents import access as residents
from tongmai.commons.residents.services import resident_of_source
from tongmai.commons.results import services as results
from tongmai.commons.results.choices import Confidentiality, DocumentFormat, DocumentStatus
from tongmai.commons.results.models import Document
from tongmai.exchange.cda import kinds, versions
from tongmai.exchange.cda.document import ClinicalDocument
from tongmai.exchange.cda.header import Header, Participant
from tongmai.exchange.cda.versions import Version
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.person_in import PatientFacts
from tongmai.exchange.models import SourceObject, SourceSystem
from tongmai.exchange.services import objects
from tongmai.exchange.services.applying import documented_visits, people
from tongmai.exchange.services.arrival import Arrival, NotApplied
from tongmai.foundation.orgs.actors import Actor

_LEVELS = {"R": Confidentiality.RESTRICTED, "V": Confidentiality.VERY_RESTRICTED}
_MOST_SYSTEMS = 20


def apply(arrival: Arrival) -> str:
    """Keep the document for whom it is about; a later version stands in place of the earlier one, which stays."""
    said: ClinicalDocument = arrival.read
    if (fault := said.why_not_kept()) is not None:
        raise NotApplied(fault)
    resident_id = _resident(arrival, said)
    encounter_id = documented_visits.encounter_of(arrival, said.header.visit, resident_id)
    return store(arrival, said, resident_id, content=arrival.message.text_bytes, encounter_id=encounter_id)


def store(
    arrival: Arrival,
    said: ClinicalDocument,
    resident_id: UUID,
    *,
    content: bytes,
    encounter_id: UUID | None,
    status: str = DocumentStatus.FINAL,
    more: Iterable[str] = (),
) -> str:
    """Keep a document; return what was done: document, same, stale.

    `more`: keys by which whoever brought it knows it or the one that it replaces, besides its own.
    """
    header = said.header
    own = str(header.set_id) or str(header.id)
    keys = dict.fromkeys((own, str(header.id), *more, *(str(each) for each in header.replaces)))
    entries = objects.all_locked(arrival, objects.DOCUMENT, (key[:199] for key in keys))
    before = _before([entries[key[:199]] for key in keys], resident_id)
    version = Version(header.version, arrival.said_at)
    if before is not None:
        if results.is_same_document(before.id, content=content, status=status):
            return "same"
        known = Version(before.version_number if before.set_number == own else None, _newest(entries.values()))
        if versions.is_older(version, known):
            return "stale"
    stored = results.store_document(
        resident_id, org_id=arrival.source.org_id, content=content, by=arrival.by,
        facts=_facts(said, own) | {
            "status": status, "encounter_id": encounter_id, "supplements_id": _supplemented(arrival, header, resident_id),
        },
        replaces=before.id if before else None, text=said.body.text,
        participants=[_participant(each) for each in _participants(header)],
        sections=[
            {"depth": min(s.depth, 99), "code": s.code[:60], "title": s.title[:200], "html": s.html, "n_entries": s.n_entries}
            for s in said.body.sections
        ],
        body=_body(said),
    )  # fmt: skip
    for entry in entries.values():
        objects.note(entry, said_at=arrival.said_at, target_id=stored.id)
    return "document"


def _resident(arrival: Arrival, said: ClinicalDocument) -> UUID:
    """Whom it is about.  A document that names somebody else under a number that is known waits for a person."""
    message, told = arrival.message, said.patient
    if message.resident_id is not None:
        return message.resident_id  # a person has settled whom it means
    if said.patient_fault is not None:
        raise NotApplied(said.patient_fault)
    known = resident_of_source(people.source_name(arrival), told.local_number or told.citizen_number)
    if known is not None and not _is_called(known, told, by=arrival.by):
        raise NotApplied(Fault(Code.UNKNOWN_KEY, told.location, "other-person"))
    message.resident_id = known or _known_elsewhere(arrival.source, told, by=arrival.by)
    return message.resident_id or people.resident_of(arrival)


def _known_elsewhere(source: SourceSystem, told: PatientFacts, *, by: Actor) -> UUID | None:
    """The same member's other systems may know her by one of these numbers: then name and birth must be hers too."""
    systems = SourceSystem.objects.filter(org_id=source.org_id).exclude(id=source.id).values_list("id", flat=True)
    for system_id in systems.order_by("id")[:_MOST_SYSTEMS]:
        for number in told.numbers:
            found = resident_of_source(people.name_of_source(system_id), number)
            if found is not None and _is_called(found, told, by=by, is_birth_needed=True):
                return found
    return None


def _is_called(resident_id: UUID, told: PatientFacts, *, by: Actor, is_birth_needed: bool = False) -> bool:
    """Whether she may be meant: by name, or where that has changed by birth; where both are needed by both."""
    row = residents.visible(Actor.system(now=by.now)).filter(id=resident_id).values_list("name", "born_on").first()
    if row is None:
        return False
    has_name, has_birth = row[0] == told.name, told.born_on is not None and row[1] == told.born_on
    return has_name and has_birth if is_birth_needed else has_name or has_birth


def _before(entries: list[SourceObject], resident_id: UUID) -> Document | None:
    """The version that stands now, by the surest of its keys."""
    target = next((entry.target_id for entry in entries if entry.target_id is not None), None)
    if target is None:
        return None
    found = Document.objects.filter(id=target).only("resident_id", "set_number", "version_number", "written_at").first()
    while found is not None and (later := Document.objects.filter(replaces=found).first()) is not None:
        found = later
    if found is not None and found.resident_id != resident_id:
        raise NotApplied(Fault(Code.UNKNOWN_KEY, Location.of("setId"), "other-persons-document"))
    return found


def _newest(entries: Iterable[SourceObject]) -> Any:
    return max((entry.said_at for entry in entries if entry.said_at is not None), default=None)


def _supplemented(arrival: Arrival, header: Header, resident_id: UUID) -> UUID | None:
    found = (objects.target_of(arrival.source, objects.DOCUMENT, str(each)) for each in header.supplements)
    target = next((each for each in found if each is not None), None)
    is_hers = target is not None and Document.objects.filter(id=target, resident_id=resident_id).exists()
    return target if is_hers else None


def _facts(said: ClinicalDocument, own: str) -> dict[str, Any]:
    """The columns of `results.Document` that the header fills."""
    header, event = said.header, said.header.event
    kind_name = kinds.name_of(header.kind)[:80]
    titles = (header.title, kind_name, header.kind.code, "—")
    authors = dict.fromkeys(each.name for each in header.of_part("author") if each.name)
    return {
        "number": str(header.id)[:199],
        "set_number": own[:199],
        "version_number": header.version,
        "kind_code": header.kind.code[:40],
        "kind_system": header.kind.system[:64],
        "kind_name": kind_name,
        "title": next(text for text in titles if text)[:200],
        "format": DocumentFormat.CDA,
        "author": "、".join(authors)[:60],
        "written_at": header.written_at,
        "language": header.language[:16],
        "confidentiality": _LEVELS.get(header.confidentiality, Confidentiality.NORMAL),
        "visit_number": header.visit.ids[0].number[:80] if header.visit and header.visit.ids else "",
        "event_name": event.name[:200] if event else "",
        "event_started_at": event.started_at if event else None,
        "event_ended_at": event.ended_at if event else None,
    }


def _participants(header: Header) -> list[Participant]:
    custodian = header.custodian
    kept = [Participant("custodian", "", "", custodian, None)] if custodian.name or custodian.ids else []
    return [*header.participants, *kept]


def _participant(said: Participant) -> Mapping[str, Any]:
    number = said.number or next((each.number for each in said.org.ids if not said.name), "")
    return {
        "part": said.part, "name": said.name[:120], "number": number[:120], "org_name": said.org.name[:200], "at": said.at,
    }  # fmt: skip


def _body(said: ClinicalDocument) -> Mapping[str, Any] | None:
    attached = said.body.attached
    return {"media_type": attached.media_type, "content": attached.content} if attached else None
