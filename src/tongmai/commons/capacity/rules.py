"""What follows from shares, release, holds, no-shows and bans.  Pure; every number comes in from a policy or a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from tongmai.commons.capacity.states import Kind, Share, State
from tongmai.kernel.months import local_day
from tongmai.kernel.policy import rounded

STILL_TO_COME = frozenset({State.HELD, State.BOOKED})


def rate_in_force(*, policy_rate: Decimal, is_due: bool, configured_rate: Decimal | None) -> Decimal:
    """Return the share (0–1) to reserve: the policy's where it is due, or the resource's own where that is higher."""
    return max(policy_rate if is_due else Decimal(0), configured_rate or Decimal(0))


def reserved_places(total: int, rate: Decimal, *, rounding: str = "up") -> int:
    """Return how many of `total` places are reserved at `rate` (0–1): rounded up, so that the share is never missed.

    Raises:
        ValueError: the rate is not within 0–1, or the total is negative.

    Source: policies/capacity.yaml, capacity.reserved_share and capacity.reserved_rounding.
    """
    if not 0 <= rate <= 1 or total < 0:
        raise ValueError(f"no share: {rate} of {total}")
    return rounded(total * rate, rounding)


def released_from(*, starts_at: datetime, hours_before: Decimal) -> datetime:
    """Return the instant from which unused reserved places are open to everybody."""
    return starts_at - timedelta(seconds=int(hours_before * 3600))


def is_released(*, release_at: datetime, now: datetime) -> bool:
    """True from `release_at` on: that instant itself counts as released."""
    return now >= release_at


def shares_to_try(share_wanted: Share, *, may_borrow: bool, may_be_lent: bool = False) -> tuple[Share, ...]:
    """Return on which accounts a place may be taken, best first.

    A family doctor's referral takes a reserved place, and borrows a public one when none is left, if borrowing is
    allowed.  The public takes a public place, and a reserved one only after its release (the taking checks that), or
    before it when the local policy lends to such as this asker (`may_be_lent`, e.g. an emergency).

    Raises:
        ValueError: `share_wanted` is neither reserved nor public; the other two are outcomes, not wishes.
    """
    if share_wanted == Share.RESERVED:
        return (Share.RESERVED, Share.BORROWED) if may_borrow else (Share.RESERVED,)
    if share_wanted == Share.PUBLIC:
        return (Share.PUBLIC, Share.RELEASED, Share.LENT) if may_be_lent else (Share.PUBLIC, Share.RELEASED)
    raise ValueError(f"nobody asks for a place as {share_wanted}")


def share_of_booking(shares: Sequence[Share]) -> Share:
    """Return the share under which a booking of several places is listed: one place out of its own part decides."""
    for foreign in (Share.BORROWED, Share.LENT, Share.RELEASED):
        if foreign in shares:
            return foreign
    return shares[0]


@dataclass(frozen=True)
class Fill:
    """The counters of one pool."""

    total: int
    reserved: int
    taken_reserved: int = 0
    taken_borrowed: int = 0
    taken_lent: int = 0
    taken_released: int = 0
    taken_public: int = 0

    @property
    def taken(self) -> int:
        return self.taken_reserved + self.taken_borrowed + self.taken_lent + self.taken_released + self.taken_public

    @property
    def free_in_reserved_part(self) -> int:
        return self.reserved - self.taken_reserved - self.taken_lent - self.taken_released

    @property
    def free_in_public_part(self) -> int:
        return self.total - self.reserved - self.taken_public - self.taken_borrowed


@dataclass(frozen=True)
class Free:
    """What one asker may still take in a pool, by the part it lies in."""

    reserved: int
    public: int

    @property
    def total(self) -> int:
        return self.reserved + self.public


def free_as(shares: Sequence[Share], *, reserved_left: int, public_left: int, released: bool) -> Free:
    """Return what an asker may take on the accounts `shares`, of what is left in each part."""
    reserved_opens = bool({Share.RESERVED, Share.LENT} & set(shares)) or (Share.RELEASED in shares and released)
    public_opens = bool({Share.BORROWED, Share.PUBLIC} & set(shares))
    return Free(reserved=reserved_left if reserved_opens else 0, public=public_left if public_opens else 0)


@dataclass(frozen=True)
class Piece:
    """As much of a pool as is needed to say whether it goes into one booking with others."""

    resource_id: object
    kind: Kind
    starts_at: datetime
    ends_at: datetime


class NotTogether(StrEnum):
    """Why some pools do not make one booking."""

    NONE = "none"
    TWICE = "twice"
    SEVERAL_RESOURCES = "several_resources"
    ONLY_BEDS_RUN_ON = "only_beds_run_on"
    GAP = "gap"
    OVER = "over"


def why_not_together(pieces: Sequence[Piece], *, now: datetime) -> NotTogether | None:
    """Return why `pieces` cannot be booked as one, or None.

    A clinic or an examination is one pool; a bed is one or more days of one ward without a gap.  Nothing that has
    ended can be booked; what has begun still can (a walk-in, a bed for tonight).
    """
    if not pieces:
        return NotTogether.NONE
    if len({piece.resource_id for piece in pieces}) > 1:
        return NotTogether.SEVERAL_RESOURCES
    if len(pieces) > 1 and pieces[0].kind != Kind.BED:
        return NotTogether.ONLY_BEDS_RUN_ON
    ordered = sorted(pieces, key=lambda piece: piece.starts_at)
    for before, behind in zip(ordered, ordered[1:], strict=False):
        if before.starts_at == behind.starts_at:
            return NotTogether.TWICE
        if before.ends_at != behind.starts_at:
            return NotTogether.GAP
    return NotTogether.OVER if ordered[0].ends_at <= now else None


def hold_is_over(*, held_until: datetime, now: datetime) -> bool:
    """True from `held_until` on."""
    return now >= held_until


def may_arrive(*, starts_at: datetime, now: datetime) -> bool:
    """True from the day of the booking on, in the reporting zone: people come early, but not yesterday."""
    return local_day(now) >= local_day(starts_at)


def missed_from(*, kind: Kind, starts_at: datetime, first_ends_at: datetime, grace: timedelta) -> datetime:
    """Return from when somebody may be marked as not come: `grace` after the start, or once the first bed-day is over.

    A session shorter than the grace is not waited for beyond its end.
    """
    return first_ends_at if kind == Kind.BED else min(starts_at + grace, first_ends_at)


def is_late_cancel(*, starts_at: datetime, now: datetime, limit: timedelta) -> bool:
    """True when less than `limit` is left before the start (exactly `limit` is still in time), or it has begun."""
    return starts_at - now < limit


def is_within_horizon(*, day: date, today: date, days: int) -> bool:
    """Whether the public may already book `day`: at most `days` ahead, that day included."""
    return day <= today + timedelta(days=days)


def may_cancel(*, state: State, ends_at: datetime, now: datetime) -> bool:
    """True until the booked time has ended; after it the truth is arrived or no-show.  A hold can always be let go."""
    return state == State.HELD or now < ends_at


@dataclass(frozen=True)
class NoShowTerms:
    """`limit` no-shows within `window` lead to a ban of `length`."""

    limit: int
    window: timedelta
    length: timedelta


def ban_until(missed: Sequence[datetime], *, now: datetime, terms: NoShowTerms) -> datetime | None:
    """Return until when somebody who missed bookings at `missed` is banned, or None.

    Those count that lie less than `window` back.  The ban runs from `now`, the last no-show included in the count.
    """
    counted = [at for at in missed if timedelta(0) <= now - at < terms.window]
    return now + terms.length if len(counted) >= terms.limit else None


def ban_blocks(*, share_wanted: Share, is_emergency: bool, blocks_referrals: bool) -> bool:
    """Whether a ban in force refuses a booking.

    It never stands against an emergency; against a referral (a doctor's finding of medical need) only where the
    local policy says so.
    """
    if is_emergency:
        return False
    return blocks_referrals if share_wanted == Share.RESERVED else True


@dataclass(frozen=True)
class Offer:
    """The offered and the reserved places of some pools."""

    total: int
    reserved: int

    @property
    def rate(self) -> Decimal | None:
        """The reserved share, 0–1; None where nothing was offered."""
        return Decimal(self.reserved) / self.total if self.total else None
