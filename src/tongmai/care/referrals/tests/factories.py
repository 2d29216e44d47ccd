"""The smallest valid referral in each state, made by the services: what a test finds could have happened."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tongmai.care.referrals import services
from tongmai.care.referrals.models import Referral
from tongmai.care.referrals.services import Content, Findings, Given, Item, Medicine, Plan
from tongmai.commons.capacity.models import Pool
from tongmai.commons.capacity.tests import factories as capacity
from tongmai.commons.encounters import services as encounters
from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.catalog.tests import factories as catalog
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests.factories import CountyWorld, county_world

CONSENT = Given(relation="self", how="signature", agreed_name="示例甲")
FINDINGS = Findings(result="stable", way="phone")
DIAGNOSES = (("I10.x00", "原发性高血压"), ("I63.900", "脑梗死"), ("J18.900", "肺炎"), ("S72.000", "股骨颈骨折"))


@dataclass
class Clinic:
    """A county, its people, and what they do to referrals.  The usual way: township GP → county specialist."""

    world: CountyWorld

    def __post_init__(self) -> None:
        catalog.edition(rows=DIAGNOSES)
        self.gp: Actor = self.world.actor("general_practitioner")
        self.village_doctor: Actor = self.world.actor("village_doctor")
        self.specialist: Actor = self.world.actor("specialist")
        self.coordinator: Actor = self.world.actor("referral_coordinator")
        self.nurse: Actor = self.world.actor("nurse")
        self.tcm_doctor: Actor = self.world.actor("specialist", org=self.world.tcm)
        self.stranger: Actor = self.world.actor("specialist", org=self.world.stranger)
        self.resident: Resident = residents.resident()

    def content(self, **changes: Any) -> Content:
        values = {
            "receiver_id": self.world.lead.id,
            "diagnosis_code": "I10.x00",
            "reason": "两次随访血压不达标，请专科评估",
            "summary": "血压 182/108 mmHg",
            "receiver_department_id": None,
        }
        return Content(**(values | changes))

    def draft(self, *, by: Actor | None = None, of: Resident | None = None, consent: Given | None = CONSENT, **changes):
        return services.save_draft(
            content=self.content(**changes),
            by=by or self.gp,
            resident_id=(of or self.resident).id,
            consent_given=consent,
        )

    def submitted(self, *, by: Actor | None = None, **changes) -> Referral:
        return services.submit(referral_id=self.draft(by=by, **changes).id, by=by or self.gp)

    def reviewing(self, **changes) -> Referral:
        return self.submitted(by=self.village_doctor, **changes)

    def accepted(self, **changes) -> Referral:
        return services.accept(referral_id=self.submitted(**changes).id, by=self.specialist)

    def pool(self, total: int = 10, days: int = 3, **fields) -> Pool:
        room = capacity.resource(self.world.departments["cardiology"])
        return capacity.pool(room, starts_at=self.world.now + timedelta(days=days), total=total, **fields)

    def booked(self, pool: Pool | None = None, **changes) -> Referral:
        return services.accept_and_book(
            referral_id=self.submitted(**changes).id, pool_ids=[(pool or self.pool()).id], by=self.specialist
        )

    def arrived(self, **changes) -> Referral:
        return services.arrive(referral_id=self.accepted(**changes).id, by=self.specialist)

    def diagnose(self, referral: Referral, by: Actor | None = None) -> None:
        entry = encounters.DiagnosisEntry(code=referral.diagnosis_code)
        encounters.record_diagnoses(referral.arrival_encounter_id, by=by or self.specialist, diagnoses=[entry])

    def treated(self, **changes) -> Referral:
        referral = self.arrived(**changes)
        self.diagnose(referral)
        return services.treat(referral_id=referral.id, by=self.specialist)

    def plan(self, **changes: Any) -> Plan:
        values = {
            "receiver_id": self.world.township.id,
            "group": "acute_recovery",
            "diagnosis_code": "I10.x00",
            "discharge_summary": "血压已控制，方案明确。",
            "reason": "病情稳定，回基层管理",
            "red_flags": "胸痛、言语不清立即呼救",
            "medicines": [Medicine(name="氨氯地平片", dose="5 mg", frequency="每日一次", days=28)],
            "items": [Item(text="复测血压", who="township", due_on=self.world.now.date() + timedelta(days=7))],
        }
        return Plan(**(values | changes))

    def down_draft(self, up: Referral | None = None, **changes) -> Referral:
        source = up or self.treated()
        return services.send_down(plan=self.plan(**changes), by=self.specialist, up_id=source.id, consent_given=CONSENT)

    def down_submitted(self, **changes) -> Referral:
        return services.submit_down(referral_id=self.down_draft(**changes).id, by=self.specialist)

    def down_accepted(self, **changes) -> Referral:
        return services.accept(referral_id=self.down_submitted(**changes).id, by=self.gp)

    def received(self, **changes) -> Referral:
        return services.receive(referral_id=self.down_accepted(**changes).id, by=self.gp)

    def later(self, actor: Actor, **span: int) -> Actor:
        return actor.at(self.world.now + timedelta(**span))


def clinic() -> Clinic:
    """Return the smallest county in which referrals happen."""
    return Clinic(county_world())


def signed_contract(of: Resident, *, doctor: Actor, until: date | None = None) -> None:
    """Let the doctor be in the team of the resident's contract, as the subscriptions write it down."""
    residents.family_doctor(of, by=doctor)
