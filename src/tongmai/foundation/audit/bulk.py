"""Rows by the thousand: COPY, PostgreSQL's own way in, at a fraction of what an INSERT costs.

A row is told by its values, without a model made of it.  Of PostgreSQL only: whoever writes this way has a plain twin
for SQLite, and a test that holds the two to each other.  Constraints hold as for any INSERT.
"""

import re
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, models

NOTHING = "\\N"
_MARKS = re.compile(r"[\\\t\r\n]")
_SPELLED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\r": "\\r", "\n": "\\n"})


def can_copy() -> bool:
    """Whether the database takes rows this way."""
    return connection.vendor == "postgresql"


def take_numbers(model: type[models.Model], n: int) -> list[int]:
    """Return `n` new ids of a numbered table, for rows that others point at."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [model._meta.db_table, n]
        )
        return [number for (number,) in cursor.fetchall()]


class Sheet:
    """New rows of one table: `names` are the fields that differ from row to row, `same` those that do not.

    Fields that are not named have their defaults; the number of a numbered row that is not named comes from the
    database, in the order of the rows.
    """

    def __init__(self, model: type[models.Model], *names: str, **same: Any) -> None:
        fields = {field.attname: field for field in model._meta.concrete_fields}
        rest = [
            field
            for name, field in fields.items()
            if name not in names and not (field.primary_key and isinstance(field, models.AutoField))
        ]
        columns = ", ".join(f'"{field.column}"' for field in (*(fields[name] for name in names), *rest))
        told = [_spelled(same.pop(field.attname) if field.attname in same else field.get_default()) for field in rest]
        assert not same, f"no fields of {model.__name__}: {', '.join(same)}"
        self._copy = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
        self._end = "".join(f"\t{value}" for value in told) + "\n"
        self._lines: list[str] = []

    def add(self, *values: Any) -> None:
        """Add a row: the values of `names` in their order."""
        self._lines.append("\t".join([_SPELLING[type(value)](value) for value in values]) + self._end)

    def write(self) -> None:
        """Write the rows, inside the caller's transaction.

        Raises:
            IntegrityError: a row breaks a constraint; none of them is written.
        """
        with connection.wrap_database_errors:
            self.written_to(connection.connection)

    def written_to(self, server: Any) -> None:
        """Write the rows through a bare connection."""
        lines, self._lines = self._lines, []
        if lines:
            with server.cursor() as cursor, cursor.copy(self._copy) as copy:
                copy.write("".join(lines).encode())


class Writer:
    """Lets PostgreSQL take one lot of sheets while the caller fills the next, in the caller's transaction.

    Until the block ends nothing else may be asked of the database; then all of them are written, or the error is raised.
    """

    def __enter__(self) -> "Writer":
        self._thread, self._lots = ThreadPoolExecutor(max_workers=1), list[Future]()
        return self

    def write(self, sheets: Iterable[Sheet]) -> None:
        """Write these sheets after those before; they are the writer's from now on."""
        self._lots.append(self._thread.submit(_written, connection.connection, list(sheets)))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._thread.shutdown()
        with connection.wrap_database_errors:
            for lot in self._lots if kind is None else ():
                lot.result()


def _written(server: Any, sheets: list[Sheet]) -> None:
    for sheet in sheets:
        sheet.written_to(server)


def _text(value: str) -> str:
    return value if value.isalnum() or not _MARKS.search(value) else value.translate(_SPELLED)


def _json(value: Any) -> str:
    return _text(orjson.dumps(value).decode())


class _Spelling(dict[type, Callable[[Any], str]]):
    """How a value is told, by its type; words of a list of choices are texts."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        if not issubclass(kind, str):
            raise TypeError(f"no column for {kind.__name__}")
        self[kind] = lambda value: _text(str(value))
        return self[kind]


_SPELLING = _Spelling({
    str: _text, int: str, float: str, dict: _json, list: _json, tuple: _json, UUID: lambda value: value.hex,
    bool: lambda value: "t" if value else "f", type(None): lambda _: NOTHING, date: date.isoformat,
    datetime: datetime.isoformat,
})  # fmt: skip


def _spelled(value: Any) -> str:
    return _SPELLING[type(value)](value)
