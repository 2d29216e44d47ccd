"""The escape sequences of HL7 v2 (chapter 2.7): pure, both ways."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Separators:
    """The characters that a message is cut by.  Each message names its own in MSH-1 and MSH-2."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    @property
    def encoding(self) -> str:
        """MSH-2."""
        return self.component + self.repetition + self.escape + self.subcomponent


STANDARD = Separators()
_LINE_BREAK = ".br"
_HEX = re.compile(r"X((?:[0-9A-Fa-f]{2})+)")
_HIGHLIGHT = {"H", "N"}


def escape(text: str, marks: Separators = STANDARD) -> str:
    """Return `text` as it may stand inside a component; line ends become `.br`, other controls hexadecimal."""
    names = _names(marks)
    out = []
    for char in text.replace("\r\n", "\n").replace("\r", "\n"):
        if char == "\n":
            out.append(f"{marks.escape}{_LINE_BREAK}{marks.escape}")
        elif char in names:
            out.append(f"{marks.escape}{names[char]}{marks.escape}")
        elif ord(char) < 32:
            out.append(f"{marks.escape}X{ord(char):02X}{marks.escape}")
        else:
            out.append(char)
    return "".join(out)


def unescape(text: str, marks: Separators = STANDARD) -> str:
    """Return the text that is meant.  What is no known sequence is kept as it stands, never lost."""
    if marks.escape not in text:
        return text
    meanings = {name: char for char, name in _names(marks).items()}
    meanings |= {_LINE_BREAK: "\n"} | dict.fromkeys(_HIGHLIGHT, "")
    mark = re.escape(marks.escape)
    return re.sub(f"{mark}([^{mark}]*){mark}", lambda found: _meaning(found, meanings), text)


def _meaning(found: re.Match[str], meanings: dict[str, str]) -> str:
    name = found.group(1)
    if name in meanings:
        return meanings[name]
    if hexadecimal := _HEX.fullmatch(name):
        return bytes.fromhex(hexadecimal.group(1)).decode("utf-8", errors="replace")
    return found.group(0)


def _names(marks: Separators) -> dict[str, str]:
    return {marks.field: "F", marks.component: "S", marks.subcomponent: "T", marks.repetition: "R", marks.escape: "E"}
