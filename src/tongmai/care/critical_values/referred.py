"""What became of a critical value elsewhere: the referrals that were begun from it.

The app that keeps referrals offers them here, in config/referring.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongmai.care.critical_values.models import CriticalValue
from tongmai.foundation.orgs.actors import Actor
from tongmai.ui.words import Tag


@dataclass(frozen=True)
class Referred:
    """One referral; `referral_id` and `href` are blank where the reader sees it here alone."""

    referral_id: UUID | None
    number: str
    to: str
    tag: Tag
    sent_at: datetime | None  # None: still a draft
    href: str


Sent = Callable[[CriticalValue, Actor], list[Referred]]
_sent: list[Sent] = []


def provide(sent: Sent) -> Sent:
    """Offer what was begun from a critical value."""
    _sent.append(sent)
    return sent


def of(value: CriticalValue, *, by: Actor) -> list[Referred]:
    """Return the referrals that were begun from a value in hand, the first one first; a drill has none."""
    return [] if value.resident_id is None else [each for sent in _sent for each in sent(value, by)]
