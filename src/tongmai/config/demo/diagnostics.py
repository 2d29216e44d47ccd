"""A working day of the county's centres: orders of several townships in every state of the thread, agreements and a roster."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from random import Random
from uuid import UUID

from tongmai.care.diagnostics import services
from tongmai.care.diagnostics.models import Order
from tongmai.care.diagnostics.services import Wanted
from tongmai.commons.residents import access as residents
from tongmai.config.demo.cast import Cast
from tongmai.config.demo.days import Town
from tongmai.config.demo.journeys import Patient
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.sessions import actor_in

# Item, question, urgency, how far it comes, minutes since it was ordered.
Play = tuple[str, str, str, str, int]
PLAY: tuple[Play, ...] = (
    ("dr-chest-pa", "咳嗽、咳痰两周，排除肺部感染", "routine", "published", 300),
    ("ecg-12", "活动后胸闷一周", "routine", "published", 240),
    ("dr-lspine", "腰痛伴右下肢麻木", "routine", "amended", 1500),
    ("dr-knee", "膝关节外伤后肿痛", "urgent", "preliminary", 90),
    ("ct-head", "突发头痛、呕吐，排除出血", "emergency", "claimed", 40),
    ("ecg-12", "心悸，脉律不齐", "urgent", "sent", 14),
    ("dr-chest-2", "胸痛一天", "urgent", "sent", 70),
    ("dr-abdomen", "腹痛、腹胀，排除梗阻", "urgent", "rejected", 55),
    ("us-abdomen", "上腹不适，体检", "routine", "performed", 30),
    ("dr-chest-pa", "慢阻肺复查", "routine", "ordered", 20),
    ("ct-chest", "胸片示右肺结节，进一步检查", "routine", "ordered", 12),
)
WRITTEN = {
    "dr-chest-pa": (
        [("肺野", "右下肺纹理增多，可见斑片影。"), ("膈肌", "双膈光滑。")],
        "右下肺感染可能，建议治疗后复查。",
    ),
    "ecg-12": ([("心律", "窦性心律。"), ("ST-T", "V4–V6导联T波低平。")], "窦性心律，T波改变，请结合临床。"),
    "dr-lspine": ([("椎体", "腰4、5椎体缘骨质增生。"), ("椎间隙", "腰5骶1间隙变窄。")], "腰椎退行性改变。"),
}
NORMAL = ([("所见", "未见明显异常。")], "未见明显异常。")
FOR = ("imaging", "ecg")


def build(cast: Cast, towns: list[Town], *, now: datetime) -> None:
    """Sign the agreements, set the roster, and let each town's people order, perform and report."""
    services.load_starter(by=Actor.system(now=now))
    for lead in {town.lead.id: town.lead for town in towns}.values():
        if cast.has(lead.id, Role.MANAGER) and cast.has(lead.id, Role.REPORTING_DOCTOR):
            _Centre(cast, [town for town in towns if town.lead.id == lead.id], now).open()
    services.escalate_due(Actor.system(now=now))


@dataclass
class _Centre:
    cast: Cast
    towns: list[Town]
    now: datetime

    def open(self) -> None:
        self._agree()
        patients = self._patients()
        for play in PLAY:
            found = next(((town, each) for town, each in patients if self._knows(town, each)), None)
            if found is not None:
                self._one(play, *found)

    def _agree(self) -> None:
        lead = self.towns[0].lead
        manager = self._actor(lead.id, Role.MANAGER, self.now - timedelta(days=60))
        sites = [lead, *(org for town in self.towns for org in (town.centre, *town.clinics))]
        for site_id in {site.id: None for site in sites}:
            for category in FOR:
                services.set_agreement(site_id=site_id, category=category, starts_on=manager.today, by=manager)
        for reader in self._readers(lead.id, self.now):
            for category in FOR:
                services.set_duty(
                    staff_id=reader.staff_id, category=category, starts_at=self.now - timedelta(hours=6),
                    ends_at=self.now + timedelta(hours=6), by=manager.at(self.now - timedelta(hours=7)),
                )  # fmt: skip

    def _one(self, play: Play, town: Town, patient: Patient) -> None:
        item_code, question, priority, ends, minutes = play
        begin = self.now - timedelta(minutes=minutes)
        doctor = self._doctor(town, begin)
        checks = catalog.examination_item(item_code, doctor.today).checks.split()
        wanted = Wanted(item_code, question, priority, answers=dict.fromkeys(checks, "no"))
        order = services.place(patient.id, wanted=wanted, by=doctor)
        step = timedelta(minutes=minutes) / 8
        for n, (name, deed) in enumerate(self._deeds(order, town, ends), start=1):
            if ends == "ordered":
                return
            deed(begin + n * step)
            if name == ends:
                return

    def _deeds(self, order: Order, town: Town, ends: str) -> list[tuple[str, Callable[[datetime], object]]]:
        technician = self._actor(town.centre.id, Role.TECHNICIAN, self.now)
        first, second = self._readers(town.lead.id, self.now)
        way: list[tuple[str, Callable[[datetime], object]]] = [
            ("performed", lambda at: services.perform(order.id, by=technician.at(at))),
            ("sent", lambda at: services.send(order.id, by=technician.at(at))),
        ]
        if ends == "rejected":
            return [*way, ("rejected", lambda at: services.reject(order.id, reasons=["motion"], by=first.at(at)))]
        return [
            *way,
            ("claimed", lambda at: services.claim(order.id, by=first.at(at))),
            ("preliminary", lambda at: self._written(order, first.at(at))),
            ("published", lambda at: self._verified(order, second.at(at))),
            ("amended", lambda at: self._amended(order, first.at(at), second.at(at))),
        ]

    def _written(self, order: Order, reader: Actor) -> None:
        lines, conclusion = WRITTEN.get(order.item_code, NORMAL)
        services.save_draft(
            order.id, lines=lines, conclusion=conclusion, is_abnormal=order.item_code in WRITTEN, by=reader
        )
        services.submit_report(order.id, by=reader)

    def _verified(self, order: Order, reader: Actor) -> None:
        order.refresh_from_db()
        if order.state == "preliminary":
            services.verify(order.id, by=reader)

    def _amended(self, order: Order, first: Actor, second: Actor) -> None:
        services.amend(order.id, by=first, reason="补充骶髂关节所见")
        lines, conclusion = WRITTEN[order.item_code]
        services.save_draft(
            order.id, lines=[*lines, ("骶髂关节", "骶髂关节面光整。")], conclusion=f"{conclusion}骶髂关节未见异常。",
            is_abnormal=True, by=first,
        )  # fmt: skip
        services.submit_report(order.id, by=first)
        self._verified(order, second)

    def _patients(self) -> Iterator[tuple[Town, Patient]]:
        """Grown residents: every second of the first town, where the demonstration's accounts work, the others in turn."""
        able = [town for town in self.towns if self.cast.has(town.centre.id, Role.TECHNICIAN)]
        first, *others = [[(town, each) for each in town.patients if each.age >= 18] for town in able] or [[]]
        elsewhere = (found for turn in zip(*others, strict=False) for found in turn)
        for one, other in zip_longest(first, elsewhere):
            yield from (found for found in (one, other) if found is not None)

    def _knows(self, town: Town, patient: Patient) -> bool:
        """Whether the township's doctor has reason to open her record."""
        return residents.may_open(patient.id, by=self._doctor(town, self.now))

    def _doctor(self, town: Town, now: datetime) -> Actor:
        return self._actor(town.centre.id, Role.GENERAL_PRACTITIONER, now)

    def _readers(self, org_id: UUID, now: datetime) -> tuple[Actor, Actor]:
        """Who writes and who verifies."""
        posts = self.cast.posts[org_id, Role.REPORTING_DOCTOR]
        first, last = (
            actor_in(post, user_id=self.cast.users[post.staff_id], now=now) for post in (posts[0], posts[-1])
        )
        return first, last

    def _actor(self, org_id: UUID, role: Role, now: datetime) -> Actor:
        return self.cast.actor(org_id, role, now, random=Random(3))
