"""The doors to images: reading a study opens the person's record, and that is logged.

What is nobody's yet (waiting studies, the quarantine) is no record: it is seen by those who bring it in order, of the
organisation where it was taken.
"""

from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.commons.imaging.models import Device, Held, Study
from tongmai.commons.residents import access as residents
from tongmai.commons.residents.access import EntryWanted, OpenedRecord
from tongmai.commons.residents.sections import Section
from tongmai.foundation.orgs.access import managed_orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotFound


def read_study(study_id: UUID, *, by: Actor) -> tuple[Study, OpenedRecord]:
    """Open the person's record at one study.

    Raises:
        NotFound, NotPermitted, BasisNeeded: as in `residents.access.open_record`; a study that waits is not found.
    """
    rows = Study.objects.select_related("org").filter(residents.reach(by, "resident__"), resident__isnull=False)
    found = rows.filter(id=study_id).first()
    if found is None or found.resident_id is None:
        raise NotFound()
    wanted = EntryWanted(Section.RESULTS, found.sensitivity, found.org_id)
    return found, residents.open_record(found.resident_id, by=by, what="study", entry=wanted)


def reconciled_studies(by: Actor) -> QuerySet[Study]:
    """Return every study taken where `by` works, for those who bring images in order: also the linked ones, to undo."""
    return _of_her_site(Study.objects.select_related("org", "device", "resident"), by)


def study_to_reconcile(study_id: UUID, *, by: Actor) -> Study:
    """Return one of these.

    Raises:
        NotFound: absent, or taken elsewhere.
    """
    return _one(reconciled_studies(by), study_id)


def quarantine(by: Actor) -> QuerySet[Held]:
    """Return the files in quarantine: of her organisation, or of the county's devices for who administers these."""
    rows = Held.objects.select_related("org", "device")
    if by.role == Role.SYSTEM:
        return rows
    if by.may(Action.MANAGE_CONNECTIONS):
        return rows.filter(Q(org__in=managed_orgs(by)) | Q(org=None))
    return _of_her_site(rows, by)


def held(held_id: UUID, *, by: Actor) -> Held:
    """Return one of these (errors as in `study_to_reconcile`)."""
    return _one(quarantine(by), held_id)


def devices(by: Actor) -> QuerySet[Device]:
    """Return the devices that `by` may see: those of the county for who administers them, else those where she works."""
    rows = Device.objects.select_related("org")
    if by.role == Role.SYSTEM:
        return rows
    if by.may(Action.MANAGE_CONNECTIONS):
        return rows.filter(org__in=managed_orgs(by))
    return _of_her_site(rows, by)


def device(device_id: UUID, *, by: Actor) -> Device:
    """Return one of these (errors as in `study_to_reconcile`)."""
    return _one(devices(by), device_id)


def _of_her_site(rows: QuerySet, by: Actor) -> QuerySet:
    if by.role == Role.SYSTEM:
        return rows
    if not by.may(Action.RECONCILE_IMAGES) or by.org_id is None:
        return rows.none()
    return rows.filter(org_id=by.org_id)


def _one(rows: QuerySet, row_id: UUID):
    found = rows.filter(id=row_id).first()
    if found is None:
        raise NotFound()
    return found
