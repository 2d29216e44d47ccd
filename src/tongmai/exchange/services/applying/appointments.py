"""SIU S12–S15: appointments that a member's own system made.  They are shown as planned visits and take no place of ours."""

from tongmai.commons.encounters import selectors as encounters
from tongmai.commons.encounters import services as record
from tongmai.commons.encounters.services import Reported
from tongmai.commons.encounters.states import State
from tongmai.exchange.hl7v2 import appointments_in
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.services import objects
from tongmai.exchange.services.applying import codes, people
from tongmai.exchange.services.applying.visits import CANCELLED_THERE
from tongmai.exchange.services.arrival import Arrival, NotApplied


def apply(arrival: Arrival) -> str:
    """Keep the appointment, move it, or cancel it."""
    said, fault = appointments_in.appointment(arrival.read)
    if fault is not None or said is None:
        raise NotApplied(*filter(None, [fault]))
    is_cancelled = arrival.event == "S15"
    if said.planned_for is None and not is_cancelled:
        raise NotApplied(Fault(Code.REQUIRED_FIELD, Location("SCH", field=11), "no-appointment-time"))
    resident_id = people.resident_of(arrival)
    entry = objects.locked(arrival, objects.APPOINTMENT, said.number)
    if objects.is_old(entry, arrival.said_at):
        return "stale"
    if entry.target_id is None and is_cancelled:
        objects.note(entry, said_at=arrival.said_at)
        return "nothing"
    if entry.target_id and encounters.state_of(entry.target_id) == State.CANCELLED and is_cancelled:
        return "same"
    visit = Reported(
        state=State.CANCELLED if is_cancelled else State.PLANNED,
        department_id=codes.department(arrival.source.org_id, said.departments),
        complaint=said.what,
        planned_for=said.planned_for,
        reason=CANCELLED_THERE if is_cancelled else "",
    )
    stored = record.report_visit(
        resident_id, org_id=arrival.source.org_id, visit=visit, at=arrival.said_at, by=arrival.by,
        encounter_id=entry.target_id,
    )  # fmt: skip
    objects.note(entry, said_at=arrival.said_at, target_id=stored.id)
    return "appointment"
