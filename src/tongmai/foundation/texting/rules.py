"""Codes and names as they travel, and when another code may be asked for."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

# A text that reaches the phone in its code's last moments is of no use and is not sent any more.
LEAST_LEFT = timedelta(seconds=30)


@dataclass(frozen=True)
class Limits:
    """What the policy allows: a pause between two codes for one number, and how many in a day and from an address."""

    pause: timedelta
    per_number: int
    per_address: int


def new_code(length: int) -> str:
    """Return so many random digits."""
    return "".join(secrets.choice("0123456789") for _ in range(length))


def masked_name(name: str) -> str:
    """Return a name by which a family knows who of them is meant, and a stranger nobody: 张*, 张*芳."""
    kept = name.strip()
    if len(kept) < 2:
        return "*"
    return kept[0] + "*" + (kept[-1] if len(kept) > 2 else "")


def masked_phone(number: str) -> str:
    """Return a phone number of which the middle is hidden: 139****0000."""
    return number[:3] + "*" * max(len(number) - 7, 1) + number[-4:] if len(number) > 7 else "*" * len(number)


def seconds_until_next(last_asked_at: datetime | None, *, now: datetime, pause: timedelta) -> int:
    """Return for how many seconds no other code is made for this number; 0 when one may be asked for."""
    if last_asked_at is None:
        return 0
    return max(ceil((last_asked_at + pause - now).total_seconds()), 0)


def retry_after(n_failures: int) -> timedelta:
    """Return how long a text waits after so many failures: 5, 10, 20, then 30 seconds; a code lives for minutes."""
    return timedelta(seconds=min(5 * 2 ** max(n_failures - 1, 0), 30))
