"""When to try again, when to give up, what is due to be sealed."""

from datetime import datetime, timedelta


def delay_after(attempts: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """Return how long to wait after `attempts` failures: `first`, then twice as long each time, at most `longest`."""
    doubled: int = 1 << min(max(attempts, 1) - 1, 30)
    return min(first * doubled, longest)


def is_spent(attempts: int, *, most: int) -> bool:
    """Whether a delivery that failed `attempts` times is parked."""
    return attempts >= most


def seal_horizon(now: datetime, *, delay: timedelta) -> datetime:
    """Return the instant before which rows are due to be sealed: the beginning of the hour that `now − delay` lies in."""
    return (now - delay).replace(minute=0, second=0, microsecond=0)
