"""Our answer to a referral message: RRI^I12, with MSA, located ERR and RF1.  Pure: facts in, text out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tongmai.exchange.hl7v2 import instants
from tongmai.exchange.hl7v2.escaping import STANDARD, escape
from tongmai.exchange.hl7v2.faults import Fault, Location
from tongmai.exchange.hl7v2.reading import Message, Segment

APPLICATION = "TONGMAI"
_VERSIONS = frozenset({"2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8", "2.8.1", "2.8.2"})


class Ack(StrEnum):
    """HL7 table 0008."""

    ACCEPT = "AA"
    ERROR = "AE"
    REJECT = "AR"


class Standing(StrEnum):
    """HL7 table 0283: how the referral stands."""

    PENDING = "P"
    ACCEPTED = "A"
    REJECTED = "R"


_STANDING_WORDS = {Standing.PENDING: "待处理", Standing.ACCEPTED: "已接收", Standing.REJECTED: "不接收"}


@dataclass(frozen=True)
class Answer:
    """What we answer.  `standing` is None while there is no referral to speak of."""

    ack: Ack
    control_id: str
    at: datetime
    standing: Standing | None = None
    our_number: str = ""
    receiver_name: str = ""
    note: str = ""
    booked_for: datetime | None = None
    booked_place: str = ""
    faults: tuple[Fault, ...] = ()


def write(answer: Answer, to: Message | None) -> str:
    """Return the text of the RRI^I12 that answers the message `to`; None answers what could not be read."""
    header = to.header if to else Segment("MSH", 1, ())
    lines = [_msh(answer, header), _msa(answer, header)]
    lines += [_err(fault) for fault in answer.faults]
    if answer.standing is not None and to is not None:
        lines.append(_rf1(answer, to))
        if answer.receiver_name:
            lines.append(_segment("PRD", "RT", "", "", ["", "", "", escape(answer.receiver_name)]))
        lines += [_copy(pid, 8) for pid in to.all("PID")[:1]]
        if note := _note(answer):
            lines.append(_segment("NTE", "1", "", escape(note)))
    return "\r".join(lines) + "\r"


def _segment(name: str, *fields: str | list[str]) -> str:
    parts = [STANDARD.component.join(f).rstrip(STANDARD.component) if isinstance(f, list) else f for f in fields]
    return STANDARD.field.join([name, *parts]).rstrip(STANDARD.field)


def _msh(answer: Answer, header: Segment) -> str:
    version = header.value(12) if header.value(12) in _VERSIONS else "2.5"
    our_facility = _field(header, 6) or escape(answer.receiver_name)
    fields = [
        STANDARD.encoding, APPLICATION, our_facility, _field(header, 3), _field(header, 4), instants.written(answer.at), "",
        ["RRI", "I12", "RRI_I12"], answer.control_id, header.value(11) or "P", version, "", "", "NE", "NE", "CHN",
        "UNICODE UTF-8",
    ]  # fmt: skip
    return _segment("MSH", *fields)


def _msa(answer: Answer, header: Segment) -> str:
    said = answer.faults[0].problem if answer.faults else answer.note
    return _segment("MSA", answer.ack.value, escape(header.value(10)), escape(said[:80]))


def _err(fault: Fault) -> str:
    severity = "E"
    said = f"{fault.problem} {fault.remedy}".strip()
    return _segment(
        "ERR", "", _place(fault.location), [fault.code.value, "", "HL70357"], severity, "", "", "", escape(said[:250])
    )


def _place(location: Location) -> list[str]:
    numbers = (location.field, location.repetition or (1 if location.component else 0), location.component)
    return [location.segment, str(location.sequence), *[str(n) if n else "" for n in numbers]]


def _rf1(answer: Answer, to: Message) -> str:
    rf1 = to.first("RF1") or Segment("RF1", 1, ())
    standing = answer.standing or Standing.PENDING
    ours = [escape(answer.our_number), APPLICATION] if answer.our_number else []
    return _segment(
        "RF1", [standing.value, _STANDING_WORDS[standing]], _field(rf1, 2), _field(rf1, 3), "", "", _field(rf1, 6),
        _field(rf1, 7), _field(rf1, 8), "", escape(answer.note), ours,
    )  # fmt: skip


def _note(answer: Answer) -> str:
    if answer.booked_for is None:
        return ""
    return f"预约：{answer.booked_for:%Y-%m-%d %H:%M} {answer.booked_place}".strip()


def _copy(segment: Segment, last: int) -> str:
    return _segment(segment.name, *[_field(segment, number) for number in range(1, last + 1)])


def _field(segment: Segment, number: int) -> str:
    """One field of the message that we answer, written with our separators."""
    if number > len(segment.fields):
        return ""
    return STANDARD.repetition.join(
        STANDARD.component.join(STANDARD.subcomponent.join(escape(text) for text in part) for part in repetition)
        for repetition in segment.fields[number - 1]
    )
