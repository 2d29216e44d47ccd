"""Electrocardiograms that go with a referral: putting them to it, and naming them.

A recording that was taken back out of the person's record, as another's, is no longer among what a referral shows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet

from tongmai.care.referrals.models import Enclosure, Referral
from tongmai.commons.ecg import presenters as ecg
from tongmai.commons.ecg.choices import Standing
from tongmai.commons.ecg.models import Recording
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_


@dataclass(frozen=True)
class Enclosed:
    """One electrocardiogram of a referral; `text` says when and where it was taken and what the computer suspects."""

    recording_id: UUID
    text: str


def enclose(referral: Referral, recording_ids: Iterable[UUID], *, by: Actor) -> None:
    """Put recordings to a saved referral; one that is there already stays.

    Raises:
        InvalidInput: one that is not in this person's record.
    """
    wanted = set(recording_ids)
    if len(wanted) != len(_of_person(referral.resident_id, wanted)):
        raise InvalidInput(field="recording_ids", problem=N_("不是这位居民的心电图"))
    there = set(Enclosure.objects.filter(referral=referral).values_list("recording_id", flat=True))
    Enclosure.objects.bulk_create(
        Enclosure(referral=referral, recording_id=each, enclosed_at=by.now, enclosed_by_id=by.user_id)
        for each in wanted - there
    )


def enclosed(referral: Referral) -> list[Enclosed]:
    """Return what goes with a referral, as far as it is in the person's record."""
    rows = Enclosure.objects.filter(referral=referral, recording__resident_id=F("referral__resident_id"))
    return _named(_of_person(referral.resident_id, rows.values_list("recording_id", flat=True)))


def to_enclose(resident_id: UUID, recording_ids: Iterable[UUID]) -> list[Enclosed]:
    """Return what would go with a referral of the person that is not saved yet; for who has opened her record."""
    return _named(_of_person(resident_id, recording_ids))


def _of_person(resident_id: UUID, recording_ids: Iterable[UUID]) -> QuerySet[Recording]:
    rows = Recording.objects.filter(id__in=list(recording_ids), resident_id=resident_id, standing=Standing.LINKED)
    return rows.select_related("org").defer("content").order_by("received_at", "id")


def _named(rows: Iterable[Recording]) -> list[Enclosed]:
    return [Enclosed(row.id, ecg.named(row)) for row in rows]
