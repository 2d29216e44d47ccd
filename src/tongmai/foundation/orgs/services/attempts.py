"""Failures at the door.  An attempt is charged first and given back when it was right, so that many at once cannot
get more than the limit.  Each function is its own short transaction: no lock is held while a password is checked."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from uuid import UUID

from django.db import transaction

from tongmai.foundation.audit.services import record
from tongmai.foundation.orgs import access, events, policy, rules, vault, writing
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.errors import TooManyAttempts
from tongmai.foundation.orgs.models import Attempts, User
from tongmai.foundation.orgs.permissions import Action

Kind = Attempts.Kind


@dataclass(frozen=True)
class Tried:
    """What an attempt is counted under."""

    kind: str
    name: str

    @property
    def key(self) -> str:
        return vault.keyed_digest(f"attempts.{self.kind}", self.name)


def of_account(username: str) -> Tried:
    """Return what failures for a user name are counted under, whether there is such an account or not."""
    return Tried(Kind.ACCOUNT, username.strip().casefold())


def of_address(address: str) -> Tried:
    """Return what failures from a network address are counted under."""
    return Tried(Kind.ADDRESS, address)


def of_factor(user_id: UUID) -> Tried:
    """Return what wrong codes of an account are counted under."""
    return Tried(Kind.FACTOR, user_id.hex)


@transaction.atomic
def charge(*tried: Tried, now: datetime) -> None:
    """Count an attempt under each of `tried` before it is looked at.

    Raises:
        TooManyAttempts: one of them pauses; nothing is counted.
    """
    rows = [_locked_row(each, now) for each in sorted(tried, key=lambda each: each.kind)]
    waits = [row.locked_until - now for row in rows if row.locked_until and row.locked_until > now]
    if waits:
        seconds = ceil(max(waits).total_seconds())
        raise TooManyAttempts(minutes=ceil(seconds / 60), seconds=seconds)
    for row in rows:
        limits = limits_of(row.kind, now)
        counted = rules.failures_count(row.n_failures, last_failed_at=row.last_failed_at, now=now, limits=limits)
        row.n_failures = counted + 1
        row.last_failed_at = now
        pause = rules.lock_for(row.n_failures, limits)
        row.locked_until = now + pause if pause else None
        row.save(update_fields=["n_failures", "last_failed_at", "locked_until"])


@transaction.atomic
def give_back(*tried: Tried, now: datetime) -> None:
    """Undo a charge that turned out right: an account begins anew, an address has one failure less."""
    for each in sorted(tried, key=lambda each: each.kind):
        row = _locked_row(each, now)
        row.n_failures = max(row.n_failures - 1, 0) if each.kind == Kind.ADDRESS else 0
        if rules.lock_for(row.n_failures, limits_of(each.kind, now)) is None:
            row.locked_until = None
        row.save(update_fields=["n_failures", "locked_until"])


@transaction.atomic
def note_lock(username: str, *, by: Actor) -> None:
    """Write down that a user name pauses, if the failure just now made it so."""
    tried = of_account(username)
    row = Attempts.objects.filter(kind=tried.kind, key=tried.key, locked_until__gt=by.now).first()
    if row is None or row.locked_until is None:
        return
    user_id = User.objects.filter(username=tried.name).values_list("id", flat=True).first()
    locked = events.AccountLocked(user_id=user_id, n_failures=row.n_failures, until=row.locked_until)
    record(locked, by=by, subject_id=user_id)


@transaction.atomic
def unlock(*, by: Actor, staff_id: UUID, reason: str) -> None:
    """Let a person try again at once.  One that is not locked is left as it is.

    Raises:
        NotFound, NotPermitted: see `access.user_of`.
        OwnRights: not for oneself.
        InvalidInput: no reason.
    """
    row = access.user_of(staff_id, by=by, lock=True)
    access.require(by, Action.MANAGE_POSTS)
    writing.not_own(staff_id, by=by)
    reason = writing.text("reason", reason, most=200, least=1)
    if forget(row):
        record(events.AccountUnlocked(user_id=row.id, reason=reason), by=by, subject_id=staff_id)


def forget(user: User) -> int:
    """Forget the failures of an account, also those of its second factor; return how many counts there were."""
    keys = [each.key for each in (of_account(user.username), of_factor(user.id))]
    return Attempts.objects.filter(key__in=keys, n_failures__gt=0).delete()[0]


def locked_until(user: User, *, now: datetime) -> datetime | None:
    """Return until when an account pauses, None when it does not."""
    keys = [each.key for each in (of_account(user.username), of_factor(user.id))]
    rows = Attempts.objects.filter(key__in=keys, locked_until__gt=now)
    return max((row.locked_until for row in rows if row.locked_until), default=None)


def forget_old(*, by: Actor) -> int:
    """Drop counts that count no more; return how many."""
    limits = limits_of(Kind.ACCOUNT, by.now)
    return Attempts.objects.filter(last_failed_at__lt=by.now - limits.forgotten_after - limits.longest).delete()[0]


def limits_of(kind: str, now: datetime) -> rules.LockLimits:
    """Return the limits that the policy sets for attempts of this kind."""
    on = now.date()
    if kind == Kind.ADDRESS:
        failures = policy.value("security.lockout.address_failures", on=on)
    else:
        failures = policy.value("security.lockout.account_failures", on=on)
    return rules.LockLimits(
        failures=failures.int,
        first=policy.value("security.lockout.first", on=on).timedelta(),
        longest=policy.value("security.lockout.longest", on=on).timedelta(),
        forgotten_after=policy.value("security.lockout.forgotten_after", on=on).timedelta(),
    )


def _locked_row(tried: Tried, now: datetime) -> Attempts:
    kind, key = tried.kind, tried.key
    Attempts.objects.get_or_create(kind=kind, key=key, defaults={"last_failed_at": now})
    return Attempts.objects.select_for_update().get(kind=kind, key=key)
