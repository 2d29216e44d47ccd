"""The doors of recognition: who asks about a person's results, who keeps the marks, whose figures one reads.

To ask is narrow.  Who has a reason to open the record asks on that; a visit that runs at her own facility is one.  Who
has none says first that the patient is in front of her and what she is about to order (`services.ask`): then, for minutes
and at her own facility, she learns of the results that answer that very item and of nothing else, never of a sensitive
one; the resident reads in her log that it was asked, and where neither an order nor a decision follows the audit
administrator reads of it (commons/residents/reading).
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.commons.recognition.models import Asking, Decision, Evaluation, Item, Shown
from tongmai.commons.residents import access as residents
from tongmai.commons.residents import bases
from tongmai.commons.residents.bases import Basis
from tongmai.commons.residents.errors import BasisNeeded
from tongmai.commons.residents.sections import Section
from tongmai.commons.residents.sensitive import policies, rules
from tongmai.commons.residents.sensitive.view import View
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs import access as orgs
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotFound, NotPermitted

# They keep or oversee the whole county; a resource manager her own facility.
_OF_COUNTY = frozenset({Role.REFERRAL_COORDINATOR, Role.HEALTH_COMMISSION, Role.MANAGER, Role.INSURANCE_OFFICER})


@dataclass(frozen=True)
class Asker:
    """Who asks about a resident's results, on which basis, and which reports she may be told of (`seen`)."""

    resident_id: UUID
    basis: Basis
    seen: Q | None  # None: the resident refused; nothing is told


def asker(resident_id: UUID, *, item: Item | None, by: Actor) -> Asker:
    """Return how far `by` may be told of existing results of an item.  Nothing is opened, nothing is logged.

    Raises:
        NotFound: absent, or out of reach.  NotPermitted: this post orders nothing.
        BasisNeeded: no reason to open the record, and nothing said of being about to order the item.
    """
    held = held_of(resident_id, by=by)
    if held.basis is not None:
        view = bases.view_of(by, resident_id, held)
        return Asker(resident_id, held.basis, _seen(view))
    if item is None or not asks(resident_id, item, by=by):
        raise BasisNeeded(resident_id=resident_id)
    return Asker(
        resident_id, Basis.RECOGNITION, None if held.is_narrowed and _refused(resident_id, by) else Q(sensitivity="")
    )


def held_of(resident_id: UUID, *, by: Actor) -> bases.Held:
    """Return which reason `by`, who orders, has to open the record of a resident in reach (errors: `asker`)."""
    require(by, Action.RECOGNISE)
    residents.get(resident_id, by=by)
    return bases.held_by(by, resident_id)


def asks(resident_id: UUID, item: Item, *, by: Actor) -> bool:
    """Whether `by` said at her facility, minutes ago, that she is about to order the item for the resident."""
    within = policy.value("recognition.asking_open", on=by.today, at=by.org_id).timedelta()
    return Asking.objects.filter(
        resident_id=resident_id, item=item, org_id=by.org_id, asked_by_id=by.user_id, asked_at__gt=by.now - within,
        asked_at__lte=by.now,
    ).exists()  # fmt: skip


def log(asked: Asker, *, by: Actor, what: str) -> None:
    """Write that it was asked, where no other opening of the record says so already."""
    if asked.basis == Basis.RECOGNITION:
        audit.log_access(resident_id=asked.resident_id, by=by, basis=asked.basis, what=what)


def evaluations(by: Actor) -> QuerySet[Evaluation]:
    """Return the evaluations whose marks `by` may read: of the facilities in her reach."""
    if by.role == Role.SYSTEM:
        return Evaluation.objects.all()
    if not by.may(Action.SEE_RECOGNITION):
        return Evaluation.objects.none()
    return Evaluation.objects.filter(org__in=orgs.visible_orgs(by))


def facility(org_id: UUID, *, by: Actor, to: Action | None = None) -> Org:
    """Return a facility whose marks `by` may read; with `to` also check that she keeps them.

    Raises:
        NotFound: absent, or out of reach.  NotPermitted: she does not keep the marks of this facility.
    """
    require(by, Action.SEE_RECOGNITION)
    found = orgs.org(org_id, by=by)
    if to is not None:
        require(by, to)
        if not kept_orgs(by).filter(id=org_id).exists():
            raise NotPermitted(action=to)
    return found


def kept_orgs(by: Actor) -> QuerySet[Org]:
    """Return the facilities whose evaluations `by` enters: her own; a coordinator those that her county keeps."""
    facilities = Org.objects.filter(kind=Org.Kind.FACILITY)
    if by.role == Role.SYSTEM:
        return facilities
    if not by.may(Action.MANAGE_RECOGNITION):
        return Org.objects.none()
    return facilities.filter(id__in=orgs.managed_orgs(by)) if by.role in _OF_COUNTY else facilities.filter(id=by.org_id)


def counted_orgs(by: Actor) -> QuerySet[Org]:
    """Return the facilities whose figures `by` reads: her own; who oversees, those in her reach."""
    if by.role != Role.SYSTEM and not by.may(Action.SEE_RECOGNITION):
        return Org.objects.none()
    reach = orgs.visible_orgs(by)
    return reach if by.role == Role.SYSTEM or by.role in _OF_COUNTY else reach.filter(id=by.org_id)


def decisions(by: Actor) -> QuerySet[Decision]:
    """Return the decisions that `by` may count."""
    return Decision.objects.filter(org__in=counted_orgs(by))


def shown(by: Actor) -> QuerySet[Shown]:
    """Return likewise how often results were shown."""
    return Shown.objects.filter(org__in=counted_orgs(by))


def own_decision(decision_id: UUID, *, by: Actor) -> Decision:
    """Return a decision of one's own facility, to take it back.  Raises NotFound."""
    require(by, Action.RECOGNISE)
    rows = Decision.objects.select_for_update(of=("self",)).filter(id=decision_id)
    found = (rows if by.role == Role.SYSTEM else rows.filter(org_id=by.org_id)).first()
    if found is None:
        raise NotFound()
    return found


def _seen(view: View) -> Q | None:
    return view.condition() if view.has(Section.RESULTS) else None


def _refused(resident_id: UUID, by: Actor) -> bool:
    choices = bases.choices_of(resident_id, by.today)
    asked = [str(Basis.RECOGNITION)]
    return not rules.bases_left(asked, choices, org_id=by.org_id, firm=policies.firm_bases(by.today))
