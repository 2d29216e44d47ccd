"""Who receives: the checks that every way of naming a receiver goes through."""

from datetime import date
from uuid import UUID

from tongmai.care.referrals import errors, rules
from tongmai.care.referrals.models import Referral
from tongmai.care.referrals.rules import Flaw
from tongmai.care.referrals.states import Direction, Urgency
from tongmai.foundation.orgs import access as orgs_access
from tongmai.foundation.orgs import selectors as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.policy import value
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_

_ERROR = {
    Flaw.SAME: errors.SameOrganisation,
    Flaw.WRONG_WAY: errors.WrongWay,
    Flaw.OUTSIDE_UNEXPLAINED: errors.OutsideUnexplained,
}


def set_receiver(referral: Referral, receiver_id: UUID, *, outside_reason: str, by: Actor) -> None:
    """Name the receiver on an unsaved or locked referral, with what follows: alliance, inside or outside, reviewer.

    Raises:
        InvalidInput: no such facility in the reach of `by`.
        ReceiverNotAllowed: see `rules.receiver_flaw`.
    """
    receiver = orgs_access.visible_orgs(by).filter(id=receiver_id, kind=Org.Kind.FACILITY, is_active=True).first()
    if receiver is None:
        raise InvalidInput(field="receiver", problem=N_("没有这家机构"))
    sender = referral.sender
    alliance_id = shared_alliance(sender.id, receiver.id, by.today)
    flaw = rules.receiver_flaw(
        direction=Direction(referral.direction),
        sender_level=sender.level,
        receiver_level=receiver.level,
        is_same=sender.id == receiver.id,
        is_inside=alliance_id is not None,
        outside_reason=outside_reason,
        alliance_first=value("referrals.alliance_first", on=by.today, at=sender).yes,
    )
    if flaw is not None:
        raise _ERROR[flaw](field="receiver", flaw=flaw)
    referral.receiver = receiver
    referral.is_inside = alliance_id is not None
    referral.outside_reason = "" if alliance_id else outside_reason.strip()
    referral.alliance_id = alliance_id or own_alliance(sender.id, by.today)
    referral.reviewer_id = _reviewer(referral, on=by.today)


def shared_alliance(a: UUID, b: UUID, on: date) -> UUID | None:
    """Return the alliance that both belong to, the county community first; None when they share none."""
    theirs = {alliance.id for alliance in orgs.alliances_of(b, on)}
    return next((alliance.id for alliance in orgs.alliances_of(a, on) if alliance.id in theirs), None)


def own_alliance(org_id: UUID, on: date) -> UUID | None:
    """Return the first alliance of an organisation: its coordinators watch what leaves it, too."""
    return next((alliance.id for alliance in orgs.alliances_of(org_id, on)), None)


def department_of(department_id: UUID, *, org_id: UUID) -> UUID:
    """Return the id when the department is an active one of the organisation.

    Raises:
        InvalidInput: it is not.
    """
    if not any(department.id == department_id for department in orgs.departments(org_id)):
        raise InvalidInput(field="department", problem=N_("没有这个科室"))
    return department_id


def _reviewer(referral: Referral, *, on: date) -> UUID | None:
    """The township above the village, where the chain wants its review."""
    if referral.direction != Direction.UP:
        return None
    wanted = rules.needs_review(
        chain_wants_review=value("referrals.township_review", on=on, at=referral.sender).yes,
        sender_level=referral.sender.level,
        receiver_level=referral.receiver.level,
        urgency=Urgency(referral.urgency),
    )
    above = orgs.chain_parent(referral.sender_id) if wanted else None
    return above.id if above else None
