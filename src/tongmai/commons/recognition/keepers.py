"""The images and tracings that our own archives keep behind reports (kept.py)."""

from collections.abc import Collection
from uuid import UUID

from tongmai.commons.ecg.models import Recording
from tongmai.commons.imaging.models import Series
from tongmai.commons.recognition.rules import Kept


def images(resident_id: UUID, order_numbers: Collection[str]) -> dict[str, Kept]:
    """Return the person's studies in the archive by order number, each by the first of its series that names a body part."""
    rows = Series.objects.filter(
        study__resident_id=resident_id, study__order_number__in=order_numbers, instances__n_rows__gt=0
    )
    found: dict[str, Kept] = {}
    names = ("study__order_number", "modality", "body_part")
    for number, modality, part in rows.order_by("study_id", "number", "id").values_list(*names).distinct():
        if number not in found or not found[number].body_part:
            found[number] = Kept(modality, part.upper())
    return found


def tracings(resident_id: UUID, order_numbers: Collection[str]) -> dict[str, Kept]:
    """Return the person's electrocardiograms by order number."""
    rows = Recording.objects.filter(resident_id=resident_id, order_number__in=order_numbers)
    return dict.fromkeys(rows.values_list("order_number", flat=True), Kept("ECG"))
