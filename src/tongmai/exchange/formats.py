"""In what formats things come in, and who reads each.  Another format is another entry here, and nothing else changes."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tongmai.exchange.cda import opening as documents
from tongmai.exchange.cda import reading as cda
from tongmai.exchange.hl7v2 import opening as messages
from tongmai.exchange.hl7v2 import reading
from tongmai.exchange.hl7v2.faults import Fault, UnreadableMessage
from tongmai.exchange.models.messages import Format
from tongmai.exchange.telling import Opened
from tongmai.kernel import xml


@dataclass(frozen=True)
class Reader:
    """How one format is recognised and read.  `ending` is that of its files, `line_end` what ends a line of its text."""

    looks_like: Callable[[bytes], bool]
    opened: Callable[[bytes], Opened]
    readable: Callable[[bytes], str]
    ending: str
    line_end: str
    most_bytes: int
    final: frozenset[str]  # what is wrong for good: everything else that cannot be read waits for a corrected text


_BETWEEN = re.compile(r">[ \t]*<(?!/)")

# The first that recognises it; HL7 v2, the last, says of everything else that it is none.
READERS: dict[Format, Reader] = {
    Format.CDA: Reader(
        xml.looks_like, documents.opened, cda.readable, "xml", "\n", cda.MOST_BYTES,
        frozenset({"not-cda", "has-doctype", "too-large", "too-deep", "too-many-elements"}),
    ),
    Format.HL7V2: Reader(
        lambda raw: True, messages.opened, reading.readable, "hl7", "\r", 5 * 1024 * 1024,
        frozenset({"not-hl7", "no-separators", "same-separators", "wrong-bytes", "bad-segment", "too-many-parts"}),
    ),
}  # fmt: skip
ENDINGS = frozenset(reader.ending for reader in READERS.values())
MOST_BYTES = max(reader.most_bytes for reader in READERS.values())


def format_of(raw: bytes) -> Format:
    """Return in what format something is written."""
    return next(name for name, reader in READERS.items() if reader.looks_like(raw))


def opened(raw: bytes, name: str) -> Opened | Fault:
    """Return what is written in `raw` in this format, or why it cannot be read."""
    try:
        return READERS[Format(name)].opened(raw)
    except UnreadableMessage as refusal:
        return refusal.fault


def readable(raw: bytes, name: str) -> str:
    """Return the text of anything that came in this format, lines ended by a line feed."""
    return READERS[Format(name)].readable(raw).replace("\r", "\n")


def to_show(raw: bytes, name: str) -> str:
    """Return the text of anything in lines that can be read: elements that stand in one line are parted."""
    text = readable(raw, name)
    return text if Format(name) == Format.HL7V2 else _BETWEEN.sub(">\n<", text)
