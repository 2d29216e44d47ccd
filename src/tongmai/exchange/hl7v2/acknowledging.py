"""Our answer to a message that is no referral: ACK with MSA, and one located ERR for each fault.  Pure."""

from collections.abc import Sequence
from datetime import datetime

from tongmai.exchange.hl7v2.faults import Fault
from tongmai.exchange.hl7v2.reading import Message
from tongmai.exchange.hl7v2.segments import NO_HEADER, err, msa, msh, version_of

# How we name a character set in MSH-18 (HL7 table 0211), by Python's name.
CHARACTERS = {"utf-8": "UNICODE UTF-8", "gb18030": "GB 18030-2000", "ascii": "ASCII"}


def write(
    *, ack: str, control_id: str, at: datetime, to: Message | None, faults: Sequence[Fault] = (), note: str = "",
    characters: str = "utf-8",
) -> str:  # fmt: skip
    """Return the ACK that answers the message `to`; None answers what could not be read.

    `characters`: Python's name of the set in which it will be sent.
    """
    header = to.header if to else NO_HEADER
    said = faults[0].problem if faults else note
    lines = [
        msh(
            header, _kind(to), control_id=control_id, at=at, facility="", characters=CHARACTERS.get(characters, ""),
        ),
        msa(header, ack, said),
        *(err(fault, header) for fault in faults),
    ]  # fmt: skip
    return "\r".join(lines) + "\r"


def sent(text: str, characters: str) -> bytes:
    """Return the answer as bytes; what the set lacks becomes a question mark."""
    return text.encode(characters, errors="replace")


def _kind(to: Message | None) -> list[str]:
    """MSH-9: older versions know only ACK, later ones name the event and the structure."""
    event = to.type[1] if to else ""
    if not event or version_of(to.header if to else NO_HEADER).startswith(("2.2", "2.3")):
        return ["ACK", event]
    return ["ACK", event, "ACK"]
