"""Emergency accesses, for those who answer for them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tongmai.commons.residents.models import CareRelation, EmergencyAccess, EmergencyReview
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import valid_on
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import CLINICAL, Role

Side = EmergencyReview.Side


@dataclass(frozen=True)
class EmergencyEntry:
    """An emergency access that one side answers for."""

    id: UUID
    resident_id: UUID
    resident_name: str
    reason: str
    opened_at: datetime
    opened_by: str
    opened_org: str
    until: datetime
    side: str
    is_judged: bool  # by this side


def emergencies_waiting(*, by: Actor, limit: int = 50) -> list[EmergencyEntry]:
    """Return the emergency accesses for which the side of `by` has not spoken, oldest first."""
    side = _side(by)
    if side is None:
        return []
    rows = _told(by, side).filter(is_judged=False).order_by("opened_at")
    return [_entry(row, side) for row in rows[:limit]]


def answerable(by: Actor, access_id: UUID) -> str | None:
    """Return the side on which `by` answers for this access; None when she does not."""
    side = _side(by)
    return side if side is not None and _of_side(by, side).filter(id=access_id).exists() else None


def emergency(access_id: UUID, *, by: Actor) -> EmergencyEntry | None:
    """Return one access that `by` answers for; None otherwise."""
    side = answerable(by, access_id)
    if side is None:
        return None
    return _entry(_told(by, side).get(id=access_id), side)


def _side(by: Actor) -> str | None:
    if by.role in CLINICAL:
        return Side.FAMILY_DOCTOR
    if by.role == Role.MANAGER:
        return Side.MANAGER
    return Side.AUDIT if by.may(Action.READ_AUDIT) and by.role != Role.SYSTEM else None


def _of_side(by: Actor, side: str) -> QuerySet[EmergencyAccess]:
    """The accesses that concern the actor: her patients; her organisation's patients or staff; her county."""
    if side == Side.AUDIT:
        return EmergencyAccess.objects.filter(
            Q(resident__county_code=by.county_code) | Q(opened_org__county_code=by.county_code)
        )
    relations = _relations(by.today).filter(resident=OuterRef("resident"))
    if side == Side.MANAGER:
        return EmergencyAccess.objects.filter(
            Q(opened_org_id=by.org_id) | Q(Exists(relations.filter(org_id=by.org_id)))
        )  # fmt: skip
    return EmergencyAccess.objects.filter(Exists(relations.filter(staff_id=by.staff_id)))


def _told(by: Actor, side: str) -> QuerySet[EmergencyAccess]:
    judged = EmergencyReview.objects.filter(access=OuterRef("id"), side=side)
    rows = _of_side(by, side).select_related("resident", "opened_by", "opened_org")
    return rows.annotate(is_judged=Exists(judged))


def _relations(on: date) -> QuerySet[CareRelation]:
    return CareRelation.objects.filter(valid_on(on), kind=CareRelation.Kind.FAMILY_DOCTOR)


def _entry(row: EmergencyAccess, side: str) -> EmergencyEntry:
    return EmergencyEntry(
        id=row.id,
        resident_id=row.resident_id,
        resident_name=row.resident.name,
        reason=row.reason,
        opened_at=row.opened_at,
        opened_by=row.opened_by.display_name,
        opened_org=row.opened_org.name if row.opened_org else "",
        until=row.until,
        side=str(side),
        is_judged=row.is_judged,
    )
