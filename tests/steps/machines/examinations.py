"""Examinations, from the order to the report."""

import re
from typing import Any

from django.urls import reverse

from tests.steps.harness import Case, Machine
from tongmai.care.diagnostics import access as examinations
from tongmai.care.diagnostics import services, stepping
from tongmai.care.diagnostics.states import THREAD, Step
from tongmai.care.diagnostics.tests.factories import Centre
from tongmai.care.referrals.tests.factories import Clinic
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import NotFound

REASON = "示例理由"
ORDERS = {"village_doctor", "general_practitioner", "specialist"}
PERFORMS = ORDERS | {"technician", "nurse"}


def _rejected(centre: Centre) -> Any:
    return services.reject(centre.claimed().id, reasons=["motion"], by=centre.reader)


def _amended(centre: Centre) -> Any:
    return services.amend(centre.published().id, by=centre.reader, reason=REASON)


WAYS = {
    "ordered": Centre.ordered, "performed": Centre.performed, "rejected": _rejected, "sent": Centre.sent,
    "claimed": Centre.written, "preliminary": Centre.preliminary, "published": Centre.published,
    "cancelled": lambda centre: services.cancel(centre.ordered().id, by=centre.gp, reason=REASON),
    "claimed to be amended": _amended,
}  # fmt: skip

# Done again is performed, and sent is published or handed on: which of the two is for the order's state to say.  Who holds
# an examination claims it again without effect.
SAME = {
    "perform": {"perform", "redo"}, "redo": {"perform", "redo"}, "submit": {"submit", "publish"},
    "publish": {"submit", "publish"}, "claim": {"claim", "release", "drop_amendment"},
}  # fmt: skip

# At the township, which orders and performs; and at the county's centre, by whom it is.
AT_SITE = {
    "ordered": {"perform": PERFORMS, "cancel": ORDERS},
    "performed": {"send": PERFORMS, "cancel": ORDERS},
    "rejected": {"redo": PERFORMS, "cancel": ORDERS},
}
AT_CENTRE = {
    "sent": {"reader": {"claim", "reject"}, "second": {"claim", "reject"}, "manager": {"assign"}},
    "claimed": {"reader": {"submit", "release", "reject"}, "second": {"reject"}, "manager": {"assign"}},
    "preliminary": {"second": {"verify", "send_back"}},
    "published": {"reader": {"amend"}, "second": {"amend"}},
    "claimed to be amended": {"reader": {"submit", "drop_amendment"}, "manager": {"assign"}},
}


def _made(way: Any) -> Any:
    """Each case has its own people at the centre, taken back with it."""

    def make(clinic: Clinic) -> Any:
        clinic.examining = Centre(clinic.world, clinic.resident, is_family_doctor=False)
        return way(clinic.examining)

    return make


def _take(order_id: Any, step: str, actor: Actor) -> Any:
    if step == "assign":
        return services.assign(order_id, by=actor)
    if step == "reject":
        return services.reject(order_id, reasons=["motion"], by=actor)
    return stepping.take(step, order_id, by=actor, reason=REASON)


def _on_page(html: str) -> set[str]:
    """Buttons of its own page; who writes does so on another one, from which the report is sent."""
    found = set(re.findall(r'action="[^"]*/steps/(\w+)/"', html)) | set(re.findall(r'action="[^"]*/(reject)/"', html))
    return found | ({"submit"} if re.search(r'href="[^"]*/report/"', html) else set())


def _examination(clinic: Clinic, row: Any) -> Case:
    centre, name = clinic.examining, "claimed to be amended" if row.state == "claimed" and row.n_versions else row.state

    def offered(actor: Actor) -> set[str]:
        try:
            return {str(step) for step in examinations.possible_steps(examinations.get(row.id, by=actor), by=actor)}
        except NotFound:
            return set()

    def expected(actor: Actor, place: str) -> set[str]:
        if place == "sender":
            return {step for step, roles in AT_SITE.get(name, {}).items() if actor.role in roles}
        who = "reader" if actor.staff_id == centre.reader.staff_id else actor.role if place == "receiver" else place
        return AT_CENTRE.get(name, {}).get(who, set())

    return Case(
        row, [str(step) for step in Step], offered, expected, lambda step, actor: _take(row.id, step, actor),
        same=lambda step: SAME.get(step, {step}),
        page=reverse("diagnostics:detail", args=[row.id]), on_page=_on_page,
        on_page_as=lambda steps: steps - {"assign"},  # on the board: a director opens no records
        residents={"reader": centre.reader, "second": centre.second},
    )  # fmt: skip


MACHINES = [
    Machine(
        "an examination", THREAD, {name: _made(way) for name, way in WAYS.items()}, _examination,
        frozenset({"claimed to be amended"}),
    ),
]  # fmt: skip
