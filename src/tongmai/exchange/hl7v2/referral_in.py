"""What a REF^I12 says, as typed facts.  Pure: nothing is looked up here, and every fault is located.

Where vendors differ, the readings that we accept are listed beside the field; the sample messages of the tests hold each.
"""

from dataclasses import dataclass
from datetime import datetime

from tongmai.exchange.hl7v2 import instants, person_in, plan_in
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.person_in import PatientFacts
from tongmai.exchange.hl7v2.reading import Message, Segment


@dataclass(frozen=True)
class Named:
    """Somebody or something by code, by name, or both, with the place where the message says so."""

    code: str
    name: str
    location: Location


@dataclass(frozen=True)
class Diagnosis:
    code: str
    name: str


@dataclass(frozen=True)
class ReferralFacts:
    """One referral as the sender wrote it.  `facilities` are tried in order until one is known here."""

    control_id: str
    application: str
    facility: str
    number: str
    direction: str  # up | down | "" where the message does not say
    urgency: str  # routine | urgent | emergency
    issued_at: datetime | None
    sender_facilities: tuple[Named, ...]
    receiver_facilities: tuple[Named, ...]
    sender_doctor: Named
    receiver_doctor: Named
    patient: PatientFacts
    diagnoses: tuple[Diagnosis, ...]
    reason: str
    summary: str
    plan: plan_in.PlanFacts

    @property
    def system(self) -> str:
        """Where it comes from: application and facility, as one name."""
        return system_of(self.application, self.facility)


# HL7 table 0280 and the words beside its codes; a Chinese word is more exact than the code, so it goes first.
_URGENCY_WORDS = {
    "急诊": "emergency",
    "危急": "emergency",
    "抢救": "emergency",
    "紧急": "urgent",
    "加急": "urgent",
    "普通": "routine",
    "常规": "routine",
}
_URGENCY_CODES = {"S": "emergency", "STAT": "emergency", "A": "urgent", "ASAP": "urgent", "R": "routine", "": "routine"}
_DIRECTIONS = {
    "UP": "up", "上转": "up", "向上转诊": "up",
    "DOWN": "down", "DN": "down", "下转": "down", "向下转诊": "down",
}  # fmt: skip
_SENDER_ROLE, _RECEIVER_ROLES = "RP", ("RT", "RH")
_MOST_SUMMARY = 8_000


def system_of(application: str, facility: str) -> str:
    """Return the name under which a source system is remembered."""
    return "/".join(part for part in (application, facility) if part) or "HL7"


def referral(message: Message) -> tuple[ReferralFacts, tuple[Fault, ...]]:
    """Return what a REF^I12 says, and what it lacks.  With faults the referral must wait for a person."""
    return _facts(message), tuple(fault for fault in _lacks(message) if fault is not None)


def _facts(message: Message) -> ReferralFacts:
    header = message.header
    rf1 = message.first("RF1") or Segment("RF1", 1, ())
    sender, receiver = _provider(message, (_SENDER_ROLE,)), _provider(message, _RECEIVER_ROLES)
    return ReferralFacts(
        control_id=message.control_id,
        application=header.value(3),
        facility=header.value(4),
        number=rf1.value(6) or message.control_id,
        direction=_DIRECTIONS.get(rf1.value(3).upper(), "") or _DIRECTIONS.get(rf1.value(3, 2), ""),
        urgency=_urgency(rf1),
        issued_at=instants.instant(rf1.value(7)) or instants.instant(header.value(7)),
        sender_facilities=_facilities(header, 4, sender),
        receiver_facilities=_facilities(header, 6, receiver),
        sender_doctor=_doctor(sender, _SENDER_ROLE),
        receiver_doctor=_doctor(receiver, _RECEIVER_ROLES[0]),
        patient=person_in.patient(message),
        diagnoses=tuple(d for segment in message.all("DG1") if (d := _diagnosis(segment)) is not None),
        reason=_reason(rf1),
        summary=_summary(message),
        plan=plan_in.plan(message),
    )


def _lacks(message: Message) -> list[Fault | None]:
    pid, dg1 = message.first("PID"), message.first("DG1")
    no_rf1 = None if message.first("RF1") else Fault(Code.SEGMENT_SEQUENCE, Location("RF1"), "no-referral-segment")
    diagnosis = None
    if dg1 is None:
        diagnosis = Fault(Code.SEGMENT_SEQUENCE, Location("DG1"), "no-diagnosis")
    elif _diagnosis(dg1) is None:
        diagnosis = Fault(Code.REQUIRED_FIELD, dg1.at(3), "empty-diagnosis")
    return [no_rf1, person_in.patient_fault(pid), diagnosis]


def _urgency(rf1: Segment) -> str:
    said = rf1.value(2) + rf1.value(2, 2)
    for word, urgency in _URGENCY_WORDS.items():
        if word in said:
            return urgency
    return _URGENCY_CODES.get(rf1.value(2).upper(), "routine")


def _provider(message: Message, roles: tuple[str, ...]) -> Segment | None:
    return next((segment for segment in message.all("PRD") if segment.value(1) in roles), None)


def _facilities(header: Segment, field: int, provider: Segment | None) -> tuple[Named, ...]:
    """MSH-4 / MSH-6 as name^universal id; then PRD-4 (a location: facility, description) and PRD-10 (an organisation)."""
    found = [Named(header.value(field, 2), header.value(field), header.at(field))]
    if provider is not None:
        found.append(Named("", provider.value(4, 4), provider.at(4, 4)))
        found.append(Named("", provider.value(4, 9), provider.at(4, 9)))
        found.append(Named("", provider.value(10), provider.at(10)))
    kept = tuple(named for named in found if named.code or named.name)
    return kept or (Named("", "", header.at(field)),)


def _doctor(provider: Segment | None, role: str) -> Named:
    if provider is None:
        return Named("", "", Location("PRD"))
    code = provider.value(7) if provider.value(7) != role else ""
    return Named(code, person_in.person_name(provider, 2), provider.at(2))


def _diagnosis(segment: Segment) -> Diagnosis | None:
    code, name = segment.value(3), segment.value(3, 2) or segment.value(4)
    return Diagnosis(code, name) if code or name else None


def _reason(rf1: Segment) -> str:
    """RF1-10 (reason) in words, else the comment of RF1-5 (category)."""
    return (rf1.value(10, 2) or rf1.value(10))[:500]


def _summary(message: Message) -> str:
    """Observations and notes, one line each, in the order of the message."""
    lines = []
    for segment in message.segments:
        if segment.name == "NTE" and segment.value(3):
            lines.append(segment.value(3))
        elif segment.name == "OBR" and segment.value(4):
            lines.append(f"{segment.value(4, 2) or segment.value(4)}：")
        elif segment.name == "OBX" and segment.value(5):
            name = segment.value(3, 2) or segment.value(3)
            value = (
                segment.value(5, 2) if segment.value(2) in ("CE", "CWE") and segment.value(5, 2) else segment.value(5)
            )
            lines.append(" ".join(part for part in (name, value, segment.value(6)) if part))
        elif segment.name == "AL1" and segment.value(3):
            lines.append(f"过敏：{segment.value(3, 2) or segment.value(3)}")
    return "\n".join(lines)[:_MOST_SUMMARY]
