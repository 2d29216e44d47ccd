"""Electrocardiograms that go with a referral: putting them to its draft, taking them off, and naming them.

A recording that was taken back out of the person's record, as another's, is no longer among what a referral shows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet

from tongmai.care.referrals import events
from tongmai.care.referrals.models import Enclosure, Referral
from tongmai.commons.ecg import presenters as ecg
from tongmai.commons.ecg.choices import Standing
from tongmai.commons.ecg.models import Recording
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_


@dataclass(frozen=True)
class Enclosed:
    """One electrocardiogram of a referral; `text` says when and where it was taken and what the computer suspects."""

    recording_id: UUID
    text: str


def enclose(referral: Referral, recording_ids: Iterable[UUID], *, by: Actor) -> None:
    """Let exactly these recordings go with a locked draft; what was taken off may be put back.

    Raises:
        InvalidInput: one that is not in this person's record.
    """
    wanted = set(recording_ids)
    if len(wanted) != len(_of_person(referral.resident_id, wanted)):
        raise InvalidInput(field="recording_ids", problem=N_("不是这位居民的心电图"))
    there = {row.recording_id: row for row in _rows(referral)}
    for recording_id in sorted(wanted - {each for each, row in there.items() if row.taken_off_at is None}):
        row = there.get(recording_id) or Enclosure(
            referral=referral, recording_id=recording_id, enclosed_at=by.now, enclosed_by_id=by.user_id
        )
        row.taken_off_at = row.taken_off_by_id = None
        row.save()
        _record(events.EnclosurePut, row, referral, by=by)
    for row in there.values():
        if row.taken_off_at is None and row.recording_id not in wanted:
            row.taken_off_at, row.taken_off_by_id = by.now, by.user_id
            row.save()
            _record(events.EnclosureTakenOff, row, referral, by=by)


def enclosed(referral: Referral) -> list[Enclosed]:
    """Return what goes with a referral, as far as it is in the person's record."""
    rows = _rows(referral).filter(taken_off_at__isnull=True)
    return to_enclose(referral.resident_id, rows.values_list("recording_id", flat=True))


def put_or_taken_off(referral: Referral) -> list[UUID]:
    """Return what goes with a referral and what was taken off it: among these its writer chooses."""
    return list(_rows(referral).values_list("recording_id", flat=True))


def to_enclose(resident_id: UUID, recording_ids: Iterable[UUID]) -> list[Enclosed]:
    """Return the recordings of the person among these, named; for who has opened her record."""
    return [Enclosed(row.id, ecg.named(row)) for row in _of_person(resident_id, recording_ids)]


def _rows(referral: Referral) -> QuerySet[Enclosure]:
    """What was put to it, as far as it is in the person's record: of the rest nobody decides."""
    rows = Enclosure.objects.filter(referral=referral, recording__resident_id=F("referral__resident_id"))
    return rows.filter(recording__standing=Standing.LINKED)


def _of_person(resident_id: UUID, recording_ids: Iterable[UUID]) -> QuerySet[Recording]:
    rows = Recording.objects.filter(id__in=list(recording_ids), resident_id=resident_id, standing=Standing.LINKED)
    return rows.select_related("org").defer("content").order_by("received_at", "id")


def _record(kind: type, row: Enclosure, referral: Referral, *, by: Actor) -> None:
    told = kind(referral_id=referral.id, resident_id=referral.resident_id, recording_id=row.recording_id)
    audit.record(told, by=by, subject_id=referral.id)
