"""The doors to messages and imports.

A message is seen by the referral coordinators of the organisation it is for, and of the alliance that this organisation
belongs to; while nobody knows whom it is for, by every coordinator of a county hospital in its county.
"""

from uuid import UUID

from django.db.models import F, Q, QuerySet

from tongmai.exchange.models import ColumnChoice, ImportRun, InboundMessage, MessageFault, OrgMeaning, SourceSystem
from tongmai.exchange.models.imports import Kind
from tongmai.exchange.states import MessageState
from tongmai.foundation.orgs import selectors as orgs
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Membership, Org
from tongmai.foundation.orgs.permissions import TO_IMPORT, Action
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import InvalidInput, NotFound
from tongmai.kernel.text import N_

# What an import writes decides who may run it: the register is the system administrator's, people and posts are not.
ACTION_OF = {
    Kind.RESIDENTS: Action.IMPORT,
    Kind.STAFF: Action.MANAGE_POSTS,
    Kind.CONTRACTS: Action.SIGN_CONTRACTS,
    Kind.CAPACITY: Action.MANAGE_CAPACITY,
    Kind.PRICES: Action.MANAGE_CATALOG,
    Kind.CODES: Action.SETTLE_CODES,
    Kind.LIMITS: Action.MANAGE_CRITICAL,
}
assert set(ACTION_OF.values()) == set(TO_IMPORT), "who brings a list has the entry that leads there"
# The lists of one organisation; the others are a county's.
OF_ONE_ORG = frozenset({Kind.CONTRACTS, Kind.CAPACITY, Kind.LIMITS})


def visible_messages(by: Actor) -> QuerySet[InboundMessage]:
    """Return the messages that `by` may see."""
    rows = InboundMessage.objects.select_related("sender", "receiver")
    if by.role == Role.SYSTEM:
        return rows
    if not by.may(Action.SEE_MESSAGES) or by.org_id is None:
        return rows.none()
    unknown = Q(receiver__isnull=True, county_code__in=["", by.county_code]) if by.level == Org.Level.COUNTY else Q()
    own = Q(receiver_id__in=_reach(by))
    return rows.filter(own | unknown if unknown else own)


def message(message_id: UUID, *, by: Actor, lock: bool = False) -> InboundMessage:
    """Return the message.

    Raises:
        NotFound: absent, or not one that `by` may see.
    """
    rows = visible_messages(by)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=message_id).first()
    if found is None:
        raise NotFound()
    return found


def held_for(what: str) -> QuerySet:
    """Return the ids of the held messages whose last try found this wrong; to narrow what came through a door."""
    faults = MessageFault.objects.filter(what=what, message__state=MessageState.HELD, n_try=F("message__n_tries"))
    return faults.values("message_id")


def visible_meanings(by: Actor) -> QuerySet[OrgMeaning]:
    """Return what is remembered of source systems, as far as the organisation that is meant is in reach."""
    rows = OrgMeaning.objects.select_related("org", "chosen_by")
    if by.role == Role.SYSTEM:
        return rows
    if not by.may(Action.SEE_MESSAGES) or by.org_id is None:
        return rows.none()
    in_county = Q(org__county_code=by.county_code) if by.level == Org.Level.COUNTY else Q(pk=None)
    return rows.filter(Q(org_id__in=_reach(by)) | in_county)


def meaning(meaning_id: UUID, *, by: Actor, lock: bool = False) -> OrgMeaning:
    """Return one entry (errors as in `message`)."""
    rows = visible_meanings(by)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=meaning_id).first()
    if found is None:
        raise NotFound()
    return found


def visible_systems(by: Actor) -> QuerySet[SourceSystem]:
    """Return the systems that `by` may see: for its administrators those of the county, else those of members in reach."""
    rows = SourceSystem.objects.select_related("org")
    if by.role == Role.SYSTEM:
        return rows
    if by.may(Action.MANAGE_CONNECTIONS):
        return rows.filter(org__county_code=by.county_code)
    if not by.may(Action.SEE_MESSAGES) or by.org_id is None:
        return rows.none()
    return rows.filter(org_id__in=_reach(by))


def system(system_id: UUID, *, by: Actor, lock: bool = False) -> SourceSystem:
    """Return the system (errors as in `message`)."""
    rows = visible_systems(by)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=system_id).first()
    if found is None:
        raise NotFound()
    return found


def scope_of(kind: str, *, by: Actor) -> str:
    """Return whose such a list of `by` is: her organisation's or her county's.

    Raises:
        InvalidInput: no such kind.  NotPermitted: this post does not import such files.
    """
    if kind not in Kind.values:
        raise InvalidInput(field="kind", problem=N_("请选择要导入的名册"))
    require(by, ACTION_OF[Kind(kind)])
    return str(by.org_id or "") if kind in OF_ONE_ORG else by.county_code


def visible_runs(by: Actor) -> QuerySet[ImportRun]:
    """Return the imports that `by` may see: of the kinds she may import, those of her county or organisation."""
    return _of_her_kinds(ImportRun.objects.all(), by)


def visible_choices(by: Actor) -> QuerySet[ColumnChoice]:
    """Return what is kept of the columns of files that `by` may import."""
    return _of_her_kinds(ColumnChoice.objects.all(), by)


def _of_her_kinds(rows: QuerySet, by: Actor) -> QuerySet:
    if by.role == Role.SYSTEM:
        return rows
    kinds = [kind for kind, action in ACTION_OF.items() if by.may(action)]
    wanted = Q(pk=None)
    for kind in kinds:
        wanted |= Q(kind=kind, scope=scope_of(kind, by=by))
    return rows.filter(wanted)


def run(run_id: UUID, *, by: Actor, lock: bool = False) -> ImportRun:
    """Return the import (errors as in `message`)."""
    rows = visible_runs(by)
    found = (rows.select_for_update() if lock else rows).filter(id=run_id).first()
    if found is None:
        raise NotFound()
    return found


def _reach(by: Actor) -> set[UUID]:
    """The actor's organisation, and the members of the alliances that it leads."""
    reach = {by.org_id}
    for alliance in orgs.alliances_of(by.org_id, by.today):
        if alliance.part == Membership.Part.LEAD:
            reach |= {member.org.id for member in orgs.members(alliance.id, by.today)}
    return reach
