"""One row of "what waits for me", whichever app it comes from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from tongmai.ui.words import Deadline

_NEVER = datetime.max.replace(tzinfo=UTC)
# A critical value stands above all else, late or not: minutes count.
_RANK = {"critical": -1, "emergency": 0, "urgent": 1, "routine": 2}


@dataclass(frozen=True)
class WorkItem:
    """Something that waits for an actor, with the one action that clears it.

    `kind` groups rows in the left column (e.g. "referrals"); `title` says what is to be done, `who` the person it
    is about, `what` the matter, `from_whom` where it came from.  `action_url` is posted to with `hidden` fields; an
    item without one is cleared on its own page, `href`.
    """

    kind: str
    title: str
    who: str
    what: str
    from_whom: str
    started_at: datetime
    due_at: datetime | None = None
    urgency: str = "routine"
    href: str = ""
    action_label: str = ""
    action_url: str = ""
    hidden: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        assert self.urgency in _RANK, self.urgency

    def deadline(self, now: datetime) -> Deadline | None:
        """Return the bar to draw, or None for what has no limit."""
        return Deadline(self.due_at, self.started_at, now) if self.due_at else None


def most_urgent_first(items: Iterable[WorkItem], now: datetime) -> list[WorkItem]:
    """Order by: critical; over its limit; emergency, urgent, routine; earliest limit; longest waiting."""
    return sorted(
        items,
        key=lambda item: (
            item.urgency != "critical",
            not (item.due_at is not None and item.due_at < now),
            _RANK[item.urgency],
            item.due_at or _NEVER,
            item.started_at,
        ),
    )
