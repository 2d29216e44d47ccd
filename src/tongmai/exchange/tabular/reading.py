"""Bytes of a table to head and rows of text: CSV in UTF-8 or GB18030, and .xlsx.  Cells are text; dates are ISO."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from tongmai.exchange.tabular.errors import unusable

MOST_BYTES = 50 * 1024 * 1024
MOST_UNPACKED_BYTES = 600 * 1024 * 1024
MOST_ROWS = 300_000
MOST_COLUMNS = 200
MOST_CHARACTERS = 2_000  # of one cell; what is longer is no register entry
LINES_SEARCHED_FOR_HEAD = 10
# Excel keeps 15 digits of a number; a longer one has silently lost its end.
EXACT_DIGITS = 15
LOST_DIGITS = "⚠"

_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Sheet:
    """A table as text.  `rows` keeps the line number of each row in the file, counted from 1."""

    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read(content: bytes, headings: Iterable[str]) -> Sheet:
    """Return the table in `content`; `headings` are the names by which the head line is recognised.

    Lines above the head (titles, units, dates) and empty lines are left out.

    Raises:
        UnusableFile: with what is wrong and what to do.
    """
    if len(content) > MOST_BYTES:
        raise unusable("too-large")
    if content.startswith(_OLD_EXCEL):
        raise unusable("old-excel")
    lines = _excel(content) if content.startswith(_ZIP) else _csv(content)
    return _sheet(lines, {tidy(name) for name in headings})


def tidy(heading: str) -> str:
    """Return a heading without blanks, marks and what stands in brackets, as it is compared."""
    for opening, closing in ("()", "（）", "[]", "【】"):
        while (start := heading.find(opening)) >= 0 and (end := heading.find(closing, start)) >= 0:
            heading = heading[:start] + heading[end + 1 :]
    return "".join(c for c in heading if c not in " \t\r\n\u3000*＊:：_-").lower()


def _sheet(lines: Sequence[Sequence[str]], headings: set[str]) -> Sheet:
    if not lines:
        raise unusable("empty")
    known = [sum(tidy(cell) in headings for cell in line) for line in lines[:LINES_SEARCHED_FOR_HEAD]]
    best = max(range(len(known)), key=lambda i: (known[i], -i))
    if known[best] < 2:
        raise unusable("no-head")
    width = max(i for i, cell in enumerate(lines[best], start=1) if cell)
    head = tuple(lines[best][:width])
    rows = tuple(
        (number, _padded(line, len(head)))
        for number, line in enumerate(lines[best + 1 :], start=best + 2)
        if any(cell for cell in line)
    )
    if not rows:
        raise unusable("empty")
    return Sheet(head, rows)


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


def _excel(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(part.file_size for part in package.infolist()) > MOST_UNPACKED_BYTES:
                raise unusable("too-large")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            return _cells(book.worksheets[0]) if book.worksheets else []
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
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return _number(cell)
    return "".join(c for c in str(cell) if c.isprintable() or c == "\n").strip(" \u3000\t\n'’")[:MOST_CHARACTERS]


def _number(value: float) -> str:
    if isinstance(value, float) and not value.is_integer():
        return repr(value)
    digits = str(int(value))
    return digits if len(digits) <= EXACT_DIGITS else LOST_DIGITS + digits
