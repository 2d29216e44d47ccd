"""A share of a load: one process copies lives, then visits in the order of time."""

from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from tongmai.bench.homes import Home, fitted
from tongmai.bench.identities import Identities, Identity, keys
from tongmai.bench.library import Pattern, Shelf
from tongmai.bench.lives import Table
from tongmai.bench.places import Seats, Sessions
from tongmai.commons.residents.models import KnownTo, SearchKey

BATCH = 500
WAVES = 36  # months of visits before the play
WAVE_DAYS = 30
PENDING_SHARE = 0.01  # of all residents: those for whom something is open today
VISITS_SPREAD = 5  # some are seen often and some never
VERSION_7 = 7 << 76 | 2 << 62
SPREADS_TAILS = 2_654_435_761  # odd, so each number below 2³² goes to one of its own


@dataclass
class Task:
    """What one process does.  `first_day` is the first of the play, before which the copied visits lie."""

    number: int
    n_shares: int
    seed: int
    n_residents: int
    n_encounters: int
    n_referrals: int
    first_day: date
    taken_numbers: set[str]


@dataclass
class Share:
    """Copies the task's number of lives and visits through a writer; `work` yields how much is done."""

    task: Task
    shelves: list[Shelf]
    tables: dict[type, Table]
    sessions: Sessions
    writer: Any
    seats: Seats = field(init=False)

    def __post_init__(self) -> None:
        task = self.task
        self.random = Random(f"{task.seed}-{task.number}")
        self.seats = Seats(self.sessions, task.number, task.n_shares)
        self.identities = Identities(
            self.random, share=task.number, n_shares=task.n_shares, taken=task.taken_numbers
        )  # fmt: skip
        self._clock = (task.first_day.toordinal() - date(1970, 1, 1).toordinal() - WAVES * WAVE_DAYS) * 86_400_000
        self._days: dict[tuple[int, str], str] = {}
        self._fitted: dict[tuple[int, str], tuple[str, ...]] = {}
        self._places = [(shelf, home) for shelf in self.shelves for home in shelf.homes]
        self._n_ids = task.number
        self._ids: list[str] = []
        self._at = array("H")
        self._knows = bytearray()
        self._waves = [array("I") for _ in range(WAVES)]

    def work(self) -> Iterator[int]:
        yield from self._lives()
        for wave in reversed(range(WAVES)):
            yield from self._visits(wave)
        self.writer.close()

    def _lives(self) -> Iterator[int]:
        task, n_referrals, n_encounters = self.task, 0, 0
        for number in range(task.n_residents):
            at = self.random.randrange(len(self._places))
            shelf, home = self._places[at]
            pattern = self._choose(shelf, home, n_referrals < task.n_referrals * (number + 1) / task.n_residents)
            most_waves = self._copy_life(pattern, home, at)
            n_referrals += pattern.n_referrals
            n_encounters += pattern.n_encounters
            due = task.n_encounters * (number + 1) / task.n_residents - n_encounters
            is_last = number == task.n_residents - 1
            n_visits = max(0, round(due) + (0 if is_last else self.random.randint(-VISITS_SPREAD, VISITS_SPREAD)))
            n_encounters += n_visits
            for _ in range(n_visits):
                self._waves[self.random.randrange(most_waves)].append(number)
            if number % BATCH == BATCH - 1:
                self.writer.flush()
                yield BATCH
        self.writer.flush()
        yield task.n_residents % BATCH

    def _choose(self, shelf: Shelf, home: Home, is_sent: bool) -> Pattern:
        is_pending = shelf.pending and self.random.random() < PENDING_SHARE
        kind = shelf.pending if is_pending else shelf.travelled if is_sent else shelf.quiet
        found = self.random.choice(kind)
        return found if found.suits(home) else self.random.choice([each for each in kind if each.suits(home)])

    def _copy_life(self, pattern: Pattern, home: Home, at: int) -> int:
        """Write one resident; return for how many months back she can have been seen."""
        shift = self.random.choice(pattern.shifts)
        who = self.identities.like(sex=pattern.sex, born_on=pattern.born_on, on=self.task.first_day, earlier=shift)
        age_days = self.task.first_day.toordinal() - shift - who.born_on
        registered = max(shift, min(shift + age_days, self.random.randrange(WAVES * WAVE_DAYS, 2 * WAVES * WAVE_DAYS)))
        ids = self._fill(pattern, home, who=who, shift=shift, since=registered)
        self._ids.append(ids[0])
        self._at.append(at)
        self._knows.append(pattern.knows_centre)
        year = date.fromordinal(who.born_on).year
        found_by = "".join(f"{ids[0]}\t{kind}\t{key}\t{year}\n" for kind, key in keys(who))
        self.writer.write(self.tables[SearchKey], found_by)
        return max(1, min(WAVES, (registered - shift) // WAVE_DAYS))

    def _visits(self, wave: int) -> Iterator[int]:
        """Write the visits of one month, those of all residents together, as they happened."""
        last = self.task.first_day.toordinal() - 1 - wave * WAVE_DAYS
        for done, number in enumerate(self._waves[wave], start=1):
            shelf, home = self._places[self._at[number]]
            visit = self.random.choice(shelf.visits)
            shift = _day_of(visit) - last + self.random.randrange(WAVE_DAYS)
            self._fill(visit, home, who=self._ids[number], shift=shift, since=0)
            if visit.is_at_centre and not self._knows[number]:
                self._knows[number] = 1
                since = f"{self._day(last - WAVE_DAYS, '%Y-%m-%d')} 01:00:00+00"
                self.writer.write(self.tables[KnownTo], self._known_line(number, home, since))
            if done % BATCH == 0:
                self.writer.flush()
                yield BATCH
        self.writer.flush()
        yield len(self._waves[wave]) % BATCH

    def _known_line(self, number: int, home: Home, since: str) -> str:
        cells = {
            "resident_id": self._ids[number],
            "org_id": home.values["centre.id"],
            "via": "encounter",
            "since": since,
        }
        return "\t".join(cells[column] for column in self.tables[KnownTo].columns) + "\n"

    def _fill(self, pattern: Pattern, home: Home, *, who: Identity | str, shift: int, since: int) -> list[str]:
        """Write the rows of one copy; return its new ids."""
        template = pattern.template
        ids = [self._new_id() for _ in range(template.n_ids)]
        names = iter(self._home(pattern, home))
        values = [
            next(names) if slot[0] == "home" else self._value(slot, ids, who, shift, since) for slot in template.slots
        ]
        for table, (form, pick) in template.parts.items():
            self.writer.write(table, form % pick(values))
        return ids

    def _value(self, slot: tuple, ids: list[str], who: Identity | str, shift: int, since: int) -> str:
        kind = slot[0]
        if kind == "id":
            return ids[slot[1]]
        if kind == "day":
            return self._day(slot[1] - (since if slot[3] == "since" else shift), slot[2])
        if kind == "person":
            return who if isinstance(who, str) else self._of_person(who, slot[1])
        if kind == "tail":
            return ids[slot[1]][-8:].upper()
        if kind == "pool":
            return self.sessions.earlier(slot[1], shift)
        return self.seats.ticket(self.sessions.earlier(slot[1], shift), slot[2], slot[3])

    def _of_person(self, who: Identity, what: str) -> str:
        return self._day(who.born_on, "%Y-%m-%d") if what == "born_on" else getattr(who, what)

    def _day(self, ordinal: int, form: str) -> str:
        if (known := self._days.get((ordinal, form))) is None:
            known = self._days[ordinal, form] = date.fromordinal(ordinal).strftime(form)
        return known

    def _home(self, pattern: Pattern, home: Home) -> tuple[str, ...]:
        at = (id(pattern), home.clinic_id)
        if (known := self._fitted.get(at)) is None:
            known = self._fitted[at] = fitted(home, pattern.wanted)
        return known

    def _new_id(self) -> str:
        """A UUID of version 7, as `kernel.ids` makes them: they rise in the order of writing.

        Its last eight digits, of which the numbers of documents are made, come once in the whole load.
        """
        self._clock += 1
        self._n_ids += self.task.n_shares
        tail = self._n_ids * SPREADS_TAILS & 0xFFFF_FFFF
        high, middle = self.random.getrandbits(12) << 64, self.random.getrandbits(30) << 32
        return f"{self._clock << 80 | VERSION_7 | high | middle | tail:032x}"


def _day_of(visit: Pattern) -> int:
    """The day on which a visit was played."""
    return max(slot[1] for slot in visit.template.slots if slot[0] == "day")


def counted(share: Share) -> tuple[Counter, Counter]:
    """Return what `places.settle` needs to know of a share that is done."""
    return share.seats.given, share.seats.taken
