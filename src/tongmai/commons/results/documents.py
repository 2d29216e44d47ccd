"""Reads of one document.  The caller has opened the record at it (`access.read_document`) before asking."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongmai.commons.residents.sensitive.view import View
from tongmai.commons.results.models import Document, DocumentBody, DocumentParticipant, DocumentSection

MOST_VERSIONS = 50


@dataclass(frozen=True)
class VersionLine:
    """One version of a document; `is_this`: the one that is read."""

    id: UUID
    number: int | None
    title: str
    status: str
    at: datetime
    author: str
    is_this: bool


def participants_of(document: Document) -> list[DocumentParticipant]:
    """Return who had a part in the document, in its order."""
    return list(document.participants.all())


def sections_of(document: Document) -> list[DocumentSection]:
    """Return the sections of the document in its order."""
    return list(document.sections.all())


def body_of(document: Document) -> DocumentBody | None:
    """Return the file that is the document's body, None where it has sections or is itself the file."""
    return DocumentBody.objects.filter(document=document).first()


def supplemented_by(document: Document, view: View) -> Document | None:
    """Return the document to which this one adds; None also where that one is withheld from the reader."""
    found = document.supplements
    return found if found is not None and view.sees(found.sensitivity, found.org_id) else None


def supplements_of(document: Document, view: View) -> list[Document]:
    """Return the documents that add to this one, the latest first; those that were replaced are left out."""
    seen = view.condition("sensitivity", "encounter__sensitivity")
    rows = Document.objects.filter(seen, supplements=document).exclude(status="replaced")
    return list(rows.defer("content", "text").order_by("-written_at", "id"))


def versions_of(document: Document, view: View) -> list[VersionLine]:
    """Return the versions of a document, the newest first; one that was never replaced is its only version."""
    rows = Document.objects.defer("content", "text")
    found = [document]
    while len(found) < MOST_VERSIONS and (later := rows.filter(replaces=found[0]).first()) is not None:
        found.insert(0, later)
    while len(found) < MOST_VERSIONS and (earlier := rows.filter(replaced_by=found[-1]).first()) is not None:
        found.append(earlier)
    return [
        VersionLine(
            row.id, row.version_number, row.title, row.status, row.written_at or row.received_at, row.author,
            is_this=row.id == document.id,
        )
        for row in found
        if row.id == document.id or view.sees(row.sensitivity, row.org_id)
    ]  # fmt: skip
