"""Bytes to a message: character set, line ends, vendors' habits, and the tokens.

The cut is ours: it takes a twentieth of the time of the `hl7` package.  `tests/test_reading.py` compares the two.

Habits that are forgiven, each seen in the field: a byte order mark; segments ended by \\r, \\n or \\r\\n, also mixed in one
file; the frame of MLLP around a file; a doubled backslash in MSH-2; a text field that runs over several lines; a name of a
character set that the bytes contradict; blanks and empty lines between segments.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache, partial

from tongmai.exchange.hl7v2.escaping import STANDARD, Separators, unescape
from tongmai.exchange.hl7v2.faults import Code, Fault, Location, UnreadableMessage

Component = tuple[str, ...]
Repetition = tuple[Component, ...]
Field = tuple[Repetition, ...]

# MSH-18 names of character sets (HL7 table 0211 and what vendors write), each as Python calls it.
_CHARACTER_SETS = {
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    "ASCII": "ascii",
    "GB 18030-2000": "gb18030",
    "GB18030": "gb18030",
    "GB2312": "gb18030",
    "GBK": "gb18030",
}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MLLP = b"\x0b\x1c"
_SEGMENT_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_MOST_REMEMBERED = 100_000
_MOST_PARTS = 300_000
_BLANK = " \t\r\n\x0b\x1c\x00"


@dataclass(frozen=True)
class Segment:
    """One segment: `fields[0]` is field 1.  What is absent reads as ""."""

    name: str
    sequence: int
    fields: tuple[Field, ...]

    def value(self, field: int, component: int = 1, repetition: int = 1, subcomponent: int = 1) -> str:
        """Return one text by its numbers, all counted from 1."""
        try:
            return self.fields[field - 1][repetition - 1][component - 1][subcomponent - 1].strip()
        except IndexError:
            return ""

    def repetitions(self, field: int) -> Field:
        """Return the repetitions of a field; none for an empty one."""
        found = self.fields[field - 1] if field <= len(self.fields) else ()
        return found if any(text.strip() for r in found for c in r for text in c) else ()

    def at(self, field: int = 0, component: int = 0, repetition: int = 0) -> Location:
        """Return the location of one part, for a fault."""
        return Location(self.name, self.sequence, field, repetition, component)


@dataclass(frozen=True, eq=False)
class Message:
    """The segments of one message in their order.  The first is MSH.  Each is itself: what is read of it is remembered."""

    segments: tuple[Segment, ...]

    @property
    def header(self) -> Segment:
        return self.segments[0]

    def all(self, name: str) -> list[Segment]:
        """Return the segments called `name`."""
        return [segment for segment in self.segments if segment.name == name]

    def first(self, name: str) -> Segment | None:
        """Return the first segment called `name`, else None."""
        return next((segment for segment in self.segments if segment.name == name), None)

    @property
    def type(self) -> tuple[str, str]:
        """Message code and trigger event, e.g. ("REF", "I12")."""
        return self.header.value(9), self.header.value(9, 2)

    @property
    def control_id(self) -> str:
        return self.header.value(10)


def read(raw: bytes) -> Message:
    """Return the message in `raw`.

    Raises:
        UnreadableMessage: it is none; the fault says where and why.
    """
    return _read(raw) if len(raw) <= _MOST_REMEMBERED else parse(_with_few_parts(decode(raw)))


def _with_few_parts(text: str) -> str:
    """A part takes a hundred times its own byte of memory: megabytes of separators are refused, megabytes of text are not."""
    marks = {*text[3:8].strip(), "\r", "\n"} if text.startswith("MSH") else set()
    if sum(map(text.count, marks)) > _MOST_PARTS:
        raise UnreadableMessage(Fault(Code.DATA_TYPE, Location("MSH"), "too-many-parts"))
    return text


@lru_cache(maxsize=32)
def _read(raw: bytes) -> Message:
    """A message on its way in is read where it is kept, where it is applied and where it is answered."""
    return parse(decode(raw))


def decode(raw: bytes) -> str:
    """Return the text of a message (errors as in `decoded`)."""
    return decoded(raw)[0]


def decoded(raw: bytes) -> tuple[str, str]:
    """Return the text of a message and Python's name of its character set: as MSH-18 says, else UTF-8, else GB18030.

    Raises:
        UnreadableMessage: the bytes fit none of them.
    """
    body = raw.removeprefix(_BYTE_ORDER_MARK).strip(_MLLP)
    for name in dict.fromkeys((_declared(body), "utf-8", "gb18030")):
        try:
            return body.decode(name), name
        except UnicodeDecodeError:
            continue
    raise UnreadableMessage(Fault(Code.DATA_TYPE, Location("MSH", field=18), "wrong-bytes"))


def readable(raw: bytes) -> str:
    """Return the text of anything, segments ended by \\r; what cannot be decoded stands as its bytes."""
    try:
        text = decode(raw)
    except UnreadableMessage:
        text = raw.decode("latin-1")
    return text.replace("\x00", "").replace("\r\n", "\r").replace("\n", "\r")


def _declared(body: bytes) -> str:
    """The header line is ASCII up to MSH-18 or at least reads so when cut by its separators."""
    first_line = re.split(rb"[\r\n]", body.lstrip(), maxsplit=1)[0].decode("latin-1")
    cut = first_line.split(first_line[3]) if len(first_line) > 3 else []
    name = re.split(r"[~^]", cut[17])[0].strip().upper() if len(cut) > 17 else ""
    return _CHARACTER_SETS.get(name, "utf-8")


def parse(text: str) -> Message:
    """Return the message in `text`.

    Raises:
        UnreadableMessage: it does not begin with a usable MSH, or a line is no segment.
    """
    lines = _segment_lines(text)
    marks, header = _header(lines[0] if lines else "")
    first = Segment("MSH", 1, (_plain(marks.field), _plain(marks.encoding), *_fields(header, marks)))
    segments, seen = [first], {"MSH": 1}
    for line in lines[1:]:
        name, _, rest = line.partition(marks.field)
        seen[name] = seen.get(name, 0) + 1
        segments.append(Segment(name, seen[name], _fields(rest, marks) if len(line) > len(name) else ()))
    return Message(tuple(segments))


def _segment_lines(text: str) -> list[str]:
    """Cut into segments.  A line that begins like none continues the text field of the line before."""
    lines: list[str] = []
    # No database keeps a NUL in a text; it stands for nothing anyway.
    for line in re.split(r"\r\n|\r|\n", text.lstrip("\ufeff").replace("\x00", "")):
        line = line.strip(_BLANK)
        if not line:
            continue
        if _begins_segment(line, lines):
            lines.append(line)
        elif len(lines) > 1:
            lines[-1] += f"{STANDARD.escape}.br{STANDARD.escape}{line}"
        else:
            what = "bad-segment" if lines else "not-hl7"
            raise UnreadableMessage(Fault(Code.SEGMENT_SEQUENCE, Location(line[:3] or "MSH"), what))
    return lines


def _begins_segment(line: str, before: list[str]) -> bool:
    if not before:
        return line.startswith("MSH")
    separator = before[0][3:4]
    return (
        _SEGMENT_NAME.fullmatch(line[:3]) is not None and (len(line) == 3 or line[3] == separator) and line[:3] != "MSH"
    )


def _header(line: str) -> tuple[Separators, str]:
    """Return the separators, and what follows MSH-2."""
    if not line.startswith("MSH"):
        raise UnreadableMessage(Fault(Code.SEGMENT_SEQUENCE, Location("MSH"), "not-hl7"))
    bar = line[3:4]
    encoding, found, rest = line[4:].partition(bar) if bar else ("", "", "")
    if not found or not encoding or bar.isalnum() or bar.isspace():
        raise UnreadableMessage(Fault(Code.REQUIRED_FIELD, Location("MSH", field=2), "no-separators"))
    encoding = encoding.replace("\\\\", "\\")[:4]
    marks = Separators(bar, *(encoding + STANDARD.encoding[len(encoding) :]))
    if len(set(bar + marks.encoding)) != 5 or any(mark.isalnum() or mark.isspace() for mark in marks.encoding):
        raise UnreadableMessage(Fault(Code.DATA_TYPE, Location("MSH", field=2), "same-separators"))
    return marks, rest


def _fields(rest: str, marks: Separators) -> tuple[Field, ...]:
    is_cut = _special(marks.encoding).search
    return tuple([_field(text, marks) if is_cut(text) else _plain(text) for text in rest.split(marks.field)])


@cache
def _special(encoding: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(encoding)}]")


def _field(text: str, marks: Separators) -> Field:
    means = partial(_meant, marks=marks) if marks.escape in text else tuple
    return tuple(
        [
            tuple([means(component.split(marks.subcomponent)) for component in repetition.split(marks.component)])
            for repetition in text.split(marks.repetition)
        ]
    )


def _meant(pieces: list[str], marks: Separators) -> Component:
    return tuple([unescape(piece, marks).replace("\x00", "") for piece in pieces])


def _plain(text: str) -> Field:
    return (((text,),),)
