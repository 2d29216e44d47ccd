"""Opening one result that counts.  Who has a reason to open the record opens it on that; else this result and nothing more."""

from typing import Any
from uuid import UUID

from tongmai.commons.recognition import access, asking
from tongmai.commons.residents.bases import Basis
from tongmai.commons.results import access as results
from tongmai.commons.results import showing
from tongmai.commons.results.models import Report
from tongmai.foundation.orgs.actors import Actor


def open_offered(resident_id: UUID, report_id: UUID, *, item_code: str, by: Actor) -> tuple[Report, Basis]:
    """Open one of the results that count for an item; it is written into the resident's log.

    Raises:
        NotFound, NotPermitted, BasisNeeded, NotRecognisable, NotOffered: as in `asking.one`.
    """
    _item, _offer, asked = asking.one(resident_id, report_id, item_code=item_code, by=by)
    if asked.basis != Basis.RECOGNITION:
        found, opened = results.read_report(report_id, by=by)
        return found, opened.basis
    access.log(asked, by=by, what="report")
    return Report.objects.select_related("org", "encounter").get(id=report_id, resident_id=resident_id), asked.basis


def shown(report: Report, basis: Basis, *, by: Actor) -> dict[str, Any]:
    """Return what the page of a report shows."""
    return showing.of_report(report, basis, on=by.today)
