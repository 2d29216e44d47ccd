"""What an SIU says: an appointment that the sender's own system made, moved or cancelled.  Pure."""

from dataclasses import dataclass
from datetime import datetime

from tongmai.exchange.hl7v2 import instants
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.reading import Message, Segment


@dataclass(frozen=True)
class AppointmentFacts:
    """One appointment as it is kept elsewhere; `departments`: every text that may name where."""

    number: str
    planned_for: datetime | None
    departments: tuple[str, ...]
    what: str
    location: Location


def appointment(message: Message) -> tuple[AppointmentFacts | None, Fault | None]:
    """Return the appointment, or why there is none: no SCH, no number."""
    sch = message.first("SCH")
    if sch is None:
        return None, Fault(Code.SEGMENT_SEQUENCE, Location("SCH"), "no-appointment")
    number = sch.value(2) or sch.value(1) or sch.value(26)
    if not number:
        return None, Fault(Code.REQUIRED_FIELD, sch.at(2), "no-appointment-number")
    what = next((text for n in (7, 6, 8) if (text := sch.value(n, 2) or sch.value(n))), "")
    ais = message.first("AIS") or Segment("AIS", 0, ())
    said = AppointmentFacts(
        number=number[:64],
        planned_for=_when(message, sch),
        departments=_departments(message),
        what=(ais.value(3, 2) or what)[:200],
        location=sch.at(2),
    )
    return said, None


def _when(message: Message, sch: Segment) -> datetime | None:
    """SCH-11.4; else the first instant that a resource or a timing states.  Versions and vendors differ."""
    texts = [sch.value(11, 4)]
    for name, field in (("TQ1", 7), ("AIS", 4), ("AIP", 6), ("AIL", 6), ("AIG", 8)):
        texts += [segment.value(field) for segment in message.all(name)]
    return next((at for text in texts if (at := instants.instant(text)) is not None), None)


def _departments(message: Message) -> tuple[str, ...]:
    pv1, ail = (message.first(name) or Segment(name, 0, ()) for name in ("PV1", "AIL"))
    texts = [pv1.value(3, 2), pv1.value(3), ail.value(3, 2), ail.value(3), pv1.value(10)]
    return tuple(dict.fromkeys(text for text in texts if text))
