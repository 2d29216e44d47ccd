"""`tongmai check`: referrals with their history, their bookings, and the visits that they led to."""

from collections.abc import Iterator

from django.db.models import F, Q

from tongmai.care.referrals.models import FollowUp, Referral, Transition
from tongmai.commons.capacity.models import Booking, Refusal
from tongmai.commons.encounters.models import Encounter
from tongmai.foundation.audit import proving
from tongmai.foundation.audit.proving import Finding, SoftReference

REFERENCES = (
    SoftReference(Booking, "source_id", Referral, Q(source_kind="referral")),
    SoftReference(Refusal, "source_id", Referral, Q(source_kind="referral")),
    SoftReference(Encounter, "source_id", Referral, Q(source_kind="referral")),
    SoftReference(Encounter, "source_id", Booking, Q(source_kind="booking")),
    SoftReference(Encounter, "source_id", FollowUp, Q(source_kind="follow_up")),
)


def orphans() -> Iterator[Finding]:
    """Yield what names absent referrals, and referrals that hold a place or a visit of somebody else."""
    yield from proving.dangling(REFERENCES)
    booked = Referral.objects.filter(booking__isnull=False)
    others = booked.exclude(booking__source_kind="referral", booking__source_id=F("pk"))
    yield from proving.rows_that(others, "its booking was made for something else")
    for link in ("booking", "episode", "source_encounter", "arrival_encounter"):
        strays = Referral.objects.filter(**{f"{link}__isnull": False}).exclude(resident_id=F(f"{link}__resident_id"))
        yield from proving.rows_that(strays, f"its {link} is another resident's")


def states() -> Iterator[Finding]:
    """Yield the referrals whose state is not what their last step led to, or that are booked without a place."""
    yield from proving.not_as_last_step(Referral, Transition, "referral", begins_in=["draft"])
    without = Referral.objects.filter(state="booked", booking__state__in=["cancelled", "expired"])
    yield from proving.rows_that(without, "state says booked, its booking is over")
