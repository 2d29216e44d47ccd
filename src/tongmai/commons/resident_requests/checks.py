"""`tongmai check`: what a dispute is about is there, and each stands where its history led it."""

from collections.abc import Iterator

from django.db.models import Q

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.resident_requests.entries import DOCUMENT, ENCOUNTER, REPORT
from tongmai.commons.resident_requests.models import Dispute, DisputeTransition
from tongmai.commons.results.models import Document, Report
from tongmai.foundation.audit import proving
from tongmai.foundation.audit.models import AccessLog
from tongmai.foundation.audit.proving import Finding, SoftReference

_TABLES = {ENCOUNTER: Encounter, REPORT: Report, DOCUMENT: Document}
REFERENCES = (
    *(SoftReference(Dispute, "entry_id", table, Q(entry_kind=kind)) for kind, table in _TABLES.items()),
    SoftReference(Dispute, "access_log_id", AccessLog),
)


def orphans() -> Iterator[Finding]:
    """Yield the disputes about something that is not there."""
    yield from proving.dangling(REFERENCES)


def states() -> Iterator[Finding]:
    """Yield the disputes whose state their history does not bear out."""
    yield from proving.not_as_last_step(Dispute, DisputeTransition, "dispute")
