"""The smallest valid critical value in each state, made by the services."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tongmai.care.critical_values import services
from tongmai.care.critical_values.models import CriticalValue
from tongmai.care.critical_values.recipients import Ordered
from tongmai.care.critical_values.rules import Hit, Level, Limit, RuleKind
from tongmai.care.critical_values.services.raising import Origin
from tongmai.commons.encounters import services as encounters
from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.tests import factories as residents
from tongmai.commons.results import services as results
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests.factories import CountyWorld, county_world
from tongmai.kernel.ids import new_id

REPORT = {"category": "laboratory", "status": "final", "number": "L1", "order_number": "", "name": "电解质"}
POTASSIUM = {"name": "血钾", "text": "2.5", "number": Decimal("2.5"), "unit": "mmol/L", "status": "final", "flag": ""}
LIMIT = Limit("ours:potassium:-:0", Level.OURS, "potassium", "mmol/L", Decimal("2.8"), Decimal("6.2"), source="示例")


@dataclass
class Ward:
    """A county, its people, and what they do with critical values.  The usual way: the hospital tells the township."""

    world: CountyWorld

    def __post_init__(self) -> None:
        self.gp: Actor = self.world.actor("general_practitioner")
        self.nurse: Actor = self.world.actor("nurse")
        self.technician: Actor = self.world.actor("technician", org=self.world.lead)
        self.reporter: Actor = self.world.actor("reporting_doctor")
        self.specialist: Actor = self.world.actor("specialist")
        self.manager: Actor = self.world.actor("manager")
        self.stranger: Actor = self.world.actor("specialist", org=self.world.tcm)
        self.resident: Resident = residents.resident()
        self.system: Actor = Actor.system(now=self.world.now)

    def later(self, actor: Actor, minutes: float) -> Actor:
        from datetime import timedelta

        return actor.at(self.world.now + timedelta(minutes=minutes))

    def told(self, *, by: Actor | None = None, of: Resident | None = None, **ordered: Any) -> CriticalValue:
        hit = Hit(1, "potassium", "血钾", "2.5", "mmol/L", "low", RuleKind.LIMIT, Decimal("2.5"), LIMIT)
        origin = Origin("by_hand", f"test:{new_id()}", self.world.lead.id, self.world.now)
        site = Ordered(**({"site_id": self.world.township.id, "doctor_id": self.gp.staff_id} | ordered))
        return services.raise_value(
            (of or self.resident).id, hit=hit, origin=origin, ordered=site, by=by or self.system
        )

    def acknowledged(self) -> CriticalValue:
        return services.acknowledge(value_id=self.told().id, read_back="2.5", by=self.gp)

    def acted(self) -> CriticalValue:
        return services.act(value_id=self.acknowledged().id, measure="treated", text="口服补钾", by=self.gp)

    def visit(self) -> Any:
        """A visit of the resident at the township's GP."""
        return encounters.start_visit(self.resident.id, by=self.gp)

    def report(self, values=(POTASSIUM,), *, report_id=None, encounter=None, **facts: Any):
        """A report of the hospital's laboratory, stored as a message is."""
        more = {"encounter_id": encounter.id} if encounter else {}
        return results.store_report(
            self.resident.id, org_id=self.world.lead.id, facts=REPORT | more | facts, values=list(values),
            by=self.system, report_id=report_id,
        )  # fmt: skip


def ward() -> Ward:
    """Return the smallest county in which critical values are told."""
    return Ward(county_world())
