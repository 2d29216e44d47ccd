"""`tongmai check`: residents named by other tables, and cards in the state that their history led to."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from tongmai.commons.residents.models import (
    EmergencyAccess,
    IndexEntry,
    IndexKey,
    LinkDecision,
    Medium,
    MediumTransition,
    ReaderDay,
    Resident,
    SearchKey,
)
from tongmai.commons.residents.services import merging
from tongmai.foundation.audit import proving
from tongmai.foundation.audit.models import AccessLog, Event
from tongmai.foundation.audit.proving import Finding, SoftReference
from tongmai.foundation.orgs.models import Post, User
from tongmai.foundation.texting.models import OneTimeCode

REFERENCES = (
    SoftReference(AccessLog, "resident_id", Resident),
    SoftReference(Event, "resident_id", Resident),
    SoftReference(User, "resident_id", Resident),
    SoftReference(EmergencyAccess, "opened_post_id", Post),
    SoftReference(LinkDecision, "to_resident_id", Resident),
    SoftReference(SearchKey, "resident_id", Resident),
    SoftReference(IndexKey, "entry_id", IndexEntry),
    SoftReference(OneTimeCode, "resident_id", Resident),
    SoftReference(ReaderDay, "user_id", User),
)


def orphans() -> Iterator[Finding]:
    """Yield what names absent residents, and emergencies of absent posts."""
    yield from proving.dangling(REFERENCES)
    yield from _left_behind()
    entries = IndexEntry.objects.filter(resident=OuterRef("id"))
    unknown = Resident.objects.filter(~Exists(entries), merged_into=None)
    yield from proving.rows_that(unknown, "is not in the index: tongmai residents index")


def _left_behind() -> Iterator[Finding]:
    """Yield what hangs on an entry that was merged into another, and should have moved with it."""
    merged = Resident.objects.filter(merged_into__isnull=False)
    for model, column in merging.columns():
        if not merging.stays(model):
            rows = model._base_manager.filter(**{f"{column}__in": merged.values("id")})
            yield from proving.rows_that(rows, "hangs on an entry that was merged into another")


def states() -> Iterator[Finding]:
    """Yield the cards and codes whose state their history does not bear out.  One that never moved has none."""
    yield from proving.not_as_last_step(Medium, MediumTransition, "medium", begins_in=["active"])
