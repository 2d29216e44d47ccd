"""Tracebacks that may be written down: where it broke and what kind of error, never the values that broke it.

Messages of errors quote what they stumbled over, PostgreSQL's a whole row; a log, the operations page and an e-mail are
read by people who may not read a record.  So a message is kept only where it speaks of code, not of data.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator

from tongmai.kernel.errors import TongmaiError

# Python's own words about names in the code.
_OF_CODE = (AttributeError, ImportError, NameError, RecursionError, MemoryError)
_NAMES_IN_DATABASE = ("sqlstate", "constraint_name", "table_name", "column_name")
_TOO_DEEP = 10
WITHHELD = "(message withheld: it may quote personal data)"


def told(error: BaseException) -> str:
    """Return the traceback of `error` and of what caused it, oldest first, without the values in it."""
    return "\n".join(_lines(error, _TOO_DEEP))


def summary(error: BaseException) -> str:
    """Return the kind of `error` and as much of its message as may be written down."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return f"{kind}: {_message(error)}"


def _lines(error: BaseException, depth: int) -> Iterator[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and depth:
        yield from _lines(cause, depth - 1)
        yield "which led to"
    frames = traceback.extract_tb(error.__traceback__)
    yield "Traceback (most recent call last):"
    yield from (f'  File "{f.filename}", line {f.lineno}, in {f.name}\n    {f.line}' for f in frames)
    yield summary(error)


def _message(error: BaseException) -> str:
    if isinstance(error, TongmaiError):
        return " ".join((error.code, *sorted(error.facts)))
    if isinstance(error, _OF_CODE):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or WITHHELD
    return _of_database(error) or WITHHELD


def _of_database(error: BaseException) -> str:
    """What the database says of its own tables; SQLite says nothing else, PostgreSQL quotes the row."""
    diagnosis = getattr(error.__cause__ or error, "diag", None)
    if diagnosis is not None:
        return " ".join(str(getattr(diagnosis, name)) for name in _NAMES_IN_DATABASE if getattr(diagnosis, name, None))
    text = str(error)
    return text if "constraint failed" in text or text in _OF_SQLITE else ""


_OF_SQLITE = (
    "database is locked",
    "database or disk is full",
    "disk I/O error",
    "attempt to write a readonly database",
)
