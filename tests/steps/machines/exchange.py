"""Received messages and imports of registers."""

import re
from typing import Any

from django.urls import reverse

from tests.steps.harness import Case, Machine
from tongmai.care.referrals.tests.factories import Clinic
from tongmai.exchange import selectors
from tongmai.exchange.hl7v2.tests import samples
from tongmai.exchange.models import InboundMessage
from tongmai.exchange.services import imports, messages
from tongmai.exchange.states import IMPORT, MESSAGE
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import NotFound

KNOWN = {"I20.000^不稳定性心绞痛": "I10.x00^原发性高血压"}
REGISTERS = {
    "residents": "档案编号,姓名,性别\nA1,示例甲,女",
    "staff": "工号,姓名,机构\nG900,示例甲,甲镇卫生院",
}
OUR_NAME, THEIR_NAME = "姓名", "称呼"  # the heading of the names: as everybody writes it, and as nobody knows it


def _taken(clinic: Clinic) -> Any:
    return messages.take_in(samples.referral(KNOWN), by=Actor.system(now=clinic.world.now))[0]


def _held(clinic: Clinic) -> Any:
    """The lead hospital is meant; nobody knows who sends."""
    said = samples.referral(KNOWN | {"|甲镇卫生院|": "|某院|"})
    return messages.take_in(said, by=Actor.system(now=clinic.world.now))[0]


def _kept(clinic: Clinic) -> Any:
    """As one whose try was cut off: kept, and not yet looked at again."""
    row = _held(clinic)
    InboundMessage.objects.filter(id=row.id).update(state="received")
    return row


def _rejected(clinic: Clinic) -> Any:
    return messages.reject(message_id=_held(clinic).id, by=clinic.coordinator, reason="重复")


def _message(clinic: Clinic, row: Any) -> Case:
    def offered(actor: Actor) -> set[str]:
        try:
            return {str(step) for step in selectors.message(row.id, by=actor).steps}
        except NotFound:
            return set()

    def expected(actor: Actor, place: str) -> set[str]:
        is_open = row.state in ("received", "held")
        return {"take", "reject"} if is_open and (actor.role, place) == ("referral_coordinator", "receiver") else set()

    def take(step: str, actor: Actor) -> Any:
        if step == "reject":
            return messages.reject(message_id=row.id, by=actor, reason="示例")
        return messages.try_again(message_id=row.id, by=actor)

    def on_page(html: str) -> set[str]:
        found = set(re.findall(rf'action="[^"]*{row.id}/(again|reject)/', html))
        return {"take" if name == "again" else name for name in found}

    return Case(
        row, ["take", "reject"], offered, expected, take, page=reverse("exchange:message", args=[row.id]),
        on_page=on_page, api=f"/api/v1/messages/{row.id}/",
    )  # fmt: skip


def _uploaded(kind: str, content: str, clinic: Clinic) -> Any:
    importer = clinic.world.actor("system_admin" if kind == "residents" else "security_admin")
    return imports.start(
        kind=kind, source="示例系统", file_name="a.csv", content=content.encode(), by=importer, may_ask=True
    )


def _unclear(kind: str) -> Any:
    """Nobody knows which column holds the names."""
    return lambda clinic: _uploaded(kind, REGISTERS[kind].replace(OUR_NAME, THEIR_NAME), clinic)


def _begun(kind: str) -> Any:
    return lambda clinic: _uploaded(kind, REGISTERS[kind], clinic)


def _importer(clinic: Clinic, row: Any) -> Actor:
    return clinic.world.actor("system_admin" if row.kind == "residents" else "security_admin")


def _checked(kind: str) -> Any:
    def made(clinic: Clinic) -> Any:
        row = _begun(kind)(clinic)
        return imports.go_on(run_id=row.id, by=_importer(clinic, row))

    return made


def _applying(kind: str) -> Any:
    def made(clinic: Clinic) -> Any:
        row = _checked(kind)(clinic)
        return imports.confirm(run_id=row.id, by=_importer(clinic, row))

    return made


def _applied(kind: str) -> Any:
    def made(clinic: Clinic) -> Any:
        row = _applying(kind)(clinic)
        return imports.go_on(run_id=row.id, by=_importer(clinic, row))

    return made


def _abandoned(kind: str) -> Any:
    def made(clinic: Clinic) -> Any:
        row = _begun(kind)(clinic)
        return imports.abandon(run_id=row.id, by=_importer(clinic, row))

    return made


def _import(clinic: Clinic, row: Any) -> Case:
    def offered(actor: Actor) -> set[str]:
        try:
            return {str(step) for step in selectors.import_report(row.id, by=actor).steps}
        except NotFound:
            return set()

    def expected(actor: Actor, place: str) -> set[str]:
        """The register is the system administrator's of the county; people and posts are the security administrator's."""
        who = {"residents": "system_admin", "staff": "security_admin"}[row.kind]
        steps = {
            "mapping": {"map", "abandon"}, "checking": {"abandon"}, "checked": {"map", "confirm", "abandon"},
        }.get(row.state, set())  # fmt: skip
        return steps if actor.role == who and place != "another county" else set()

    def take(step: str, actor: Actor) -> Any:
        if step == "map":
            name = THEIR_NAME if THEIR_NAME in row.head else OUR_NAME
            return imports.map_columns(run_id=row.id, choices={"name": name}, by=actor)
        return {"confirm": imports.confirm, "abandon": imports.abandon}[step](run_id=row.id, by=actor)

    def on_page(html: str) -> set[str]:
        """Columns are told on a page of their own, to which a link leads."""
        found = set(re.findall(rf'(?:action|href)="[^"]*{row.id}/(confirm|abandon|columns)/', html))
        return {"map" if name == "columns" else name for name in found}

    return Case(
        row, ["map", "confirm", "abandon"], offered, expected, take, page=reverse("exchange:import", args=[row.id]),
        on_page=on_page, api=f"/api/v1/imports/{row.id}/",
    )  # fmt: skip


MACHINES = [
    Machine(
        "a message", MESSAGE, {"received": _kept, "held": _held, "done": _taken, "rejected": _rejected}, _message,
    ),
    *(
        Machine(
            f"an import of {kind}", IMPORT,
            {"mapping": _unclear(kind), "checking": _begun(kind), "checked": _checked(kind), "applying": _applying(kind),
             "applied": _applied(kind), "abandoned": _abandoned(kind)},
            _import,
        )
        for kind in REGISTERS
    ),
]  # fmt: skip
