"""Referrals that come as messages from systems elsewhere."""

from uuid import UUID

from django.db import transaction

from tongmai.care.referrals import consent
from tongmai.care.referrals.models import Referral
from tongmai.care.referrals.services import chain, drafting
from tongmai.care.referrals.services.drafting import Content
from tongmai.care.referrals.services.taking import remember, take
from tongmai.care.referrals.states import Direction, UpStep
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_


@transaction.atomic
def receive_external(
    *,
    external_system: str,
    external_number: str,
    resident_id: UUID,
    sender_org_id: UUID,
    content: Content,
    by: Actor,
    diagnosis_name: str = "",
    consent_given: consent.Given | None = None,
) -> tuple[Referral, bool]:
    """Take in an up-referral that a message brings, submitted and waiting for an answer.

    `by` is the system's actor.  The same number of the same system again returns the referral that is there, and
    False; a new one returns it and True.  Messages carry no consent of their own: by sending them the sender answers
    for having it, and it is written down so, unless `consent_given` says more.

    Raises:
        InvalidInput: no such sender, no number, or the content is wrong (see `drafting.fill`).
        ReceiverNotAllowed: see `rules.receiver_flaw`.
        AlreadyOpen: the resident has an open referral for this problem.
    """
    system, number = external_system.strip()[:80], external_number.strip()[:80]
    if not system or not number:
        raise InvalidInput(field="external_number", problem=N_("缺少对方的转诊单号"))
    sender = Org.objects.select_for_update().filter(id=sender_org_id, kind=Org.Kind.FACILITY).first()
    if sender is None:
        raise InvalidInput(field="sender", problem=N_("没有这家机构"))
    known = Referral.objects.filter(external_system=system, external_number=number).first()
    if known is not None:
        return known, False
    referral = drafting.blank(Direction.UP, resident_id=resident_id, sender=sender, by=by)
    referral.external_system, referral.external_number = system, number
    drafting.fill(referral, content, by=by, diagnosis_name=diagnosis_name)
    referral.reviewer = None  # another system's own chain has passed it
    given = consent_given or consent.Given(relation="other", how="signature", agreed_name=sender.short_name)
    referral.consent = consent.write(given, referral=referral, by=by)
    referral.submitted_at, referral.submitted_by_id = by.now, by.user_id
    referral.save()
    remember(referral, "draft", "", by=by)
    chain.join_episode(referral, by=by)
    take(referral, UpStep.SUBMIT, by=by, facts=f"{system} {number}")
    chain.make_known(referral, by=by)
    return referral, True
