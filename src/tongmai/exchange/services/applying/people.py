"""Whom a message is about.  The one place where intake asks the index of residents."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from tongmai.commons.residents import services as residents
from tongmai.commons.residents.models import SourceRegistration
from tongmai.exchange.hl7v2 import person_in
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.person_in import PatientFacts
from tongmai.exchange.services import objects
from tongmai.exchange.services.arrival import Arrival, NotApplied
from tongmai.foundation.audit.together import flush
from tongmai.kernel.errors import InvalidInput


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
    # Who tells of one of them now waits, or has told before.
    objects.lock(arrival, (objects.PERSON, facts.local_number), (objects.PERSON, gone))
    known_as = [residents.resident_of_source(source, number) for number in (facts.local_number, gone)]
    if known_as[0] is None or known_as[1] is None:
        known(arrival)
        flush()
    if known_as[1] is None:
        return _remembered(arrival, gone, facts.local_number)
    kept = residents.source_says_same(source=source, kept=facts.local_number, gone=gone, by=arrival.by)
    arrival.message.resident_id = kept.resident_id
    return "merged"


def _remembered(arrival: Arrival, gone: str, kept: str) -> str:
    """A number that was given up before we have seen it: who comes under it later is the one who has the other."""
    entry = objects.locked(arrival, objects.GIVEN_UP, gone)
    if objects.is_old(entry, arrival.said_at) or gone == kept:
        return "stale"
    stands = SourceRegistration.objects.filter(source=source_name(arrival), local_number=kept).first()
    if stands is None:
        return "nothing"  # a person has settled on the message whom it means
    objects.note(entry, said_at=arrival.said_at, target_id=stands.id)
    return "given-up"


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
        objects.locked(arrival, objects.PERSON, number)
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
    entry = objects.locked(arrival, objects.PERSON, number)
    if entry.target_id is None:
        _check(arrival)
    elif objects.is_old(entry, arrival.said_at):
        message.resident_id = residents.resident_of_source(source_name(arrival), number) or entry.target_id
        return message.resident_id, "stale"
    made = _registered(arrival, facts, number)
    objects.note(entry, said_at=arrival.said_at, target_id=made.resident_id)
    message.resident_id = made.resident_id
    return made.resident_id, "registered" if made.is_first else "updated"


def number_of(arrival: Arrival) -> str:
    """Return the number under which a system has the person whom its message is about, else ""."""
    facts = arrival.opened.patient()
    return facts.local_number or facts.citizen_number


def _facts(arrival: Arrival) -> tuple[PatientFacts, str]:
    """What is said of the person, and the number under which her system has her."""
    facts, number = arrival.opened.patient(), number_of(arrival)
    if not number:
        raise NotApplied(Fault(Code.REQUIRED_FIELD, facts.location, "no-patient-number"))
    return facts, number


def _check(arrival: Arrival) -> None:
    if (fault := arrival.opened.patient_fault()) is not None:
        raise NotApplied(fault)


def source_name(arrival: Arrival) -> str:
    """Return the name under which the index knows the system: it never changes, whatever people call the system."""
    return name_of_source(arrival.source.id)


def name_of_source(source_id: UUID) -> str:
    """Return the name of a system in the index."""
    return f"hl7:{source_id}"


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
        raw=_plain(facts),
    )
    try:
        made = residents.register_from_source(
            arrived, by=arrival.by, is_held=True, is_apart=not arrival.is_begun_anew
        )  # fmt: skip
        return _stands_for(arrival, made, number) if made.is_first else made
    except InvalidInput as error:
        field = str(error.facts.get("field", ""))
        place = arrival.opened.at_person(field)
        said = {"problem": str(error.facts.get("problem") or error.sentence)}
        raise NotApplied(Fault(Code.REQUIRED_FIELD, place, "not-enterable", said)) from None


def _stands_for(arrival: Arrival, made: residents.Registered, number: str) -> residents.Registered:
    """A number that its system had given up is merged now, as it would have been had it come first."""
    kept_id = objects.target_of(arrival.source, objects.GIVEN_UP, number)
    kept = SourceRegistration.objects.filter(id=kept_id).first() if kept_id else None
    if kept is None:
        return made
    flush()
    source = source_name(arrival)
    residents.source_says_same(source=source, kept=kept.local_number, gone=number, by=arrival.by)
    return replace(made, resident_id=residents.resident_of_source(source, number))


def _id_number(facts: PatientFacts) -> str:
    """The valid number, else what is written where one should be."""
    if facts.citizen_number:
        return facts.citizen_number
    return next((text for text in facts.numbers if len(text) in (15, 18) and text[:-1].isdigit()), "")


def _plain(facts: PatientFacts) -> dict[str, Any]:
    told = {name: value for name, value in vars(facts).items() if name != "location"}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in told.items() if value}
