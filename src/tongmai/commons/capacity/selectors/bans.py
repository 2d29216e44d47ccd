"""Who may not book for now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongmai.commons.capacity import access
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action


@dataclass(frozen=True)
class BanRow:
    """One ban.  `may_lift`: `by` may end it now."""

    id: UUID
    resident_id: UUID
    name: str
    id_masked: str
    org: str
    n_missed: int
    banned_at: datetime
    until: datetime
    lifted_at: datetime | None
    lifted_by: str
    lift_reason: str
    is_in_force: bool
    may_lift: bool


def bans(*, by: Actor, in_force_only: bool = True, resident_id: UUID | None = None) -> list[BanRow]:
    """Return the bans that `by` may see (`access.visible_bans`), the latest first, at most 200."""
    rows = access.visible_bans(by).order_by("-banned_at", "-id")
    if in_force_only:
        rows = rows.filter(until__gt=by.now, lifted_at__isnull=True)
    if resident_id is not None:
        rows = rows.filter(resident_id=resident_id)
    return [_row(ban, by) for ban in rows[:200]]


def _row(ban, by: Actor) -> BanRow:
    in_force = ban.lifted_at is None and ban.until > by.now
    keeps = by.may(Action.COORDINATE_REFERRALS) or (by.may(Action.MANAGE_CAPACITY) and ban.org_id == by.org_id)
    return BanRow(
        id=ban.id,
        resident_id=ban.resident_id,
        name=ban.resident.name,
        id_masked=ban.resident.id_masked,
        org=ban.org.short_name,
        n_missed=ban.n_missed,
        banned_at=ban.banned_at,
        until=ban.until,
        lifted_at=ban.lifted_at,
        lifted_by=ban.lifted_by.display_name if ban.lifted_by else "",
        lift_reason=ban.lift_reason,
        is_in_force=in_force,
        may_lift=in_force and keeps,
    )
