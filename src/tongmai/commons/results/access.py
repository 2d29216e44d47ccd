"""The doors to results: reading one opens the person's record, and that is logged."""

from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from tongmai.commons.residents import access as residents
from tongmai.commons.residents.access import EntryWanted, OpenedRecord
from tongmai.commons.residents.sections import Section
from tongmai.commons.results import doctor_first
from tongmai.commons.results.models import Document, Report
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import NotFound

T = TypeVar("T", Report, Document)


def read_report(report_id: UUID, *, by: Actor) -> tuple[Report, OpenedRecord]:
    """Open the person's record at one report.

    Raises:
        NotFound, NotPermitted, BasisNeeded: as in `residents.access.open_record`.
        NotVerifiedYet, DoctorFirst: a resident asks for what her doctor speaks of first.
    """
    rows = Report.objects.select_related("org", "encounter").filter(residents.reach(by, "resident__"))
    found, opened = _opened(rows, report_id, by, "report", Section.RESULTS)
    doctor_first.check(found, by)
    return found, opened


def read_document(document_id: UUID, *, by: Actor) -> tuple[Document, OpenedRecord]:
    """Open the person's record at one document (errors as in `read_report`)."""
    rows = Document.objects.select_related("org", "encounter", "replaces", "replaced_by").filter(
        residents.reach(by, "resident__")
    )
    return _opened(rows, document_id, by, "document", Section.DOCUMENTS)


def _opened(rows: QuerySet[T], row_id: UUID, by: Actor, what: str, section: Section) -> tuple[T, OpenedRecord]:
    found = rows.filter(id=row_id).first()
    if found is None:
        raise NotFound()
    wanted = EntryWanted(section, found.sensitivity, found.org_id, others=_of_the_visit(found, section))
    return found, residents.open_record(found.resident_id, by=by, what=what, entry=wanted)


def _of_the_visit(found: T, section: Section) -> tuple[str, ...]:
    """A document tells of the visit that it belongs to; a report tells what was found, whatever the visit was for."""
    return (found.encounter.sensitivity,) if section == Section.DOCUMENTS and found.encounter else ()
