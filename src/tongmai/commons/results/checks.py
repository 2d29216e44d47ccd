"""`tongmai check`: what belongs to an encounter is about the same person."""

from collections.abc import Iterator

from django.db.models import F
from django.utils import timezone

from tongmai.commons.results import marking
from tongmai.commons.results.models import Document, Report, Request
from tongmai.foundation.audit import proving
from tongmai.foundation.audit.proving import Finding


def orphans() -> Iterator[Finding]:
    """Yield the requests, reports and documents of an encounter of another person."""
    for model in (Request, Report, Document):
        strays = model.objects.filter(encounter__isnull=False).exclude(resident_id=F("encounter__resident_id"))
        yield from proving.rows_that(strays, "belongs to an encounter of another resident")


def counters() -> Iterator[Finding]:
    """Yield what is not marked sensitive as policy says."""
    for each in marking.stale(timezone.localdate()):
        yield from proving.rows_that(each.rows, "sensitivity is not what policy says; the worker mends it every night")
