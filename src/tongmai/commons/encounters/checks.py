"""`tongmai check`: encounters and their history, episodes and notes; each row is about one person."""

from collections.abc import Iterator

from django.db.models import F, Max
from django.utils import timezone

from tongmai.commons.encounters import marking
from tongmai.commons.encounters.models import Allergy, Encounter, EncounterTransition, MedicationStatement, Note
from tongmai.foundation.audit import proving
from tongmai.foundation.audit.proving import Finding, SoftReference
from tongmai.foundation.orgs.models import Post

REFERENCES = (SoftReference(Encounter, "post_id", Post),)


def orphans() -> Iterator[Finding]:
    """Yield the encounters in absent posts, and what belongs to an encounter or episode of another person."""
    yield from proving.dangling(REFERENCES)
    strays = Encounter.objects.filter(episode__isnull=False).exclude(resident_id=F("episode__resident_id"))
    yield from proving.rows_that(strays, "belongs to an episode of another resident")
    for model in (Allergy, MedicationStatement):
        strays = model.objects.filter(encounter__isnull=False).exclude(resident_id=F("encounter__resident_id"))
        yield from proving.rows_that(strays, "was recorded in an encounter of another resident")


def counters() -> Iterator[Finding]:
    """Yield the notes whose version is not that of their last text, and what is not marked sensitive as policy says."""
    yield from proving.unequal(Note.objects.annotate(newest=Max("versions__number")), "version", "newest")
    for each in marking.stale(timezone.localdate()):
        yield from proving.rows_that(each.rows, "sensitivity is not what policy says; the worker mends it every night")


def states() -> Iterator[Finding]:
    """Yield the encounters whose state is not what their last step led to."""
    yield from proving.not_as_last_step(Encounter, EncounterTransition, "encounter")
