"""What a critical value shows of the referrals that were begun from it, and the proof that they are of its person."""

from collections.abc import Iterator

from django.db.models import F, OuterRef, Subquery

from tongmai.care.critical_values.models import CriticalValue
from tongmai.care.critical_values.referred import Referred, provide
from tongmai.care.referrals import occasions, presenters
from tongmai.care.referrals.models import Occasion
from tongmai.foundation.audit import proving
from tongmai.foundation.audit.proving import Finding, SoftReference
from tongmai.foundation.orgs.actors import Actor
from tongmai.ui.addresses import of_row

REFERENCES = (SoftReference(Occasion, "critical_value_id", CriticalValue),)


@provide
def referrals_begun_from(value: CriticalValue, by: Actor) -> list[Referred]:
    assert value.resident_id is not None, "a drill has no referrals"
    found = occasions.begun_from(value.id, resident_id=value.resident_id, recording_id=value.recording_id, by=by)
    return [
        Referred(
            referral_id=each.id, number=each.number, to=each.receiver, tag=presenters.tag(each.state),
            sent_at=each.sent_at, href=of_row("referrals:detail", each.id) if each.id else "",
        )
        for each in found
    ]  # fmt: skip


def orphans() -> Iterator[Finding]:
    """Yield what names an absent critical value, or one of somebody else."""
    yield from proving.dangling(REFERENCES)
    whose = CriticalValue.objects.filter(id=OuterRef("critical_value_id")).values("resident_id")
    strays = Occasion.objects.annotate(whose=Subquery(whose)).exclude(referral__resident_id=F("whose"))
    yield from proving.rows_that(strays.filter(whose__isnull=False), "its critical value is another resident's")
