"""Bytes of a table to head and rows of text: CSV in UTF-8 or GB18030, and .xlsx.  Cells are text; dates are ISO."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from tongmai.exchange.tabular.errors import UnusableFile, unusable

MOST_BYTES = 50 * 1024 * 1024
MOST_UNPACKED_BYTES = 600 * 1024 * 1024
MOST_ROWS = 300_000
MOST_COLUMNS = 200
MOST_CHARACTERS = 2_000  # of one cell; what is longer is no register entry
LINES_SEARCHED_FOR_HEAD = 10
# Excel keeps 15 digits of a number; a longer one has silently lost its end.
EXACT_DIGITS = 15
LOST_DIGITS = "⚠"

_WHOLE = re.compile(r"\d+\.0+")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[Ee]\+?\d+")
# Digits and letters of full width, as Chinese input methods write them.
_NARROW = {0xFEE0 + code: code for code in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))}

# What most cells are, and what need not be looked at closer: Chinese, digits and signs without blanks around them.
_PLAIN = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][-0-9A-Za-z\u4e00-\u9fff/]{0,200}")

_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Sheet:
    """A table as text.  `rows` keeps the line number of each row in the file, counted from 1."""

    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read(content: bytes, headings: Iterable[str], *, is_head_needed: bool = True) -> Sheet:
    """Return the table in `content`; `headings` are the names by which the head line is recognised.

    Lines above the head (titles, units, dates) and empty lines are left out.  Where a person can be asked what the
    columns are, the head need not be recognised: then it is the first line with the most cells.

    Raises:
        UnusableFile: with what is wrong and what to do.
    """
    if len(content) > MOST_BYTES:
        raise unusable("too-large")
    if content.startswith(_OLD_EXCEL):
        raise unusable("old-excel")
    known = {tidy(name) for name in headings}
    if content.startswith(_ZIP):
        return _first_with_head(_excel(content), known, is_head_needed)
    return _sheet(_csv(content), known, is_head_needed)


def tidy(heading: str) -> str:
    """Return a heading without blanks, marks and what stands in brackets, as it is compared."""
    for opening, closing in ("()", "（）", "[]", "【】"):
        while (start := heading.find(opening)) >= 0 and (end := heading.find(closing, start)) >= 0:
            heading = heading[:start] + heading[end + 1 :]
    return "".join(c for c in heading if c not in " \t\r\n\u3000*＊:：_-").lower()


def _first_with_head(sheets: list[list[list[str]]], headings: set[str], is_head_needed: bool) -> Sheet:
    """Covers and notes stand before the table; where no sheet has a head, what is said of the first one counts."""
    refusal: UnusableFile | None = None
    for lines in sheets:
        try:
            return _sheet(lines, headings)
        except UnusableFile as unfit:
            refusal = refusal or unfit
    if sheets and not is_head_needed:
        return _sheet(max(sheets, key=len), headings, is_head_needed)
    raise refusal or unusable("empty")


def _sheet(lines: Sequence[Sequence[str]], headings: set[str], is_head_needed: bool = True) -> Sheet:
    if not lines:
        raise unusable("empty")
    known = [sum(tidy(cell) in headings for cell in line) for line in lines[:LINES_SEARCHED_FOR_HEAD]]
    best = max(range(len(known)), key=lambda i: (known[i], -i))
    if known[best] >= 2:
        head, last = _joined_head(lines, best, headings)
    elif is_head_needed:
        raise unusable("no-head")
    else:
        head, last = _likely_head(lines)
    rows = tuple(
        (number, _padded(line, len(head)))
        for number, line in enumerate(lines[last + 1 :], start=last + 2)
        if any(cell for cell in line) and not _is_head_again(line, head)
    )
    if not rows:
        raise unusable("empty")
    return Sheet(head, rows)


def _joined_head(lines: Sequence[Sequence[str]], best: int, headings: set[str]) -> tuple[tuple[str, ...], int]:
    """Return the head and its last line: merged cells spread a head over two lines.

    A heading merged downwards stands in the line above; one merged sideways has its parts in the line below, under
    cells that are empty or name no field of ours.
    """
    head, last = list(lines[best]), best
    above = lines[best - 1] if best else ()
    for i, cell in enumerate(above):
        if tidy(cell) in headings and (i >= len(head) or not head[i]):
            head += [""] * (i + 1 - len(head))
            head[i] = cell
    below = lines[best + 1] if best + 1 < len(lines) else ()
    parts = {i: cell for i, cell in enumerate(below) if cell}
    if parts and all(tidy(cell) in headings and _is_open(head, i, headings) for i, cell in parts.items()):
        head += [""] * (max(parts) + 1 - len(head))
        for i, cell in parts.items():
            head[i] = cell
        last = best + 1
    width = max(i for i, cell in enumerate(head, start=1) if cell)
    return tuple(head[:width]), last


def _likely_head(lines: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], int]:
    """Return the first of the lines with the most cells; one column at least, or there is no table."""
    filled = [sum(1 for cell in line if cell) for line in lines[:LINES_SEARCHED_FOR_HEAD]]
    at = max(range(len(filled)), key=lambda i: (filled[i], -i))
    if filled[at] < 2:
        raise unusable("no-head")
    width = max(i for i, cell in enumerate(lines[at], start=1) if cell)
    return tuple(lines[at][:width]), at


def _is_open(head: Sequence[str], index: int, headings: set[str]) -> bool:
    return index >= len(head) or tidy(head[index]) not in headings


def _is_head_again(line: Sequence[str], head: Sequence[str]) -> bool:
    """Printed registers repeat their head on every page; of a head in two lines each line is less than the whole."""
    said = [(tidy(cell), tidy(title)) for cell, title in zip(line, head, strict=False) if cell]
    same = sum(cell == title for cell, title in said)
    return same > 1 and same * 2 > len(said)


def _padded(line: Sequence[str], width: int) -> tuple[str, ...]:
    return (*line[:width], *[""] * (width - len(line)))


def _csv(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;，", key=first.count)
    if delimiter == "，":
        text, delimiter = text.replace("，", ","), ","
    csv.field_size_limit(MOST_BYTES)
    lines = []
    for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        lines.append([_text(cell) for cell in line[:MOST_COLUMNS]])
        if len(lines) > MOST_ROWS:
            raise unusable("too-large")
    return lines


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise unusable("encoding")


def _excel(content: bytes) -> list[list[list[str]]]:
    """The sheets that have anything in them, in order."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(part.file_size for part in package.infolist()) > MOST_UNPACKED_BYTES:
                raise unusable("too-large")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            return [lines for sheet in book.worksheets if (lines := _cells(sheet))]
        finally:
            book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError) as error:
        raise unusable("not-excel") from error  # openpyxl lets through what its parsers raise on broken parts


def _cells(sheet: Any) -> list[list[str]]:
    lines = []
    for line in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS):
        lines.append([_text(cell) for cell in line])
        if len(lines) > MOST_ROWS:
            raise unusable("too-large")
    return lines


def _text(cell: Any) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, str) and _PLAIN.fullmatch(cell) and not _SCIENTIFIC.fullmatch(cell):
        return cell
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return _number(cell)
    text = "".join(c for c in str(cell) if c.isprintable() or c == "\n").strip(" \u3000\t\n'’")
    text = text.translate(_NARROW)[:MOST_CHARACTERS]
    return _written_by_a_program(text) if text[-1:].isdigit() else text


def _written_by_a_program(text: str) -> str:
    """Programs that take a column for numbers write 13900000000.0 and 3.40199E+17; the second has lost its end."""
    if _WHOLE.fullmatch(text):
        return _number(float(text)) if len(text) > EXACT_DIGITS + 2 else text[: text.index(".")]
    return LOST_DIGITS + text if _SCIENTIFIC.fullmatch(text) else text


def _number(value: float) -> str:
    if isinstance(value, float) and not value.is_integer():
        return repr(value)
    digits = str(int(value))
    return digits if len(digits) <= EXACT_DIGITS else LOST_DIGITS + digits
