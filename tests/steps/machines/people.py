"""Cards and codes of residents, and the judgement of records that were opened in an emergency."""

import re
from typing import Any

from django.urls import reverse

from tests.steps.harness import Case, Machine
from tongmai.care.referrals.tests.factories import Clinic
from tongmai.commons.residents import access, presenters, selectors, services
from tongmai.commons.residents.states import TABLE as MEDIUM
from tongmai.commons.residents.states import MediumStep
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import NotFound, NotPermitted

REGISTER = {"village_doctor", "general_practitioner", "specialist", "registrar", "referral_coordinator"}


def _issued(clinic: Clinic) -> Any:
    return services.issue_medium(clinic.resident.id, by=clinic.gp, kind="health_card", number="H340199000009")


def _moved(step: MediumStep) -> Any:
    return lambda clinic: services.move_medium(_issued(clinic).id, step, by=clinic.gp, reason="示例")


def _medium(clinic: Clinic, row: Any) -> Case:
    def offered(actor: Actor) -> set[str]:
        try:
            found = access.identity(row.resident_id, by=actor, what="identity").resident
        except (NotFound, NotPermitted):
            return set()
        lines = presenters.medium_rows(selectors.identity_page(found))
        return {step for line in lines if line.id == row.id for step, _word in line.steps}

    def expected(actor: Actor, place: str) -> set[str]:
        if place == "another county" or actor.role not in REGISTER:
            return set()
        return {
            "active": {"report_lost", "revoke", "replace"}, "lost": {"find", "revoke", "replace"},
        }.get(row.state, set())  # fmt: skip

    def take(step: str, actor: Actor) -> Any:
        return services.move_medium(row.id, MediumStep(step), by=actor, reason="示例")

    def on_page(html: str) -> set[str]:
        return set(re.findall(rf'action="[^"]*{row.id}/(\w+)/', html))

    return Case(
        row, [str(step) for step in MediumStep], offered, expected, take,
        page=reverse("residents:identity", args=[row.resident_id]), on_page=on_page,
    )  # fmt: skip


def _opened(clinic: Clinic) -> Any:
    """A specialist looks at the record of somebody whose family doctor is the township's."""
    her = residents.resident("示例邻")
    residents.family_doctor(her, by=clinic.gp)
    return services.break_glass(her.id, by=clinic.specialist, reason="昏迷送来，须知过敏史和用药")


def _judged(who: str) -> Any:
    def made(clinic: Clinic) -> Any:
        row = _opened(clinic)
        services.review_emergency(row.id, by=_judge_of(clinic, who), verdict="justified")
        return row

    return made


def _judge_of(clinic: Clinic, who: str) -> Actor:
    return (
        clinic.gp if who == "family_doctor" else clinic.world.actor({"manager": "manager", "audit": "audit_admin"}[who])
    )


def _emergency(clinic: Clinic, row: Any) -> Case:
    judged = set(row.reviews.values_list("side", flat=True))

    def side_of(actor: Actor, place: str) -> str:
        """On which side somebody stands, said here a second time."""
        if actor.staff_id == clinic.gp.staff_id:
            return "family_doctor"
        if actor.role == "manager" and place in ("sender", "receiver"):
            return "manager"
        return "audit" if actor.role == "audit_admin" and place != "another county" else ""

    def expected(actor: Actor, place: str) -> set[str]:
        side = side_of(actor, place)
        return {"review"} if side and side not in judged else set()

    def offered(actor: Actor) -> set[str]:
        return {"review"} if row.id in {each.id for each in selectors.emergencies_waiting(by=actor)} else set()

    return Case(
        row, ["review"], offered, expected,
        lambda step, actor: services.review_emergency(row.id, by=actor, verdict="justified"),
        state=lambda row: row.reviews.count(),
        page=reverse("residents:emergency", args=[row.id]),
        on_page=lambda html: {"review"} if 'name="verdict"' in html else set(),
        api="/api/v1/emergencies/", in_api=lambda told: {"review"} if str(row.id) in {e["id"] for e in told} else set(),
    )  # fmt: skip


MACHINES = [
    Machine(
        "a card", MEDIUM,
        {"active": _issued, "lost": _moved(MediumStep.REPORT_LOST), "revoked": _moved(MediumStep.REVOKE),
         "replaced": _moved(MediumStep.REPLACE)},
        _medium,
    ),
    Machine(
        "a record opened in an emergency", None,
        {"waiting": _opened} | {f"judged by {who}": _judged(who) for who in ("family_doctor", "manager", "audit")},
        _emergency,
    ),
]  # fmt: skip
