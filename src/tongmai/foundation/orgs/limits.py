"""How fast may be asked: a bucket of tokens for each caller, in the memory of this process.

It costs no database write, so the product as a whole allows what one process allows times the processes.  That holds
back a program that tries one name after the other; what must be exact (failures at the door) is counted in the
database instead, see `services.attempts`.
"""

import time
from collections import OrderedDict
from threading import Lock

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from tongmai.foundation.orgs import devices, policy
from tongmai.foundation.orgs.errors import TooFast
from tongmai.kernel.months import local_day

# Callers that are remembered; the one that was longest away is forgotten, and begins with a full bucket.
MOST_CALLERS = 50_000


class Buckets:
    """Buckets that hold a minute's worth of tokens and fill up evenly."""

    def __init__(self) -> None:
        self._left: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, what: str, caller: str, *, per_minute: int, now: float) -> float:
        """Take a token; return 0, or when there is none the seconds until there will be one."""
        key = (what, caller)
        with self._lock:
            left, at = self._left.pop(key, (float(per_minute), now))
            left = min(float(per_minute), left + max(now - at, 0.0) * per_minute / 60)
            wait = 0.0 if left >= 1 else (1 - left) * 60 / per_minute
            self._left[key] = (left if wait else left - 1, now)
            while len(self._left) > MOST_CALLERS:
                self._left.popitem(last=False)
        return wait

    def clear(self) -> None:
        with self._lock:
            self._left.clear()


_buckets = Buckets()


def search_too_fast(request: HttpRequest) -> TooFast | None:
    """Return the refusal for whoever searches faster than the policy allows, by account and by network address."""
    actor = request.actor  # type: ignore[attr-defined]
    on = local_day(timezone.now())
    of_user = policy.value("security.rate.search_user", on=on).int
    of_address = policy.value("security.rate.search_address", on=on).int
    waits = [_wait("search-address", devices.address_of(request), of_address)]
    if actor is not None and actor.user_id is not None:
        waits.append(_wait("search-user", actor.user_id.hex, of_user))
    return _refusal(max(waits))


def sign_in_too_fast(request: HttpRequest) -> TooFast | None:
    """Return the refusal for a network address that signs in faster than the policy allows."""
    of_address = policy.value("security.rate.sign_in_address", on=local_day(timezone.now())).int
    return _refusal(_wait("sign-in", devices.address_of(request), of_address))


def forget() -> None:
    """Give everybody a full bucket."""
    _buckets.clear()


def _wait(what: str, caller: str, per_minute: int) -> float:
    if not settings.RATE_LIMITS:
        return 0.0
    return _buckets.take(what, caller, per_minute=per_minute, now=time.monotonic())


def _refusal(wait: float) -> TooFast | None:
    return TooFast(seconds=max(int(wait + 0.999), 1)) if wait else None
