"""What the access log of one day tells: who read whom, what followed, and what of it somebody should look into."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tongmai.commons.residents.models import Phone, ReaderDay, Resident
from tongmai.commons.residents.reading import rules
from tongmai.commons.residents.reading.rules import Kind, Usual
from tongmai.foundation.audit.models import AccessLog, Event
from tongmai.foundation.orgs.models import Org, Staff, User
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel import policy
from tongmai.kernel.months import start_of_day

# What an opening itself writes, or what judges one, is nothing that was done for the resident.
NO_ACTIONS = ("residents.RecordOpenedInEmergency", "residents.EmergencyReviewed", "recognition.AskingBegun")
# Looking up what identifies a person is registering, and the log of it says so.
NO_READING = ("identity", "merges", "identity-review")
_FETCH = 400

Pair = tuple[UUID, UUID]  # (resident, organisation)


@dataclass(frozen=True)
class Limits:
    """What policy says is unusual, on the day that is looked at."""

    factor: Decimal
    floor: int
    least_days: int
    usual_days: int
    action_days: int
    least_idle: int
    dead_days: int
    idle_bases: frozenset[str]

    @classmethod
    def on(cls, day: date) -> "Limits":
        """Return what is in force on the day of looking: the same in all counties, so that readers are compared fairly."""
        told = policy.shipped()
        return cls(
            factor=told.value("reading.volume.factor", on=day).decimal,
            floor=told.value("reading.volume.floor", on=day).int,
            least_days=told.value("reading.volume.least_days", on=day).int,
            usual_days=told.value("reading.volume.usual_days", on=day).int,
            action_days=told.value("reading.action_within", on=day).int,
            least_idle=told.value("reading.idle.least", on=day).int,
            dead_days=told.value("reading.after_death", on=day).int,
            idle_bases=frozenset(told.value("reading.idle.bases", on=day).items),
        )


@dataclass
class Read:
    """One person read by one reader on the day."""

    bases: set[str] = field(default_factory=set)
    n: int = 0
    is_sensitive: bool = False  # in an emergency


@dataclass
class Reader:
    """What one reader read on the day, in the post in which she read first."""

    user_id: UUID
    org_id: UUID | None
    name: str
    org_name: str
    role: str
    county_code: str
    reads: dict[UUID, Read] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """A finding before it is stored; `resident_id` is None for one about a whole day."""

    kind: Kind
    reader: Reader
    resident_id: UUID | None
    n: int
    of: int | None = None
    volume: rules.Volume | None = None
    days: int | None = None

    def key(self, on: date) -> str:
        """Return what it is about: the same reading is found once, however often it is looked for."""
        return f"{self.kind}:{on}:{self.reader.user_id}:{self.resident_id or ''}"


@dataclass(frozen=True)
class Person:
    """What of a resident is compared."""

    name: str
    village: str
    died_on: date | None
    is_merged: bool


def readers_of(on: date) -> list[Reader]:
    """Return who of the staff read whom on a day, in one pass over the log of that day."""
    rows = AccessLog.objects.filter(
        at__gte=start_of_day(on), at__lt=start_of_day(on + timedelta(days=1)), by_user_id__isnull=False
    )
    rows = rows.exclude(by_role__in=[Role.RESIDENT, Role.SYSTEM]).exclude(what__in=NO_READING).order_by("id")
    found: dict[UUID, Reader] = {}
    columns = ("by_user_id", "by_org_id", "by_name", "by_org_name", "by_role", "by_county_code")
    for *who, resident_id, basis, sensitive in rows.values_list(*columns, "resident_id", "basis", "sensitive").iterator(
        chunk_size=5_000
    ):
        reader = found.get(who[0]) or found.setdefault(who[0], Reader(*who))
        read = reader.reads.setdefault(resident_id, Read())
        read.n += 1
        read.bases.add(basis)
        read.is_sensitive |= basis == "emergency" and bool(sensitive)
    return list(found.values())


def at_once(readers: list[Reader], on: date, limits: Limits) -> Iterator[Found]:
    """Yield what the day itself tells: volume, colleagues, the dead and merged, sensitive entries in an emergency."""
    people = people_of(resident_id for reader in readers for resident_id in reader.reads)
    colleagues = colleagues_of(people)
    usual = _usual(readers, on, limits)
    for reader in readers:
        own, role = usual[reader.user_id]
        volume = rules.unusual_volume(
            len(reader.reads), own=own, role=role, factor=float(limits.factor), floor=limits.floor,
            least_days=limits.least_days,
        )  # fmt: skip
        if volume is not None:
            yield Found(Kind.VOLUME, reader, None, volume.n, volume=volume)
        for resident_id, read in reader.reads.items():
            person = people.get(resident_id)
            if person is None:
                continue
            if reader.org_id is not None and reader.org_id in colleagues.get(resident_id, ()):
                yield Found(Kind.COLLEAGUE, reader, resident_id, read.n)
            if person.is_merged or (person.died_on and (on - person.died_on).days > limits.dead_days):
                yield Found(Kind.GONE, reader, resident_id, read.n, days=limits.dead_days)
            if read.is_sensitive:
                yield Found(Kind.SENSITIVE, reader, resident_id, read.n)


def in_time(readers: list[Reader], on: date, limits: Limits) -> Iterator[Found]:
    """Yield what can be told only when the time for something to follow is over."""
    people = people_of(resident_id for reader in readers for resident_id in reader.reads)
    acted = acted_on(readers, on, limits.action_days)
    villages = villages_of(readers)
    for reader in readers:
        idle = {
            resident_id: read
            for resident_id, read in reader.reads.items()
            if resident_id in people and (resident_id, reader.org_id) not in acted
        }
        unexplained = [each for each, read in idle.items() if read.bases <= limits.idle_bases]
        if len(unexplained) >= limits.least_idle:
            yield Found(Kind.NO_ACTION, reader, None, len(unexplained), of=len(reader.reads), days=limits.action_days)
        namesakes = rules.same_names([(str(each), people[each].name) for each in reader.reads if each in people])
        name, village = villages.get(reader.user_id, ("", ""))
        for resident_id in unexplained:
            person, read = people[resident_id], idle[resident_id]
            if read.bases == {"emergency"}:
                yield Found(Kind.EMERGENCY_ONLY, reader, resident_id, read.n, days=limits.action_days)
            if read.bases == {"recognition"}:
                yield Found(Kind.RECOGNITION_ONLY, reader, resident_id, read.n, days=limits.action_days)
            if str(resident_id) in namesakes:
                yield Found(Kind.SAME_NAME, reader, resident_id, read.n, days=limits.action_days)
            if rules.are_neighbours(name=name, village=village, other_name=person.name, other_village=person.village):
                yield Found(Kind.NEIGHBOUR, reader, resident_id, read.n, days=limits.action_days)


def people_of(resident_ids: Iterable[UUID]) -> dict[UUID, Person]:
    """Return what is compared of residents, merged ones too."""
    found: dict[UUID, Person] = {}
    for ids in _chunks(set(resident_ids)):
        rows = Resident.objects.filter(id__in=ids).values_list("id", "name", "village_code", "died_on", "merged_into")
        found |= {each: Person(name, village, died_on, into is not None) for each, name, village, died_on, into in rows}
    return found


def colleagues_of(people: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Return of which organisations residents are staff: those who bear the name and have the phone of one."""
    found: dict[UUID, set[UUID]] = {}
    for ids in _chunks(set(people)):
        phones = list(_own_phones().filter(resident__in=ids).values_list("resident", "resident__name", "number"))
        staff = Staff.objects.filter(phone__in={number for _, _, number in phones})
        orgs = {(phone, name): org for phone, name, org in staff.values_list("phone", "name", "practice_org")}
        for resident_id, name, number in phones:
            if (number, name) in orgs:
                found.setdefault(resident_id, set()).add(orgs[number, name])
    return found


def villages_of(readers: Iterable[Reader]) -> dict[UUID, tuple[str, str]]:
    """Return name and village of readers: where they live as residents, else where their village clinic stands."""
    known = {reader.user_id: reader for reader in readers}
    homes: dict[UUID, str] = {}
    for ids in _chunks(known):
        staff = User.objects.filter(id__in=ids).exclude(staff__phone="")
        called = {(phone, name): each for each, phone, name in staff.values_list("id", "staff__phone", "staff__name")}
        phones = _own_phones().filter(number__in={phone for phone, _ in called}, resident__merged_into=None)
        for number, name, village in phones.values_list("number", "resident__name", "resident__village_code"):
            if (number, name) in called:
                homes[called[number, name]] = village
    clinics = Org.objects.filter(id__in={each.org_id for each in known.values()}, level=Org.Level.VILLAGE)
    places = dict(clinics.values_list("id", "division_code"))
    return {each: (known[each].name, homes.get(each) or places.get(known[each].org_id, "")) for each in known}


def acted_on(readers: Iterable[Reader], on: date, days: int) -> set[Pair]:
    """Return the pairs of a resident and an organisation that did something for her within `days` of the day."""
    wanted = {(each, reader.org_id) for reader in readers if reader.org_id is not None for each in reader.reads}
    since, until = start_of_day(on - timedelta(days=days)), start_of_day(on + timedelta(days=days + 1))
    found: set[Pair] = set()
    for ids in _chunks({resident_id for resident_id, _ in wanted}):
        rows = Event.objects.filter(resident_id__in=ids, at__gte=since, at__lt=until, by_org_id__isnull=False)
        found |= set(rows.exclude(name__in=NO_ACTIONS).order_by().values_list("resident_id", "by_org_id").distinct())
    return found & wanted


def _own_phones() -> QuerySet:
    return Phone.objects.filter(closed_at=None, whose="self").exclude(number="")


def _usual(readers: list[Reader], on: date, limits: Limits) -> dict[UUID, tuple[Usual | None, Usual | None]]:
    since = on - timedelta(days=limits.usual_days)
    rows = ReaderDay.objects.filter(on__gte=since, on__lt=on, role__in={reader.role for reader in readers})
    own: dict[UUID, list[int]] = {}
    role: dict[str, list[int]] = {}
    for user_id, of_role, n in rows.values_list("user_id", "role", "n_residents"):
        own.setdefault(user_id, []).append(n)
        role.setdefault(of_role, []).append(n)
    roles = {each: rules.usual(counts) for each, counts in role.items()}
    return {reader.user_id: (rules.usual(own.get(reader.user_id, [])), roles.get(reader.role)) for reader in readers}


def _chunks(ids: Iterable[Any]) -> Iterator[list[Any]]:
    listed = list(ids)
    for start in range(0, len(listed), _FETCH):
        yield listed[start : start + _FETCH]
