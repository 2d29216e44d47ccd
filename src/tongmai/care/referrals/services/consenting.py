"""The consent that a message did not bring, obtained by the receiver."""

from uuid import UUID

from django.db import transaction

from tongmai.care.referrals import access, consent
from tongmai.care.referrals.models import Referral
from tongmai.care.referrals.services.taking import take
from tongmai.care.referrals.states import DownStep
from tongmai.foundation.orgs.actors import Actor


@transaction.atomic
def record_consent(
    *, referral_id: UUID, consent_given: consent.Given, by: Actor, seen_version: int | None = None
) -> Referral:
    """Keep the consent that the resident gave here, or that the sender handed in; what said it was missing stays.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`; also when no consent is owed.
        InvalidInput: an incomplete consent.
    """
    referral = access.get(referral_id, by=by, step=DownStep.RECORD_CONSENT, lock=True, seen_version=seen_version)
    referral.consent = consent.write(consent_given, referral=referral, by=by)
    take(referral, DownStep.RECORD_CONSENT, by=by)
    return referral
