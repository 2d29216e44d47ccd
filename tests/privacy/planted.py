"""The county that was lived in, with a person whose every text is unmistakable wherever it turns up."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests import living
from tongmai.care.referrals import services as referrals
from tongmai.care.referrals.services import Findings
from tongmai.commons.capacity import services as capacity
from tongmai.commons.capacity.tests import factories as places
from tongmai.commons.encounters import services as encounters
from tongmai.commons.encounters.services import DiagnosisEntry
from tongmai.commons.residents import services as residents
from tongmai.commons.residents.tests import factories as people
from tongmai.exchange.hl7v2.tests import samples
from tongmai.exchange.services import imports, messages
from tongmai.foundation.audit import worker
from tongmai.foundation.audit.events import all_events
from tongmai.foundation.audit.tests.factories import heard_by
from tongmai.foundation.orgs.actors import Actor

# Her diagnosis, of which the pages of the catalogue know the name as well.
CODE, DIAGNOSIS = "S72.000", "股骨颈骨折"

PERSONAL = {
    "name": "示例欧阳铎", "phone": "13955512345", "address": "标址七组九号", "holder": "示例机主戊", "guardian": "示例监护己",
    "card": "H340199777001", "agreed": "示例同意庚",
}  # fmt: skip

CLINICAL = {
    "complaint": "标诉夜间盗汗", "note": "标注病程所见", "amended": "标改病程补记", "why amended": "标由补记缘由",
    "allergy": "标敏药物丙", "reaction": "标应皮疹丁", "medicine": "标药胶囊戊", "reason": "标因上转缘由", "summary": "标要病情摘要",
    "cancelled": "标消预约缘由", "moved": "标移改期缘由", "declined": "标拒不收缘由", "discharge": "标归出院小结",
    "red flags": "标险报警征象", "instruction": "标嘱康复事项", "finding": "标访随访所见", "rejected": "标退拒收缘由",
    "refuted": "标否过敏排除", "diagnosis": DIAGNOSIS,
}  # fmt: skip


@dataclass
class Planted:
    """The county, and what of her is written in it."""

    lived: living.Living
    person: Any
    id_number: str

    @property
    def world(self) -> Any:
        return self.lived.world

    def personal(self) -> list[str]:
        return [*PERSONAL.values(), self.id_number]

    def everything(self) -> list[str]:
        """All that no log, address or file of failures may hold."""
        return [*self.personal(), *CLINICAL.values()]


def plant() -> Planted:
    """Return the county after she was registered, treated, referred up and down, booked and followed."""
    lived = living.lived_in()
    number = people.citizen_id()
    clinic = lived.clinic
    her = people.resident(
        PERSONAL["name"], id_number=number, phone=PERSONAL["phone"], address=PERSONAL["address"],
        by=clinic.gp,
    )  # fmt: skip
    planted = Planted(lived, her, number)
    _identify(clinic, her)
    _treat(clinic, her)
    _refer(clinic, her)
    _book(clinic, her)
    _exchange(clinic, her)
    lived.objects |= {"resident_id": her.id}
    fail(planted)
    while worker.deliver_due(now=lived.world.now, actor=Actor.system):
        pass
    return planted


def fail(planted: Planted) -> None:
    """Let a subscriber choke on an event of hers with all her data in its mouth, until the delivery is parked."""
    mouthful = " ".join(planted.everything())

    def chokes(event: Any, key: str, by: Actor) -> None:
        try:
            raise KeyError(mouthful)
        except KeyError as first:
            raise ValueError(f"cannot take {mouthful}") from first

    gp, now = planted.lived.clinic.gp, planted.world.now
    with heard_by(chokes, event_class=all_events()["encounters.EncounterStarted"]):
        encounters.start_visit(planted.person.id, by=gp.at(now + timedelta(minutes=1)), complaint=CLINICAL["complaint"])
        for tries in range(12):
            worker.deliver_due(now=now + timedelta(hours=2 * tries), actor=Actor.system)
    worker.run_jobs([failing_job(mouthful)], now=now, actor=Actor.system)


def failing_job(mouthful: str) -> worker.Job:
    """Return a job that fails over what it read."""

    def fails(by: Actor) -> None:
        raise ValueError(mouthful)

    return worker.Job(name="tests.failing", title="示例", every=timedelta(hours=1), work=fails)


def _identify(clinic: Any, her: Any) -> None:
    gp = clinic.gp
    residents.add_phone(her.id, by=gp, number="13955567890", whose="spouse", holder_name=PERSONAL["holder"])
    residents.add_guardian(her.id, by=gp, name=PERSONAL["guardian"], relation="child")
    residents.issue_medium(her.id, by=gp, kind="health_card", number=PERSONAL["card"])
    residents.add_tag(her.id, by=gp, kind="hypertension")


def _treat(clinic: Any, her: Any) -> None:
    gp = clinic.gp
    visit = encounters.start_visit(her.id, by=gp, complaint=CLINICAL["complaint"])
    encounters.record_diagnoses(visit.id, by=gp, diagnoses=[DiagnosisEntry(CODE)])
    note = encounters.write_note(visit.id, by=gp, text=CLINICAL["note"])
    encounters.amend_note(note.id, by=gp, text=CLINICAL["amended"], reason=CLINICAL["why amended"], version=1)
    allergy = encounters.add_allergy(her.id, by=gp, substance=CLINICAL["allergy"], reaction=CLINICAL["reaction"])
    encounters.refute_allergy(allergy.id, by=gp, reason=CLINICAL["refuted"])
    encounters.record_medication(her.id, by=gp, name=CLINICAL["medicine"], is_long_term=True)
    encounters.open_episode(her.id, by=gp, code=CODE, encounter_id=visit.id)


def _refer(clinic: Any, her: Any) -> None:
    content = {"of": her, "diagnosis_code": CODE, "reason": CLINICAL["reason"], "summary": CLINICAL["summary"]}
    plan = {
        "diagnosis_code": CODE, "discharge_summary": CLINICAL["discharge"], "red_flags": CLINICAL["red flags"],
        "reason": CLINICAL["reason"],
        "items": [referrals.Item(text=CLINICAL["instruction"], who="self", due_on=clinic.world.now.date())],
    }  # fmt: skip
    referrals.decline(referral_id=clinic.submitted(**content).id, by=clinic.specialist, reason=CLINICAL["declined"])
    clinic.booked(**content | {"diagnosis_code": "I63.900"})
    down = clinic.received(up=clinic.treated(**content), **plan)
    found = Findings(result="stable", way="phone", note=CLINICAL["finding"])
    referrals.record_follow_up(follow_up_id=down.follow_ups.order_by("due_on").first().id, findings=found, by=clinic.gp)


def _book(clinic: Any, her: Any, first_day: int = 8) -> None:
    registrar = clinic.world.actor("registrar", org=clinic.world.lead)
    made = places.booking(clinic.pool(days=first_day), by=registrar, of=her)
    moved = clinic.pool(days=first_day + 1)
    capacity.reschedule(booking_id=made.id, pool_ids=[moved.id], by=registrar, reason=CLINICAL["moved"])
    capacity.cancel(booking_id=made.id, by=registrar, reason=CLINICAL["cancelled"])


def _exchange(clinic: Any, her: Any) -> None:
    world = clinic.world
    sent = samples.referral({"示例周": PERSONAL["name"], "胸痛两小时": CLINICAL["reason"], "m-1": "m-planted"})
    held, _ = messages.take_in(sent, by=Actor.system(now=world.now), file_name="标记.hl7")
    messages.reject(message_id=held.id, by=clinic.coordinator, reason=CLINICAL["rejected"])
    row = f"A9,{PERSONAL['name']},女,{PERSONAL['phone']}"
    imports.start(
        kind="residents", source="标记系统", file_name="b.csv", content=f"档案编号,姓名,性别,联系电话\n{row}".encode(),
        by=world.actor("system_admin"),
    )  # fmt: skip
