"""What stands beside an entry of a record for every reader: that the resident disputes it.

The app that knows is above this one and offers what it knows when it starts.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Dispute:
    """The resident says that an entry is not hers or wrong, and nobody has answered for good."""

    dispute_id: UUID
    since: datetime


Known = Callable[[Collection[UUID]], dict[UUID, Dispute]]
_known: list[Known] = []


def provide(known: Known) -> Known:
    """Register `(ids of entries) -> those that are disputed`."""
    if known not in _known:
        _known.append(known)
    return known


def disputed(ids: Collection[UUID]) -> dict[UUID, Dispute]:
    """Return those of the entries (encounters, reports, documents, residents) that are under dispute, by id.

    One query for all of them; for every page that shows entries to a reader.
    """
    found: dict[UUID, Dispute] = {}
    if ids:
        for known in _known:
            found |= known(ids)
    return found
