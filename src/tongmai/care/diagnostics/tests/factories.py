"""The smallest valid examination in each state, made by the services: what a test finds could have happened."""

from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from tongmai.care.diagnostics import services
from tongmai.care.diagnostics.models import Order, ServiceAgreement
from tongmai.care.diagnostics.services import Wanted
from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.catalog.models import ExaminationItem
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Department, Org, Post, Staff
from tongmai.foundation.orgs.sessions import actor_in
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.foundation.orgs.tests.factories import CountyWorld, county_world

ITEMS = (
    ("dr-chest-pa", "胸部正位DR", "imaging", "DX", "胸部", "pregnancy"),
    ("ct-head", "头颅CT平扫", "imaging", "CT", "头颅", "pregnancy"),
    ("ecg-12", "十二导联心电图", "ecg", "ECG", "心脏", ""),
)
_numbers = count(1)


def items() -> None:
    """Put three examinations into the catalogue."""
    ExaminationItem.objects.bulk_create(
        ExaminationItem(
            code=code, name=name, search=f"|{name}|", source="测试", starts_on=date(2020, 1, 1), category=category,
            modality=modality, body_part=part, checks=checks,
        )
        for code, name, category, modality, part, checks in ITEMS
    )  # fmt: skip


def licensed(actor: Actor) -> Actor:
    """Give the actor's person a licence."""
    Staff.objects.filter(id=actor.staff_id).update(licence_number=f"110340199{next(_numbers):06}")
    return actor


def another(role: str, *, at: Org, now: Any, department: Department | None = None) -> Actor:
    """Return a further person in a role, with a licence."""
    person = orgs.staff(f"示例医生{next(_numbers)}", at=at)
    account = orgs.user(person)
    post = Post.objects.create(staff=person, org=at, department=department, role=role, starts_on=date(2020, 1, 1))
    return licensed(actor_in(post, user_id=account.id, now=now))


@dataclass
class Centre:
    """A county, its people, and what they do to examinations.  The usual way: township GP → township technician →
    the county hospital's readers."""

    world: CountyWorld
    resident: Resident = field(default_factory=residents.resident)
    is_family_doctor: bool = True  # the GP is hers; where somebody has signed with her, she is already

    def __post_init__(self) -> None:
        items()
        self.gp: Actor = self.world.actor("general_practitioner")
        self.technician: Actor = self.world.actor("technician")
        self.reader: Actor = licensed(self.world.actor("reporting_doctor"))
        self.second: Actor = self.another_reader()
        self.director: Actor = self.world.actor("manager")
        self.stranger: Actor = self.world.actor("specialist", org=self.world.stranger)
        if self.is_family_doctor:
            residents.family_doctor(self.resident, by=self.gp)
        for category in ("imaging", "ecg"):
            self.agree(self.world.township, category)

    def agree(self, site: Org, category: str, **fields: Any) -> ServiceAgreement:
        values = {
            "centre": self.world.lead, "site": site, "category": category, "starts_on": date(2020, 1, 1), "set_at": self.world.now,
        }  # fmt: skip
        return ServiceAgreement.objects.create(**(values | fields))

    def another_reader(self) -> Actor:
        return another("reporting_doctor", at=self.world.lead, now=self.world.now)

    def wanted(self, item_code: str = "dr-chest-pa", **changes: Any) -> Wanted:
        values: dict[str, Any] = {
            "item_code": item_code,
            "clinical_question": "咳嗽两周，排除肺炎",
            "answers": {"pregnancy": "no"},
        }
        return Wanted(**(values | changes))

    def ordered(self, *, of: Resident | None = None, by: Actor | None = None, **changes: Any) -> Order:
        return services.place((of or self.resident).id, wanted=self.wanted(**changes), by=by or self.gp)

    def performed(self, **changes: Any) -> Order:
        return services.perform(self.ordered(**changes).id, by=self.technician)

    def sent(self, **changes: Any) -> Order:
        return services.send(self.performed(**changes).id, by=self.technician)

    def claimed(self, *, reader: Actor | None = None, **changes: Any) -> Order:
        return services.claim(self.sent(**changes).id, by=reader or self.reader)

    def written(self, **changes: Any) -> Order:
        order = self.claimed(**changes)
        services.save_draft(order.id, lines=[("肺野", "双肺纹理清晰")], conclusion="未见明显异常", by=self.reader)
        return order

    def preliminary(self, **changes: Any) -> Order:
        return services.submit_report(self.written(**changes).id, by=self.reader)

    def published(self, **changes: Any) -> Order:
        return services.verify(self.preliminary(**changes).id, by=self.second)


def centre() -> Centre:
    """Return the smallest county in which examinations happen."""
    return Centre(county_world())
