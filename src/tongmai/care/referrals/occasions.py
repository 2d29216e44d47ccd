"""Where a referral began: from the page of a critical value, which shows what became of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from tongmai.care.referrals import access
from tongmai.care.referrals.models import Enclosure, Occasion, Referral
from tongmai.foundation.orgs.actors import Actor


@dataclass(frozen=True)
class Outcome:
    """A referral that was begun from a critical value, or takes its electrocardiogram along.

    `id` is blank where the reader does not see the referral itself.
    """

    id: UUID | None
    number: str
    state: str
    receiver: str
    sent_at: datetime | None  # None: a draft, which only its own organisation sees


def note(referral: Referral, critical_value_id: UUID, *, by: Actor) -> None:
    """Write down from which critical value a saved referral was begun; the first time counts."""
    Occasion.objects.get_or_create(
        referral=referral,
        defaults={"critical_value_id": critical_value_id, "noted_at": by.now, "noted_by_id": by.user_id},
    )


def begun_from(critical_value_id: UUID, *, resident_id: UUID, recording_id: UUID | None, by: Actor) -> list[Outcome]:
    """Return what was begun from a critical value of the person, the first one first; for who sees that value."""
    linked = Q(id__in=Occasion.objects.filter(critical_value_id=critical_value_id).values("referral"))
    if recording_id is not None:
        with_it = Enclosure.objects.filter(recording_id=recording_id, taken_off_at__isnull=True)
        linked |= Q(id__in=with_it.values("referral"))
    rows = Referral.objects.filter(linked, resident_id=resident_id).select_related("receiver")
    seen = set(access.of_resident(by, resident_id).filter(linked).values_list("id", flat=True))
    return [
        Outcome(row.id if row.id in seen else None, row.number, row.state, row.receiver.short_name, row.sent_at)
        for row in rows.order_by("created_at", "id")
        if row.sent_at is not None or row.id in seen
    ]
