"""The only door to orders: who sees one, on which sides an actor stands, and which steps are hers now.

An order is seen by the organisation that ordered it, by the site that performs it, and by the centre once it was sent;
the centre's director also sees what is still on its way.  Opening one opens the person's record at it.
"""

from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.care.diagnostics import policies, rules
from tongmai.care.diagnostics.models import Order, ServiceAgreement, Template
from tongmai.care.diagnostics.states import THREAD, Side, State, Step
from tongmai.commons.residents import access as residents
from tongmai.commons.residents.access import OpenedRecord
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Staff
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotFound, StepNotAllowed, require_seen

_NAMED = ("orderer", "orderer_staff", "site", "centre", "reader", "author")


def visible(by: Actor) -> QuerySet[Order]:
    """Return the orders that `by` may see."""
    if by.role == Role.SYSTEM:
        return Order.objects.all()
    if by.org_id is None or not by.may(Action.SEE_DIAGNOSTICS):
        return Order.objects.none()
    return Order.objects.filter(reduce(or_, seen_as(by)))


def seen_as(by: Actor) -> list[Q]:
    """Return the sides from which an actor's organisation sees orders; each has an index of its own."""
    centre = Q(centre_id=by.org_id)
    if not by.may(Action.DIRECT_CENTRE):
        centre &= Q(sent_at__isnull=False)
    return [Q(orderer_id=by.org_id), Q(site_id=by.org_id), centre]


def get(
    order_id: UUID, *, by: Actor, step: Step | None = None, lock: bool = False, seen_version: int | None = None
) -> Order:
    """Return the order; with `step` also check that `by` may take it now.

    Raises:
        NotFound: absent, or not one that `by` may see.
        VersionConflict: the caller saw another version than there is now.
        StepNotAllowed: the step is not among those that `by` may take now.
    """
    rows = visible(by).filter(id=order_id).order_by().select_related(*_NAMED)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound()
    require_seen(seen_version, found.version)
    if step is not None:
        require_step(found, step, by=by)
    return found


def require_step(order: Order, step: Step, *, by: Actor) -> None:
    """Check that `by` may take the step now.  Raises StepNotAllowed."""
    if step not in possible_steps(order, by=by):
        raise StepNotAllowed(state=order.state, step=step)


def read(order_id: UUID, *, by: Actor, what: str = "examination") -> tuple[Order, OpenedRecord]:
    """Open the person's record at one order; it is logged.

    Raises:
        NotFound, NotPermitted, BasisNeeded: as in `residents.access.open_record`.
    """
    found = get(order_id, by=by)
    return found, residents.open_record(found.resident_id, by=by, what=what)


def sides_of(order: Order, *, by: Actor) -> frozenset[Side]:
    """Return the sides on which the actor stands."""
    if by.org_id is None:
        return frozenset()
    sides = {
        side
        for side, org_id in (
            (Side.ORDERER, order.orderer_id), (Side.SITE, order.site_id), (Side.CENTRE, order.centre_id),
        )
        if org_id == by.org_id
    }  # fmt: skip
    if Side.CENTRE in sides and by.staff_id is not None and order.reader_id == by.staff_id:
        sides.add(Side.READER)
    return frozenset(sides)


def possible_steps(order: Order, *, by: Actor) -> list[Step]:
    """Return exactly the steps that `by` may take now, in the order of the table."""
    steps = THREAD.open_to(State(order.state), sides=sides_of(order, by=by), role=by.role)
    facts = facts_of(order, by=by)
    reads = {Step.CLAIM, Step.SUBMIT, Step.PUBLISH, Step.VERIFY, Step.SEND_BACK, Step.AMEND, Step.REJECT}
    found = [step for step in steps if rules.applies(step, facts)]
    if any(step in reads for step in found) and why_not_reader(order.centre_id, by=by):
        found = [step for step in found if step not in reads]
    return found


def facts_of(order: Order, *, by: Actor) -> rules.Facts:
    """Return what of the order decides about its steps."""
    return rules.Facts(
        is_published=order.published_at is not None,
        needs_second=policies.needs_second(order, on=by.today),
        is_author=by.staff_id is not None and order.author_id == by.staff_id,
    )


def why_not_reader(centre_id: UUID, *, by: Actor) -> str:
    """Return why `by` may not report for the centre, else "" (see `rules.why_not_reader`)."""
    staff = Staff.objects.filter(id=by.staff_id).only("licence_number", "is_active").first() if by.staff_id else None
    return rules.why_not_reader(
        role=by.role,
        licence_number=staff.licence_number if staff else "",
        is_active=staff is not None and staff.is_active,
        post_org_id=by.org_id,
        centre_id=centre_id,
    )


def visible_agreements(by: Actor) -> QuerySet[ServiceAgreement]:
    """Return the agreements in which the actor's organisation is centre or site."""
    rows = ServiceAgreement.objects.select_related("centre", "site")
    if by.role == Role.SYSTEM:
        return rows
    if by.org_id is None or not by.may(Action.SEE_DIAGNOSTICS):
        return rows.none()
    return rows.filter(Q(centre_id=by.org_id) | Q(site_id=by.org_id))


def agreement(agreement_id: UUID, *, by: Actor, lock: bool = False) -> ServiceAgreement:
    """Return an agreement of the actor's own centre, to change it.  Raises NotFound."""
    rows = visible_agreements(by)
    rows = rows if by.role == Role.SYSTEM else rows.filter(centre_id=by.org_id)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=agreement_id).first()
    if found is None:
        raise NotFound()
    return found


def visible_templates(by: Actor) -> QuerySet[Template]:
    """Return the templates that the actor's centre writes with: its own and those that are everybody's."""
    if by.role != Role.SYSTEM and not by.may(Action.SEE_DIAGNOSTICS):
        return Template.objects.none()
    return Template.objects.filter(Q(centre_id=by.org_id) | Q(centre__isnull=True), is_active=True)
