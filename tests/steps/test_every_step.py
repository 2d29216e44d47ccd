"""Every state × step × role × place, through the real services: what is offered is taken, what is not is refused.

The tables of `tests/spec` say who takes which step in words; here the rows exist, and the people are posts at real
organisations: the sender, the receiver, the reviewer, a neighbour, another county.  A refused step leaves the row and its
history as they were.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.harness.tables import rows as drawn
from tests.spec.referrals.test_who import DOWN_WHO, LETTERS, UP_WHO
from tongmai.care.family_doctors import access as contracts
from tongmai.care.family_doctors import services as family_doctors
from tongmai.care.family_doctors.states import CONTRACT
from tongmai.care.family_doctors.states import Step as ContractStep
from tongmai.care.family_doctors.tests import factories as signing
from tongmai.care.referrals import access as referrals
from tongmai.care.referrals import rules, services, stepping
from tongmai.care.referrals.states import DOWN, UP, Direction, Side
from tongmai.care.referrals.stepping import Said
from tongmai.care.referrals.tests.factories import CONSENT, Clinic
from tongmai.commons.capacity import services as capacity
from tongmai.commons.capacity import states as booking_states
from tongmai.commons.capacity.selectors import bookings
from tongmai.commons.capacity.tests import factories as places
from tongmai.commons.encounters import access as encounters
from tongmai.commons.encounters import services as visits
from tongmai.commons.encounters.states import TABLE as VISIT
from tongmai.commons.encounters.states import Step as VisitStep
from tongmai.foundation.orgs.permissions import MAY, Action
from tongmai.foundation.orgs.roles import GRANTABLE, Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.kernel.errors import NotFound, NotPermitted, StepNotAllowed, TongmaiError

pytestmark = pytest.mark.django_db
# Everybody everywhere is asked what she is offered.  The services themselves are tried by all with more examples, else by
# those who differ: whoever is in no table is one of many alike, and so is who stands nowhere.
ALIKE = {
    Role.REPORTING_DOCTOR, Role.PHARMACIST, Role.INSURANCE_OFFICER, Role.HEALTH_COMMISSION, Role.CDC_OFFICER,
    Role.SECURITY_ADMIN, Role.AUDIT_ADMIN,
}  # fmt: skip
ALL = int(os.environ.get("TONGMAI_EXAMPLES", "1")) > 1
ROLES = sorted(GRANTABLE)
TRIED_AT = {"sender", "receiver"}
DENIED = (StepNotAllowed, NotPermitted, NotFound)


@dataclass
class Case:
    """A row in one state: which steps there are, who is offered which, and how each is taken."""

    row: Any
    steps: list[str]
    offered: Callable[[Any], set[str]]
    expected: Callable[[Any, str], set[str]]  # of an actor at a place
    take: Callable[[str, Any], Any]
    same: Callable[[str], set[str]] = lambda step: {step}


@pytest.fixture(scope="module")
def clinic(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        found = Clinic(orgs.county_world())
        found.spare = found.pool(days=10)
        found.team = signing.team(found.gp)
        found.team_places = {
            "sender": found.world.township, "receiver": found.world.lead, "neighbour": found.world.other_township,
            "village": found.world.village, "another county": found.world.stranger,
        }  # fmt: skip
        yield found
        transaction.set_rollback(True)


def judge(clinic: Clinic, case: Case) -> None:
    """Ask everybody everywhere for every step."""
    wrong = []
    for place, org in clinic.team_places.items():
        for role in ROLES:
            actor = orgs.actor(role, org=org, now=clinic.world.now)
            offered, expected = case.offered(actor), case.expected(actor, place)
            if offered != expected:
                wrong.append(f"{role} at {place}: offered {sorted(offered)}, the table says {sorted(expected)}")
            if ALL or (place in TRIED_AT and role not in ALIKE):
                wrong += [f"{role} at {place} {what}" for what in _tried(case, actor, offered)]
    assert not wrong, "\n".join(wrong[:20])


def _tried(case: Case, actor: Any, offered: set[str]) -> list[str]:
    """Take every step as `actor`, each from the same state; return what was wrong about it."""
    wrong, state = [], case.row.state
    for step in case.steps:
        with transaction.atomic():
            why = _refusal(case, step, actor)
            case.row.refresh_from_db()
            is_kept = case.row.state == state
            transaction.set_rollback(True)
        case.row.refresh_from_db()
        if step in offered and isinstance(why, DENIED):
            wrong.append(f"is offered {step} and refused: {why.code}")
        if not offered & case.same(step) and (why is None or not is_kept):
            wrong.append(f"took {step} without being offered it")
    return wrong


def _refusal(case: Case, step: str, actor: Any) -> TongmaiError | None:
    try:
        with transaction.atomic():
            case.take(step, actor)
    except TongmaiError as refused:
        return refused
    return None


# Referrals


def _returned(clinic):
    row = clinic.submitted()
    return services.return_for_information(referral_id=row.id, reason="缺报告", by=clinic.specialist)


def _declined(clinic):
    return services.decline(referral_id=clinic.submitted().id, reason="无指征", by=clinic.specialist)


def _withdrawn(clinic):
    return services.withdraw(referral_id=clinic.submitted().id, reason="好转", by=clinic.gp)


def _missed(clinic):
    row = clinic.booked(clinic.pool(days=1))
    return services.miss(referral_id=row.id, by=clinic.later(clinic.specialist, days=1, hours=12))


def _closed(clinic):
    return services.close(referral_id=clinic.treated().id, by=clinic.specialist)


def _down_returned(clinic):
    row = clinic.down_submitted()
    return services.return_for_information(referral_id=row.id, reason="缺方案", by=clinic.gp)


def _down_declined(clinic):
    return services.decline(referral_id=clinic.down_submitted().id, reason="无条件", by=clinic.gp)


def _down_withdrawn(clinic):
    return services.withdraw(referral_id=clinic.down_submitted().id, reason="留观", by=clinic.specialist)


UP_STATES = {
    "draft": Clinic.draft, "reviewing": Clinic.reviewing, "submitted": Clinic.submitted, "returned": _returned,
    "accepted": Clinic.accepted, "booked": Clinic.booked, "no_show": _missed, "arrived": Clinic.arrived,
    "treated": Clinic.treated, "closed": _closed, "declined": _declined, "withdrawn": _withdrawn,
}  # fmt: skip
DOWN_STATES = {
    "draft": Clinic.down_draft, "submitted": Clinic.down_submitted, "returned": _down_returned,
    "accepted": Clinic.down_accepted, "following": Clinic.received, "declined": _down_declined,
    "withdrawn": _down_withdrawn,
}  # fmt: skip


def _sides(clinic: Clinic, row: Any, actor: Any) -> set[Side]:
    """On which sides somebody stands, by where her post is: said here a second time."""
    was_sent = row.submitted_at is not None
    found = {Side.SENDER} if actor.org_id == row.sender_id else set()
    found |= {Side.RECEIVER} if actor.org_id == row.receiver_id and was_sent else set()
    found |= {Side.REVIEWER} if actor.org_id == row.reviewer_id else set()
    leads = actor.org_id == clinic.world.lead.id and actor.role == Role.REFERRAL_COORDINATOR
    return found | ({Side.COORDINATOR} if leads and row.alliance_id else set())


def _referral(clinic: Clinic, row: Any) -> Case:
    direction = Direction(row.direction)
    life, who = (UP, UP_WHO) if direction == Direction.UP else (DOWN, DOWN_WHO)
    table = {line["step"]: line for line in drawn(who)}
    leads_on = {str(step) for state, step in life.rows if str(state) == row.state}

    def expected(actor: Any, place: str) -> set[str]:
        if Action.SEE_REFERRALS not in MAY[actor.role]:
            return set()
        sides, found = _sides(clinic, row, actor), set()
        for step in leads_on & table.keys():
            line = table[step]
            named = {LETTERS[letter] for letter in line["roles"]}
            if line["side"] in sides and actor.role in named:
                found.add(step)
        facts = referrals.facts_of(row)
        return {
            step
            for step in found
            if rules.applies(direction, type(next(iter(life.rules)))(step), facts, sides=frozenset(sides))
        }

    def take(step: str, actor: Any) -> Any:
        takes_places = direction == Direction.UP or step in ("book", "reschedule")
        said = Said(
            reason="示例原因",
            pool_ids=[clinic.spare.id] if takes_places else [],
            receiver_id=clinic.world.tcm.id,
            summary="示例摘要",
            consent=CONSENT,
        )
        return stepping._STEPS[step](row, said, {"referral_id": row.id, "by": actor, "seen_version": None})

    steps = [str(step) for step in life.rules if str(step) in stepping._STEPS]
    by_service = {step: {other for other in steps if stepping._STEPS[other] is stepping._STEPS[step]} for step in steps}

    def offered(actor: Any) -> set[str]:
        return {str(step) for step in referrals.possible_steps(row, by=actor)}

    return Case(row, steps, offered, expected, take, by_service.__getitem__)


@pytest.mark.parametrize("state", UP_STATES)
def test_every_step_of_an_up_referral(clinic, state):
    with transaction.atomic():
        row = UP_STATES[state](clinic)
        assert row.state == state
        judge(clinic, _referral(clinic, row))
        transaction.set_rollback(True)


@pytest.mark.parametrize("state", DOWN_STATES)
def test_every_step_of_a_down_referral(clinic, state):
    with transaction.atomic():
        row = DOWN_STATES[state](clinic)
        row.refresh_from_db()
        assert row.state in (state, "received")
        judge(clinic, _referral(clinic, row))
        transaction.set_rollback(True)


# Bookings

BOOKING_WHO = """
    roles                                                                       | place  | steps
    registrar specialist general_practitioner village_doctor referral_coordinator | offers | confirm reschedule arrive miss cancel
    nurse technician resource_manager                                           | offers | confirm reschedule arrive miss cancel
    registrar specialist general_practitioner village_doctor referral_coordinator | booked | confirm reschedule cancel
"""


def _booking(clinic: Clinic, state: str) -> Any:
    registrar = clinic.world.actor("registrar", org=clinic.world.township)
    pool = clinic.pool(days=4)
    if state == "held":
        return capacity.hold(
            pool_ids=[pool.id], resident_id=clinic.resident.id, share_wanted=booking_states.Share.PUBLIC,
            source=places.DESK, by=registrar,
        )  # fmt: skip
    row = places.booking(pool, by=registrar, of=clinic.resident)
    at_desk = clinic.world.actor("registrar", org=clinic.world.lead)
    on_the_day = at_desk.at(pool.starts_at + timedelta(hours=5))
    moves = {
        "booked": lambda: row,
        "arrived": lambda: capacity.arrive(booking_id=row.id, by=at_desk.at(pool.starts_at)),
        "no_show": lambda: capacity.no_show(booking_id=row.id, by=on_the_day),
        "cancelled": lambda: capacity.cancel(booking_id=row.id, reason="不来", by=registrar),
    }
    return moves[state]()


@pytest.mark.parametrize("state", ["held", "booked", "arrived", "no_show", "cancelled"])
def test_every_step_of_a_booking(clinic, state):
    with transaction.atomic():
        row = _booking(clinic, state)
        row.refresh_from_db()
        assert row.state == state
        leads_on = {str(s) for old, s in booking_states.TABLE.rows if str(old) == state}

        def expected(actor, place):
            at = {"receiver": "offers", "sender": "booked"}.get(place)
            found = [line for line in drawn(BOOKING_WHO) if actor.role in line["roles"].split() and line["place"] == at]
            return {step for line in found for step in line["steps"].split()} & leads_on

        def take(step, actor):
            facts = {"booking_id": row.id, "by": actor}
            if step == "reschedule":
                return capacity.reschedule(**facts, pool_ids=[clinic.spare.id], reason="示例")
            if step == "cancel":
                return capacity.cancel(**facts, reason="示例")
            return {"confirm": capacity.confirm, "arrive": capacity.arrive, "miss": capacity.no_show}[step](**facts)

        steps = ["confirm", "reschedule", "arrive", "miss", "cancel"]
        judge(clinic, Case(row, steps, lambda by: {str(s) for s in bookings.steps_open(row, by=by)}, expected, take))
        transaction.set_rollback(True)


# Visits and contracts


@pytest.mark.parametrize("state", ["planned", "in_progress", "finished", "cancelled"])
def test_every_step_of_a_visit(clinic, state):
    with transaction.atomic():
        gp, her = clinic.gp, clinic.resident
        row = visits.start_visit(her.id, by=gp, complaint="示例")
        if state == "planned":
            row = visits.plan_visit(her.id, by=gp, planned_for=gp.now + timedelta(days=1))
        elif state == "cancelled":
            row = visits.cancel(row.id, by=gp, reason="示例")
        elif state == "finished":
            visits.record_diagnoses(row.id, by=gp, diagnoses=[visits.DiagnosisEntry("I10.x00")])
            row = visits.finish(row.id, by=gp)
        assert row.state == state
        doctors = {"village_doctor", "general_practitioner", "specialist"}

        def expected(actor, place):
            who = {"start": doctors | {"nurse"}}
            leads_on = {str(s) for old, s in VISIT.rows if str(old) == state}
            return {s for s in leads_on if place == "sender" and actor.role in who.get(s, doctors)}

        def take(step, actor):
            if step in ("cancel", "reopen"):
                return {"cancel": visits.cancel, "reopen": visits.reopen}[step](row.id, by=actor, reason="示例")
            return {"start": visits.start, "finish": visits.finish}[step](row.id, by=actor)

        steps = [str(step) for step in VisitStep]
        offered = lambda by: {str(s) for s in encounters.steps_open_to(row, by=by)}  # noqa: E731
        judge(clinic, Case(row, steps, offered, expected, take))
        transaction.set_rollback(True)


def _contract(clinic: Clinic, state: str) -> Any:
    row = signing.prepared(clinic.resident, clinic.team, clinic.gp)
    if state == "discarded":
        family_doctors.discard(contract_id=row.id, by=clinic.gp)
    elif state != "draft":
        family_doctors.sign(contract_id=row.id, consent=signing.CONSENT, by=clinic.gp)
    if state == "terminated":
        family_doctors.terminate(contract_id=row.id, by=clinic.gp, reason="搬迁")
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("state", ["draft", "active", "terminated", "discarded"])
def test_every_step_of_a_contract(clinic, state):
    with transaction.atomic():
        row = _contract(clinic, state)
        assert row.state == state

        def offered(actor):
            try:
                found = contracts.get(row.id, by=actor)
            except NotFound:
                return set()
            return {str(s) for s in contracts.possible_steps(found, by=actor)} - {"end"}

        def expected(actor, place):
            leads_on = {str(s) for old, s in CONTRACT.rows if str(old) == state} - {"end"}
            return leads_on if place == "sender" and actor.role in ("general_practitioner", "village_doctor") else set()

        def take(step, actor):
            facts = {"contract_id": row.id, "by": actor}
            if step == "sign":
                return family_doctors.sign(**facts, consent=signing.CONSENT)
            return (
                family_doctors.terminate(**facts, reason="示例")
                if step == "terminate"
                else family_doctors.discard(**facts)
            )

        steps = [str(step) for step in ContractStep if step != "end"]
        judge(clinic, Case(row, steps, offered, expected, take))
        transaction.set_rollback(True)
