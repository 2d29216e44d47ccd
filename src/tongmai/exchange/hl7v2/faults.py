"""What is wrong with a message, and where: the form in which both a person and the sender are told."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tongmai.exchange import wording

_WRITTEN = re.compile(r"([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?(?:-(\d+))?(?:\((\d+)\))?(?:\.(\d+))?")


class Code(StrEnum):
    """HL7 table 0357, the part of it that we use."""

    SEGMENT_SEQUENCE = "100"
    REQUIRED_FIELD = "101"
    DATA_TYPE = "102"
    TABLE_VALUE = "103"
    MESSAGE_TYPE = "200"
    EVENT_CODE = "201"
    PROCESSING_ID = "202"
    UNKNOWN_KEY = "204"
    DUPLICATE_KEY = "205"
    APPLICATION = "207"


@dataclass(frozen=True)
class Location:
    """Where in a message, counted from 1: segment, which of that name, field, repetition, component; 0 = the whole.

    Where in a document: `path`, of its elements or as line:column; then the segment is "".
    """

    segment: str
    sequence: int = 1
    field: int = 0
    repetition: int = 0
    component: int = 0
    path: str = ""

    @classmethod
    def of(cls, path: str) -> "Location":
        """Return a place in a document, e.g. recordTarget/patientRole/id or 3:17."""
        return cls("", path=path[:40])

    @classmethod
    def parse(cls, text: str) -> "Location":
        """Return the location that is written like this; one that cannot be read is the whole message."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            return cls.of(text) if text[:1].islower() or text[:1].isdecimal() else cls("MSH")
        numbers = (int(part) if part else 0 for part in found.groups()[1:])
        sequence, field_, repetition, component = numbers
        return cls(found[1], sequence or 1, field_, repetition, component)

    def __str__(self) -> str:
        """Return e.g. PID-3(2).1, the way interface engineers write it."""
        if self.path:
            return self.path
        which = f"[{self.sequence}]" if self.sequence > 1 else ""
        text = f"{self.segment}{which}"
        if self.field:
            text += f"-{self.field}"
        if self.repetition > 1:
            text += f"({self.repetition})"
        return text + (f".{self.component}" if self.component else "")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.  `what` is a key of `wording.MESSAGES`, `facts` fill its words."""

    code: Code
    location: Location
    what: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def problem(self) -> str:
        """What is wrong, in Chinese, as the other system is told."""
        return wording.said(wording.MESSAGES, self.what, self.facts)[0]

    @property
    def remedy(self) -> str:
        """What can be done about it, likewise; "" where nothing can."""
        return wording.said(wording.MESSAGES, self.what, self.facts)[1]


class UnreadableMessage(Exception):
    """The bytes are no HL7 v2 message; nothing of them can be trusted.  `fault` says where and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.location}: {fault.problem}")
        self.fault = fault
