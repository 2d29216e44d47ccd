"""ADT A01–A08, A11, A13: a visit or stay as the member's own system has it."""

from dataclasses import dataclass
from uuid import UUID

from tongmai.commons.encounters import selectors as encounters
from tongmai.commons.encounters import services as record
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.encounters.services import Reported, ReportedDiagnosis
from tongmai.commons.encounters.states import State
from tongmai.exchange.hl7v2 import visits_in
from tongmai.exchange.hl7v2.faults import Code, Fault
from tongmai.exchange.hl7v2.visits_in import VisitFacts
from tongmai.exchange.models import SourceObject
from tongmai.exchange.services import objects
from tongmai.exchange.services.applying import codes, people
from tongmai.exchange.services.arrival import Arrival, NotApplied
from tongmai.kernel.text import N_

CANCELLED_THERE = N_("对方系统取消")
REOPENED_THERE = N_("对方系统取消出院")
_ORDER = (State.PLANNED, State.IN_PROGRESS, State.FINISHED)
_LEADS_TO = {
    "A01": State.IN_PROGRESS, "A02": State.IN_PROGRESS, "A03": State.FINISHED, "A04": State.IN_PROGRESS,
    "A05": State.PLANNED, "A06": State.IN_PROGRESS, "A07": State.IN_PROGRESS, "A11": State.CANCELLED, "A13": State.IN_PROGRESS,
}  # fmt: skip
_BEGINS = ("A01", "A04", "A05")


@dataclass(frozen=True)
class _Known:
    """The visit as it is known here, `held` until the message is applied; without an encounter: not yet."""

    entry: SourceObject
    held: Encounter | None = None

    @property
    def encounter_id(self) -> UUID | None:
        return self.entry.target_id

    @property
    def state(self) -> State | None:
        return State(self.held.state) if self.held else None


def apply(arrival: Arrival) -> str:
    """Bring the person and her visit up to what the message says."""
    said = visits_in.visit(arrival.read)
    if arrival.message.resident_id is None:
        objects.lock(arrival, (objects.PERSON, people.number_of(arrival)), (objects.VISIT, said.number if said else ""))
    resident_id, outcome = people.known(arrival)
    if said is None:
        if arrival.event == "A08":
            return outcome  # it tells of the person only
        raise NotApplied(visits_in.visit_fault(arrival.read) or Fault(Code.REQUIRED_FIELD, _place(arrival), "no-visit"))
    known = _known(arrival, said, resident_id)
    if objects.is_old(known.entry, arrival.said_at):
        return _told_late(arrival, said, known)
    if known.encounter_id is None and arrival.event in ("A11", "A13"):
        objects.note(known.entry, said_at=arrival.said_at)  # what is cancelled and comes later is old then
        return "nothing"
    visit = record.report_visit(
        resident_id, org_id=arrival.source.org_id, visit=_reported(arrival, said, known), at=arrival.said_at,
        by=arrival.by, encounter_id=known.encounter_id, held=known.held,
    )  # fmt: skip
    objects.note(known.entry, said_at=arrival.said_at, target_id=visit.id)
    _findings(arrival, said, resident_id, visit.id)
    return "visit"


def _place(arrival: Arrival):
    found = arrival.read.first("PV1")
    return found.at(19) if found else arrival.read.header.at(9)


def _known(arrival: Arrival, said: VisitFacts, resident_id: UUID) -> _Known:
    entry = objects.locked(arrival, objects.VISIT, _key(arrival, said, resident_id))
    if entry.target_id is None:
        return _Known(entry)
    return _Known(entry, record.held_visit(entry.target_id, resident_id, arrival.source.org_id))


def _key(arrival: Arrival, said: VisitFacts, resident_id: UUID) -> str:
    """The visit's number; without one its person and beginning, or the only visit of hers that is not over."""
    if said.number:
        return said.number
    if said.started_at is not None or arrival.event in _BEGINS:
        return f"{resident_id}@{(said.started_at or arrival.said_at):%Y%m%d%H%M}"
    open_there = encounters.open_reported(resident_id, org_id=arrival.source.org_id)
    keys = SourceObject.objects.filter(source=arrival.source, kind=objects.VISIT, target_id__in=open_there)
    found = list(keys.values_list("key", flat=True)[:2])
    if len(found) != 1:
        raise NotApplied(Fault(Code.REQUIRED_FIELD, said.location, "no-visit-number"))
    return found[0]


def _reported(arrival: Arrival, said: VisitFacts, known: _Known) -> Reported:
    state = _state(arrival, said, known.state)
    reason = {State.CANCELLED: CANCELLED_THERE}.get(state, "")
    if known.state == State.FINISHED and state == State.IN_PROGRESS:
        reason = REOPENED_THERE
    is_begun = state != State.PLANNED
    return Reported(
        state=state,
        kind="inpatient" if arrival.event == "A05" else said.kind,
        department_id=codes.department(arrival.source.org_id, said.departments),
        bed=said.bed,
        complaint=said.complaint,
        planned_for=said.planned_for or (None if is_begun else said.started_at or arrival.said_at),
        started_at=said.started_at if is_begun else None,
        ended_at=said.ended_at if state == State.FINISHED else None,
        disposition=said.disposition,
        doctor=said.doctor,
        reason=reason,
    )


def _state(arrival: Arrival, said: VisitFacts, now: State | None) -> State:
    """Where the event leads.  Only A13 leads back: an admission told again does not undo a discharge."""
    if arrival.event == "A08":
        return now or (State.FINISHED if said.ended_at else State.IN_PROGRESS)
    wanted = _LEADS_TO[arrival.event]
    if arrival.event == "A13" or wanted == State.CANCELLED or now not in _ORDER:
        return wanted
    return max(wanted, now, key=_ORDER.index)


def _told_late(arrival: Arrival, said: VisitFacts, known: _Known) -> str:
    """Something newer is known.  All that may still be added is the beginning of a visit whose end was told first."""
    begun = said.started_at or arrival.said_at
    if known.encounter_id is not None and arrival.event in _BEGINS:
        if record.report_beginning(known.encounter_id, started_at=begun, by=arrival.by):
            return "visit"
    return "stale"


def _findings(arrival: Arrival, said: VisitFacts, resident_id: UUID, encounter_id: UUID) -> None:
    if said.diagnoses:
        found = codes.diagnoses(arrival.source, [(d.code, d.name, d.system) for d in said.diagnoses], arrival.by.today)
        codes.note_diagnoses(arrival, said.diagnoses, found)
        diagnoses = [ReportedDiagnosis(*each) for each in found]
        record.report_diagnoses(encounter_id, resident_id=resident_id, diagnoses=diagnoses, by=arrival.by)
    if said.allergies:
        record.report_allergies(resident_id, allergies=said.allergies, encounter_id=encounter_id, by=arrival.by)
