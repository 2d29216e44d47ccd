"""`tongmai check`: a decision speaks of the person's own report, at the facility that made it."""

from collections.abc import Iterator

from django.db.models import F

from tongmai.commons.recognition.choices import Choice
from tongmai.commons.recognition.models import Decision, Undoing
from tongmai.foundation.audit import proving
from tongmai.foundation.audit.proving import Finding


def orphans() -> Iterator[Finding]:
    """Yield the decisions about another person's report or visit, or under another facility's name."""
    decided = Decision.objects.all()
    yield from proving.rows_that(
        decided.exclude(resident_id=F("report__resident_id")), "is about another resident's report"
    )
    strays = decided.filter(encounter__isnull=False).exclude(resident_id=F("encounter__resident_id"))
    yield from proving.rows_that(strays, "belongs to an encounter of another resident")
    yield from proving.rows_that(
        decided.exclude(from_org_id=F("report__org_id")), "names another facility than the report's"
    )


def states() -> Iterator[Finding]:
    """Yield what was taken back although an examination had been ordered."""
    undone = Undoing.objects.filter(decision__choice=Choice.ORDERED)
    yield from proving.rows_that(undone, "takes back a decision with which an examination was ordered")
