"""Critical values in every state at the first township, told by its lead hospital; and one drill."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from tongmai.care.critical_values import services
from tongmai.care.critical_values.models import CriticalValue
from tongmai.commons.encounters import services as encounters
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.encounters.services import DiagnosisEntry
from tongmai.commons.results import services as results
from tongmai.config.demo.cast import Cast
from tongmai.config.demo.days import Town
from tongmai.config.demo.journeys import Patient
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role

Value = tuple[str, str, str, str]  # name, number, unit, reference
POTASSIUM: Value = ("血钾", "2.4", "mmol/L", "3.5-5.3")
GLUCOSE: Value = ("葡萄糖", "26.8", "mmol/L", "3.9-6.1")
PLATELETS: Value = ("血小板计数", "14", "10^9/L", "125-350")
HEMOGLOBIN: Value = ("血红蛋白", "46", "g/L", "115-150")
SODIUM: Value = ("血钠", "116", "mmol/L", "137-147")


class Laboratory:
    """The lead hospital's laboratory as the township's doctor meets it."""

    def __init__(self, cast: Cast, town: Town, random: Random) -> None:
        self.cast, self.town, self.random = cast, town, random
        self.n = 0

    def doctor(self, now: datetime) -> Actor:
        return self.cast.actor(self.town.centre.id, Role.GENERAL_PRACTITIONER, now, random=Random(1))

    def seen(self, patient: Patient, now: datetime) -> Encounter:
        """She is seen at the township, and her blood is sent."""
        by = self.doctor(now)
        visit = encounters.start_visit(patient.id, by=by, complaint="乏力、心悸")
        encounters.record_diagnoses(visit.id, by=by, diagnoses=[DiagnosisEntry(code="R53.x00x002")])
        encounters.finish(visit.id, by=by)
        return visit

    def found(
        self, patient: Patient, value: Value, now: datetime, *, corrects: CriticalValue | None = None
    ) -> CriticalValue:
        """The report comes, and is critical."""
        visit = corrects.encounter if corrects else self.seen(patient, now - timedelta(hours=2))
        name, number, unit, reference = value
        self.n += 0 if corrects else 1
        facts = {
            "category": "laboratory", "status": "corrected" if corrects else "final", "number": f"CV{self.n:04}",
            "name": "急诊检验", "encounter_id": visit.id, "specimen": "静脉血", "verifier": "示例检验师",
            "collected_at": now - timedelta(hours=1), "issued_at": now,
        }  # fmt: skip
        row = {
            "name": name, "text": number, "number": Decimal(number), "unit": unit, "reference": reference,
            "status": "final", "flag": "",
        }  # fmt: skip
        report = results.store_report(
            patient.id, org_id=self.town.lead.id, facts=facts, values=[row], by=Actor.system(now=now),
            report_id=corrects.report_id if corrects else None,
        )  # fmt: skip
        return CriticalValue.objects.filter(report_id=report.id).latest("raised_at")


def build(cast: Cast, towns: list[Town], *, now: datetime, random: Random) -> None:
    """Play the last two days of the laboratory; what waits at the end waits for the demonstration's own accounts."""
    town = towns[0]
    laboratory = Laboratory(cast, town, random)
    patients = ([each for each in town.patients if each.age >= 18] * 7)[-7:]  # a small town's people come twice
    ago: Callable[..., datetime] = lambda **span: now - timedelta(**span)  # noqa: E731
    _closed(laboratory, patients[0], ago(days=2))
    _escalated(laboratory, patients[1], ago(days=1))
    _false_alarm(laboratory, patients[2], ago(hours=20))
    _drill(laboratory, ago(hours=5))
    acted = _read_back(laboratory, laboratory.found(patients[3], HEMOGLOBIN, ago(hours=3)), ago(hours=3), minutes=6)
    doctor = laboratory.doctor(ago(hours=2, minutes=40))
    services.act(value_id=acted.id, measure="called", text="已电话通知患者返院，联系县医院输血", by=doctor)
    _read_back(laboratory, laboratory.found(patients[4], SODIUM, ago(minutes=25)), ago(minutes=25), minutes=4)
    corrected = laboratory.found(patients[5], GLUCOSE, ago(minutes=9))
    laboratory.found(patients[5], ("葡萄糖", "6.8", "mmol/L", "3.9-6.1"), ago(minutes=3), corrects=corrected)
    laboratory.found(patients[6], POTASSIUM, ago(minutes=2))
    services.escalate_due(Actor.system(now=now))


def _read_back(laboratory: Laboratory, value: CriticalValue, at: datetime, *, minutes: int) -> CriticalValue:
    by = laboratory.doctor(at + timedelta(minutes=minutes))
    return services.acknowledge(value_id=value.id, read_back=value.text, by=by)


def _closed(laboratory: Laboratory, patient: Patient, at: datetime) -> None:
    value = _read_back(laboratory, laboratory.found(patient, POTASSIUM, at), at, minutes=3)
    by = laboratory.doctor(at + timedelta(minutes=15))
    services.act(value_id=value.id, measure="treated", text="口服氯化钾，心电监护，2 小时后复查", by=by)
    services.close(value_id=value.id, by=laboratory.doctor(at + timedelta(hours=3)))


def _escalated(laboratory: Laboratory, patient: Patient, at: datetime) -> None:
    """Nobody answers for a quarter of an hour; then the laboratory reaches somebody by telephone."""
    value = laboratory.found(patient, PLATELETS, at)
    services.escalate_due(Actor.system(now=at + timedelta(minutes=6)))
    services.escalate_due(Actor.system(now=at + timedelta(minutes=11)))
    _read_back(laboratory, value, at, minutes=14)
    by = laboratory.doctor(at + timedelta(minutes=50))
    services.act(value_id=value.id, measure="referred", text="转县人民医院血液科", by=by)
    services.close(value_id=value.id, by=by)


def _false_alarm(laboratory: Laboratory, patient: Patient, at: datetime) -> None:
    value = _read_back(laboratory, laboratory.found(patient, SODIUM, at), at, minutes=5)
    by = laboratory.doctor(at + timedelta(minutes=40))
    services.dismiss(value_id=value.id, reason="输液同侧采血，重抽复查 139 mmol/L", by=by)


def _drill(laboratory: Laboratory, at: datetime) -> None:
    town = laboratory.town
    if not laboratory.cast.has(town.lead.id, Role.MANAGER):
        return
    by = laboratory.cast.actor(town.lead.id, Role.MANAGER, at, random=laboratory.random)
    drill = services.start_drill(site_id=town.centre.id, name="血钾", text="7.1", unit="mmol/L", by=by)
    _read_back(laboratory, drill, at, minutes=4)
    doctor = laboratory.doctor(at + timedelta(minutes=18))
    services.act(value_id=drill.id, measure="expected", text="演练：已按流程处置", by=doctor)
    services.close(value_id=drill.id, by=doctor)
