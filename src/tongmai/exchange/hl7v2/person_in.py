"""Who a message is about: the PID segment, as typed facts.  Pure."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tongmai.exchange import wording
from tongmai.exchange.hl7v2 import instants
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.reading import Message, Repetition, Segment
from tongmai.kernel import citizen_id
from tongmai.kernel.text import is_chinese


@dataclass(frozen=True)
class PatientFacts:
    """The patient.  `numbers`: every identifier given, in order; `citizen_number` is the valid one among them, else "".

    `local_number` is the one by which the sending system itself knows her, `insurance_number` her insurer.
    """

    name: str
    citizen_number: str
    numbers: tuple[str, ...]
    sex: str
    born_on: date | None
    phone: str
    address: str
    location: Location
    local_number: str = ""
    insurance_number: str = ""
    phones: tuple[str, ...] = ()


# HL7 table 0001 and GB/T 2261.1
SEXES = {"M": "male", "1": "male", "男": "male", "F": "female", "2": "female", "女": "female"}
# PID-3.5: what vendors write beside a citizen's number, and beside the number of an insurance card.
CITIZEN_KINDS = frozenset({"NNCHN", "NI", "SFZ", "1", "01"})
_INSURANCE_KINDS = frozenset({"HC", "SS", "MI", "YB", "YBK", "51"})
_MOST_PHONES = 5
_MOST_NUMBERS = 50  # that are looked for; nobody has more, and no database takes any number of them in one question


@lru_cache(maxsize=32)
def patient(message: Message) -> PatientFacts:
    """Return what the first PID says; nothing of it is looked up."""
    pid = message.first("PID") or Segment("PID", 1, ())
    numbers = tuple(
        text for field in (3, 4, 19, 2) for repetition in pid.repetitions(field) if (text := repetition[0][0].strip())
    )
    place = next(((f, i) for f in (3, 4) for i, _ in enumerate(pid.repetitions(f), start=1)), (3, 1))
    phones = tuple(_phones(pid))
    return PatientFacts(
        name=person_name(pid, 5),
        citizen_number=next(
            (citizen_id.parse(n).number for n in numbers if len(n) >= 15 and citizen_id.is_valid(n)), ""
        ),
        numbers=tuple(dict.fromkeys(numbers))[:_MOST_NUMBERS],
        sex=SEXES.get(pid.value(8).upper(), ""),
        born_on=instants.day(pid.value(7)),
        phone=next(iter(phones), ""),
        address="".join(pid.value(11, c) for c in (4, 3, 1)),
        location=pid.at(place[0]),
        local_number=_local_number(pid),
        insurance_number=next((_text(r) for r in _repetitions(pid, (3, 4)) if kind_of(r) in _INSURANCE_KINDS), ""),
        phones=phones,
    )


def patient_fault(pid: Segment | None) -> Fault | None:
    """Return why nobody can be looked for by this segment, else None."""
    if pid is None:
        return Fault(Code.SEGMENT_SEQUENCE, Location("PID"), "no-patient-segment")
    if not pid.value(5) and not pid.value(5, 2):
        return Fault(Code.REQUIRED_FIELD, pid.at(5), "no-name")
    return _number_fault(pid)


def merged_number(mrg: Segment) -> str:
    """Return the number that an A40 gives up (MRG-1), else ""."""
    return _local(mrg, (1, 4)) or mrg.value(1)


def person_name(segment: Segment, field: int) -> str:
    """The name of an XPN field."""
    return whole_name(segment.value(field), segment.value(field, 2))


def doctor_name(segment: Segment, field: int) -> str:
    """The name of an XCN field: number^name in one (the Chinese way), or number^family^given."""
    family, given = segment.value(field, 2), segment.value(field, 3)
    if not family and not given:
        return segment.value(field, 1, 1, 2)  # number&name in one component
    return whole_name(family, given)


def kind_of(repetition: Repetition) -> str:
    """Return the type code of one identifier (CX.5)."""
    return repetition[4][0].strip().upper() if len(repetition) > 4 else ""


def whole_name(family: str, given: str) -> str:
    """Family and given name; the Chinese way without a blank between them."""
    return family + given if is_chinese(family + given) else " ".join(part for part in (given, family) if part)


def _number_fault(pid: Segment) -> Fault | None:
    """A number that says it is the citizen's and fails its check is a typing mistake, not an unknown patient."""
    for field in (3, 4):
        for i, repetition in enumerate(pid.repetitions(field), start=1):
            text = _text(repetition)
            if len(text) in (15, 18) and text[:-1].isdigit() and kind_of(repetition) in CITIZEN_KINDS:
                try:
                    citizen_id.parse(text)
                except citizen_id.CitizenIdError as error:
                    return Fault(Code.DATA_TYPE, pid.at(field, 1, i), "bad-number", wording.of_error(error))
    return None


def _local_number(pid: Segment) -> str:
    """Vendors put it into PID-3, else PID-2 or PID-4, seldom only into PID-18 (the account)."""
    return _local(pid, (3, 2, 4, 18))


def _local(segment: Segment, fields: tuple[int, ...]) -> str:
    for repetition in _repetitions(segment, fields):
        text, kind = _text(repetition), kind_of(repetition)
        is_other = kind in CITIZEN_KINDS or kind in _INSURANCE_KINDS or (len(text) >= 15 and citizen_id.is_valid(text))
        if text and not is_other:
            return text[:64]
    return ""


def _repetitions(segment: Segment, fields: tuple[int, ...]) -> list[Repetition]:
    return [repetition for field in fields for repetition in segment.repetitions(field)]


def _text(repetition: Repetition) -> str:
    return repetition[0][0].strip()


def _phones(pid: Segment) -> list[str]:
    """Home and business phones; a number stands in XTN-1, XTN-12, or XTN-6 with XTN-7."""
    found = []
    for field in (13, 14):
        for i, _ in enumerate(pid.repetitions(field), start=1):
            split = pid.value(field, 6, i) + pid.value(field, 7, i)
            found.append(pid.value(field, 1, i) or pid.value(field, 12, i) or split)
    return list(dict.fromkeys(text for text in found if text))[:_MOST_PHONES]
