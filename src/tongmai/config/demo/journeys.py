"""The way of one resident up and down, deed by deed, each by the person who does it in life.

Chance decides who answers when, who does not come, what is declined; whatever lies after the end of the demonstration
has not happened yet, so that every state is somebody's today.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from tongmai.care.referrals import services as referrals
from tongmai.care.referrals.consent import Given
from tongmai.care.referrals.services import Content, Findings, Item, Medicine, Plan
from tongmai.commons.capacity import selectors as places
from tongmai.commons.capacity.errors import AlreadyBooked, NoCapacity
from tongmai.commons.encounters import services as encounters
from tongmai.commons.encounters.services import DiagnosisEntry
from tongmai.config.demo.cases import DECLINE_REASONS, FOLLOW_UP_NOTES, RETURN_REASONS, WITHDRAW_REASONS, Case
from tongmai.config.demo.cast import Cast
from tongmai.config.demo.clock import Diary, at, in_hours
from tongmai.config.demo.plans import MACHINES_BY_KIND
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Department, Org
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.months import local_day


@dataclass(frozen=True)
class Patient:
    """A resident of the demonstration, as far as the play needs to know her."""

    id: UUID
    name: str
    age: int
    village: Org
    township: Org
    has_family_doctor: bool


@dataclass
class Journey:
    """One up-referral from the encounter in which it is written, with what follows."""

    random: Random
    cast: Cast
    diary: Diary
    patient: Patient
    case: Case
    sender: Org
    receiver: Org
    department: Department
    referral_id: UUID | None = None
    has_paper: bool = True

    def consent(self) -> Given:
        """Return the patient's own consent; a minor's parent gives it."""
        if self.patient.age < 18:
            return Given(relation="parent", how="signature", agreed_name="家长")
        return Given(relation="self", how="signature", agreed_name=self.patient.name)

    def begin(self, encounter_id: UUID, by: Actor) -> None:
        """Write the referral at the end of the encounter, and send it."""
        draft = referrals.save_draft(
            content=Content(
                receiver_id=self.receiver.id,
                receiver_department_id=self.department.id,
                diagnosis_code=self.case.code,
                reason=self.case.reason,
                summary=f"{self.case.complaint}。查体及基层处理见就诊记录。",
                urgency=self.case.urgency,
                wants=self.case.wants,
                source_encounter_id=encounter_id,
            ),
            by=by,
            resident_id=self.patient.id,
            consent_given=self.consent(),
        )
        self.referral_id = draft.id
        if self.random.random() < 0.03:
            return  # still a draft: the next patient came in
        sent = referrals.submit(referral_id=draft.id, by=by)
        if sent.state == "reviewing":
            self.later(by.now, self.random.uniform(0.3, 5) * self.patience(by.now), self.review)
        elif sent.state == "accepted":
            self.later(by.now, self.random.uniform(0.7, 2), self.arrive, keeps_hours=False)
        else:
            self.wait_for_answer(by.now)

    def later(self, now: datetime, hours: float, deed, *, keeps_hours: bool = True) -> None:
        self.diary.note(in_hours(now, hours) if keeps_hours else now + timedelta(hours=hours), deed)

    def review(self, now: datetime) -> None:
        by = self.at(self.patient.township, Role.GENERAL_PRACTITIONER, now)
        if self.random.random() < 0.06:
            referrals.send_back(referral_id=self.referral_id, by=by, reason="请先完善心电图再转")
            self.later(now, self.random.uniform(2, 20), self.supplement)
            return
        referrals.approve_review(referral_id=self.referral_id, by=by, note="同意上转")
        self.wait_for_answer(now)

    def wait_for_answer(self, now: datetime) -> None:
        hours = {"emergency": 0.3, "urgent": 1.5}.get(self.case.urgency, 7) * self.random.expovariate(1)
        self.later(now, min(hours, 60) * self.patience(now), self.answer)

    def patience(self, now: datetime) -> float:
        """The last two days are played slowly, so that there is something of everything to answer on the screens."""
        return 5 if now > self.diary.ends_before - timedelta(hours=48) else 1

    def answer(self, now: datetime) -> None:
        chance = self.random.random()
        if chance < 0.05:
            by = self.at(self.receiver, Role.REFERRAL_COORDINATOR, now)
            referrals.return_for_information(
                referral_id=self.referral_id, by=by, reason=self.random.choice(RETURN_REASONS)
            )
            self.later(now, self.random.uniform(1, 30), self.supplement)
        elif chance < 0.10 and self.case.urgency == "routine":
            by = self.specialist(now)
            referrals.decline(referral_id=self.referral_id, by=by, reason=self.random.choice(DECLINE_REASONS))
            self.later(now, self.random.uniform(2, 40), self.note_decline)
        elif chance < 0.12:
            by = self.at(self.sender, self.sender_role, now)
            referrals.withdraw(referral_id=self.referral_id, by=by, reason=self.random.choice(WITHDRAW_REASONS))
        else:
            self.accept(now)

    def supplement(self, now: datetime) -> None:
        by = self.at(self.sender, self.sender_role, now)
        sent = referrals.submit(referral_id=self.referral_id, by=by)
        if sent.state == "reviewing":
            self.later(now, self.random.uniform(0.3, 4), self.review)
        else:
            self.wait_for_answer(now)

    def note_decline(self, now: datetime) -> None:
        referrals.note_decline(referral_id=self.referral_id, by=self.at(self.sender, self.sender_role, now))

    def accept(self, now: datetime) -> None:
        by = self.at(self.receiver, Role.REFERRAL_COORDINATOR, now)
        pool_ids, day = self.place(by)
        if not pool_ids:
            referrals.accept(referral_id=self.referral_id, by=by, note="暂无号源，已列入待排号")
            self.later(now, self.random.uniform(20, 60), self.book)
            return
        try:
            taken = referrals.accept_and_book(referral_id=self.referral_id, by=by, pool_ids=pool_ids)
        except AlreadyBooked:  # she has booked this very session herself
            taken = referrals.accept(referral_id=self.referral_id, by=by)
        self.expect(taken.state, day, now)

    def book(self, now: datetime) -> None:
        by = self.at(self.receiver, Role.REFERRAL_COORDINATOR, now)
        pool_ids, day = self.place(by)
        if not pool_ids:
            self.later(now, 24, self.book)
            return
        try:
            taken = referrals.book(referral_id=self.referral_id, by=by, pool_ids=pool_ids)
        except (AlreadyBooked, NoCapacity):  # what is left is kept for those whom their own family doctor sends
            self.later(now, 24, self.book)
            return
        self.expect(taken.state, day, now)

    def place(self, by: Actor) -> tuple[list[UUID], datetime | None]:
        """Return the pools of a free place of the wished kind within ten days, and its start."""
        asked = {
            "org_id": self.receiver.id,
            "from_day": by.today + timedelta(days=0 if self.case.urgency != "routine" else 1),
            "days": 10,
            "for_family_doctor": self.patient.has_family_doctor,
            "by": by,
        }
        if self.case.wants == "bed":
            stays = places.free_stays(nights=self.random.randint(4, 8), department_code=self.department.code, **asked)
            stays = stays[: self.random.randint(1, 3)]
            return (stays[-1].pool_ids, stays[-1].days[0].starts_at) if stays else ([], None)
        found = places.free_places(kind=self.case.wants, department_code=self.department.code, **asked)
        fitting = [place for place in found if place.starts_at > by.now and self._fits(place)]
        chosen = self.random.choice(fitting[:6]) if fitting else None
        return ([chosen.pool_id], chosen.starts_at) if chosen else ([], None)

    def _fits(self, place: places.FreePlace) -> bool:
        return self.case.wants != "exam" or place.resource in MACHINES_BY_KIND[self.case.exam]

    def expect(self, state: str, day: datetime | None, now: datetime) -> None:
        """The booked day comes: most arrive, some do not."""
        if state != "booked" or day is None:
            self.later(now, 24, self.book)
            return
        if self.random.random() < 0.07:
            self.diary.note(at(local_day(day), 33 if self.case.wants == "bed" else 17.9), self.miss)
        else:
            self.diary.note(max(day, now) + timedelta(minutes=self.random.randint(5, 100)), self.arrive)

    def miss(self, now: datetime) -> None:
        by = self.at(self.receiver, Role.REFERRAL_COORDINATOR, now)
        referrals.miss(referral_id=self.referral_id, by=by)
        self.later(now, self.random.uniform(14, 40), self.book if self.random.random() < 0.6 else self.give_up)

    def give_up(self, now: datetime) -> None:
        by = self.at(self.sender, self.sender_role, now)
        referrals.withdraw(referral_id=self.referral_id, by=by, reason=self.random.choice(WITHDRAW_REASONS))

    def arrive(self, now: datetime) -> None:
        by = self.specialist(now)
        arrived = referrals.arrive(referral_id=self.referral_id, by=by)
        encounter_id = arrived.arrival_encounter_id
        encounters.record_diagnoses(encounter_id, by=by, diagnoses=[DiagnosisEntry(code=self.case.code)])
        days = self.random.uniform(3, 8) if self.case.wants == "bed" else self.random.uniform(0.05, 0.2)
        if self.case.urgency == "emergency":
            self.has_paper = False
            self.later(now, self.random.uniform(3, 20), self.bring_paper)
        self.diary.note(now + timedelta(days=days), lambda when: self.treat(when, encounter_id))

    def bring_paper(self, now: datetime) -> None:
        referrals.complete_paperwork(
            referral_id=self.referral_id,
            summary=f"{self.case.complaint}。急诊先行转送，现补全资料。",
            consent_given=Given(
                relation="parent" if self.patient.age < 18 else "child",
                how="oral",
                agreed_name="家属",
                witness="值班护士",
            ),
            by=self.at(self.sender, self.sender_role, now),
        )
        self.has_paper = True

    def treat(self, now: datetime, encounter_id: UUID) -> None:
        by = self.specialist(now)
        if self.case.wants == "bed":
            encounters.discharge(encounter_id, by=by, summary=self.case.outcome)
        else:
            encounters.write_note(encounter_id, by=by, text=self.case.outcome)
        referrals.treat(referral_id=self.referral_id, by=by, note=self.case.outcome[:60])
        if self.case.group and self.random.random() < 0.75:
            self.later(now, self.random.uniform(0.2, 8), self.send_down)
        else:
            self.later(now, self.random.uniform(1, 30), self.close)

    def close(self, now: datetime) -> None:
        if not self.has_paper:
            self.later(now, 12, self.close)
            return
        referrals.close(referral_id=self.referral_id, by=self.specialist(now), note="已回复基层")

    def send_down(self, now: datetime) -> None:
        by = self.specialist(now)
        goes_to = self.goes_to()
        down = referrals.send_down(
            plan=Plan(
                receiver_id=goes_to.id,
                group=self.case.group,
                diagnosis_code=self.case.code,
                discharge_summary=self.case.outcome,
                reason="病情稳定，转回基层继续康复和随访",
                red_flags="胸痛、气促、发热、伤口渗液或原有症状加重，立即联系家庭医生或拨打急救电话",
                discharged_on=by.today,
                medicines=[Medicine(name=n, dose=d, frequency=f, days=28) for n, d, f in self.case.medicines],
                items=[
                    Item(text=text, who="village", due_on=by.today + timedelta(days=7 * (i + 1)))
                    for i, text in enumerate(self.case.items)
                ],
            ),
            by=by,
            up_id=self.referral_id,
            consent_given=self.consent(),
        )
        referrals.submit_down(referral_id=down.id, by=by)
        hours = self.random.uniform(1, 40) * self.patience(now)
        self.later(now, hours, lambda when: self.take_back(when, down.id, goes_to))
        self.later(now, self.random.uniform(2, 30), self.close)

    def goes_to(self) -> Org:
        """Return who receives her: her village or her township."""
        return self.patient.village if self.random.random() < 0.5 else self.patient.township

    def take_back(self, now: datetime, down_id: UUID, org: Org) -> None:
        by = self.at(org, self.role_of(org), now)
        if self.random.random() < 0.05:
            referrals.return_for_information(referral_id=down_id, by=by, reason="请补充出院带药的用法用量")
            self.later(now, self.random.uniform(1, 30), lambda when: self.offer_again(when, down_id, org))
            return
        referrals.accept(referral_id=down_id, by=by)
        self.later(now, self.random.uniform(4, 60), lambda when: self.receive(when, down_id, org))

    def offer_again(self, now: datetime, down_id: UUID, org: Org) -> None:
        referrals.submit_down(referral_id=down_id, by=self.specialist(now))
        self.later(now, self.random.uniform(1, 30), lambda when: self.take_back(when, down_id, org))

    def receive(self, now: datetime, down_id: UUID, org: Org) -> None:
        by = self.at(org, self.role_of(org), now)
        referral = referrals.receive(referral_id=down_id, by=by)
        encounters.finish(referral.arrival_encounter_id, by=by)
        for follow_up in referral.follow_ups.order_by("number"):
            when = at(follow_up.due_on, self.random.uniform(8, 17)) + timedelta(
                days=self.random.choice((0, 0, 0, 1, 3))
            )
            self.diary.note(when, lambda then, one=follow_up.id: self.follow_up(then, one, down_id, org))

    def follow_up(self, now: datetime, follow_up_id: UUID, down_id: UUID, org: Org) -> None:
        if self.random.random() < 0.12:
            return  # forgotten: it shows on the worklist
        by = self.at(org, self.role_of(org), now)
        done = referrals.record_follow_up(
            follow_up_id=follow_up_id,
            findings=Findings(
                result=self.random.choices(("better", "stable"), (3, 2))[0],
                way=self.random.choice(("home", "clinic", "phone")),
                note=self.random.choice(FOLLOW_UP_NOTES),
                systolic_mmhg=self.random.randint(112, 152),
                diastolic_mmhg=self.random.randint(66, 92),
                takes_medicines=True,
            ),
            by=by,
        )
        if not done.referral.follow_ups.filter(done_at__isnull=True, dropped_at__isnull=True).exists():
            referrals.finish(referral_id=down_id, by=by, note="随访完成，恢复良好")

    def at(self, org: Org, role: Role, now: datetime) -> Actor:
        return self.cast.actor(org.id, role, now, random=self.random)

    def specialist(self, now: datetime) -> Actor:
        return self.cast.actor(
            self.receiver.id, Role.SPECIALIST, now, random=self.random, department=self.department.id
        )

    @property
    def sender_role(self) -> Role:
        return self.role_of(self.sender)

    @staticmethod
    def role_of(org: Org) -> Role:
        return Role.VILLAGE_DOCTOR if org.level == "village" else Role.GENERAL_PRACTITIONER
