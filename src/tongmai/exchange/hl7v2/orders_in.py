"""What an ORM says: orders of examinations and medicines, and what became of them.  Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tongmai.exchange.hl7v2 import instants
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.person_in import doctor_name
from tongmai.exchange.hl7v2.reading import Message, Segment
from tongmai.kernel.text import is_chinese


@dataclass(frozen=True)
class OrderFacts:
    """One order.  `status` and `priority` are our slugs."""

    number: str
    status: str  # active | on_hold | completed | cancelled
    code: str
    system: str
    name: str
    priority: str  # routine | urgent | stat
    reason: str
    requester: str
    performer: str  # whom it is for, as MSH-6 writes it
    requested_at: datetime | None
    location: Location


# HL7 tables 0119 (ORC-1) and 0038 (ORC-5); the state goes before the control code.
_STATES = {"CA": "cancelled", "CM": "completed", "DC": "cancelled", "HD": "on_hold", "ER": "cancelled"}
_CONTROLS = {"CA": "cancelled", "OC": "cancelled", "CR": "cancelled", "DC": "cancelled", "OD": "cancelled",
             "HD": "on_hold", "OH": "on_hold", "RE": "completed"}  # fmt: skip
_PRIORITIES = {"S": "stat", "STAT": "stat", "急": "stat", "A": "urgent", "ASAP": "urgent", "加急": "urgent"}
_DETAILS = ("OBR", "RXO", "RQD", "ODS")


def orders(message: Message) -> tuple[tuple[OrderFacts, ...], Fault | None]:
    """Return the orders of the message; with a fault where it brings none, or one without a number."""
    found = tuple(_order(message, orc, detail) for orc, detail in _pairs(message))
    if not found:
        return (), Fault(Code.SEGMENT_SEQUENCE, Location("ORC"), "no-order")
    unnumbered = next((order for order in found if not order.number), None)
    if unnumbered is not None:
        return (), Fault(Code.REQUIRED_FIELD, unnumbered.location, "no-order-number")
    return found, None


def _pairs(message: Message) -> Iterator[tuple[Segment, Segment]]:
    """Yield each order with what is ordered.  One without ORC is read from its detail, one without detail from its ORC."""
    orc: Segment | None = None
    for segment in message.segments:
        if segment.name == "ORC":
            if orc is not None:
                yield orc, Segment("OBR", 0, ())
            orc = segment
        elif segment.name in _DETAILS:
            yield orc or Segment("ORC", 0, ()), segment
            orc = None
    if orc is not None:
        yield orc, Segment("OBR", 0, ())


def _order(message: Message, orc: Segment, detail: Segment) -> OrderFacts:
    is_examination = detail.name == "OBR"
    what = 4 if is_examination else 1
    number = orc.value(2) or (detail.value(2) if is_examination else "") or orc.value(3)
    texts = (detail.value(what, 2), detail.value(what, 5), detail.value(what))
    times = (
        orc.value(9),
        orc.value(7, 4),
        orc.value(8, 4),
        detail.value(6) if is_examination else "",
        message.header.value(7),
    )
    place = orc.at(2) if orc.fields else detail.at(2)
    return OrderFacts(
        number=number[:80],
        status=_STATES.get(orc.value(5).upper()) or _CONTROLS.get(orc.value(1).upper(), "active"),
        code=detail.value(what)[:60],
        system=detail.value(what, 3)[:60],
        name=next((text for text in texts if text), "—")[:200],
        priority=_priority(orc, detail if is_examination else Segment("OBR", 0, ())),
        reason=_reason(detail)[:500] if is_examination else "",
        requester=(doctor_name(orc, 12) or (doctor_name(detail, 16) if is_examination else ""))[:60],
        performer=message.header.value(6)[:120],
        requested_at=next((at for text in times if (at := instants.instant(text)) is not None), None),
        location=place,
    )


def _reason(obr: Segment) -> str:
    """OBR-31, else what is told of the case (OBR-13); some write that one field too early, where a code would stand."""
    early = obr.value(12)
    return obr.value(31, 2) or obr.value(31) or obr.value(13) or (early if is_chinese(early) else "")


def _priority(orc: Segment, obr: Segment) -> str:
    """ORC-7, which some write one field too late."""
    said = (orc.value(7, 6), orc.value(8, 6), obr.value(27, 6), obr.value(5))
    return next((_PRIORITIES[text.upper()] for text in said if text.upper() in _PRIORITIES), "routine")
