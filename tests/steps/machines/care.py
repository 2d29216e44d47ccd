"""Bookings, visits and contracts."""

import re
from datetime import timedelta
from typing import Any

from django.urls import reverse

from tests.harness.tables import rows as drawn
from tests.steps.harness import Case, Machine
from tongmai.care.family_doctors import access as contracts
from tongmai.care.family_doctors import services as family_doctors
from tongmai.care.family_doctors.states import CONTRACT
from tongmai.care.family_doctors.states import Step as ContractStep
from tongmai.care.family_doctors.tests import factories as signing
from tongmai.care.referrals.tests.factories import Clinic
from tongmai.commons.capacity import selectors, services
from tongmai.commons.capacity.models import Booking
from tongmai.commons.capacity.selectors.bookings import steps_open
from tongmai.commons.capacity.states import TABLE as BOOKING
from tongmai.commons.capacity.states import Share, Step
from tongmai.commons.capacity.tests import factories as sessions
from tongmai.commons.encounters import access as encounters
from tongmai.commons.encounters import services as visits
from tongmai.commons.encounters.states import TABLE as VISIT
from tongmai.commons.encounters.states import Step as VisitStep
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import NotFound

# The worker takes it when its time has come; nobody is offered it.
BY_WORKER = {"expire", "end"}


def _leads_on(table: Any, state: str) -> set[str]:
    return {str(step) for old, step in table.rows if str(old) == state} - BY_WORKER


BOOKING_WHO = """
    roles                                                                       | place  | steps
    registrar specialist general_practitioner village_doctor referral_coordinator | offers | confirm reschedule arrive miss cancel
    nurse technician resource_manager                                           | offers | confirm reschedule arrive miss cancel
    registrar specialist general_practitioner village_doctor referral_coordinator | booked | confirm reschedule cancel
"""


def _registrar(clinic: Clinic) -> Actor:
    return clinic.world.actor("registrar", org=clinic.world.township)


def _held(clinic: Clinic) -> Any:
    return services.hold(
        pool_ids=[clinic.pool(days=4).id], resident_id=clinic.resident.id, share_wanted=Share.PUBLIC,
        source=sessions.DESK, by=_registrar(clinic),
    )  # fmt: skip


def _booked(clinic: Clinic) -> Any:
    return sessions.booking(clinic.pool(days=4), by=_registrar(clinic), of=clinic.resident)


def _for_a_referral(clinic: Clinic) -> Any:
    referral = clinic.booked()
    return Booking.objects.get(source_id=referral.id)


def _arrived(clinic: Clinic) -> Any:
    row, at_desk = _booked(clinic), clinic.world.actor("registrar", org=clinic.world.lead)
    return services.arrive(booking_id=row.id, by=at_desk.at(row.starts_at))


def _missed(clinic: Clinic) -> Any:
    row, at_desk = _booked(clinic), clinic.world.actor("registrar", org=clinic.world.lead)
    return services.no_show(booking_id=row.id, by=at_desk.at(row.starts_at + timedelta(hours=5)))


def _cancelled(clinic: Clinic) -> Any:
    return services.cancel(booking_id=_booked(clinic).id, reason="不来", by=_registrar(clinic))


def _expired(clinic: Clinic) -> Any:
    row = _held(clinic)
    services.expire_holds(Actor.system(now=row.held_until + timedelta(minutes=1)))
    return row


def _booking(clinic: Clinic, row: Any) -> Case:
    def offered(actor: Actor) -> set[str]:
        return {str(step) for step in selectors.steps_at_desk(steps_open(row, by=actor), row.source_kind)}

    def expected(actor: Actor, place: str) -> set[str]:
        at = {"receiver": "offers", "sender": "booked"}.get(place)
        found = [line for line in drawn(BOOKING_WHO) if actor.role in line["roles"].split() and line["place"] == at]
        is_moved_here = row.source_kind != "referral"
        return {s for line in found for s in line["steps"].split() if is_moved_here} & _leads_on(BOOKING, row.state)

    def take(step: str, actor: Actor) -> Any:
        if step == "reschedule":
            spare = [clinic.spare.id]
            return services.reschedule_at_desk(booking_id=row.id, pool_ids=spare, reason="示例", by=actor)
        return services.take_at_desk(booking_id=row.id, step=Step(step), reason="示例", by=actor)

    def on_page(html: str) -> set[str]:
        found = set(re.findall(rf'action="[^"]*bookings/{row.id}/(\w+)/', html))
        return {"reschedule" if step == "move" else step for step in found}

    return Case(
        row, ["confirm", "reschedule", "arrive", "miss", "cancel"], offered, expected, take,
        page=reverse("capacity:booking", args=[row.id]), on_page=on_page, api=f"/api/v1/bookings/{row.id}",
    )  # fmt: skip


def _started(clinic: Clinic) -> Any:
    return visits.start_visit(clinic.resident.id, by=clinic.gp, complaint="示例")


def _planned(clinic: Clinic) -> Any:
    return visits.plan_visit(clinic.resident.id, by=clinic.gp, planned_for=clinic.gp.now + timedelta(days=1))


def _finished(clinic: Clinic) -> Any:
    row = _started(clinic)
    visits.record_diagnoses(row.id, by=clinic.gp, diagnoses=[visits.DiagnosisEntry("I10.x00")])
    return visits.finish(row.id, by=clinic.gp)


def _called_off(clinic: Clinic) -> Any:
    return visits.cancel(_started(clinic).id, by=clinic.gp, reason="示例")


def _visit(clinic: Clinic, row: Any) -> Case:
    doctors = {"village_doctor", "general_practitioner", "specialist"}

    def expected(actor: Actor, place: str) -> set[str]:
        who = {"start": doctors | {"nurse"}}
        return {s for s in _leads_on(VISIT, row.state) if place == "sender" and actor.role in who.get(s, doctors)}

    def take(step: str, actor: Actor) -> Any:
        if step in ("cancel", "reopen"):
            return {"cancel": visits.cancel, "reopen": visits.reopen}[step](row.id, by=actor, reason="示例")
        return {"start": visits.start, "finish": visits.finish}[step](row.id, by=actor)

    def on_page(html: str) -> set[str]:
        names = {"begin": "start", "finish": "finish", "discharge": "finish", "cancel": "cancel", "reopen": "reopen"}
        return {names[found] for found in re.findall(rf'action="[^"]*{row.id}/(\w+)/', html) if found in names}

    return Case(
        row, [str(step) for step in VisitStep], lambda by: {str(s) for s in encounters.steps_open_to(row, by=by)},
        expected, take, page=reverse("encounters:detail", args=[row.id]), on_page=on_page,
        api=f"/api/v1/encounters/{row.id}/",
    )  # fmt: skip


def _prepared(clinic: Clinic) -> Any:
    return signing.prepared(clinic.resident, clinic.team, clinic.gp)


def _signed(clinic: Clinic) -> Any:
    return signing.signed(clinic.resident, clinic.team, clinic.gp)


def _ended(clinic: Clinic) -> Any:
    row = _signed(clinic)
    family_doctors.end_expired(by=Actor.system(now=clinic.world.now + timedelta(days=2_000)))
    return row


def _terminated(clinic: Clinic) -> Any:
    return family_doctors.terminate(contract_id=_signed(clinic).id, by=clinic.gp, reason="搬迁")


def _discarded(clinic: Clinic) -> Any:
    return family_doctors.discard(contract_id=_prepared(clinic).id, by=clinic.gp)


def _contract(clinic: Clinic, row: Any) -> Case:
    def offered(actor: Actor) -> set[str]:
        try:
            found = contracts.get(row.id, by=actor)
        except NotFound:
            return set()
        return {str(step) for step in contracts.possible_steps(found, by=actor)}

    def expected(actor: Actor, place: str) -> set[str]:
        signs = place == "sender" and actor.role in ("general_practitioner", "village_doctor")
        return _leads_on(CONTRACT, row.state) if signs else set()

    def take(step: str, actor: Actor) -> Any:
        facts = {"contract_id": row.id, "by": actor}
        earlier = row.starts_on - timedelta(days=1) if row.starts_on else None
        more: dict[str, dict[str, Any]] = {
            "sign": {"consent": signing.CONSENT}, "terminate": {"reason": "示例"},
            "amend": {"reason": "示例", "starts_on": earlier}, "discard": {},
        }  # fmt: skip
        return getattr(family_doctors, step)(**facts, **more[step])

    def on_page(html: str) -> set[str]:
        found = set(re.findall(rf'action="[^"]*{row.id}/(sign|terminate|discard)/', html))
        return found | ({"amend"} if "terminate" in found else set())  # a list or a program amends; no page does

    steps = [str(step) for step in ContractStep if step not in BY_WORKER]
    return Case(
        row, steps, offered, expected, take, page=reverse("family_doctors:contract", args=[row.id]),
        on_page=on_page, api=f"/api/v1/contracts/{row.id}",
    )  # fmt: skip


MACHINES = [
    Machine(
        "a booking", BOOKING,
        {"held": _held, "booked": _booked, "booked for a referral": _for_a_referral, "arrived": _arrived,
         "no_show": _missed, "cancelled": _cancelled, "expired": _expired},
        _booking, further=frozenset({"booked for a referral"}),
    ),
    Machine(
        "a visit", VISIT,
        {"planned": _planned, "in_progress": _started, "finished": _finished, "cancelled": _called_off}, _visit,
    ),
    Machine(
        "a contract", CONTRACT,
        {"draft": _prepared, "active": _signed, "ended": _ended, "terminated": _terminated, "discarded": _discarded},
        _contract,
    ),
]  # fmt: skip
