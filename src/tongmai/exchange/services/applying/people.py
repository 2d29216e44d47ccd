"""Whom a message is about.  The one place where intake asks the index of residents."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from tongmai.commons.residents import services as residents
from tongmai.exchange.hl7v2 import person_in
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.person_in import PatientFacts
from tongmai.exchange.services import objects
from tongmai.exchange.services.applying.arrival import Arrival, NotApplied
from tongmai.kernel.errors import InvalidInput

# Which part of a message a field of the register comes from.
_FIELDS = {"name": 5, "born_on": 7, "sex": 8, "id_number": 3, "local_number": 3, "phone": 13, "address": 11}


def apply(arrival: Arrival) -> str:
    """ADT A28, A31: a person is entered, or what her system says of her is brought up to date."""
    return known(arrival)[1]


def merge(arrival: Arrival) -> str:
    """ADT A40: the system gives up one of its numbers for another; the index decides whether two residents become one."""
    mrg = arrival.read.first("MRG")
    if mrg is None or not (gone := person_in.merged_number(mrg)):
        raise NotApplied(Fault(Code.REQUIRED_FIELD, Location("MRG", field=1), "no-merged-number"))
    facts = person_in.patient(arrival.read)
    if not facts.local_number:
        raise NotApplied(Fault(Code.REQUIRED_FIELD, Location("PID", field=3), "no-patient-number"))
    source = source_name(arrival)
    known_as = [residents.resident_of_source(source, number) for number in (facts.local_number, gone)]
    if known_as[0] is None or known_as[1] is None:
        known(arrival)
    if known_as[1] is None:
        return "nothing"
    kept = residents.source_says_same(source=source, kept=facts.local_number, gone=gone, by=arrival.by)
    arrival.message.resident_id = kept.resident_id
    return "merged"


def resident_of(arrival: Arrival) -> UUID:
    """Return the resident whom a message is about; one whom her system has not told us of yet is entered.

    Raises:
        NotApplied: nobody can be made of what it says.
    """
    message = arrival.message
    if message.resident_id is None:
        facts, number = _facts(arrival)
        message.resident_id = residents.resident_of_source(source_name(arrival), number)
    if message.resident_id is None:
        _check(arrival)
        message.resident_id = _registered(arrival, facts, number).resident_id
    return message.resident_id


def known(arrival: Arrival) -> tuple[UUID, str]:
    """Return the resident whom a message tells of, and what was done: registered, updated, stale.

    What it says of her is taken over where it is newer than what is known.  Raises NotApplied.
    """
    message = arrival.message
    if message.resident_id is not None:
        return message.resident_id, "updated"  # a person has settled whom it means
    facts, number = _facts(arrival)
    entry = objects.locked(arrival.source, objects.PERSON, number)
    if entry.target_id is None:
        _check(arrival)
    elif objects.is_old(entry, arrival.said_at):
        message.resident_id = residents.resident_of_source(source_name(arrival), number) or entry.target_id
        return message.resident_id, "stale"
    made = _registered(arrival, facts, number)
    objects.note(entry, said_at=arrival.said_at, target_id=made.resident_id)
    message.resident_id = made.resident_id
    return made.resident_id, "registered" if made.is_first else "updated"


def _facts(arrival: Arrival) -> tuple[PatientFacts, str]:
    """What is said of the person, and the number under which her system has her."""
    facts = person_in.patient(arrival.read)
    number = facts.local_number or facts.citizen_number
    if not number:
        raise NotApplied(Fault(Code.REQUIRED_FIELD, facts.location, "no-patient-number"))
    return facts, number


def _check(arrival: Arrival) -> None:
    if (fault := person_in.patient_fault(arrival.read.first("PID"))) is not None:
        raise NotApplied(fault)


def source_name(arrival: Arrival) -> str:
    """Return the name under which the index knows the system: it never changes, whatever people call the system."""
    return f"hl7:{arrival.source.id}"


def _registered(arrival: Arrival, facts: PatientFacts, number: str) -> residents.Registered:
    arrived = residents.Arrived(
        source=source_name(arrival),
        local_number=number,
        name=facts.name[:60],
        sex=facts.sex,
        born_on=facts.born_on,
        id_number=_id_number(facts),
        phone=facts.phone[:40],
        address=facts.address[:200],
        insurance_number=facts.insurance_number[:40],
        raw=_plain(asdict(facts)),
    )
    try:
        return residents.register_from_source(arrived, by=arrival.by)
    except InvalidInput as error:
        field = str(error.facts.get("field", ""))
        place = Location("PID", field=_FIELDS.get(field, 3))
        said = {"problem": str(error.facts.get("problem") or error.sentence)}
        raise NotApplied(Fault(Code.REQUIRED_FIELD, place, "not-enterable", said)) from None


def _id_number(facts: PatientFacts) -> str:
    """The valid number, else what is written where one should be."""
    if facts.citizen_number:
        return facts.citizen_number
    return next((text for text in facts.numbers if len(text) in (15, 18) and text[:-1].isdigit()), "")


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in facts.items() if name != "location"}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in told.items() if value}
