"""Critical values, from the finding to the end."""

import re
from typing import Any
from unittest.mock import patch

from django.urls import reverse

from tests.steps.harness import Case, Machine
from tongmai.care.critical_values import access, services
from tongmai.care.critical_values.states import LIFE, Step
from tongmai.care.critical_values.tests.factories import Ward
from tongmai.care.referrals.tests.factories import Clinic
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import NotFound

# The worker and a later report take them; nobody is offered them.
BY_PLATFORM = {"escalate", "correct"}
DOCTORS = {"village_doctor", "general_practitioner", "specialist"}
FINDERS = {"technician", "reporting_doctor", "specialist", "nurse", "general_practitioner"}
TOLD = DOCTORS | {"nurse", "manager", "referral_coordinator", "reporting_doctor", "technician"}

# The hospital finds it, the township is told.
AT_FINDER = {"raised": {"release": FINDERS, "reject": FINDERS}, "notified": {"phone": FINDERS}}
AT_TOLD = {
    "notified": {"acknowledge": TOLD},
    "acknowledged": {"act": DOCTORS, "dismiss": DOCTORS},
    "acted": {"act": DOCTORS, "dismiss": DOCTORS, "close": DOCTORS | {"nurse"}},
}
SAID: dict[str, dict[str, Any]] = {
    "acknowledge": {"read_back": "2.5"}, "phone": {"read_back": "2.5", "to": "示例护士"}, "act": {"measure": "treated"},
    "dismiss": {"reason": "输液同侧采血"}, "reject": {"reason": "复查正常"},
}  # fmt: skip


def _take(value_id: Any, step: str, actor: Actor) -> Any:
    return getattr(services, step)(value_id=value_id, by=actor, **SAID.get(step, {}))


def _raised(ward: Ward) -> Any:
    """Where two people are wanted before anybody is told."""
    plain = policy.value
    two = plain("critical_values.texts", on=ward.gp.today)  # a yes
    with patch.object(policy, "value", lambda name, **k: two if name.endswith("two_person") else plain(name, **k)):
        return ward.told()


def _false_alarm(ward: Ward) -> Any:
    return _take(ward.acknowledged().id, "dismiss", ward.gp)


def _closed(ward: Ward) -> Any:
    return _take(ward.acted().id, "close", ward.gp)


def _value(clinic: Clinic, row: Any) -> Case:
    def offered(actor: Actor) -> set[str]:
        try:
            return {str(step) for step in access.possible_steps(access.get(row.id, by=actor), by=actor)}
        except NotFound:
            return set()

    def expected(actor: Actor, place: str) -> set[str]:
        side = {"receiver": AT_FINDER, "sender": AT_TOLD}.get(place, {})
        return {step for step, roles in side.get(row.state, {}).items() if actor.role in roles}

    def on_page(html: str) -> set[str]:
        return set(re.findall(rf'action="[^"]*{row.id}/(\w+)/"', html)) - {"refer"}  # leads to another matter

    return Case(
        row, [str(step) for step in Step if step not in BY_PLATFORM], offered, expected,
        lambda step, actor: _take(row.id, step, actor),
        page=reverse("critical_values:one", args=[row.id]), on_page=on_page, api=f"/api/v1/critical-values/{row.id}",
    )  # fmt: skip


def _made(way: Any) -> Any:
    return lambda clinic: way(Ward(clinic.world))


MACHINES = [
    Machine(
        "a critical value", LIFE,
        {"raised": _made(_raised), "notified": _made(Ward.told), "acknowledged": _made(Ward.acknowledged),
         "acted": _made(Ward.acted), "closed": _made(_closed), "false_alarm": _made(_false_alarm)},
        _value,
    ),
]  # fmt: skip
