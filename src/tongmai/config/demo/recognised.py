"""Two months at the order screen: what the townships examined at the hospital, and the hospital's results below.

Most of it is recognised; for each of the six reasons something is examined anew.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from tongmai.commons.encounters import services as encounters
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.encounters.services import DiagnosisEntry
from tongmai.commons.recognition import asking, services
from tongmai.commons.recognition.choices import Choice, Reason
from tongmai.commons.recognition.services import Wish
from tongmai.commons.results import services as results
from tongmai.config.demo.cast import Cast
from tongmai.config.demo.clock import at
from tongmai.config.demo.days import Town
from tongmai.config.demo.examined import examined
from tongmai.config.demo.journeys import Patient
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.roles import Role

RECOGNISED, LEFT = "recognised", ""  # what becomes of an offer that no reason is given against
UP, DOWN = "up", "down"  # a township's result at the hospital, the hospital's at a township

# Days ago, the item, whose result it is, what is decided.
CASES = (
    (40, "lab-glucose", UP, RECOGNISED), (38, "dr-chest-pa", UP, RECOGNISED), (37, "ct-chest", DOWN, RECOGNISED),
    (35, "lab-cbc", UP, Reason.CHANGES_FAST), (34, "lab-hba1c", DOWN, RECOGNISED), (33, "lab-lipid", DOWN, RECOGNISED),
    (31, "dr-chest-pa", UP, Reason.CONFLICT), (30, "lab-glucose", UP, RECOGNISED), (29, "ct-chest", DOWN, RECOGNISED),
    (26, "lab-cbc", UP, RECOGNISED), (24, "lab-glucose", UP, Reason.EMERGENCY), (22, "lab-hba1c", DOWN, RECOGNISED),
    (19, "ct-chest", DOWN, Reason.OTHER_NEED), (17, "lab-glucose", UP, RECOGNISED), (16, "dr-chest-pa", UP, RECOGNISED),
    (15, "lab-lipid", DOWN, LEFT), (13, "lab-cbc", UP, Reason.BEFORE_MAJOR), (12, "lab-hba1c", DOWN, RECOGNISED),
    (10, "ct-chest", DOWN, RECOGNISED), (9, "dr-chest-pa", UP, Reason.APPRAISAL), (8, "lab-glucose", UP, RECOGNISED),
    (6, "lab-cbc", UP, RECOGNISED), (5, "lab-glucose", UP, Reason.CONFLICT), (4, "lab-hba1c", DOWN, RECOGNISED),
    (3, "dr-chest-pa", UP, RECOGNISED), (2, "ct-chest", DOWN, RECOGNISED), (1, "lab-glucose", UP, RECOGNISED),
)  # fmt: skip
EXPLAINED = {
    Reason.CONFLICT: "症状加重，与两天前的结果不符，需要再查一次",
    Reason.CHANGES_FAST: "发热两天后出血点增多，血象变化快，须看今天的",
    Reason.BEFORE_MAJOR: "明日手术，术前以当日的结果为准",
    Reason.EMERGENCY: "急诊意识模糊，先按急诊复查",
    Reason.APPRAISAL: "伤残鉴定要求由本机构出具",
    Reason.OTHER_NEED: "放疗定位须用同一台机器的图像",
}
COMPLAINTS = {"dr-chest-pa": "咳嗽、咳痰一周", "ct-chest": "胸片示结节，复诊", "lab-cbc": "发热、乏力三天"}


@dataclass(frozen=True)
class _Case:
    """One person at one order screen."""

    patient: Patient
    item_code: str
    maker: Org
    decider: Org
    decided: str
    number: str


def build(cast: Cast, towns: list[Town], *, now: datetime) -> None:
    """Play the cases in the first chain, one person each, as long as there are people."""
    chain = [town for town in towns if town.lead.id == towns[0].lead.id]
    people = [(town, each) for town in chain for each in [p for p in town.patients if 30 <= p.age < 80][2:]]
    for n, (days, item_code, way, decided) in enumerate(CASES):
        if not people:
            return
        town, patient = people.pop(n * 7 % len(people))
        maker, decider = (town.centre, town.lead) if way == UP else (town.lead, town.centre)
        case = _Case(patient, item_code, maker, decider, decided, f"DEMOHR{n + 1:05}")
        _play(case, at((now - timedelta(days=days)).date(), 8.5 + n % 7), cast)


def _play(case: _Case, when: datetime, cast: Cast) -> None:
    taken_at = when - timedelta(days=1, hours=3)
    examined(case.patient.id, case.maker, case.item_code, number=case.number, at=taken_at)
    role = Role.SPECIALIST if case.decider.level == Org.Level.COUNTY else Role.GENERAL_PRACTITIONER
    by = cast.actor(case.decider.id, role, when, random=Random(case.number))
    visit = encounters.start_visit(case.patient.id, by=by, complaint=COMPLAINTS.get(case.item_code, "糖尿病复诊"))
    encounters.record_diagnoses(visit.id, by=by, diagnoses=[DiagnosisEntry(code="R53.x00x002")])
    found = asking.check(case.patient.id, item_code=case.item_code, by=by)
    services.note_shown(case.patient.id, found=found, by=by)
    if found.offers and case.decided:
        _decided(case, found.offers[0].report_id, visit, by.at(when + timedelta(minutes=3)))
    encounters.finish(visit.id, by=by.at(when + timedelta(minutes=12)))


def _decided(case: _Case, report_id: UUID, visit: Encounter, by: Actor) -> None:
    about = {"item_code": case.item_code, "report_id": report_id, "encounter_id": visit.id}
    if case.decided == RECOGNISED:
        services.decide(case.patient.id, wish=Wish(choice=Choice.RECOGNISED, **about), by=by)
        return
    reason, order = Reason(case.decided), case.number.replace("HR", "AN")
    ordered = {"number": order, "status": "completed", "name": "复查", "encounter_id": visit.id, "requester": by.name}
    results.store_request(case.patient.id, org_id=case.decider.id, facts=ordered, by=Actor.system(now=by.now))
    wish = Wish(
        choice=Choice.ORDERED, reason=reason, explanation=EXPLAINED[reason], is_agreed=True, order_number=order, **about
    )
    services.decide(case.patient.id, wish=wish, by=by)
    examined(case.patient.id, case.decider, case.item_code, number=order, at=by.now + timedelta(hours=1))
