"""What may be, of organisations, alliances and posts.  Pure: facts in, verdict out.  Spans are half-open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tongmai.foundation.orgs.roles import ADMINISTRATORS, GRANTABLE, LICENSED, RECORD_SIDE, Role
from tongmai.kernel.spans import Span, overlap

# The place in the chain, lowest first.
LEVELS = ("village", "township", "county", "outside")
DIVISION_DIGITS = {"village": (9, 12), "township": (6, 9, 12), "county": (6, 9, 12), "outside": (2, 4, 6, 9, 12)}
# Roles that exist only at one kind of organisation; all others belong to facilities, administrators to any.
_ONLY_AT = {
    Role.HEALTH_COMMISSION: frozenset({"commission"}),
    Role.CDC_OFFICER: frozenset({"cdc"}),
    Role.INSURANCE_OFFICER: frozenset({"facility", "insurer"}),
    Role.MANAGER: frozenset({"facility", "cdc", "commission", "insurer"}),
}


@dataclass(frozen=True)
class Held:
    """A post that somebody holds, as far as separation of duties is concerned."""

    role: str
    span: Span


@dataclass(frozen=True)
class Cover:
    """An agreement under which staff of `from_org` may work at `to_org` for `span`."""

    from_org: object
    to_org: object
    span: Span


@dataclass(frozen=True)
class LockLimits:
    """When a row of failures at the door makes it pause, and for how long."""

    failures: int
    first: timedelta
    longest: timedelta
    forgotten_after: timedelta


@dataclass(frozen=True)
class StayLimits:
    """How long somebody stays signed in: without an action, and in any case."""

    idle: timedelta
    longest: timedelta


def clash(span: Span, others: Iterable[Span]) -> bool:
    """Whether `span` shares a day with one of `others`."""
    return any(overlap(span, other) for other in others)


def within(span: Span, outer: Span) -> bool:
    """Whether every day of `span` lies in `outer`."""
    starts_late_enough = span[0] >= outer[0]
    ends_early_enough = outer[1] is None or (span[1] is not None and span[1] <= outer[1])
    return starts_late_enough and ends_early_enough


def may_lead_from(day: date, leads: Iterable[Span]) -> bool:
    """Whether a new lead may begin on `day`: all that are entered began before it.

    The open one then ends on that day, so that no day has two leads and none is left without.
    """
    return all(starts_on < day for starts_on, _ in leads)


def kept_apart(role: str, other: str) -> bool:
    """Whether one person may not hold both roles at a time.

    The three administrators are three people, and an administrator has no post that touches residents' records.
    """
    pair = {Role(role), Role(other)}
    if len(pair) == 1:
        return False
    n_administrators = len(pair & ADMINISTRATORS)
    return n_administrators == 2 or (n_administrators == 1 and bool(pair & RECORD_SIDE))


def held_against(role: str, span: Span, held: Iterable[Held]) -> Held | None:
    """Return the first post in `held` that forbids `role` during `span`, else None."""
    return next((post for post in held if kept_apart(role, post.role) and overlap(span, post.span)), None)


def is_second_administrator(role: str, span: Span, held: Iterable[Held]) -> bool:
    """Whether somebody who is an administrator in that time would be given an administrator's post again."""
    if Role(role) not in ADMINISTRATORS:
        return False
    return any(Role(post.role) in ADMINISTRATORS and overlap(span, post.span) for post in held)


def lock_for(n_failures: int, limits: LockLimits) -> timedelta | None:
    """Return how long nobody gets in after the n-th failure in a row; None while it is fewer than the limit.

    The pause doubles with each further failure, up to the longest.
    """
    over = n_failures - limits.failures
    if over < 0:
        return None
    doublings: int = 1 << min(over, 16)  # beyond that every sensible pause is the longest one
    return min(limits.first * doublings, limits.longest)


def failures_count(n_failures: int, *, last_failed_at: datetime, now: datetime, limits: LockLimits) -> int:
    """Return how many earlier failures still count."""
    return 0 if now - last_failed_at >= limits.forgotten_after else n_failures


def why_over(*, now: datetime, started_at: datetime, last_seen_at: datetime, limits: StayLimits) -> str:
    """Return why somebody is signed in no longer: `idle`, `longest`, or "" while she is.

    Exactly the limit without an action is over.
    """
    if now - started_at >= limits.longest:
        return "longest"
    return "idle" if now - last_seen_at >= limits.idle else ""


def character_classes(password: str) -> int:
    """Return how many of the four kinds of character occur: lower case, upper case, digits, anything else."""
    kinds = (str.islower, str.isupper, str.isdigit)
    found = {next((i for i, is_kind in enumerate(kinds) if is_kind(c)), len(kinds)) for c in password}
    return len(found)


def needs_agreement(role: str, *, registered_at: object, works_at: object) -> bool:
    """Whether a licensed person works away from the organisation where she is registered."""
    return Role(role) in LICENSED and registered_at != works_at


def is_covered(span: Span, *, registered_at: object, works_at: object, cover: Cover | None) -> bool:
    """Whether `cover` lets somebody registered at one organisation practise at another during the whole `span`."""
    return (
        cover is not None and cover.from_org == registered_at and cover.to_org == works_at and within(span, cover.span)
    )


def role_fits(role: str, *, kind: str, level: str) -> bool:
    """Whether such an organisation has such a post: e.g. no village doctor in a county hospital."""
    wanted = Role(role)
    if wanted not in GRANTABLE:
        return False
    if wanted in ADMINISTRATORS:
        return True
    if wanted == Role.VILLAGE_DOCTOR:
        return kind == "facility" and level == "village"
    return kind in _ONLY_AT.get(wanted, frozenset({"facility"}))


def may_stand_below(level: str, *, parent_level: str) -> bool:
    """Whether an organisation of `level` can hang below one of `parent_level` in the chain."""
    return LEVELS.index(level) < LEVELS.index(parent_level)


def division_fits(level: str, division_code: str) -> bool:
    """Whether the code has a length that places an organisation of `level` exactly enough."""
    return division_code.isascii() and division_code.isdigit() and len(division_code) in DIVISION_DIGITS[level]


def county_of(division_code: str) -> str:
    """Return the county (6 digits) in which a division lies; for a city or province its own code."""
    return division_code[:6]


def is_own(by_staff_id: object, staff_id: object) -> bool:
    """Whether somebody would change her own rights."""
    return by_staff_id is not None and by_staff_id == staff_id


def last_day(ends_before: date | None) -> str:
    """Return the last day that counts as people write it, or "" for an open span."""
    return "" if ends_before is None else date.fromordinal(ends_before.toordinal() - 1).isoformat()
