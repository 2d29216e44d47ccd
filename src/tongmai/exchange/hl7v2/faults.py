"""What is wrong with a message, and where: the form in which both a person and the sender are told."""

from dataclasses import dataclass
from enum import StrEnum

from tongmai.kernel.text import N_


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
    """Where in a message, counted from 1: segment, which of that name, field, repetition, component; 0 = the whole."""

    segment: str
    sequence: int = 1
    field: int = 0
    repetition: int = 0
    component: int = 0

    def __str__(self) -> str:
        """Return e.g. PID-3(2).1, the way interface engineers write it."""
        which = f"[{self.sequence}]" if self.sequence > 1 else ""
        text = f"{self.segment}{which}"
        if self.field:
            text += f"-{self.field}"
        if self.repetition > 1:
            text += f"({self.repetition})"
        return text + (f".{self.component}" if self.component else "")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.  `problem` is a sentence in Chinese, `remedy` what the reader can do about it."""

    code: Code
    location: Location
    problem: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the plain form that is stored with the message."""
        return {"code": self.code.value, "location": str(self.location), "problem": self.problem, "remedy": self.remedy}


class UnreadableMessage(Exception):
    """The bytes are no HL7 v2 message; nothing of them can be trusted.  `fault` says where and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.location}: {fault.problem}")
        self.fault = fault


NOT_HL7 = N_("文件不是 HL7 v2 消息：应以 MSH 段开头")
NO_SEPARATORS = N_("MSH 段没有给出分隔符")
SAME_SEPARATORS = N_("MSH 段给出的分隔符有重复")
WRONG_BYTES = N_("消息的字节不能按 UTF-8 或 GB18030 解读")
BAD_SEGMENT = N_("段名应为三个大写字母或数字")
