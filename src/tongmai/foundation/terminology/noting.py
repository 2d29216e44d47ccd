"""Local codes are noted as they come: a new one with the message that brings it, a known one without asking the database.

A new code is a row that is written together with the message's own rows (`audit.together`), so it costs no statement of
its own, and is there exactly if the message is.  How often a code is seen is counted in this process and written down at
times, after a message is stored: a count may lose a minute when a process is killed, a code is never lost.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from tongmai.foundation.audit.together import insert
from tongmai.foundation.catalog.search import keys_of, squeezed
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.terminology.models import LocalCode

COUNTED_FOR = timedelta(minutes=1)
MOST_KNOWN = 100_000  # codes a process remembers; beyond that it starts anew
MOST_PER_MESSAGE = 200

_Key = tuple[UUID, str, str, str]


@dataclass(frozen=True)
class Said:
    """A code as a member's system writes it.  `example`: where it stood, nothing of a person."""

    code_set: str
    system: str
    code: str
    name: str
    example: str = ""

    def names(self) -> dict[str, str]:
        """Return the columns of its name: as it is read, compared (blank where it only repeats the code) and searched."""
        plain = "" if self.name == self.code else squeezed(self.name)[:200]
        return {"name": self.name[:200], "plain_name": plain, "search": keys_of(self.code[:60], self.name)}


class _Counts:
    """What this process has seen of codes that are stored, and has not written down yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.known: set[_Key] = set()
        self.seen: dict[_Key, int] = {}
        self.since: datetime | None = None

    def add(self, keys: Iterable[_Key], new: Iterable[_Key], now: datetime) -> dict[_Key, int]:
        """Count, all but the `new` ones, whose rows say one already; return what is due to be written down."""
        with self.lock:
            if len(self.known) > MOST_KNOWN:
                self.known.clear()
            for key in keys:
                if key not in new:
                    self.seen[key] = self.seen.get(key, 0) + 1
            self.known.update(keys)
            self.since = self.since or now
            # A clock that was set back (a message is applied with the time of its own) must not stop the counting.
            if abs(now - self.since) < COUNTED_FOR:
                return {}
            due, self.seen, self.since = self.seen, {}, now
            return due


_counts = _Counts()


def note(org_id: UUID, said: Iterable[Said], *, by: Actor) -> None:
    """Keep the codes that a member's message brings; those without a code are left out."""
    wanted = {
        (org_id, each.code_set, each.system[:60], each.code[:60]): each for each in said if each.code and each.code_set
    }
    keys = sorted(wanted)[:MOST_PER_MESSAGE]  # in one order: two messages with the same new codes wait in no circle
    new = [key for key in keys if key not in _counts.known]
    if new:
        insert(*(_row(key, wanted[key], by) for key in new), once=True)
    if keys:
        transaction.on_commit(lambda: _count(keys, new, by.now), robust=True)


def write_counts() -> int:
    """Write down what this process has counted; return of how many codes."""
    with _counts.lock:
        due, _counts.seen = _counts.seen, {}
        now, _counts.since = _counts.since, None
    if due and now:
        _write(due, now)
    return len(due)


def _row(key: _Key, said: Said, by: Actor) -> LocalCode:
    org_id, code_set, system, code = key
    return LocalCode(
        org_id=org_id, code_set=code_set, system=system, code=code, example=said.example[:200], n_seen=1,
        first_seen_at=by.now, last_seen_at=by.now, **said.names(),
    )  # fmt: skip


def _count(keys: Iterable[_Key], new: Iterable[_Key], now: datetime) -> None:
    if due := _counts.add(keys, new, now):
        _write(due, now)


def _write(due: dict[_Key, int], now: datetime) -> None:
    """One statement for all that were seen as often: after a minute of a busy intake that is a few dozen."""
    by_count: dict[int, list[_Key]] = {}
    for key in sorted(due):
        by_count.setdefault(due[key], []).append(key)
    with transaction.atomic():
        ids = _ids(due)
        for n, keys in by_count.items():
            found = sorted(ids[key] for key in keys if key in ids)
            rows = LocalCode.objects.filter(id__in=found)
            rows.update(n_seen=F("n_seen") + n, last_seen_at=Greatest(F("last_seen_at"), now))


def _ids(keys: Iterable[_Key]) -> dict[_Key, UUID]:
    wanted = set(keys)
    rows = LocalCode.objects.filter(org_id__in={key[0] for key in wanted}, code__in={key[3] for key in wanted})
    names = ("org_id", "code_set", "system", "code", "id")
    return {row[:4]: row[4] for row in rows.values_list(*names) if row[:4] in wanted}
