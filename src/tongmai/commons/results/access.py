"""The doors to results: reading one opens the person's record, and that is logged."""

from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from tongmai.commons.residents import access as residents
from tongmai.commons.residents.access import OpenedRecord
from tongmai.commons.results.models import Document, Report
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import NotFound

T = TypeVar("T", Report, Document)


def read_report(report_id: UUID, *, by: Actor) -> tuple[Report, OpenedRecord]:
    """Open the person's record at one report.

    Raises:
        NotFound, NotPermitted, BasisNeeded: as in `residents.access.open_record`.
    """
    rows = Report.objects.select_related("org", "encounter").filter(residents.reach(by, "resident__"))
    return _opened(rows, report_id, by, "report")


def read_document(document_id: UUID, *, by: Actor) -> tuple[Document, OpenedRecord]:
    """Open the person's record at one document (errors as in `read_report`)."""
    rows = Document.objects.select_related("org", "replaces", "replaced_by").filter(residents.reach(by, "resident__"))
    return _opened(rows, document_id, by, "document")


def _opened(rows: QuerySet[T], row_id: UUID, by: Actor, what: str) -> tuple[T, OpenedRecord]:
    found = rows.filter(id=row_id).first()
    if found is None:
        raise NotFound()
    return found, residents.open_record(found.resident_id, by=by, what=what)
