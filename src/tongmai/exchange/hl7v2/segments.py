"""Writing segments: what every answer of ours begins with and is made of.  Pure."""

from datetime import datetime

from tongmai.exchange.hl7v2 import instants
from tongmai.exchange.hl7v2.escaping import STANDARD, escape
from tongmai.exchange.hl7v2.faults import Fault, Location
from tongmai.exchange.hl7v2.reading import Segment

APPLICATION = "TONGMAI"
NO_HEADER = Segment("MSH", 1, ())
# The first version whose ERR has a field for each part of a place; before, ERR-1 has all of it.
_PARTED_ERR = (2, 5)
_VERSIONS = frozenset({"2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8", "2.8.1", "2.8.2"})
_MOST_SAID, _MOST_SHORT = 250, 80


def segment(name: str, *fields: str | list[str]) -> str:
    """Return one segment; a list is the components of a field, and what is empty at the end is left out."""
    parts = [STANDARD.component.join(f).rstrip(STANDARD.component) if isinstance(f, list) else f for f in fields]
    return STANDARD.field.join([name, *parts]).rstrip(STANDARD.field)


def msh(header: Segment, kind: list[str], *, control_id: str, at: datetime, facility: str, characters: str) -> str:
    """Return the header of an answer to the message with this one: back to its sender, in its version."""
    return segment(
        "MSH", STANDARD.encoding, APPLICATION, field_of(header, 6) or facility, field_of(header, 3), field_of(header, 4),
        instants.written(at), "", kind, control_id, header.value(11) or "P", version_of(header), "", "", "NE", "NE", "CHN",
        characters,
    )  # fmt: skip


def msa(header: Segment, ack: str, said: str) -> str:
    """Return what is acknowledged, and how."""
    return segment("MSA", ack, escape(header.value(10)), escape(said[:_MOST_SHORT]))


def err(fault: Fault, header: Segment) -> str:
    """Return where and what is wrong, as the sender's version writes it."""
    said = f"{fault.problem} {fault.remedy}".strip()[:_MOST_SAID]
    if tuple(int(part) for part in version_of(header).split(".")) >= _PARTED_ERR:
        code = [fault.code.value, "", "HL70357"]
        return segment("ERR", "", place(fault.location), code, "E", "", "", "", escape(said))
    where = fault.location
    numbers = [where.segment, str(where.sequence), str(where.field) if where.field else ""]
    return segment("ERR", [*numbers, f"{fault.code.value}{STANDARD.subcomponent}{escape(said)}"])


def place(location: Location) -> list[str]:
    """Return the components of an ERL: segment, which of that name, field, repetition, component."""
    numbers = (location.field, location.repetition or (1 if location.component else 0), location.component)
    return [location.segment, str(location.sequence), *[str(n) if n else "" for n in numbers]]


def version_of(header: Segment) -> str:
    """Return the version in which we answer."""
    return header.value(12) if header.value(12) in _VERSIONS else "2.5"


def field_of(segment_: Segment, number: int) -> str:
    """Return one field of the message that we answer, written with our separators."""
    if number > len(segment_.fields):
        return ""
    return STANDARD.repetition.join(
        STANDARD.component.join(STANDARD.subcomponent.join(escape(text) for text in part) for part in repetition)
        for repetition in segment_.fields[number - 1]
    )
