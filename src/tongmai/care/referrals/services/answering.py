"""What the other side answers: review, accept, decline, return, send on; and the sender's taking back."""

from uuid import UUID

from django.db import transaction

from tongmai.care.referrals import access, errors
from tongmai.care.referrals.models import Referral, SlotIssue
from tongmai.care.referrals.services import chain, places, receivers
from tongmai.care.referrals.services.taking import take
from tongmai.care.referrals.states import Direction, DownStep, UpStep
from tongmai.foundation.audit.together import together
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import StepNotAllowed


@transaction.atomic
def approve_review(*, referral_id: UUID, by: Actor, note: str = "", seen_version: int | None = None) -> Referral:
    """The township passes its village's referral on to the receiver.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
    """
    referral = access.get(referral_id, by=by, step=UpStep.APPROVE, lock=True, seen_version=seen_version)
    referral.submitted_at, referral.submitted_by_id = by.now, by.user_id
    take(referral, UpStep.APPROVE, by=by, reason=note)
    chain.make_known(referral, by=by)
    return referral


@transaction.atomic
def send_back(*, referral_id: UUID, by: Actor, reason: str, seen_version: int | None = None) -> Referral:
    """The township sends its village's referral back, with the reason (errors as in `approve_review`)."""
    referral = access.get(referral_id, by=by, step=UpStep.SEND_BACK, lock=True, seen_version=seen_version)
    take(referral, UpStep.SEND_BACK, by=by, reason=reason)
    return referral


@transaction.atomic
def accept(
    *,
    referral_id: UUID,
    by: Actor,
    note: str = "",
    department_id: UUID | None = None,
    seen_version: int | None = None,
) -> Referral:
    """The receiver takes the resident.  An up-referral then waits for its place: a slot issue is open until it has one.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
        InvalidInput: the department is not the receiver's.
    """
    referral = _accept(referral_id, by=by, note=note, department_id=department_id, seen_version=seen_version)
    if referral.direction == Direction.UP:
        places.open_issue(referral, by=by)
    return referral


@together()
def accept_and_book(
    *,
    referral_id: UUID,
    pool_ids: list[UUID],
    by: Actor,
    note: str = "",
    department_id: UUID | None = None,
    seen_version: int | None = None,
) -> Referral:
    """Accept an up-referral and take the chosen place in the same transaction.

    When the place is gone the referral is not lost: it is accepted, a slot issue is open, and the refusal is on record.
    The caller sees which by the state: booked, or accepted.

    Raises:
        NotFound, VersionConflict, StepNotAllowed, InvalidInput: as in `accept`; also when it is a down-referral.
    """
    referral = _accept(referral_id, by=by, note=note, department_id=department_id, seen_version=seen_version)
    if referral.direction != Direction.UP:
        raise StepNotAllowed(state=referral.state, step=UpStep.BOOK)
    places.book_or_open_issue(referral, pool_ids, by=by)
    return referral


def _accept(
    referral_id: UUID, *, by: Actor, note: str, department_id: UUID | None, seen_version: int | None
) -> Referral:
    referral = access.get(referral_id, by=by, step=UpStep.ACCEPT, lock=True, seen_version=seen_version)
    if department_id is not None:
        referral.receiver_department_id = receivers.department_of(department_id, org_id=referral.receiver_id)
    referral.answered_at, referral.answered_by_id = by.now, by.user_id
    take(referral, UpStep.ACCEPT, by=by, reason=note)
    return referral


@transaction.atomic
def decline(*, referral_id: UUID, by: Actor, reason: str, seen_version: int | None = None) -> Referral:
    """The receiver does not take the resident, and says why; it stays with the sender until the sender has seen it.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
        ReasonMissing: no reason.
    """
    referral = access.get(referral_id, by=by, step=UpStep.DECLINE, lock=True, seen_version=seen_version)
    referral.answered_at, referral.answered_by_id = by.now, by.user_id
    take(referral, UpStep.DECLINE, by=by, reason=reason)
    return referral


@transaction.atomic
def note_decline(*, referral_id: UUID, by: Actor) -> Referral:
    """The sender has taken note of a refusal: it leaves the sender's worklist.  Repeating changes nothing.

    Raises:
        NotFound: absent, or not visible.
        StepNotAllowed: it is not declined, or `by` is not of the sender.
    """
    referral = access.get(referral_id, by=by, lock=True)
    if referral.state != "declined" or referral.sender_id != by.org_id:
        raise StepNotAllowed(state=referral.state, step="note_decline")
    if referral.decline_seen_at is None:
        referral.decline_seen_at, referral.decline_seen_by_id = by.now, by.user_id
        referral.save(update_fields=["decline_seen_at", "decline_seen_by"])
    return referral


@transaction.atomic
def return_for_information(*, referral_id: UUID, by: Actor, reason: str, seen_version: int | None = None) -> Referral:
    """The receiver asks for more; the sender may send again (errors as in `decline`)."""
    referral = access.get(referral_id, by=by, step=UpStep.RETURN, lock=True, seen_version=seen_version)
    take(referral, UpStep.RETURN, by=by, reason=reason)
    return referral


@transaction.atomic
def redirect(
    *, referral_id: UUID, receiver_id: UUID, by: Actor, reason: str, seen_version: int | None = None
) -> Referral:
    """Send it on to another receiver, who must answer anew: by the receiver, or by the alliance's coordinator.

    The former receiver loses sight of it.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
        ReasonMissing: no reason.
        ReceiverNotAllowed: see `rules.receiver_flaw`; leaving the alliance takes the given reason.
    """
    referral = access.get(referral_id, by=by, lock=True, seen_version=seen_version)
    possible = access.possible_steps(referral, by=by)
    step = next((step for step in possible if step in (UpStep.REDIRECT, UpStep.REASSIGN)), None)
    if step is None:
        raise StepNotAllowed(state=referral.state, step=UpStep.REDIRECT)
    if not reason.strip():
        raise errors.ReasonMissing(field="reason")
    former = referral.receiver.short_name
    places.close_issue(referral, SlotIssue.Resolution.REDIRECTED, by=by)
    receivers.set_receiver(referral, receiver_id, outside_reason=reason, by=by)
    referral.receiver_department = None
    referral.answered_at = referral.answered_by = None
    take(referral, step, by=by, reason=reason, facts=f"{former} → {referral.receiver.short_name}")
    chain.make_known(referral, by=by)
    return referral


@transaction.atomic
def withdraw(*, referral_id: UUID, by: Actor, reason: str, seen_version: int | None = None) -> Referral:
    """The sender takes it back before the resident has arrived; a booked place is given back in the same transaction.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
        ReasonMissing: no reason.
    """
    referral = access.get(referral_id, by=by, step=DownStep.WITHDRAW, lock=True, seen_version=seen_version)
    places.give_back(referral, by=by, reason=reason)
    places.close_issue(referral, SlotIssue.Resolution.WITHDRAWN, by=by)
    take(referral, DownStep.WITHDRAW, by=by, reason=reason)
    return referral
