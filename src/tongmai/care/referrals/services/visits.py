"""The resident comes, or does not; is treated; and the matter is closed."""

from uuid import UUID

from django.db import transaction

from tongmai.care.referrals import access
from tongmai.care.referrals.models import Referral, SlotIssue
from tongmai.care.referrals.services import chain, drafting, places
from tongmai.care.referrals.services.drafting import Content
from tongmai.care.referrals.services.taking import remember, take
from tongmai.care.referrals.states import Direction, UpStep, Urgency
from tongmai.commons.capacity import services as capacity
from tongmai.commons.residents import access as residents
from tongmai.foundation.orgs import access as orgs_access
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.policy import value
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_


@transaction.atomic
def arrive(*, referral_id: UUID, by: Actor, seen_version: int | None = None) -> Referral:
    """The resident has come: her booking is kept, and an encounter begins in the episode of the referral.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
        TooEarly: before the day of the booking.
    """
    referral = access.get(referral_id, by=by, step=UpStep.ARRIVE, lock=True, seen_version=seen_version)
    if referral.state == "booked" and referral.booking_id is not None:
        capacity.arrive(booking_id=referral.booking_id, by=by)
    places.close_issue(referral, SlotIssue.Resolution.ARRIVED, by=by)
    _arrived(referral, by=by)
    take(referral, UpStep.ARRIVE, by=by)
    return referral


@transaction.atomic
def miss(*, referral_id: UUID, by: Actor, seen_version: int | None = None) -> Referral:
    """The resident did not come.  The receiver may book again; the sender may look for her, or withdraw.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
        TooEarly: she is still waited for.
    """
    referral = access.get(referral_id, by=by, step=UpStep.MISS, lock=True, seen_version=seen_version)
    if referral.booking_id is not None:
        capacity.no_show(booking_id=referral.booking_id, by=by)
    take(referral, UpStep.MISS, by=by, facts=referral.booked_place)
    return referral


@transaction.atomic
def treat(*, referral_id: UUID, by: Actor, note: str = "", seen_version: int | None = None) -> Referral:
    """The treatment above is over: the encounter is finished where it still runs; from now on she may go down.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
    """
    referral = access.get(referral_id, by=by, step=UpStep.TREAT, lock=True, seen_version=seen_version)
    chain.finish_encounter(referral, by=by)
    take(referral, UpStep.TREAT, by=by, reason=note)
    return referral


@transaction.atomic
def close(*, referral_id: UUID, by: Actor, note: str = "", seen_version: int | None = None) -> Referral:
    """Close a treated referral whose paper is complete.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
    """
    referral = access.get(referral_id, by=by, step=UpStep.CLOSE, lock=True, seen_version=seen_version)
    take(referral, UpStep.CLOSE, by=by, reason=note)
    return referral


@transaction.atomic
def admit_emergency(*, resident_id: UUID, sender_id: UUID, content: Content, by: Actor) -> Referral:
    """Somebody is here as an emergency whom `sender_id` sent without paper: written down by the receiver, arrived.

    The sender owes the paper from now on.

    Raises:
        NotFound, BasisNeeded: the resident is out of reach, or there is no basis to act on her record.
        NotPermitted: the post writes no referrals.
        InvalidInput: no such sender, or the content is wrong; `content.receiver_id` must be the actor's organisation.
        AlreadyOpen: there is an open referral for this problem: mark that one as arrived.
    """
    require(by, Action.WRITE_REFERRAL)
    residents.open_record(resident_id, by=by, what="referral")
    sender = orgs_access.visible_orgs(by).filter(id=sender_id, kind=Org.Kind.FACILITY).first()
    if sender is None:
        raise InvalidInput(field="sender", problem=N_("没有这家机构"))
    if content.receiver_id != by.org_id or content.urgency != Urgency.EMERGENCY:
        raise InvalidInput(field="receiver", problem=N_("只能登记到达本机构的急诊患者"))
    referral = drafting.blank(Direction.UP, resident_id=resident_id, sender=sender, by=by)
    referral.sender_department_id = referral.sender_staff_id = None
    drafting.fill(referral, content, by=by)
    referral.paperwork_until = by.now + value("referrals.emergency_paper", on=by.today, at=sender).timedelta()
    referral.submitted_at, referral.submitted_by_id = by.now, by.user_id
    referral.answered_at, referral.answered_by_id = by.now, by.user_id
    referral.save()
    remember(referral, "draft", "", by=by)
    chain.join_episode(referral, by=by)
    _arrived(referral, by=by)
    take(referral, UpStep.ADMIT_EMERGENCY, by=by)
    return referral


def _arrived(referral: Referral, *, by: Actor) -> None:
    referral.arrived_at, referral.arrived_by_id = by.now, by.user_id
    chain.start_encounter(referral, by=by)
