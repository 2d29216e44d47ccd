"""`tongmai check`: residents named by other tables, and cards in the state that their history led to."""

from collections.abc import Iterator

from tongmai.commons.residents.models import EmergencyAccess, Medium, MediumTransition, Resident
from tongmai.foundation.audit import proving
from tongmai.foundation.audit.models import AccessLog, Event
from tongmai.foundation.audit.proving import Finding, SoftReference
from tongmai.foundation.orgs.models import Post, User

REFERENCES = (
    SoftReference(AccessLog, "resident_id", Resident),
    SoftReference(Event, "resident_id", Resident),
    SoftReference(User, "resident_id", Resident),
    SoftReference(EmergencyAccess, "opened_post_id", Post),
)


def orphans() -> Iterator[Finding]:
    """Yield what names absent residents, and emergencies of absent posts."""
    yield from proving.dangling(REFERENCES)


def states() -> Iterator[Finding]:
    """Yield the cards and codes whose state their history does not bear out.  One that never moved has none."""
    yield from proving.not_as_last_step(Medium, MediumTransition, "medium", begins_in=["active"])
