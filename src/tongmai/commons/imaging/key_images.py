"""Reads of key images.  The caller has opened the record at the study."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from tongmai.commons.imaging.models import KeyImage


@dataclass(frozen=True)
class Key:
    """A frame that somebody picked out."""

    study_id: UUID
    instance_id: UUID
    frame: int
    center: Decimal | None
    width: Decimal | None
    marked_at: datetime
    marked_name: str


def key_images_of(study_ids: Collection[UUID]) -> list[Key]:
    """Return the key images of studies in the order in which they were marked."""
    rows = KeyImage.objects.filter(study_id__in=list(study_ids), unmarked_at=None).order_by("marked_at", "id")
    names = ("study_id", "instance_id", "frame", "center", "width", "marked_at", "marked_name")
    return [Key(*row) for row in rows.values_list(*names)]
