"""The doors to recordings: reading one opens the person's record, and that is logged.

What is nobody's yet is no record: those who take electrocardiograms at the organisation see it, to bring it in order.
"""

from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.commons.ecg.choices import Standing
from tongmai.commons.ecg.models import Recording
from tongmai.commons.residents import access as residents
from tongmai.commons.residents.access import EntryWanted, OpenedRecord
from tongmai.commons.residents.sections import Section
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotFound


def read(recording_id: UUID, *, by: Actor) -> tuple[Recording, OpenedRecord]:
    """Open the person's record at one recording.

    Raises:
        NotFound, NotPermitted, BasisNeeded: as in `residents.access.open_record`; one that is held is not found.
    """
    rows = Recording.objects.select_related("org").filter(residents.reach(by, "resident__"), resident__isnull=False)
    found = rows.filter(id=recording_id).first()
    if found is None or found.resident_id is None:
        raise NotFound()
    wanted = EntryWanted(Section.RESULTS, "", found.org_id)
    return found, residents.open_record(found.resident_id, by=by, what="ecg", entry=wanted)


def taken_here(by: Actor) -> QuerySet[Recording]:
    """Return the recordings taken where `by` works, for those who take them; the file itself is left out."""
    rows = Recording.objects.select_related("org", "resident", "proposed").defer("content")
    if by.role == Role.SYSTEM:
        return rows
    if not by.may(Action.PERFORM_EXAMINATION) or by.org_id is None:
        return rows.none()
    return rows.filter(org_id=by.org_id)


def held(by: Actor) -> QuerySet[Recording]:
    """Return those of them that are nobody's."""
    return taken_here(by).filter(~Q(standing=Standing.LINKED))


def to_settle(recording_id: UUID, *, by: Actor, lock: bool = False) -> Recording:
    """Return one that was taken where `by` works.

    Raises:
        NotFound: absent, or taken elsewhere.
    """
    rows = taken_here(by)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=recording_id).first()
    if found is None:
        raise NotFound()
    return found
