"""Picking frames out of a study."""

from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.commons.imaging import access
from tongmai.commons.imaging.events import KeyImageMarked, KeyImageUnmarked
from tongmai.commons.imaging.models import Instance, KeyImage, Study
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import NotFound


@transaction.atomic
def mark_key_image(
    study_id: UUID,
    *,
    instance_id: UUID,
    frame: int,
    center: Decimal | None = None,
    width: Decimal | None = None,
    by: Actor,
) -> KeyImage:
    """Keep a frame as one that matters, in the window in which it is looked at.  Marked twice is marked once.

    Raises:
        NotFound, NotPermitted, BasisNeeded: the study, as in `access.read_study`; or there is no such frame in it.
    """
    study, instance = _frame(study_id, instance_id, frame, by)
    try:
        with transaction.atomic():
            made = KeyImage.objects.create(
                study=study, instance=instance, frame=frame, center=center, width=width if center is not None else None,
                marked_at=by.now, marked_by_id=by.user_id, marked_name=by.name,
            )  # fmt: skip
    except IntegrityError:
        return KeyImage.objects.get(instance=instance, frame=frame, unmarked_at=None)
    audit.record(_said(KeyImageMarked, study, instance, frame), by=by)
    return made


@transaction.atomic
def unmark_key_image(study_id: UUID, *, instance_id: UUID, frame: int, by: Actor) -> None:
    """Take the mark of a frame back; one that is not marked stays so.  Errors as in `mark_key_image`."""
    study, instance = _frame(study_id, instance_id, frame, by)
    rows = KeyImage.objects.filter(instance=instance, frame=frame, unmarked_at=None)
    if rows.update(unmarked_at=by.now, unmarked_by=by.user_id):
        audit.record(_said(KeyImageUnmarked, study, instance, frame), by=by)


def _frame(study_id: UUID, instance_id: UUID, frame: int, by: Actor) -> tuple[Study, Instance]:
    study, _opened = access.read_study(study_id, by=by)
    instance = Instance.objects.filter(id=instance_id, series__study=study).first()
    if instance is None or not instance.n_rows or not 1 <= frame <= instance.n_frames:
        raise NotFound()
    return study, instance


def _said(
    happened: type[KeyImageMarked] | type[KeyImageUnmarked], study: Study, instance: Instance, frame: int
) -> KeyImageMarked | KeyImageUnmarked:
    assert study.resident_id is not None
    return happened(study_id=study.id, resident_id=study.resident_id, instance_id=instance.id, frame=frame)
