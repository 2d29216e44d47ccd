"""The only door to referrals: who sees one, on which sides an actor stands, and which steps are hers now.

A referral is visible to its sender, to its receiver once it has been submitted, to its reviewer, and to the
coordinators of the lead hospital of its alliance.  To everybody else it does not exist.
"""

from datetime import date
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tongmai.care.referrals import rules, states
from tongmai.care.referrals.models import CatalogueEntry, FollowUp, Referral, SlotIssue
from tongmai.care.referrals.states import Direction, Side, Step, Urgency
from tongmai.commons.residents import access as residents
from tongmai.foundation.orgs import selectors as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Membership, valid_on
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotFound, NotPermitted, StepNotAllowed, require_seen


def visible(by: Actor) -> QuerySet[Referral]:
    """Return the referrals that `by` may see."""
    if by.role == Role.SYSTEM:
        return Referral.objects.all()
    if by.org_id is None or not by.may(Action.SEE_REFERRALS):
        return Referral.objects.none()
    return Referral.objects.filter(reduce(or_, seen_as(by)))


def of_resident(by: Actor, resident_id: UUID) -> QuerySet[Referral]:
    """Return the referrals of one resident that `by` may see; a resident sees all of her own that were sent."""
    if by.role != Role.RESIDENT:
        return visible(by).filter(resident_id=resident_id)
    return Referral.objects.filter(
        residents.reach(by, "resident__"), sent_at__isnull=False, resident_id=resident_id
    )  # fmt: skip


def seen_as(by: Actor) -> list[Q]:
    """Return the sides from which an actor of an organisation sees referrals; each has an index of its own."""
    sides = [
        Q(sender_id=by.org_id),
        Q(receiver_id=by.org_id, submitted_at__isnull=False),
        Q(reviewer_id=by.org_id, sent_at__isnull=False),
    ]
    if by.may(Action.COORDINATE_REFERRALS):
        sides.append(Q(alliance__in=led_alliances(by.org_id, by.today), sent_at__isnull=False))
    return sides


def led_alliances(org_id: UUID | None, on: date) -> QuerySet:
    """Return the ids of the alliances that the organisation leads on that day, as a subquery."""
    return Membership.objects.filter(
        valid_on(on), valid_on(on, "alliance__"), org_id=org_id, part=Membership.Part.LEAD
    ).values("alliance")


def get(
    referral_id: UUID, *, by: Actor, step: Step | None = None, lock: bool = False, seen_version: int | None = None
) -> Referral:
    """Return the referral; with `step` also check that `by` may take it now.

    Raises:
        NotFound: absent, or not one that `by` may see (same answer for both).
        VersionConflict: the caller saw another version than there is now.
        StepNotAllowed: the step is not among those that `by` may take now.
    """
    rows = _ONE.objects(by, referral_id=referral_id, lock=lock)
    if not rows:
        raise NotFound()
    found = rows[0]
    require_seen(seen_version, found.version)
    if step is not None and step not in possible_steps(found, by=by):
        raise StepNotAllowed(state=found.state, step=step)
    return found


def _one(by: Actor, *, referral_id: UUID, lock: bool) -> QuerySet[Referral]:
    rows = visible(by).filter(id=referral_id).order_by()
    rows = rows.select_related("resident", "sender", "receiver", "reviewer", "alliance", "consent")
    return rows.select_for_update(of=("self",)) if lock else rows


_ONE = Prepared(_one)


def sides_of(referral: Referral, *, by: Actor) -> frozenset[Side]:
    """Return the sides on which the actor's organisation stands.

    The sender stands in for a receiver that does not sign in here.  Coordinators of the lead of the alliance stand on
    their own side.
    """
    if by.org_id is None:
        return frozenset()
    sides = set()
    if by.org_id == referral.sender_id:
        sides.add(Side.SENDER)
        if rules.stands_in_for_receiver(receiver_level=referral.receiver.level) and referral.submitted_at:
            sides.add(Side.RECEIVER)
    if by.org_id == referral.receiver_id and referral.submitted_at:
        sides.add(Side.RECEIVER)
    if by.org_id == referral.reviewer_id:
        sides.add(Side.REVIEWER)
    if by.may(Action.COORDINATE_REFERRALS) and referral.alliance_id:
        lead = orgs.alliance_lead(referral.alliance_id, by.today)
        if lead is not None and lead.id == by.org_id:
            sides.add(Side.COORDINATOR)
    return frozenset(sides)


def possible_steps(referral: Referral, *, by: Actor) -> list[Step]:
    """Return exactly the steps that `by` may take now, in the order of the table."""
    direction = Direction(referral.direction)
    sides = sides_of(referral, by=by)
    steps = states.open_to(direction, referral.state, sides=sides, role=by.role)
    facts = facts_of(referral) if steps else None
    return [step for step in steps if facts and rules.applies(direction, step, facts, sides=sides)]


def facts_of(referral: Referral) -> rules.Facts:
    """Return what of the referral decides about its steps."""
    is_followed = referral.direction == Direction.DOWN and referral.state == "following"
    return rules.Facts(
        urgency=Urgency(referral.urgency),
        has_reviewer=referral.reviewer_id is not None,
        has_been_submitted=referral.submitted_at is not None,
        owes_paperwork=referral.paperwork_until is not None,
        owes_consent=referral.consent is not None and referral.consent.is_missing,
        n_open_follow_ups=open_follow_ups().filter(referral=referral).count() if is_followed else 0,
    )


def open_follow_ups() -> QuerySet[FollowUp]:
    """Return the follow-ups that are still to be done, of any referral: filter by those that are visible."""
    return FollowUp.objects.filter(done_at__isnull=True, dropped_at__isnull=True)


def draft(referral_id: UUID, *, by: Actor, seen_version: int | None = None) -> Referral:
    """Return a draft or returned referral of the actor's own organisation, locked, to be changed.

    Raises:
        NotFound, VersionConflict: as in `get`.
        StepNotAllowed: it has been sent.
        NotPermitted: the post does not write referrals, or another organisation's.
    """
    found = get(referral_id, by=by, lock=True, seen_version=seen_version)
    if not by.may(Action.WRITE_REFERRAL) and not by.may(Action.COORDINATE_REFERRALS):
        raise NotPermitted()
    if found.sender_id != by.org_id:
        raise NotPermitted()
    if found.state not in ("draft", "returned"):
        raise StepNotAllowed(state=found.state, step="save")
    return found


def with_slot_issue(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Mark each referral with `has_slot_issue`: accepted, and no place was free."""
    open_issues = SlotIssue.objects.filter(referral=OuterRef("pk"), closed_at__isnull=True)
    return rows.annotate(has_slot_issue=Exists(open_issues))


def visible_catalogue(by: Actor) -> QuerySet[CatalogueEntry]:
    """Return the catalogue lines of the alliances that the actor's organisation belongs to."""
    if by.role == Role.SYSTEM:
        return CatalogueEntry.objects.all()
    if by.org_id is None:
        return CatalogueEntry.objects.none()
    if by.may(Action.SEE_REFERRALS) or by.may(Action.MANAGE_REFERRAL_CATALOGUE):
        joined = [alliance.id for alliance in orgs.alliances_of(by.org_id, by.today)]
        return CatalogueEntry.objects.filter(alliance__in=joined).select_related("alliance")
    return CatalogueEntry.objects.none()


def catalogue_of(alliance_id: UUID, *, by: Actor) -> QuerySet[CatalogueEntry]:
    """Return the lines of one alliance's catalogue.

    Raises:
        NotFound: no such alliance, or one that the actor's organisation is not in.
    """
    joined = orgs.alliances_of(by.org_id, by.today) if by.org_id is not None else []
    if by.role != Role.SYSTEM and alliance_id not in {alliance.id for alliance in joined}:
        raise NotFound()
    return visible_catalogue(by).filter(alliance=alliance_id)


def edits_catalogue(alliance_id: UUID, *, by: Actor) -> bool:
    """Whether `by` keeps this alliance's catalogue: the lead hospital does (国卫办医政发〔2024〕21号)."""
    if by.role == Role.SYSTEM:
        return True
    if not by.may(Action.MANAGE_REFERRAL_CATALOGUE):
        return False
    lead = orgs.alliance_lead(alliance_id, by.today)
    return lead is not None and lead.id == by.org_id
