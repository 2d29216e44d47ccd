"""Whether a session is still open: asked at every request, answered from this process's memory for a minute.

The memory holds no longer than the number on the account that counts what ends sessions (`sessions_epoch`), which
comes with the account at every request.  So ending a session anywhere is seen everywhere at once, while the tables
are asked once a minute.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from tongmai.foundation.orgs import devices, policy, rules
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import SignIn, User
from tongmai.foundation.orgs.roles import ADMINISTRATORS
from tongmai.foundation.orgs.services import sign_ins

SIGN_IN = "sign_in"  # in the session: the id of its SignIn
POLL = "X-Tongmai-Poll"  # sent by the page of itself: what waits is looked at again, nobody did anything
ELSEWHERE = "elsewhere"
_REMEMBERED = timedelta(seconds=60)


@dataclass(frozen=True)
class Stay:
    """What is remembered of an open session."""

    epoch: int
    started_at: datetime
    looked_at: datetime
    seen_at: datetime

    def left(self, limits: rules.StayLimits, now: datetime) -> timedelta:
        """How long it lasts if nothing more is done."""
        return min(self.seen_at + limits.idle, self.started_at + limits.longest) - now


def opened(sender: object, request: HttpRequest, user: User, **_more: object) -> None:
    """Write down that a session was opened.  Hears Django's own signal, through which every way of signing in passes,
    so that no session can be without its row."""
    row = sign_ins.begin(user, device=devices.name_of(request), address=devices.address_of(request), now=timezone.now())
    request.session[SIGN_IN] = str(row.id)


def prove(request: HttpRequest) -> None:
    """Write down that on this device a second factor was given."""
    SignIn.objects.filter(id=sign_in_id(request)).update(has_second_factor=True)


def leave(request: HttpRequest, *, now: datetime) -> None:
    """Close this device, in every process."""
    here = sign_in_id(request)
    if here is not None and request.user.is_authenticated:
        sign_ins.end(here, user_id=request.user.pk, now=now)


def sign_in_id(request: HttpRequest) -> UUID | None:
    """Return which of the account's devices this is."""
    kept = request.session.get(SIGN_IN)
    return UUID(kept) if kept else None


def is_poll(request: HttpRequest) -> bool:
    """Whether the page asked of itself."""
    return POLL in request.headers


def remembers_otherwise(request: HttpRequest) -> bool:
    """Whether this process remembers the session from before something happened to the account's sessions."""
    stay = _remembered(request)
    return stay is None or stay.epoch != request.user.sessions_epoch


def why_over(request: HttpRequest, by: Actor) -> str:
    """Return why the session of `request` is over: `idle`, `longest`, `elsewhere`; "" while it is open.

    Unless the page asked of itself, this is an action, and the session goes on from now.
    """
    stay, limits = _remembered(request), limits_of(by)
    if stay is not None and stay.epoch == request.user.sessions_epoch:
        due_at = stay.looked_at if is_poll(request) else stay.seen_at
        if by.now - due_at < _REMEMBERED and stay.left(limits, by.now) > timedelta(0):
            return ""
    return _look(request, by, limits)


def limits_of(by: Actor) -> rules.StayLimits:
    """Return how long whoever acts in this post stays signed in; administrators for less."""
    on, at = by.today, by.org_id
    if by.role in ADMINISTRATORS:
        idle = policy.value("security.session.idle_administrator", on=on, at=at)
        longest = policy.value("security.session.longest_administrator", on=on, at=at)
    else:
        idle = policy.value("security.session.idle", on=on, at=at)
        longest = policy.value("security.session.longest", on=on, at=at)
    return rules.StayLimits(idle.timedelta(), longest.timedelta())


def seconds_left(request: HttpRequest, by: Actor) -> int:
    """Return for how many seconds the session stays open if nothing more is done; 0 when that is not known."""
    stay = _remembered(request)
    return max(int(stay.left(limits_of(by), by.now).total_seconds()), 0) if stay else 0


def _look(request: HttpRequest, by: Actor, limits: rules.StayLimits) -> str:
    row = SignIn.objects.filter(id=sign_in_id(request), user_id=by.user_id).first()
    if row is None or row.ended_at is not None:
        return ELSEWHERE
    if request.user.second_factor_on is not None and not row.has_second_factor:
        return ELSEWHERE
    over = rules.why_over(now=by.now, started_at=row.started_at, last_seen_at=row.last_seen_at, limits=limits)
    if over:
        return over
    seen_at = row.last_seen_at
    if not is_poll(request):
        # Conditional: a session that was ended in between does not begin again.
        if not SignIn.objects.filter(id=row.id, ended_at__isnull=True).update(last_seen_at=max(by.now, seen_at)):
            return ELSEWHERE
        seen_at = by.now
    stay = Stay(request.user.sessions_epoch, row.started_at, by.now, seen_at)
    cache.set(_key(row.id), stay, timeout=int(_REMEMBERED.total_seconds()) * 2)
    return ""


def _remembered(request: HttpRequest) -> Stay | None:
    kept = sign_in_id(request)
    return cache.get(_key(kept)) if kept else None


def _key(sign_in: UUID) -> str:
    return f"stay:{sign_in.hex}"
