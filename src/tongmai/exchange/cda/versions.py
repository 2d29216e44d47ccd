"""Which of two versions of a document is the newer.  Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Version:
    """As its maker counts, where he counts, and when it was written."""

    number: int | None
    at: datetime | None


def is_older(said: Version, known: Version) -> bool:
    """Whether `said` must not take the place of `known`: by the count where both have one, else by the time.

    Where neither tells, what came last stands.
    """
    if said.number is not None and known.number is not None and said.number != known.number:
        return said.number < known.number
    return said.at is not None and known.at is not None and said.at < known.at
