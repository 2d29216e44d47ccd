"""What an ORU says: reports with their values, shaped for FHIR DiagnosticReport and Observation.  Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from tongmai.exchange.hl7v2 import instants
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.person_in import doctor_name
from tongmai.exchange.hl7v2.reading import Message, Segment


@dataclass(frozen=True)
class ValueFacts:
    """One observed value.  `number` is None where the text is none; `flag` and `status` are our slugs."""

    code: str
    system: str
    name: str
    text: str
    number: Decimal | None
    comparator: str
    unit: str
    reference: str
    flag: str
    status: str
    observed_at: datetime | None
    note: str


@dataclass(frozen=True)
class ReportFacts:
    """One report.  `key` tells it from the other reports of its system; `category` and `status` are our slugs."""

    key: str
    number: str
    order_number: str
    category: str
    status: str
    code: str
    system: str
    name: str
    specimen: str
    requester: str
    performer: str
    verifier: str
    collected_at: datetime | None
    issued_at: datetime | None
    conclusion: str
    location: Location
    values: tuple[ValueFacts, ...] = field(default=())


# HL7 table 0123 (OBR-25) and 0085 (OBX-11).
_REPORT_STATES = {"F": "final", "P": "preliminary", "C": "corrected", "X": "cancelled", "A": "partial", "R": "partial",
                  "O": "registered", "I": "registered", "S": "registered", "1": "final", "2": "final"}  # fmt: skip
_VALUE_STATES = {"F": "final", "P": "preliminary", "C": "corrected", "D": "cancelled", "W": "cancelled", "X": "cancelled",
                 "R": "preliminary", "S": "preliminary", "I": "registered", "U": "final", "N": "cancelled"}  # fmt: skip
_FLAGS = {"H": "high", "↑": "high", "HH": "critical_high", "↑↑": "critical_high", ">": "high", "L": "low", "↓": "low",
          "LL": "critical_low", "↓↓": "critical_low", "<": "low", "N": "normal", "A": "abnormal", "AA": "critical",
          "POS": "abnormal", "NEG": "normal"}  # fmt: skip
# HL7 table 0074, then words of the service's name.
_SECTIONS = {"RAD": "imaging", "RUS": "imaging", "CT": "imaging", "NMR": "imaging", "MRI": "imaging", "CUS": "imaging",
             "EC": "ecg", "ECG": "ecg", "CTH": "imaging", "SP": "pathology", "CP": "pathology", "PAT": "pathology"}  # fmt: skip
_WORDS = (
    ("ecg", ("心电", "ECG", "EKG", "ELECTROCARDIO")),
    ("pathology", ("病理", "细胞学", "PATHOLOGY", "BIOPSY")),
    ("imaging", ("超声", "彩超", "B超", "CT", "MRI", "MR", "磁共振", "X线", "放射", "摄片", "胸片", "DR", "内镜", "胃镜", "ECHO", "XRAY",
                 "X-RAY", "RADIOLOG", "ULTRASO")),
)  # fmt: skip
_CONCLUSIONS = re.compile(r"(?:诊断|结论|印象|提示|意见|IMPRESSION|CONCLUSION)", re.IGNORECASE)
_FINDINGS = re.compile(r"(?:所见|描述|FINDINGS?)", re.IGNORECASE)
_POWER = re.compile(r"-?\d+([/*]|$)")
_NUMBER = re.compile(r"(<=|>=|<|>|≤|≥)?\s*([+-]?\d{1,12}(?:\.\d{1,6})?)")
_COMPARATORS = {"≤": "<=", "≥": ">="}
_CRITICAL = ("危急", "CRITICAL", "PANIC")
_CODED = frozenset({"CE", "CWE", "CNE", "CF"})
_ATTACHED = frozenset({"ED", "RP"})
_MOST_TEXT = 20_000


@lru_cache(maxsize=32)
def reports(message: Message) -> tuple[tuple[ReportFacts, ...], Fault | None]:
    """Return the reports of the message in their order; with a fault where it brings none."""
    found = tuple(_report(message, *group) for group in _groups(message))
    if not found:
        return (), Fault(Code.SEGMENT_SEQUENCE, Location("OBR"), "no-report")
    return found, None


def _groups(message: Message) -> Iterator[tuple[Segment, Segment, list[Segment]]]:
    """Yield (ORC, OBR, what follows) of each report."""
    order, head, rest = Segment("ORC", 0, ()), None, []
    upcoming = order
    for segment in message.segments:
        if segment.name == "ORC":
            upcoming = segment
        elif segment.name == "OBR":
            if head is not None:
                yield order, head, rest
            order, head, rest, upcoming = upcoming, segment, [], Segment("ORC", 0, ())
        elif head is not None:
            rest.append(segment)
    if head is not None:
        yield order, head, rest


def _report(message: Message, orc: Segment, obr: Segment, rest: list[Segment]) -> ReportFacts:
    filler, placer = obr.value(3) or orc.value(3), obr.value(2) or orc.value(2)
    code, name = obr.value(4), obr.value(4, 2) or obr.value(4, 5) or obr.value(4)
    number = filler or placer
    key = "|".join((number or message.control_id, code or str(obr.sequence)))
    values = tuple(_value(obx, notes) for obx, notes in _observations(rest))
    issued = instants.instant(obr.value(22)) or instants.instant(message.header.value(7))
    return ReportFacts(
        key=key[:199], number=number[:80], order_number=placer[:80], category=_category(obr, name),
        status=_status(obr, values), code=code[:60], system=obr.value(4, 3)[:60], name=(name or "—")[:200],
        specimen=_specimen(obr, rest), requester=doctor_name(obr, 16)[:60], performer=_performer(obr, 34),
        verifier=_performer(obr, 32), collected_at=instants.instant(obr.value(7)), issued_at=issued,
        conclusion=_conclusion(rest, values), location=obr.at(3), values=values,
    )  # fmt: skip


def _observations(rest: list[Segment]) -> Iterator[tuple[Segment, list[str]]]:
    obx, notes = None, []
    for segment in rest:
        if segment.name == "OBX":
            if obx is not None:
                yield obx, notes
            obx, notes = segment, []
        elif segment.name == "NTE" and obx is not None:
            notes.append(segment.value(3))
    if obx is not None:
        yield obx, notes


def _value(obx: Segment, notes: list[str]) -> ValueFacts:
    text, comparator, number = _read(obx)
    return ValueFacts(
        code=obx.value(3)[:60], system=obx.value(3, 3)[:60],
        name=(obx.value(3, 2) or obx.value(3, 5) or obx.value(3, 4) or obx.value(3) or "—")[:200],
        text=text[:_MOST_TEXT], number=number, comparator=comparator,
        unit=_unit(obx)[:40], reference=obx.value(7)[:120], flag=_flag(obx),
        status=_VALUE_STATES.get(obx.value(11).upper(), "final"), observed_at=instants.instant(obx.value(14)),
        note="\n".join(note for note in notes if note)[:2_000],
    )  # fmt: skip


def _unit(obx: Segment) -> str:
    """The unit as it is read.  Many laboratories write 10^9/L plainly, though ^ parts the components."""
    first, second = obx.value(6), obx.value(6, 2)
    return f"10^{second}" if first == "10" and _POWER.match(second) else (first or second).lstrip("^")


def _read(obx: Segment) -> tuple[str, str, Decimal | None]:
    """The value as text, and as a number where it is one.  Many laboratories send numbers as ST."""
    kind = obx.value(2).upper()
    if kind == "SN":  # comparator^number^separator^number
        text = "".join(obx.value(5, part) for part in range(1, 5))
    elif kind in _CODED:
        text = obx.value(5, 2) or obx.value(5)
    elif kind in _ATTACHED:
        return "", "", None
    else:
        parts = (obx.value(5, 1, i) for i, _ in enumerate(obx.repetitions(5), start=1))
        text = "\n".join(part for part in parts if part)
    found = _NUMBER.fullmatch(text.strip())
    if found is None or kind in ("TX", "FT", "DT", "TS", "TM"):
        return text, "", None
    try:
        number = Decimal(found[2])
    except InvalidOperation:
        return text, "", None
    return text, _COMPARATORS.get(found[1] or "", found[1] or ""), number


def _flag(obx: Segment) -> str:
    """The highest of OBX-8's repetitions; a vendor's word for "critical" in OBX-13 counts."""
    said = [repetition[0][0].strip().upper() for repetition in obx.repetitions(8)]
    flags = [_FLAGS[text] for text in said if text in _FLAGS]
    flag = next((f for f in flags if f.startswith("critical")), flags[0] if flags else "")
    is_critical = any(word in obx.value(13).upper() for word in _CRITICAL)
    if is_critical and not flag.startswith("critical"):
        return f"critical_{flag}" if flag in ("high", "low") else "critical"
    return flag


def _status(obr: Segment, values: tuple[ValueFacts, ...]) -> str:
    """OBR-25, else what the values say: a corrected one makes the report corrected."""
    said = _REPORT_STATES.get(obr.value(25).upper(), "")
    if any(value.status == "corrected" for value in values) and said in ("", "final"):
        return "corrected"
    return said or "final"


def _category(obr: Segment, name: str) -> str:
    if section := _SECTIONS.get(obr.value(24).upper()):
        return section
    upper = name.upper()
    return next((slug for slug, words in _WORDS if any(_names(word, upper) for word in words)), "laboratory")


def _names(word: str, upper: str) -> bool:
    """A short Latin word counts only by itself: CT is in no "CTFH"."""
    if not word.isascii():
        return word in upper
    return (
        re.search(rf"(?<![A-Z0-9]){re.escape(word)}(?![A-Z0-9])" if len(word) <= 3 else re.escape(word), upper)
        is not None
    )


def _specimen(obr: Segment, rest: list[Segment]) -> str:
    spm = next((segment for segment in rest if segment.name == "SPM"), None)
    said = (spm.value(4, 2) or spm.value(4)) if spm else ""
    return (said or obr.value(15, 1, 1, 2) or obr.value(15, 2) or obr.value(15))[:80]


def _performer(obr: Segment, number: int) -> str:
    """OBR-32 and OBR-34 are NDL: the person is the first component, number&family&given, or number^family."""
    return (obr.value(number, 1, 1, 2) or obr.value(number, 2) or obr.value(number))[:60]


def _conclusion(rest: list[Segment], values: tuple[ValueFacts, ...]) -> str:
    """What is called a conclusion, and the notes that stand before the first value."""
    notes = []
    for segment in rest:
        if segment.name == "OBX":
            break
        if segment.name == "NTE" and segment.value(3):
            notes.append(segment.value(3))
    said = [v.text for v in values if v.text and _CONCLUSIONS.search(v.name) and not _FINDINGS.search(v.name)]
    return "\n".join([*said, *notes])[:_MOST_TEXT]
