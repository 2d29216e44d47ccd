"""What residents ask, and what the audit administrator asks of those who read: disputes, guardians, unusual reading."""

import re
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.urls import reverse

from tests.steps.harness import Case, Machine
from tongmai.care.referrals.tests.factories import Clinic
from tongmai.commons.encounters.tests import factories as visits
from tongmai.commons.resident_requests import selectors, services
from tongmai.commons.resident_requests.states import DISPUTES, WARDS, DisputeStep, WardStep
from tongmai.commons.residents import selectors as people
from tongmai.commons.residents import services as people_services
from tongmai.commons.residents.models import ReadingFinding
from tongmai.commons.residents.reading.states import TABLE as FINDING
from tongmai.commons.residents.reading.states import Step as FindingStep
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.models import AccessLog
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.kernel.errors import NotFound

SAID = "这次不是我本人"
ANSWERED = {"answered": "answer", "corrected": "correct", "rejected": "reject"}
# Who answers for an entry at the organisation that wrote it.
DESK = {"registrar", "village_doctor", "general_practitioner", "specialist"}
WARD = {"name": "示例二宝", "born_on": date(2021, 6, 1)}


def _she(clinic: Clinic) -> Actor:
    return orgs.actor("resident", resident_id=clinic.resident.id, now=clinic.world.now)


def _neighbour(clinic: Clinic) -> Actor:
    return orgs.actor("resident", resident_id=residents.resident("示例邻").id, now=clinic.world.now)


def _guardian(clinic: Clinic) -> Actor:
    """Somebody who decides for the resident, by the court."""
    hers = residents.resident("示例监护人")
    people_services.add_guardian(
        clinic.resident.id, by=_registrar(clinic), name="示例监护人", relation="child", guardian_resident_id=hers.id
    )
    return orgs.actor("resident", resident_id=hers.id, now=clinic.world.now)


def _registrar(clinic: Clinic) -> Actor:
    return clinic.world.actor("registrar")


# Disputes: of an entry of the township's, and of an access that the county's audit administrator finds out about.


def _of_entry(clinic: Clinic) -> Any:
    entry = visits.visit(clinic.resident, by=clinic.gp)
    return services.dispute_entry(
        clinic.resident.id, by=_she(clinic), entry_kind="encounter", entry_id=entry.id, said=SAID
    )


def _of_access(clinic: Clinic) -> Any:
    people_services.break_glass(clinic.resident.id, by=clinic.specialist, reason="昏迷送来，须知过敏史")
    log = AccessLog.objects.get(resident_id=clinic.resident.id, basis="emergency")
    return services.dispute_access(clinic.resident.id, by=_she(clinic), access_log_id=log.id, said=SAID)


RAISED = {"entry": _of_entry, "access": _of_access}


def _answerer(clinic: Clinic, row: Any) -> Actor:
    return clinic.gp if row.kind == "entry" else clinic.world.actor("audit_admin")


def _settled(kind: str, step: str) -> Any:
    def made(clinic: Clinic) -> Any:
        row = RAISED[kind](clinic)
        return services.settle(row.id, by=_answerer(clinic, row), step=DisputeStep(step), said="与病历相符")

    return made


def _reopened(kind: str) -> Any:
    return lambda clinic: services.reopen(_settled(kind, "reject")(clinic).id, by=_she(clinic), said=SAID)


def _settled_again(kind: str) -> Any:
    """She may not open it a second time."""

    def made(clinic: Clinic) -> Any:
        row = _reopened(kind)(clinic)
        return services.settle(row.id, by=_answerer(clinic, row), step=DisputeStep.ANSWER, said="已再次核对")

    return made


def _withdrawn(kind: str) -> Any:
    return lambda clinic: services.withdraw(RAISED[kind](clinic).id, by=_she(clinic))


def _answers(row: Any, actor: Actor, place: str) -> bool:
    if row.kind == "access":
        return actor.role == "audit_admin" and place != "another county"
    return actor.role in DESK and place == "sender"


def _dispute_steps(row: Any, actor: Actor, place: str) -> set[str]:
    """Who may do what, said here a second time."""
    is_open = row.state in ("open", "reopened")
    if place in ("herself", "guardian"):
        may_reopen = row.state in ANSWERED and not row.n_reopened
        return {"withdraw"} if is_open else {"reopen"} if may_reopen else set()
    return {"answer", "correct", "reject"} if is_open and _answers(row, actor, place) else set()


def _take(row: Any, step: str, actor: Actor) -> Any:
    if step == "withdraw":
        return services.withdraw(row.id, by=actor)
    if step == "reopen":
        return services.reopen(row.id, by=actor, said=SAID)
    return services.settle(row.id, by=actor, step=DisputeStep(step), said="与病历相符")


def _on_dispute_page(row: Any, html: str) -> set[str]:
    """Staff choose among answers; the resident has a text for what she says again, and a button."""
    again = re.findall(rf'action="[^"]*{row.id}/" [^>]*data-draft="(reopen)-', html)
    return {*re.findall(r'name="step" value="(\w+)"', html), *again, *re.findall(r'name="(withdraw)"', html)}


def _dispute(clinic: Clinic, row: Any) -> Case:
    def offered(actor: Actor) -> set[str]:
        try:
            return set(selectors.dispute(row.id, by=actor).steps)
        except NotFound:
            return set()

    return Case(
        row, [str(step) for step in DisputeStep], offered, partial(_dispute_steps, row), partial(_take, row),
        page=reverse("resident_requests:dispute", args=[row.id]), own_page=reverse("portal:own-dispute", args=[row.id]),
        on_page=partial(_on_dispute_page, row),
        residents={"herself": _she(clinic), "guardian": _guardian(clinic), "another resident": _neighbour(clinic)},
    )  # fmt: skip


# Requests to be entered as a guardian.


def _asked(clinic: Clinic) -> Any:
    ward = residents.resident(WARD["name"], born_on=WARD["born_on"], id_number=residents.citizen_id(WARD["born_on"]))
    number = ward.identifiers.get(is_current=True).value
    return services.ask_for_ward(by=_she(clinic), name=WARD["name"], number=number, relation="mother")


def _accepted(clinic: Clinic) -> Any:
    return services.accept_ward(_asked(clinic).id, by=_registrar(clinic))


def _refused(clinic: Clinic) -> Any:
    return services.refuse_ward(_asked(clinic).id, by=_registrar(clinic), reason="没有户口簿")


def _taken_back(clinic: Clinic) -> Any:
    return services.withdraw_ward_request(_asked(clinic).id, by=_she(clinic))


def _ward_steps(row: Any, actor: Actor, place: str) -> set[str]:
    if row.state != "asked":
        return set()
    if place == "herself":
        return {"withdraw"}
    return {"accept", "refuse"} if actor.role == "registrar" and place != "another county" else set()


def _decide(row: Any, step: str, actor: Actor) -> Any:
    if step == "refuse":
        return services.refuse_ward(row.id, by=actor, reason="没有户口簿")
    return {"accept": services.accept_ward, "withdraw": services.withdraw_ward_request}[step](row.id, by=actor)


def _on_ward_page(row: Any, html: str) -> set[str]:
    taken_back = re.findall(rf'action="[^"]*{row.id}/(withdraw)/', html)
    return {*re.findall(r'name="decision" value="(\w+)"', html), *taken_back}


def _ward_request(clinic: Clinic, row: Any) -> Case:
    def offered(actor: Actor) -> set[str]:
        try:
            return set(selectors.ward_request(row.id, by=actor).steps)
        except NotFound:
            return set()

    return Case(
        row, [str(step) for step in WardStep], offered, partial(_ward_steps, row), partial(_decide, row),
        page=reverse("resident_requests:ward-request", args=[row.id]), own_page=reverse("portal:own-family"),
        on_page=partial(_on_ward_page, row),
        residents={"herself": _she(clinic), "another resident": _neighbour(clinic)},
    )  # fmt: skip


# Findings about reading.


def _found(reader: Actor) -> Any:
    """Restricted facts were opened in an emergency; the next night finds it."""
    person = residents.resident("示例丙")
    audit.log_access(
        resident_id=person.id, by=reader, basis="emergency", what="record", reason="抢救须知用药", sensitive="hiv"
    )
    people_services.find_last_days(Actor.system(now=reader.now + timedelta(days=1)))
    return ReadingFinding.objects.get(resident=person, kind="sensitive")


def _moved(*steps: str) -> Any:
    def made(clinic: Clinic) -> Any:
        row = _found(clinic.gp)
        for step in steps:
            _move(row.id, step, clinic.gp if step == "answer" else clinic.world.actor("audit_admin"))
        return row

    return made


def _asked_herself(clinic: Clinic) -> Any:
    """An audit administrator is a reader here: another one looks into it, she can only answer."""
    row = _found(clinic.world.actor("audit_admin"))
    _move(row.id, "ask", orgs.actor("audit_admin", org=clinic.world.township, now=clinic.world.now))
    return row


def _move(finding_id: UUID, step: str, by: Actor) -> Any:
    return people_services.move_finding(finding_id, by=by, step=step, reason="示例")


def _finding(clinic: Clinic, row: Any) -> Case:
    def offered(actor: Actor) -> set[str]:
        try:
            return {str(step) for step in people.finding_page(row.id, by=actor).steps}
        except NotFound:
            return set()

    def expected(actor: Actor, place: str) -> set[str]:
        if actor.user_id == row.reader_id:
            return {"answer"} if row.state == "asked" else set()
        if actor.role != "audit_admin" or place == "another county":
            return set()
        return {
            "open": {"ask", "accept", "escalate"}, "asked": {"accept", "escalate"},
            "answered": {"ask", "accept", "escalate"},
        }.get(row.state, set())  # fmt: skip

    return Case(
        row, [str(step) for step in FindingStep], offered, expected,
        lambda step, actor: _move(row.id, step, actor), page=reverse("residents:finding", args=[row.id]),
        on_page=lambda html: set(re.findall(rf'action="[^"]*{row.id}/(\w+)/', html)),
    )  # fmt: skip


MACHINES = [
    *(
        Machine(
            f"a dispute of an {kind}", DISPUTES,
            {"open": RAISED[kind]} | {state: _settled(kind, step) for state, step in ANSWERED.items()}
            | {"reopened": _reopened(kind), "withdrawn": _withdrawn(kind), "answered again": _settled_again(kind)},
            _dispute, frozenset({"answered again"}),
        )
        for kind in RAISED
    ),
    Machine(
        "a ward request", WARDS,
        {"asked": _asked, "accepted": _accepted, "refused": _refused, "withdrawn": _taken_back}, _ward_request,
    ),
    Machine(
        "a finding of reading", FINDING,
        {"open": _moved(), "asked": _moved("ask"), "answered": _moved("ask", "answer"),
         "explained": _moved("accept"), "escalated": _moved("escalate"), "asked of an administrator": _asked_herself},
        _finding, frozenset({"asked of an administrator"}),
    ),
]  # fmt: skip
