"""The policy values that capacity asks for, each as it stands at an organisation on a day."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tongmai.commons.capacity import rules
from tongmai.commons.capacity.sources import SourceKind
from tongmai.commons.capacity.states import Kind, Share
from tongmai.foundation.orgs.policy import At, value
from tongmai.kernel.policy import PolicyValue


def reserved_share(*, at: At, on: date) -> PolicyValue:
    """Return the share to reserve for family doctors' referrals, with its source."""
    return value("capacity.reserved_share", on=on, at=at)


def release_hours(kind: Kind, *, at: At, on: date) -> PolicyValue:
    """Return how many hours before the start unused reserved places go to the public."""
    return value(f"capacity.release.{kind}", on=on, at=at)


def may_borrow(*, at: At, on: date) -> bool:
    """Whether a family doctor's referral may take a public place once the reserved ones are gone."""
    return value("capacity.public_for_referral", on=on, at=at).yes


def shares_to_try(
    share_wanted: Share, *, kind: SourceKind | None, is_emergency: bool, at: At, on: date
) -> tuple[Share, ...]:
    """Return on which accounts this asker may take a place, best first; `kind` is where the request comes from."""
    lent_to = value("capacity.borrow_by", on=on, at=at).items
    asks_as = ({"emergency"} if is_emergency else set()) | ({kind.value} if kind else set())
    return rules.shares_to_try(
        share_wanted, may_borrow=may_borrow(at=at, on=on), may_be_lent=bool(asks_as & set(lent_to))
    )


def hold(*, at: At, on: date) -> timedelta:
    """Return for how long a place is held for somebody who still decides."""
    return value("capacity.hold", on=on, at=at).timedelta()


def horizon_days(*, at: At, on: date) -> int:
    """Return how many days ahead the public may book."""
    return value("capacity.horizon", on=on, at=at).int


def late_cancel(*, at: At, on: date) -> timedelta:
    """Return how long before the start cancelling begins to count as not coming."""
    return value("capacity.late_cancel", on=on, at=at).timedelta()


def grace(*, at: At, on: date) -> timedelta:
    """Return for how long after the start somebody is still waited for."""
    return value("capacity.no_show.grace", on=on, at=at).timedelta()


def no_show_terms(*, at: At, on: date) -> rules.NoShowTerms:
    """Return how many no-shows in which time lead to how long a ban."""
    return rules.NoShowTerms(
        limit=value("capacity.no_show.threshold", on=on, at=at).int,
        window=value("capacity.no_show.window", on=on, at=at).timedelta(),
        length=value("capacity.no_show.ban", on=on, at=at).timedelta(),
    )


def no_show_policies(*, at: At, on: date) -> list[PolicyValue]:
    """Return the values behind `no_show_terms`, to be shown with their sources."""
    ids = ("capacity.no_show.threshold", "capacity.no_show.window", "capacity.no_show.ban")
    return [value(policy_id, on=on, at=at) for policy_id in ids]


def ban_blocks_referrals(*, at: At, on: date) -> bool:
    """Whether a ban also stands against a family doctor's referral."""
    return value("capacity.no_show.ban_blocks_referrals", on=on, at=at).yes


@dataclass(frozen=True)
class ShareDue:
    """What share a resource must reserve and does reserve on a day; `policy` says where the first comes from."""

    policy: PolicyValue
    policy_rate: Decimal  # 0 where the policy does not apply
    applied_rate: Decimal
    rounding: str

    def places(self, total: int) -> int:
        """Return how many of `total` places are reserved."""
        return rules.reserved_places(total, self.applied_rate, rounding=self.rounding)

    def places_due(self, total: int) -> int:
        """Return how many of `total` places the policy wants reserved."""
        return rules.reserved_places(total, self.policy_rate, rounding=self.rounding)


def share_due(*, level: str, configured_rate: Decimal | None, at: At, on: date) -> ShareDue:
    """Return the share of a resource at an organisation of `level`.

    The policy binds the hospitals that referrals go up to: organisations of the county level.  Below it only what a
    resource is configured to reserve counts.
    """
    policy = reserved_share(at=at, on=on)
    is_due = level == "county"
    return ShareDue(
        policy=policy,
        policy_rate=policy.decimal if is_due else Decimal(0),
        applied_rate=rules.rate_in_force(policy_rate=policy.decimal, is_due=is_due, configured_rate=configured_rate),
        rounding=value("capacity.reserved_rounding", on=on, at=at).text,
    )
