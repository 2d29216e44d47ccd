"""Tables that come and go: how large an Excel file may be once it is unpacked; what may stand in a cell of a CSV."""

import re
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

MOST_UNPACKED_BYTES = 80 * 1024 * 1024  # of a form that people fill in; the import of registers has a limit of its own
MOST_PARTS = 500
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def is_too_large(content: bytes, *, most_bytes: int = MOST_UNPACKED_BYTES) -> bool:
    """Whether the parts of an .xlsx say that they are larger than any sheet people fill in.

    A part that lies about its size breaks off with an error when it is read.  What is no zip is not judged here.
    """
    try:
        with ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
    except BadZipFile:
        return False
    return len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most_bytes


def harmless(value: Any) -> Any:
    """Return a cell that no program takes for a formula: what begins like one gets a quote before it.

    Our imports take the quote off again; a number stays a number.  Excel files need none: their texts are marked as texts.
    """
    is_formula = isinstance(value, str) and value[:1] in _BEGINS_FORMULA and not _NUMBER.fullmatch(value)
    return f"'{value}" if is_formula else value
