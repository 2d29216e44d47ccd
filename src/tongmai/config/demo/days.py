"""The days of the demonstration: visits below, some of which go up, and people who book for themselves."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from tongmai.commons.capacity import selectors as places
from tongmai.commons.capacity import services as capacity
from tongmai.commons.capacity.errors import AlreadyBooked, Banned, NoCapacity, OneSessionAtATime
from tongmai.commons.encounters import services as encounters
from tongmai.commons.encounters.services import DiagnosisEntry
from tongmai.config.demo.cases import CASES, COMMON, Case, Common
from tongmai.config.demo.cast import Cast
from tongmai.config.demo.clock import Diary, at
from tongmai.config.demo.journeys import Journey, Patient
from tongmai.config.demo.plans import MACHINES_BY_KIND
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Department, Org
from tongmai.foundation.orgs.roles import Role

IMAGING = "32"
BROKEN = "mr"  # the kind of machine that stands still at the end
NO_CLINIC = {IMAGING, "20"}  # the emergency department takes no bookings


@dataclass
class Town:
    """A township health centre with those of its village clinics that take part, and their residents."""

    centre: Org
    lead: Org  # where its referrals go first
    clinics: list[Org]
    patients: list[Patient]


@dataclass
class Days:
    """Fills the diary, day after day."""

    random: Random
    cast: Cast
    diary: Diary
    towns: list[Town]
    visits_a_day: int
    bookings_a_day: int
    travelled: set[UUID] = field(default_factory=set)  # each resident goes up once at most
    prescribed: set[tuple[UUID, str]] = field(default_factory=set)  # what somebody takes already

    def plan(self, day: date) -> None:
        """Note the visits and bookings of one day; on Sundays there are few."""
        factor = 0.3 if day.isoweekday() == 7 else 1.0
        for _ in range(round(self.visits_a_day * factor)):
            town = self.random.choice(self.towns)
            patient = self.random.choice(town.patients)
            self.diary.note(at(day, self._hour()), lambda now, t=town, p=patient: self.visit(now, t, p))
        for _ in range(round(self.bookings_a_day * factor)):
            self.diary.note(at(day, self._hour()), self.book)

    def plan_last(self, now: datetime) -> None:
        """Note some who are sent up in the last hours, whatever the weekday: they wait on the screens."""
        for _ in range(max(len(self.towns), 10)):
            town = self.random.choice(self.towns)
            patient = self.random.choice(town.patients)
            when = now - timedelta(hours=self.random.uniform(0.2, 9))
            self.diary.note(when, lambda then, t=town, p=patient: self.visit(then, t, p, surely=self._case(p)))

    def plan_repair(self, now: datetime) -> None:
        """Note that a machine stands still for a week and a half, and who is sent up to it meanwhile: they wait for a place."""
        broken_at = at((now - timedelta(days=3)).date(), 7)
        waiting = next(case for case in CASES if case.exam == BROKEN)
        for lead in {town.lead.id: town.lead for town in self.towns}.values():
            self.diary.note(broken_at, lambda then, org=lead: self._close_machines(then, org))
        for _ in range(6):
            town = self.random.choice(self.towns)
            patient = self.random.choice([p for p in town.patients if p.age >= waiting.youngest] or town.patients)
            when = at(broken_at.date(), self.random.uniform(9, 16))
            self.diary.note(when, lambda then, t=town, p=patient: self.visit(then, t, p, surely=waiting))

    def _close_machines(self, now: datetime, org: Org) -> None:
        by = self.cast.actor(org.id, Role.RESOURCE_MANAGER, now, random=self.random)
        found = places.free_places(
            org_id=org.id, kind="exam", from_day=by.today, days=17, for_family_doctor=True, by=by, only_free=False
        )
        for place in found:
            if place.resource in MACHINES_BY_KIND[BROKEN]:
                capacity.close(pool_id=place.pool_id, reason="设备检修", by=by)

    def _hour(self) -> float:
        return self.random.triangular(7.6, 17.2, 9.5)

    def visit(self, now: datetime, town: Town, patient: Patient, *, surely: Case | None = None) -> None:
        """Somebody is seen in the village or the township, and sent up when it is more than can be done there."""
        case = surely or (self._case(patient) if self.random.random() < 0.42 else None)
        case = None if patient.id in self.travelled else case
        place = patient.village if self.random.random() < 0.45 else town.centre
        role = Journey.role_of(place)
        by = self.cast.actor(place.id, role, now, random=self.random)
        what: Case | Common = case or self.random.choice(COMMON)
        visit = encounters.start_visit(patient.id, by=by, complaint=what.complaint)
        encounters.record_vitals(visit.id, by=by, **self._vitals(patient))
        encounters.record_diagnoses(visit.id, by=by, diagnoses=[DiagnosisEntry(code=what.code)])
        if isinstance(what, Common):
            encounters.write_note(visit.id, by=by, text=what.note)
            self._medicine(patient, what, visit.id, by)
        else:
            self._send_up(what, town, patient, place, visit.id, by)
        if self.random.random() < 0.97:
            encounters.finish(visit.id, by=by)

    def _send_up(self, case: Case, town: Town, patient: Patient, sender: Org, visit_id, by: Actor) -> None:
        department = self.department(town.lead, case)
        if department is None:
            return
        journey = Journey(
            random=self.random, cast=self.cast, diary=self.diary, patient=patient, case=case, sender=sender,
            receiver=town.lead, department=department,
        )  # fmt: skip
        self.travelled.add(patient.id)
        journey.begin(visit_id, by)

    def _case(self, patient: Patient) -> Case | None:
        fitting = [case for case in CASES if patient.age >= case.youngest and (case.youngest or patient.age < 6)]
        return self.random.choice(fitting) if fitting else None

    def department(self, lead: Org, case: Case) -> Department | None:
        wanted = (IMAGING,) if case.wants == "exam" else case.departments
        offered = {department.code: department for department in lead.departments.all()}
        return next((offered[code] for code in wanted if code in offered), None)

    def _vitals(self, patient: Patient) -> dict[str, int]:
        base = 108 + min(patient.age, 80) // 2
        return {
            "systolic": self.random.randint(base - 8, base + 22),
            "diastolic": self.random.randint(64, 94),
            "pulse": self.random.randint(62, 96),
        }

    def _medicine(self, patient: Patient, what: Common, visit_id, by: Actor) -> None:
        if what.long_term is None or (patient.id, what.long_term[0]) in self.prescribed:
            return
        name, dose, frequency = what.long_term
        self.prescribed.add((patient.id, name))
        encounters.record_medication(
            patient.id, by=by, name=name, dose=dose, frequency=frequency, is_long_term=True, encounter_id=visit_id
        )

    def book(self, now: datetime) -> None:
        """Somebody books at the desk of a lead hospital, on the public share."""
        town = self.random.choice(self.towns)
        patient = self.random.choice(town.patients)
        by = self.cast.actor(town.lead.id, Role.REGISTRAR, now, random=self.random)
        kind, department_code = self._sought(town.lead)
        found = places.free_places(
            org_id=town.lead.id, kind=kind, department_code=department_code, from_day=by.today, days=5,
            for_family_doctor=False, by=by, only_free=False,
        )  # fmt: skip
        seeks_full = self.random.random() < 0.06  # she wants this very session, which has no place: that goes on record
        later = [place for place in found if place.starts_at > now and (place.free > 0) != seeks_full]
        if not later:
            return
        place = self.random.choice(later)
        try:
            booking = capacity.book_at_desk(pool_ids=[place.pool_id], resident_id=patient.id, by=by)
        except (NoCapacity, AlreadyBooked, Banned, OneSessionAtATime):
            return
        came = self.random.random() < 0.93
        when = place.starts_at + timedelta(minutes=self.random.randint(2, 80)) if came else at(place.day, 18)
        self.diary.note(when, lambda then: self.show(then, booking.id, town.lead, came=came))

    def _sought(self, lead: Org) -> tuple[str, str]:
        """Return what somebody wants who comes to the desk: a clinic of some department, or an examination."""
        if self.random.random() < 0.15:
            return "exam", IMAGING
        codes = [department.code for department in lead.departments.all() if department.code not in NO_CLINIC]
        return "clinic", self.random.choice(codes)

    def show(self, now: datetime, booking_id, org: Org, *, came: bool) -> None:
        by = self.cast.actor(org.id, Role.REGISTRAR, now, random=self.random)
        if came:
            capacity.arrive(booking_id=booking_id, by=by)
        elif self.random.random() < 0.8:
            capacity.no_show(booking_id=booking_id, by=by)
