"""What an ADT says of a visit or stay: PV1 with what stands around it, as typed facts.  Pure."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from tongmai.exchange.hl7v2 import instants
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.person_in import doctor_name
from tongmai.exchange.hl7v2.reading import Message, Segment


@dataclass(frozen=True)
class DiagnosisSaid:
    """A diagnosis as the sender wrote it; `system` names its code list, "" where the message does not."""

    code: str
    name: str
    system: str
    location: Location


@dataclass(frozen=True)
class VisitFacts:
    """One visit.  `number` is "" where the sender gives none; texts are as written."""

    number: str
    kind: str  # inpatient | outpatient
    departments: tuple[str, ...]  # every text that may name the department, the likeliest first
    bed: str
    complaint: str
    doctor: str
    planned_for: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    disposition: str  # home | died | "" where the message does not say
    diagnoses: tuple[DiagnosisSaid, ...]
    allergies: tuple[tuple[str, str], ...]  # substance, reaction
    location: Location


# HL7 table 0004 and what vendors write in its place.
_INPATIENT = frozenset({"I", "P", "B", "IP", "住院"})
_DIED = frozenset({"20", "40", "41", "42", "5", "EXP", "死亡"})
_DOCTORS = (7, 17, 9)  # attending, admitting, consulting
_BED = ("床", "BED")
_MOST_DIAGNOSES = 20


def said_at(message: Message) -> datetime | None:
    """Return when what the message tells happened: EVN-6, EVN-2, else MSH-7; None where no instant can be read."""
    evn = message.first("EVN")
    texts = ([evn.value(6), evn.value(2)] if evn else []) + [message.header.value(7)]
    return next((at for text in texts if (at := instants.instant(text)) is not None), None)


@lru_cache(maxsize=32)
def visit(message: Message) -> VisitFacts | None:
    """Return the visit that the message is about; None where it has no PV1 that says anything."""
    pv1 = message.first("PV1")
    if pv1 is None or not any(pv1.value(n) for n in (2, 3, 19, 44, 50)):
        return None
    pv2, pid = message.first("PV2") or Segment("PV2", 1, ()), message.first("PID") or Segment("PID", 1, ())
    return VisitFacts(
        number=(pv1.value(19) or pv1.value(50) or pid.value(18))[:64],
        kind="inpatient" if pv1.value(2).upper() in _INPATIENT else "outpatient",
        departments=_departments(pv1),
        bed=_bed(pv1),
        complaint=(pv2.value(3, 2) or pv2.value(3))[:200],
        doctor=next((name for n in _DOCTORS if (name := doctor_name(pv1, n))), "")[:60],
        planned_for=instants.instant(pv2.value(8)),
        started_at=instants.instant(pv1.value(44)),
        ended_at=instants.instant(pv1.value(45)),
        disposition=_disposition(pv1),
        diagnoses=diagnoses(message),
        allergies=tuple(_allergies(message)),
        location=pv1.at(19),
    )


def visit_fault(message: Message) -> Fault | None:
    """Return why the message tells of no visit, else None."""
    if message.first("PV1") is None:
        return Fault(Code.SEGMENT_SEQUENCE, Location("PV1"), "no-visit-segment")
    return None


def diagnoses(message: Message) -> tuple[DiagnosisSaid, ...]:
    """Return the diagnoses in the order of the message, each once."""
    found: dict[tuple[str, str], DiagnosisSaid] = {}
    for dg1 in message.all("DG1"):
        code, name = dg1.value(3)[:20], (dg1.value(3, 2) or dg1.value(4))[:200]
        if code or name:
            said = DiagnosisSaid(code, name or code, dg1.value(3, 3) or dg1.value(2), dg1.at(3))
            found.setdefault((code, "" if code else name), said)
    return tuple(found.values())[:_MOST_DIAGNOSES]


def _departments(pv1: Segment) -> tuple[str, ...]:
    """PV1-3 is ward^room^bed^facility; Chinese systems put code^name there.  PV1-10 is the service."""
    texts = [pv1.value(3, 2), pv1.value(3), pv1.value(3, 9), pv1.value(10, 2), pv1.value(10)]
    return tuple(dict.fromkeys(text for text in texts if text))


def _bed(pv1: Segment) -> str:
    bed = pv1.value(3, 3)
    for word in _BED:
        bed = bed.removesuffix(word)
    return bed.strip()[:20]


def _disposition(pv1: Segment) -> str:
    text = pv1.value(36).upper() or pv1.value(36, 2)
    return "" if not text else "died" if text in _DIED or "死亡" in text else "home"


def _allergies(message: Message) -> list[tuple[str, str]]:
    found = []
    for al1 in message.all("AL1"):
        substance = al1.value(3, 2) or al1.value(3)
        if substance:
            found.append((substance[:80], al1.value(5)[:120]))
    return list(dict.fromkeys(found))
