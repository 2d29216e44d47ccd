"""What the writers of `tongmai bench race` fight for: each scene is built by the services in a small invented county."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from itertools import count
from uuid import uuid4

from tongmai.bench.race_running import Act, Scene
from tongmai.care.diagnostics import services as diagnostics
from tongmai.care.diagnostics.models import Order
from tongmai.care.diagnostics.states import State
from tongmai.care.diagnostics.tests.factories import Centre
from tongmai.care.referrals import services as referrals
from tongmai.care.referrals.models import Referral, Transition
from tongmai.care.referrals.tests.factories import Clinic
from tongmai.commons.capacity import services as capacity
from tongmai.commons.capacity.models import BookedPlace, Booking, BookingTransition, Pool
from tongmai.commons.capacity.sources import DESK, Source, SourceKind
from tongmai.commons.capacity.states import Kind, Share
from tongmai.commons.residents import services as residents
from tongmai.commons.residents.models import Identifier, Resident
from tongmai.commons.residents.tests import factories as people
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import county_world
from tongmai.kernel.months import REPORTING_ZONE

LAST = 10  # places left when the race begins
READERS = 32  # doctors at one centre
_TAKEN_BEFORE = 10
_CATALOG_CODE = {Kind.CLINIC: "clinic-specialist", Kind.BED: "bed-general", Kind.EXAM: "exam-ct"}
_DEPARTMENT = {Kind.CLINIC: "cardiology", Kind.BED: "surgery", Kind.EXAM: "imaging"}
_numbers = count(1)


class County:
    """The smallest county, as of `now`."""

    def __init__(self, now: datetime) -> None:
        self.clinic = Clinic(county_world(now=now))
        self.world = self.clinic.world
        self.doctor: Actor = self.clinic.specialist
        self.manager: Actor = self.world.actor(Role.RESOURCE_MANAGER)

    def pool(self, kind: Kind, total: int) -> Pool:
        """Offer one session (a ward: one night) with `total` places, in a few days."""
        room = capacity.create_resource(
            department_id=self.world.departments[_DEPARTMENT[kind]].id,
            kind=kind,
            catalog_code=_CATALOG_CODE[kind],
            name=f"示例资源{uuid4().hex[:8]}",
            by=self.manager,
        )
        day = self.manager.today + timedelta(days=3)
        whole_day = kind == Kind.BED
        starts = datetime.combine(day, time(0 if whole_day else 8), tzinfo=REPORTING_ZONE)
        ends = starts + timedelta(hours=24 if whole_day else 4)
        return capacity.publish(resource_id=room.id, starts_at=starts, ends_at=ends, total=total, by=self.manager)

    def person(self) -> Resident:
        return people.resident(f"示例参赛{next(_numbers)}", id_number="", by=self.clinic.gp)

    def book(self, pool: Pool, person: Resident, share: Share = Share.RESERVED) -> Booking:
        source = Source(SourceKind.REFERRAL, uuid4()) if share == Share.RESERVED else DESK
        return capacity.book(
            pool_ids=[pool.id], resident_id=person.id, share_wanted=share, source=source, by=self.doctor
        )


def scenes(county: County, *, n: int) -> Iterator[Scene]:
    """Yield each scene for `n` writers, built only when it is its turn."""
    yield _last_places(county, n, Kind.CLINIC, "last 10 places of a session")
    yield _last_places(county, n, Kind.BED, "last 10 beds of a night")
    yield _last_places(county, n, Kind.EXAM, "last 10 places of an examination")
    yield _answers(county, n, county.clinic.submitted(of=county.person()), "one submitted referral, four answers")
    yield _answers(county, n, _booked(county), "one booked referral, four answers")
    yield _registration(county, n)
    yield _cancelled_and_rebooked(county, n)
    yield _queue(county, min(n, READERS))


def _last_places(county: County, n: int, kind: Kind, name: str) -> Scene:
    pool = county.pool(kind, _TAKEN_BEFORE + LAST)
    for _ in range(_TAKEN_BEFORE):
        county.book(pool, county.person(), Share.PUBLIC)
    wanting = [county.person() for _ in range(n)]
    return Scene(
        name=name,
        writers=[[("book", _call(county.book, pool, person))] for person in wanting],
        allowed={"book": min(n, LAST)},
        rows={"book": _places_of(pool)},
    )


def _booked(county: County) -> Referral:
    return county.clinic.booked(county.pool(Kind.CLINIC, 4), of=county.person())


def _answers(county: County, n: int, referral: Referral, name: str) -> Scene:
    """All saw the same version, so whoever comes first decides, and everybody else is told that it has changed."""
    seen, clinic = {"referral_id": referral.id, "seen_version": referral.version}, county.clinic
    place, other = county.pool(Kind.CLINIC, 4).id, county.pool(Kind.CLINIC, 4).id
    answers = [
        _call(referrals.accept_and_book, pool_ids=[place], by=clinic.specialist, **seen),
        _call(referrals.decline, by=clinic.coordinator, reason="床位已满", **seen),
        _call(referrals.withdraw, by=clinic.gp, reason="不去了", **seen),
        _call(referrals.reschedule, pool_ids=[other], by=clinic.specialist, reason="改期", **seen),
    ]
    decided = Transition.objects.filter(referral=referral, step__in=["accept", "decline", "withdraw", "reschedule"])
    return Scene(
        name=name,
        writers=[[("answer", answers[i % len(answers)])] for i in range(n)],
        allowed={"answer": 1},
        rows={"answer": decided.count},
    )


def _registration(county: County, n: int) -> Scene:
    """The same person comes to 64 desks at once."""
    number = people.citizen_id()
    registrar = county.world.actor(Role.REGISTRAR)
    register = _call(residents.register, by=registrar, name="示例同一人", id_number=number, village_code=people.VILLAGE)
    return Scene(
        name="one person registered at once",
        writers=[[("register", register)] for _ in range(n)],
        allowed={"register": 1},
        rows={"register": Identifier.objects.filter(value=number, is_current=True).count},
    )


def _cancelled_and_rebooked(county: County, n: int) -> Scene:
    """The only place of a session: each writer cancels its booking, and then books the place for somebody else."""
    pool = county.pool(Kind.CLINIC, 1)
    held = county.book(pool, county.person())
    cancel: Act = ("cancel", _call(capacity.cancel, booking_id=held.id, by=county.doctor, reason="另约"))
    wanting = [county.person() for _ in range(n)]
    return Scene(
        name="one booking cancelled and rebooked",
        writers=[[cancel, ("book", _call(county.book, pool, person))] for person in wanting],
        allowed={"cancel": 1, "book": 1},
        rows={
            "cancel": BookingTransition.objects.filter(booking=held, step="cancel").count,
            "book": BookedPlace.objects.filter(pool=pool).exclude(booking=held).count,
        },
    )


def _queue(county: County, n: int) -> Scene:
    """As many examinations wait at a centre as there are doctors, and all of them ask for the next one."""
    centre = Centre(county.world)
    waiting = [_sent(county, centre).id for _ in range(n)]
    readers = [centre.another_reader() for _ in range(n)]
    return Scene(
        name=f"{n} doctors claim from one queue",
        writers=[[("claim", _call(diagnostics.claim_next, by=reader))] for reader in readers],
        allowed={"claim": n},
        rows={"claim": Order.objects.filter(id__in=waiting, state=State.CLAIMED, reader__isnull=False).count},
    )


def _sent(county: County, centre: Centre) -> Order:
    person = county.person()
    people.family_doctor(person, by=centre.gp)
    return centre.sent(of=person)


def _places_of(pool: Pool) -> Callable[[], int]:
    return BookedPlace.objects.filter(pool=pool, is_taken=True).count


def _call(service: Callable, *args: object, **named: object) -> Callable[[], object]:
    return lambda: service(*args, **named)
