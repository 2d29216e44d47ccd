"""A diary: what happens when.  The demonstration is played from it in the order of time, up to now."""

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import count

from tongmai.kernel.months import REPORTING_ZONE

Deed = Callable[[datetime], None]


def at(day: date, hour: float) -> datetime:
    """Return the instant `hour` hours into the day, in the reporting zone."""
    return datetime.combine(day, time(), REPORTING_ZONE) + timedelta(hours=hour)


class Diary:
    """Deeds by their instants; one that lies after the end never happens, as in life."""

    def __init__(self, ends_before: datetime) -> None:
        self.ends_before = ends_before
        self._deeds: list[tuple[datetime, int, Deed]] = []
        self._order = count()

    def note(self, when: datetime, deed: Deed) -> None:
        """Note `deed` for the instant `when`."""
        if when < self.ends_before:
            heapq.heappush(self._deeds, (when, next(self._order), deed))

    def play(self, until: datetime) -> int:
        """Do everything that is noted for before `until`; return how much that was."""
        done = 0
        while self._deeds and self._deeds[0][0] < until:
            when, _, deed = heapq.heappop(self._deeds)
            deed(when)
            done += 1
        return done


def in_hours(when: datetime, hours: float) -> datetime:
    """Return the instant `hours` later, moved into the working day where it falls outside of it (8:00–17:30)."""
    later = when + timedelta(hours=hours)
    start, end = at(later.date(), 8), at(later.date(), 17.5)
    if later < start:
        return start + (later - at(later.date(), 0)) / 8
    return later if later < end else at(later.date() + timedelta(days=1), 8.2) + (later - end) / 8
