"""Places for copied bookings: the sessions of half a year before the play, and who sits where in them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from typing import Any

from tongmai.bench.lives import Life, Row, Table, rows_of
from tongmai.commons.capacity import rules
from tongmai.commons.capacity.models import BookedPlace, Pool
from tongmai.commons.capacity.states import IN_RESERVED_PART, Share

WEEK = 7
Key = tuple[str, int, str]  # resource, day, time of day


@dataclass
class Sessions:
    """Every session by resource and instant, so that a copied booking finds that of its own day."""

    table: Table
    by_key: dict[Key, str] = field(default_factory=dict)
    by_id: dict[str, Key] = field(default_factory=dict)
    tickets: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in rows_of(self.table):
            self._enter(row)

    def add_weeks_before(self, weeks: int, new_id: Any, write: Any) -> None:
        """Write the sessions of so many weeks before the first ones: as in the second week, and nobody in them yet."""
        first = min(day for _, day, _ in self.by_key)
        second = [row for row in rows_of(self.table) if first + WEEK <= _day(row["starts_at"]) < first + 2 * WEEK]
        for back in range(2, weeks + 2):
            for row in second:
                copy = self._emptied({c: _earlier(v, WEEK * back) for c, v in row.items()}, new_id())
                if _key(copy) not in self.by_key:
                    self._enter(copy)
                    write(self.table, "\t".join("\\N" if v is None else v for v in copy.values()) + "\n")

    def earlier(self, pool_id: str, days: int) -> str | None:
        """Return the session of the same resource so many days before, or None."""
        resource, day, clock = self.by_id[pool_id]
        return self.by_key.get((resource, day - days, clock))

    def shifts_of(self, life: Life, shifts: Iterable[int]) -> list[int]:
        """Return those shifts for which every booking of the life finds a session."""
        pools = [row["pool_id"] for row in life.rows.get(BookedPlace, ())]
        return [shift for shift in shifts if all(self.earlier(pool, shift) for pool in pools)]

    def _enter(self, row: Row) -> None:
        self.by_key[_key(row)] = row["id"]
        self.by_id[row["id"]] = _key(row)
        self.tickets[row["id"]] = int(row["tickets"])

    def _emptied(self, row: Row, key: str) -> Row:
        taken = {column: "0" for column in row if column.startswith("taken_") or column == "tickets"}
        opened = {"state": "open", "closed_reason": "", "closed_at": None, "closed_by_id": None, "version": "1"}
        released = {"released_at": row["release_at"], "n_released": row["reserved"]}
        return row | taken | opened | released | {"id": key}


@dataclass
class Seats:
    """Counts what one process gives out: numbers of its own in each session, and places taken by share."""

    sessions: Sessions
    share: int
    n_shares: int
    given: Counter[str] = field(default_factory=Counter)
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)

    def ticket(self, pool_id: str, share: str, is_taken: bool) -> str:
        number = self.sessions.tickets[pool_id] + self.given[pool_id] * self.n_shares + self.share + 1
        self.given[pool_id] += 1
        if is_taken:
            self.taken[pool_id, share] += 1
        return str(number)


def settle(seats: Iterable[tuple[Counter, Counter]], n_shares: int) -> None:
    """Bring the counters of the sessions up to their rows; one that became too full gets as many places as it needs.

    A county of a million has larger clinics than the demonstration's; their reserved share stays what policy makes it.
    """
    most: Counter[str] = Counter()
    taken: dict[str, Counter[str]] = defaultdict(Counter)
    for given, shares in seats:
        for pool_id, n in given.items():
            most[pool_id] = max(most[pool_id], n * n_shares)
        for (pool_id, share), n in shares.items():
            taken[pool_id][share] += n
    pools = list(Pool.objects.filter(id__in=list(most)))
    for pool in pools:
        pool.tickets += most[_written(pool.id, most)]
        for share, n in taken[_written(pool.id, most)].items():
            setattr(pool, f"taken_{share}", getattr(pool, f"taken_{share}") + n)
        _widen(pool)
    columns = [*(f"taken_{share}" for share in Share), "tickets", "total", "reserved", "reserved_due", "n_released"]
    Pool.objects.bulk_update(pools, columns, batch_size=200)


def _widen(pool: Pool) -> None:
    inside = {share: getattr(pool, f"taken_{share}") for share in Share}
    reserved = sum(n for share, n in inside.items() if share in IN_RESERVED_PART)
    public = sum(inside.values()) - reserved
    rate = pool.applied_rate
    if reserved > pool.reserved or public > pool.total - pool.reserved:
        pool.total = max(pool.total, ceil(reserved / rate), ceil(public / (1 - rate)) + 1)
        pool.reserved = rules.reserved_places(pool.total, rate)
        pool.reserved_due = rules.reserved_places(pool.total, pool.policy_rate)
    if pool.released_at is not None:
        pool.n_released = pool.reserved - pool.taken_reserved - pool.taken_lent


def _written(key: Any, known: Counter[str]) -> str:
    return str(key) if str(key) in known else key.hex


def _key(row: Row) -> Key:
    return row["resource_id"], _day(row["starts_at"]), row["starts_at"][10:]


def _day(text: str) -> int:
    return date.fromisoformat(text[:10]).toordinal()


def _earlier(value: str | None, days: int) -> str | None:
    if value is None or len(value) < 10 or value[4:5] != "-" or value[7:8] != "-":
        return value
    return str(date.fromisoformat(value[:10]) - timedelta(days=days)) + value[10:]
