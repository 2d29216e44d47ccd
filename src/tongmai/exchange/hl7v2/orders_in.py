"""What an ORM, RDE or OMP says: orders of examinations and medicines, and what became of them.  Pure.

Of a medicine everything that a nurse would read is kept as it is written: dose, form, route, timing, instructions.  What is
not interpreted: components of a mixture (RXC), substitution, dispensing and refills, pumping rates, and doses as numbers.
"""

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
    """One order.  `status` and `priority` are our slugs; `instructions`: how a medicine is given, as written."""

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
    category: str = "examination"  # examination | medicine | supply
    instructions: str = ""

    @property
    def key(self) -> str:
        """By what the sender's next word on it is recognised: one number may stand for several things."""
        return f"{self.number}|{self.code}"


# HL7 tables 0119 (ORC-1) and 0038 (ORC-5); the state goes before the control code.
_STATES = {"CA": "cancelled", "CM": "completed", "DC": "cancelled", "HD": "on_hold", "ER": "cancelled"}
_CONTROLS = {"CA": "cancelled", "OC": "cancelled", "CR": "cancelled", "DC": "cancelled", "OD": "cancelled",
             "HD": "on_hold", "OH": "on_hold", "RE": "completed"}  # fmt: skip
_PRIORITIES = {"S": "stat", "STAT": "stat", "急": "stat", "A": "urgent", "ASAP": "urgent", "加急": "urgent"}
# What is ordered, by the segment that says it: our category, and the field that names it.
_DETAILS = {
    "OBR": ("examination", 4), "RXO": ("medicine", 1), "RXE": ("medicine", 2), "RQD": ("supply", 2), "ODS": ("supply", 3),
}  # fmt: skip
# Of a medicine: least and most amount, unit, form, instructions of who ordered it.
_DOSE = {"RXO": (2, 3, 4, 5, (7, 6)), "RXE": (3, 4, 5, 6, (7, 21))}
_MOST_INSTRUCTIONS = 500
_NO_ORC, _NO_DETAIL = Segment("ORC", 0, ()), Segment("OBR", 0, ())


def orders(message: Message) -> tuple[tuple[OrderFacts, ...], Fault | None]:
    """Return the orders of the message; with a fault where it brings none, or one without a number."""
    found = tuple(_order(message, orc, detail, around) for orc, detail, around in _groups(message))
    if not found:
        return (), Fault(Code.SEGMENT_SEQUENCE, Location("ORC"), "no-order")
    unnumbered = next((order for order in found if not order.number), None)
    if unnumbered is not None:
        return (), Fault(Code.REQUIRED_FIELD, unnumbered.location, "no-order-number")
    return found, None


def _groups(message: Message) -> Iterator[tuple[Segment, Segment, tuple[Segment, ...]]]:
    """Yield each order with what is ordered, and the segments around it that tell more of it.

    One without ORC is read from its detail, one without detail from its ORC.  What the pharmacy made of a medicine (RXE)
    stands for what was asked for (RXO).
    """
    orc, detail, around = None, None, []
    for segment in message.segments:
        is_detail = segment.name in _DETAILS
        goes_on = segment.name == "RXE" and detail is not None and detail.name == "RXO"
        if segment.name == "ORC" or (is_detail and detail is not None and not goes_on):
            if orc or detail:
                yield orc or _NO_ORC, detail or _NO_DETAIL, tuple(around)
            orc, detail, around = None, None, []
        if segment.name == "ORC":
            orc = segment
        elif is_detail:
            detail = segment
        elif orc or detail:
            around.append(segment)
    if orc or detail:
        yield orc or _NO_ORC, detail or _NO_DETAIL, tuple(around)


def _order(message: Message, orc: Segment, detail: Segment, around: tuple[Segment, ...]) -> OrderFacts:
    is_examination = detail.name == "OBR"
    category, what = _DETAILS[detail.name]
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
        category=category,
        instructions=_instructions(orc, detail, around)[:_MOST_INSTRUCTIONS] if category == "medicine" else "",
    )


def _instructions(orc: Segment, detail: Segment, around: tuple[Segment, ...]) -> str:
    """Dose, form, route, timing, notes: each as it is written, what is said twice once."""
    least, most, unit, form, said = _DOSE[detail.name]
    amount = "–".join(dict.fromkeys(text for text in (detail.value(least), detail.value(most)) if text))
    timing = [_timing(orc, 7)] if orc.value(7) or orc.value(7, 2) else []
    timing += [_timing(detail, 1)] if detail.name == "RXE" else []
    routes = [_text(each, 1) for each in around if each.name == "RXR"]
    times = [" ".join(filter(None, (_text(each, 3), _text(each, 6)))) for each in around if each.name == "TQ1"]
    notes = [_text(detail, n, i) for n in said for i, _ in enumerate(detail.repetitions(n), start=1)]
    notes += [each.value(3) for each in around if each.name == "NTE"]
    parts = [f"{amount}{_text(detail, unit)}", _text(detail, form), *routes, *timing, *times, *notes]
    return "；".join(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _timing(segment: Segment, field: int) -> str:
    """A quantity and timing (TQ): how much, how often, how long; in words where it has them (TQ.8)."""
    said = (segment.value(field, 1), segment.value(field, 2), segment.value(field, 3), segment.value(field, 8))
    return " ".join(text for text in said if text)


def _text(segment: Segment, field: int, repetition: int = 1) -> str:
    """A coded text: its words, else its code."""
    return segment.value(field, 2, repetition) or segment.value(field, 1, repetition)


def _reason(obr: Segment) -> str:
    """OBR-31, else what is told of the case (OBR-13); some write that one field too early, where a code would stand."""
    early = obr.value(12)
    return obr.value(31, 2) or obr.value(31) or obr.value(13) or (early if is_chinese(early) else "")


def _priority(orc: Segment, obr: Segment) -> str:
    """ORC-7, which some write one field too late."""
    said = (orc.value(7, 6), orc.value(8, 6), obr.value(27, 6), obr.value(5))
    return next((_PRIORITIES[text.upper()] for text in said if text.upper() in _PRIORITIES), "routine")
