"""What an account's holder, and whoever keeps accounts, sees of how it is signed in to."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Factor, RecoveryCode, SignIn, User
from tongmai.foundation.orgs.rules import StayLimits, why_over
from tongmai.foundation.orgs.services import attempts
from tongmai.foundation.orgs.staying import limits_of
from tongmai.kernel.errors import NotFound


@dataclass(frozen=True)
class FactorRow:
    id: UUID
    kind: str
    name: str
    added_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class OpenDevice:
    """A device that somebody is signed in on now."""

    id: UUID
    device: str
    address: str
    started_at: datetime
    last_seen_at: datetime
    is_this: bool


@dataclass(frozen=True)
class Own:
    """One's own account: its factors, oldest first, the devices that are signed in, latest first."""

    factors: list[FactorRow]
    devices: list[OpenDevice]
    n_codes_left: int
    password_set_on: date | None


@dataclass(frozen=True)
class Door:
    """How an account stands at the door: until when it pauses, and since when it has a second factor."""

    locked_until: datetime | None
    second_factor_on: date | None


def own(*, by: Actor, here: UUID | None) -> Own:
    """Return how the account of `by` is signed in to; `here` is the device that asks."""
    user = User.objects.get(id=by.user_id)
    factors = Factor.objects.filter(user=user).order_by("added_at", "id")
    return Own(
        factors=[FactorRow(row.id, row.kind, row.name, row.added_at, row.last_used_at) for row in factors],
        devices=_open_devices(user, by=by, here=here),
        n_codes_left=RecoveryCode.objects.filter(user=user, used_at__isnull=True).count(),
        password_set_on=user.password_set_on,
    )


def own_factor(factor_id: UUID, *, by: Actor) -> FactorRow:
    """Return one of one's own factors.

    Raises:
        NotFound: it is not hers.
    """
    row = Factor.objects.filter(id=factor_id, user_id=by.user_id).first()
    if row is None:
        raise NotFound()
    return FactorRow(row.id, row.kind, row.name, row.added_at, row.last_used_at)


def door_of(account: User | None, *, now: datetime) -> Door | None:
    """Return how an account that came through `listings.account_of` stands; None for none."""
    if account is None:
        return None
    return Door(attempts.locked_until(account, now=now), account.second_factor_on)


def _open_devices(user: User, *, by: Actor, here: UUID | None) -> list[OpenDevice]:
    limits: StayLimits = limits_of(by)
    rows = SignIn.objects.filter(user=user, ended_at__isnull=True, last_seen_at__gt=by.now - limits.idle)
    return [
        OpenDevice(row.id, row.device, row.address, row.started_at, row.last_seen_at, row.id == here)
        for row in rows.order_by("-last_seen_at", "id")
        if not why_over(now=by.now, started_at=row.started_at, last_seen_at=row.last_seen_at, limits=limits)
    ]
