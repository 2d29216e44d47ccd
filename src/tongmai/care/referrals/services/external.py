"""Referrals that come as messages from systems elsewhere."""

from uuid import UUID

from django.db import transaction

from tongmai.care.referrals import consent
from tongmai.care.referrals.models import Referral
from tongmai.care.referrals.services import chain, down, drafting
from tongmai.care.referrals.services.drafting import Content
from tongmai.care.referrals.services.taking import remember, take
from tongmai.care.referrals.states import Direction, DownStep, UpStep
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
    False; a new one returns it and True.  Without `consent_given` it is written down that the message brought no
    consent: the receiver obtains it before the resident is taken over (docs/decisions/0007).

    Raises:
        InvalidInput: no such sender, no number, or the content is wrong (see `drafting.fill`).
        ReceiverNotAllowed: see `rules.receiver_flaw`.
        AlreadyOpen: the resident has an open referral for this problem.
    """
    sender, known = _begun(external_system, external_number, sender_org_id)
    if known is not None:
        return known, False
    referral = drafting.blank(Direction.UP, resident_id=resident_id, sender=sender, by=by)
    drafting.fill(referral, content, by=by, diagnosis_name=diagnosis_name)
    referral.reviewer = None  # another system's own chain has passed it
    _write(referral, external_system, external_number, consent_given, by=by)
    _send(referral, UpStep.SUBMIT, by=by)
    return referral, True


@transaction.atomic
def receive_external_down(
    *,
    external_system: str,
    external_number: str,
    resident_id: UUID,
    sender_org_id: UUID,
    plan: down.Plan,
    by: Actor,
    diagnosis_name: str = "",
    consent_given: consent.Given | None = None,
) -> tuple[Referral, bool]:
    """Take in a down-referral that a message brings with its plan, offered to those below.

    Returns and raises as `receive_external`; also:

    Raises:
        NotInPlan: neither medicines nor arrangements, or no discharge summary.
    """
    sender, known = _begun(external_system, external_number, sender_org_id)
    if known is not None:
        return known, False
    referral = drafting.blank(Direction.DOWN, resident_id=resident_id, sender=sender, by=by)
    down.fill(referral, plan, by=by, diagnosis_name=diagnosis_name)
    referral.parent = _came_up(referral)
    referral.episode_id = referral.parent.episode_id if referral.parent else None
    _write(referral, external_system, external_number, consent_given, by=by)
    down.write_plan(referral, plan)
    _send(referral, DownStep.SUBMIT, by=by)
    return referral, True


def _begun(system: str, number: str, sender_org_id: UUID) -> tuple[Org, Referral | None]:
    """Return the sender, locked so that one number comes in once, and what came under this number before."""
    system, number = system.strip()[:80], number.strip()[:80]
    if not system or not number:
        raise InvalidInput(field="external_number", problem=N_("缺少对方的转诊单号"))
    sender = Org.objects.select_for_update().filter(id=sender_org_id, kind=Org.Kind.FACILITY).first()
    if sender is None:
        raise InvalidInput(field="sender", problem=N_("没有这家机构"))
    return sender, Referral.objects.filter(external_system=system, external_number=number).first()


def _came_up(referral: Referral) -> Referral | None:
    """The up-referral that this one answers: of the same resident and problem, taken in by its sender."""
    arrived = Referral.objects.filter(
        resident_id=referral.resident_id,
        direction=Direction.UP,
        problem_key=referral.problem_key,
        receiver_id=referral.sender_id,
        arrived_at__isnull=False,
    )
    return arrived.order_by("-arrived_at").first()


def _write(referral: Referral, system: str, number: str, given: consent.Given | None, *, by: Actor) -> None:
    referral.external_system, referral.external_number = system.strip()[:80], number.strip()[:80]
    if given is not None:
        referral.consent = consent.write(given, referral=referral, by=by)
    else:
        referral.consent = consent.missing(f"{referral.external_system} {referral.external_number}", by=by)
    referral.submitted_at, referral.submitted_by_id = by.now, by.user_id
    referral.save()
    remember(referral, "draft", "", by=by)
    chain.join_episode(referral, by=by)


def _send(referral: Referral, step: UpStep | DownStep, *, by: Actor) -> None:
    take(referral, step, by=by, facts=f"{referral.external_system} {referral.external_number}")
    chain.make_known(referral, by=by)
