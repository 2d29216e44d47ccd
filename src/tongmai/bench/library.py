"""The library of lives and visits that a load copies from, by the lead hospital they belong to."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from tongmai.bench.homes import Home, homes
from tongmai.bench.lives import Known, Life, Row, Slot, Table, Template, part_of, read
from tongmai.bench.places import Sessions
from tongmai.care.referrals.models import Referral
from tongmai.commons.capacity.models import BookedPlace, Booking
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents.models import KnownTo, Resident
from tongmai.foundation.orgs.models import User
from tongmai.kernel.months import REPORTING_ZONE

SHIFTS = tuple(range(0, 26 * 7 + 1, 7))  # whole weeks, so that a session falls on its own weekday
PENDING = {Booking: {"held", "booked"}, Encounter: {"planned", "in_progress"}}
SETTLED_REFERRALS = {"closed", "declined", "withdrawn"}


@dataclass
class Pattern:
    """A life or a visit ready to be copied: its template, where it was played, and what it counts for."""

    template: Template
    home: Home
    shifts: list[int]
    sex: str = ""
    born_on: date | None = None
    n_encounters: int = 1
    n_referrals: int = 0
    is_at_centre: bool = False  # of a visit: the health centre comes to know the resident
    knows_centre: bool = False  # of a life: it does so already
    seen_elsewhere: frozenset[str] = (
        frozenset()
    )  # of a life: organisations other than its home's that know the resident
    wanted: list[str] = field(default_factory=list)  # names of what the home must give, in the order of the slots

    def __post_init__(self) -> None:
        self.wanted = [slot[1] for slot in self.template.slots if slot[0] == "home"]

    def suits(self, home: Home) -> bool:
        """Whether the life can be led at `home`: nobody there is the stranger that she went to see."""
        return self.seen_elsewhere.isdisjoint((home.clinic_id, home.values["centre.id"]))


@dataclass
class Shelf:
    """What is there for the residents of one lead hospital."""

    homes: list[Home] = field(default_factory=list)
    quiet: list[Pattern] = field(default_factory=list)  # nobody was sent anywhere
    travelled: list[Pattern] = field(default_factory=list)  # sent up, and all is done
    pending: list[Pattern] = field(default_factory=list)  # something is open: somebody waits for it today
    visits: list[Pattern] = field(default_factory=list)


def write_id(key: Any) -> str:
    """Return an id as the database writes it in words."""
    return key.hex if connection.vendor == "sqlite" else str(key)


def collect(tables: list[Table], sessions: Sessions) -> list[Shelf]:
    """Return the library of all lives in the database, one shelf for each lead hospital that has some of each."""
    places = {home.clinic_id: home for home in homes(write_id)}
    shelves: dict[str, Shelf] = defaultdict(Shelf)
    for home in places.values():
        shelves[home.lead_id].homes.append(home)
    with_account = {
        write_id(key) for key in User.objects.exclude(resident_id=None).values_list("resident_id", flat=True)
    }
    village = {home.values["village"]: home for home in places.values()}
    for key, life in read(tables).items():
        home = village.get(life.rows[Resident][0]["village_code"] or "")
        if home is not None and key not in with_account:
            _shelve(shelves[home.lead_id], life, home, tables, sessions)
    return [shelf for shelf in shelves.values() if shelf.travelled and shelf.quiet and shelf.visits]


def _shelve(shelf: Shelf, life: Life, home: Home, tables: list[Table], sessions: Sessions) -> None:
    pattern = _of_life(life, home, tables, sessions)
    if _is_pending(life):
        pattern.shifts = [0]
        shelf.pending.append(pattern)
    else:
        (shelf.travelled if pattern.n_referrals else shelf.quiet).append(pattern)
    for visit in life.rows.get(Encounter, ()):
        part = part_of(life, tables, Encounter, visit["id"])
        if _is_plain(visit, part):
            shelf.visits.append(_of_visit(part, visit, life, home, tables))


def _is_pending(life: Life) -> bool:
    waiting = any(row["state"] in states for model, states in PENDING.items() for row in life.rows.get(model, ()))
    return waiting or any(row["state"] not in SETTLED_REFERRALS for row in life.rows.get(Referral, ()))


def _is_plain(visit: Row, part: Life) -> bool:
    alone = visit["episode_id"] is None and visit["source_id"] is None and not part.n(Referral)
    beyond = any("resident_id" in row for model, rows in part.rows.items() if model is not Encounter for row in rows)
    return alone and visit["state"] == "finished" and not beyond


def _of_life(life: Life, home: Home, tables: list[Table], sessions: Sessions) -> Pattern:
    person = life.rows[Resident][0]
    since = timezone.datetime.fromisoformat(person["registered_at"]).replace(tzinfo=timezone.get_fixed_timezone(0))
    known = Known(
        values=_home_values(home)
        | _person_values(life)
        | {p["pool_id"]: ("pool", p["pool_id"]) for p in _places(life)},
        words={person["name"]: ("person", "name")},
        columns={
            (Resident._meta.db_table, "born_on"): lambda row: ("person", "born_on"),
            (Resident._meta.db_table, "address"): lambda row: ("person", "address"),
            (BookedPlace._meta.db_table, "number"): _ticket,
        },
    )
    return Pattern(
        template=Template(life, tables, known, since=since.astimezone(REPORTING_ZONE).date()),
        home=home,
        shifts=sessions.shifts_of(life, SHIFTS),
        sex=person["sex"],
        born_on=date.fromisoformat(person["born_on"]),
        n_encounters=life.n(Encounter),
        n_referrals=life.n(Referral),
        knows_centre=any(row["org_id"] == home.values["centre.id"] for row in life.rows[KnownTo]),
        seen_elsewhere=frozenset(row["org_id"] for row in life.rows[KnownTo]) - set(home.values.values()),
    )


def _of_visit(part: Life, visit: Row, life: Life, home: Home, tables: list[Table]) -> Pattern:
    values = _home_values(home) | {life.key: ("person", "id")}
    return Pattern(
        template=Template(part, tables, Known(values=values, words={}, columns={})),
        home=home,
        shifts=[],
        is_at_centre=visit["org_id"] == home.values["centre.id"],
    )


def _places(life: Life) -> list[Row]:
    return life.rows.get(BookedPlace, [])


def _ticket(row: Row) -> Slot:
    # The row's own number keeps two places of one booking apart.
    return ("ticket", row["pool_id"], row["share"], row["is_taken"] in {"true", "1"}, row["number"])


def _home_values(home: Home) -> dict[str, Slot]:
    return {value: ("home", name) for name, value in reversed(home.values.items()) if value}


def _person_values(life: Life) -> dict[str, Slot]:
    from tongmai.commons.residents.models import Identifier, Phone

    person = life.rows[Resident][0]
    values: dict[str, Slot] = {person["name"]: ("person", "name"), person["id_masked"]: ("person", "masked")}
    values |= {row["value"]: ("person", "number") for row in life.rows[Identifier] if row["kind"] == "citizen_id"}
    return values | {row["number"]: ("person", "phone") for row in life.rows[Phone]}
