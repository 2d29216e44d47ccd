"""What happened to a referral.  Each event says who stands on both sides, so that a listener need not look."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tongmai.care.referrals.states import DownStep, Step, UpStep
from tongmai.foundation.audit.events import event


@dataclass(frozen=True, kw_only=True)
class Happened:
    """What all events of a referral say."""

    referral_id: UUID
    resident_id: UUID
    direction: str
    urgency: str
    state: str
    sender_id: UUID
    receiver_id: UUID


@event
class ReviewAsked(Happened):
    """A village's referral waits for its township's review."""


@event
class ReviewPassed(Happened):
    pass


@event
class ReviewSentBack(Happened):
    pass


@event
class ReferralSubmitted(Happened):
    pass


@event
class ReferralAccepted(Happened):
    pass


@event
class ReferralDeclined(Happened):
    pass


@event
class ReferralReturned(Happened):
    pass


@event
class ReferralRedirected(Happened):
    """It was sent on: `receiver_id` is the new one."""


@event
class ReferralBooked(Happened):
    pass


@event
class ReferralRescheduled(Happened):
    pass


@event
class ReferralArrived(Happened):
    pass


@event
class ReferralMissed(Happened):
    pass


@event
class ReferralTreated(Happened):
    pass


@event
class ReferralClosed(Happened):
    pass


@event
class ReferralWithdrawn(Happened):
    pass


@event
class EmergencySent(Happened):
    pass


@event
class EmergencyAdmitted(Happened):
    pass


@event
class PaperworkCompleted(Happened):
    pass


@event
class ConsentObtained(Happened):
    """The consent that a message had not brought is there."""


@event
class ResidentReceived(Happened):
    """She who came down is in the care of those below."""


@event
class FollowUpRecorded(Happened):
    pass


@event
class FollowUpFinished(Happened):
    pass


@event
class PlaceMissing:
    """A referral was accepted and no place was free: a slot issue is open."""

    referral_id: UUID
    resident_id: UUID
    org_id: UUID
    wants: str


@event
class EnclosurePut:
    """An electrocardiogram was put to a draft, or put back."""

    referral_id: UUID
    resident_id: UUID
    recording_id: UUID


@event
class EnclosureTakenOff:
    """An electrocardiogram does not go with a draft any more."""

    referral_id: UUID
    resident_id: UUID
    recording_id: UUID


@event
class CatalogueChanged:
    """A line of the referral disease catalogue began, changed or ended."""

    alliance_id: UUID
    icd10_prefix: str
    level: str
    guidance: str
    change: str  # added | changed | ended
    from_on: date


OF_STEP: dict[Step, type[Happened]] = {
    UpStep.ASK_REVIEW: ReviewAsked,
    UpStep.APPROVE: ReviewPassed,
    UpStep.SEND_BACK: ReviewSentBack,
    UpStep.SUBMIT: ReferralSubmitted,
    UpStep.ACCEPT: ReferralAccepted,
    UpStep.DECLINE: ReferralDeclined,
    UpStep.RETURN: ReferralReturned,
    UpStep.REDIRECT: ReferralRedirected,
    UpStep.REASSIGN: ReferralRedirected,
    UpStep.BOOK: ReferralBooked,
    UpStep.RESCHEDULE: ReferralRescheduled,
    UpStep.ARRIVE: ReferralArrived,
    UpStep.MISS: ReferralMissed,
    UpStep.TREAT: ReferralTreated,
    UpStep.CLOSE: ReferralClosed,
    UpStep.WITHDRAW: ReferralWithdrawn,
    UpStep.SEND_EMERGENCY: EmergencySent,
    UpStep.ADMIT_EMERGENCY: EmergencyAdmitted,
    UpStep.COMPLETE_PAPERWORK: PaperworkCompleted,
    UpStep.RECORD_CONSENT: ConsentObtained,
    # Steps of the same name in both directions are the same word, and tell the same event.
    DownStep.RECEIVE: ResidentReceived,
    DownStep.FOLLOW_UP: FollowUpRecorded,
    DownStep.FINISH: FollowUpFinished,
}
