"""Our answer to a referral message: RRI^I12, with MSA, located ERR and RF1.  Pure: facts in, text out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tongmai.exchange.hl7v2.escaping import escape
from tongmai.exchange.hl7v2.faults import Fault
from tongmai.exchange.hl7v2.reading import Message, Segment
from tongmai.exchange.hl7v2.segments import APPLICATION, NO_HEADER, err, field_of, msa, msh, segment


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
    header = to.header if to else NO_HEADER
    said = answer.faults[0].problem if answer.faults else answer.note
    lines = [
        msh(
            header, ["RRI", "I12", "RRI_I12"], control_id=answer.control_id, at=answer.at,
            facility=escape(answer.receiver_name), characters="UNICODE UTF-8",
        ),
        msa(header, answer.ack.value, said),
        *(err(fault, header) for fault in answer.faults),
    ]  # fmt: skip
    if answer.standing is not None and to is not None:
        lines.append(_rf1(answer, to))
        if answer.receiver_name:
            lines.append(segment("PRD", "RT", "", "", ["", "", "", escape(answer.receiver_name)]))
        lines += [_copy(pid, 8) for pid in to.all("PID")[:1]]
        if note := _note(answer):
            lines.append(segment("NTE", "1", "", escape(note)))
    return "\r".join(lines) + "\r"


def _rf1(answer: Answer, to: Message) -> str:
    rf1 = to.first("RF1") or Segment("RF1", 1, ())
    standing = answer.standing or Standing.PENDING
    ours = [escape(answer.our_number), APPLICATION] if answer.our_number else []
    return segment(
        "RF1", [standing.value, _STANDING_WORDS[standing]], field_of(rf1, 2), field_of(rf1, 3), "", "", field_of(rf1, 6),
        field_of(rf1, 7), field_of(rf1, 8), "", escape(answer.note), ours,
    )  # fmt: skip


def _note(answer: Answer) -> str:
    if answer.booked_for is None:
        return ""
    return f"预约：{answer.booked_for:%Y-%m-%d %H:%M} {answer.booked_place}".strip()


def _copy(pid: Segment, last: int) -> str:
    return segment(pid.name, *[field_of(pid, number) for number in range(1, last + 1)])
