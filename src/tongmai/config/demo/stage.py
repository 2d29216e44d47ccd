"""What surely waits at the demonstration's own accounts at the end, whatever chance has done with the six weeks.

At the village and the township of each town on the stage somebody was sent back to be completed, somebody comes down and
is to be received, and a follow-up is due; at the township a referral of its village is to be reviewed, and at the lead
hospital somebody waits for a machine that stands still.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tongmai.care.referrals import services as referrals
from tongmai.care.referrals.models import Referral
from tongmai.commons.capacity.models import Pool
from tongmai.commons.encounters import services as encounters
from tongmai.commons.encounters.services import DiagnosisEntry
from tongmai.config.demo.cases import CASES, RETURN_REASONS, Case
from tongmai.config.demo.clock import Deed, Diary
from tongmai.config.demo.days import Days, Town
from tongmai.config.demo.journeys import Journey, Patient
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.roles import Role


class Calm(Random):
    """Chance that lets everything go as it should; who is chosen stays open."""

    def random(self) -> float:
        return 0.99


@dataclass
class Staged(Journey):
    """A journey that takes only the steps that the stage notes for it."""

    home: Org = field(kw_only=True)  # where she comes down to

    def later(self, now: datetime, hours: float, deed, *, keeps_hours: bool = True) -> None:
        """What follows is noted by the stage."""

    def start(self, now: datetime) -> None:
        """She is seen at the sender, and sent up."""
        by = self.at(self.sender, self.sender_role, now)
        visit = encounters.start_visit(self.patient.id, by=by, complaint=self.case.complaint)
        encounters.record_diagnoses(visit.id, by=by, diagnoses=[DiagnosisEntry(code=self.case.code)])
        self.begin(visit.id, by)
        encounters.finish(visit.id, by=by)

    def send_back(self, now: datetime) -> None:
        by = self.at(self.receiver, Role.REFERRAL_COORDINATOR, now)
        referrals.return_for_information(referral_id=self.referral_id, by=by, reason=RETURN_REASONS[0])

    def ask_in_vain(self, now: datetime) -> None:
        """Accepted for a machine that stands still: the place asked for is not there, and she waits for another."""
        by = self.at(self.receiver, Role.REFERRAL_COORDINATOR, now)
        closed = Pool.objects.filter(resource__org=self.receiver, state="closed", starts_at__gt=now)
        wanted = closed.order_by("starts_at", "resource__name").first()
        if wanted is None:
            referrals.accept(referral_id=self.referral_id, by=by, note="暂无号源，已列入待排号")
        else:
            referrals.accept_and_book(referral_id=self.referral_id, by=by, pool_ids=[wanted.id])

    def admit(self, now: datetime) -> None:
        """Accepted, and there without a place kept: she came at once."""
        by = self.at(self.receiver, Role.REFERRAL_COORDINATOR, now)
        referrals.accept(referral_id=self.referral_id, by=by, note="病情急，直接来诊")
        self.arrive(now)

    def leave(self, now: datetime) -> None:
        arrived = Referral.objects.get(id=self.referral_id).arrival_encounter_id
        self.treat(now, arrived)

    def goes_to(self) -> Org:
        return self.home

    def receive_below(self, now: datetime) -> None:
        by = self.at(self.home, self.role_of(self.home), now)
        down = Referral.objects.get(parent_id=self.referral_id)
        referrals.accept(referral_id=down.id, by=by)
        received = referrals.receive(referral_id=down.id, by=by)
        encounters.finish(received.arrival_encounter_id, by=by)


def set_up(days: Days, towns: list[Town], *, now: datetime) -> None:
    """Note in the diary what leads to the work that waits in each of these towns."""
    for town in towns:
        clinic = town.clinics[0]
        of_clinic = [p for p in town.patients if p.village.id == clinic.id]
        others = [p for p in town.patients if p.village.id != clinic.id]
        # The oldest have the illnesses that the cases are about.
        people = iter([p for some in (of_clinic, others) for p in sorted(some, key=lambda p: -p.age)])
        visit, stay = _case(days, town.lead, "clinic"), _case(days, town.lead, "bed")
        for place in (clinic, town.centre):
            _one(days, town, visit, place, next(people), now, returned=3)
            _one(days, town, stay, place, next(people), now, down=5)
            _one(days, town, stay, place, next(people), now, down=9 * 24, received=8 * 24)
        _one(days, town, visit, clinic, next(people), now)
        _one(days, town, _case(days, town.lead, "exam"), town.centre, next(people), now, in_vain=2)


def _case(days: Days, lead: Org, wants: str) -> Case:
    """Return a case that this hospital has a department for, and that is no emergency."""
    return next(
        case
        for case in CASES
        if case.wants == wants and case.urgency != "emergency" and case.youngest >= 18 and days.department(lead, case)
    )


def _one(days: Days, town: Town, case: Case, place: Org, patient: Patient, now: datetime, **hours: int) -> None:
    """Note one person's way: `returned`, `in_vain`, `down` and `received` say how many hours ago that was."""
    department = days.department(town.lead, case)
    if department is None or patient.id in days.travelled:
        return
    days.travelled.add(patient.id)
    journey = Staged(
        random=Calm(7), cast=days.cast, diary=Diary(ends_before=now), patient=patient, case=case, sender=place,
        receiver=town.lead, department=department, home=place,
    )  # fmt: skip
    deeds = _deeds(journey, place, **hours)
    for ago, deed in deeds:
        days.diary.note(now - timedelta(hours=ago), deed)


def _deeds(journey: Staged, place: Org, *, returned=0, in_vain=0, down=0, received=0) -> Iterator[tuple[float, Deed]]:
    """Return what is done, each with how many hours ago, the first first."""
    review = place.level == "village" and (returned or down)
    if down:
        yield down + 100, journey.start
        if review:
            yield down + 99, journey.review
        yield down + 97, journey.admit
        yield down + 3, journey.leave
        yield down, journey.send_down
    elif returned:
        yield returned + 21, journey.start
        if review:
            yield returned + 19, journey.review
        yield returned, journey.send_back
    elif in_vain:
        yield in_vain + 5, journey.start
        yield in_vain, journey.ask_in_vain
    else:
        yield 2, journey.start
    if received:
        yield received, journey.receive_below
