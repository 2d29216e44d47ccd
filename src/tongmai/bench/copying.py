"""Writing many rows: COPY on PostgreSQL, executemany on SQLite, with indexes and foreign keys made afterwards."""

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
from django.db import connection
from psycopg import sql

from tongmai.bench.lives import NULL, Table
from tongmai.config.progress import progress

CONNECTIONS = 2


class CopyWriter:
    """Collects lines in COPY's text form and sends them table by table; a flush is one transaction."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url)
        # What is loaded is loaded again after a crash; the checkpoint at the end makes it durable.
        self._connection.execute("SET synchronous_commit = off")
        self._lines: dict[Table, list[str]] = defaultdict(list)

    def write(self, table: Table, lines: str) -> None:
        self._lines[table].append(lines)

    def flush(self) -> None:
        for table, lines in self._lines.items():
            columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
            with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
                copy.write("".join(lines))
        self._connection.commit()
        self._lines.clear()

    def close(self) -> None:
        self.flush()
        self._connection.close()


class InsertWriter:
    """The same for SQLite, through Django's connection.  The columns' affinity turns words into numbers."""

    def __init__(self) -> None:
        self._lines: dict[Table, list[str]] = defaultdict(list)

    def write(self, table: Table, lines: str) -> None:
        self._lines[table].append(lines)

    def flush(self) -> None:
        for table, lines in self._lines.items():
            columns = ", ".join(f'"{c}"' for c in table.columns)
            marks = ", ".join("?" for _ in table.columns)
            connection.ensure_connection()
            connection.connection.executemany(
                f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})',
                (_values(line) for block in lines for line in block.splitlines()),
            )
        self._lines.clear()

    def close(self) -> None:
        self.flush()


def _values(line: str) -> list[str | None]:
    return [None if cell == NULL else _plain(cell) for cell in line.split("\t")]


def _plain(cell: str) -> str:
    if "\\" not in cell:
        return cell
    for written, meant in (("\\t", "\t"), ("\\n", "\n"), ("\\r", "\r"), ("\\\\", "\\")):
        cell = cell.replace(written, meant)
    return cell


@contextmanager
def bare(tables: list[Table], url: str) -> Iterator[None]:
    """Take indexes, unique constraints and foreign keys off the tables, and put all of them back on.

    Putting a constraint back proves it for every row, so what was loaded is as sound as what was written one by one.
    """
    if connection.vendor == "sqlite":
        with _unlinked():
            yield
        return
    names = [table.name for table in tables]
    keys, links = _taken_off(names)
    connection.close()
    yield
    _run(url, keys, "indexes")
    _run(url, [f"{add} NOT VALID" for add, _ in links], "foreign keys", at_once=1)
    _run(url, [validate for _, validate in links], "proving foreign keys")
    _run(url, [f'VACUUM (ANALYZE) "{name}"' for name in names], "statistics")


@contextmanager
def _unlinked() -> Iterator[None]:
    """SQLite: one transaction for the whole load, the foreign keys proved at its end."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("BEGIN")
        yield
        cursor.execute("PRAGMA foreign_key_check")
        if broken := cursor.fetchmany(3):
            raise ValueError(f"rows that point nowhere: {broken}")
        cursor.execute("COMMIT")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA optimize")


def _taken_off(names: list[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Drop what slows the load down; return the statements that make it again: keys and indexes, then links."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contype::text, conname, conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype IN ('f', 'u', 'p') AND (conrelid = ANY(%s::regclass[]) OR confrelid = ANY(%s::regclass[]))",
            [names, names],
        )
        constraints = cursor.fetchall()
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ANY(%s::regclass[])"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('u', 'p'))",
            [names],
        )
        indexes = cursor.fetchall()
        for wanted in ("f", "u", "p"):
            for kind, name, table, _ in constraints:
                if kind == wanted:
                    cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
    keys = [f'ALTER TABLE {t} ADD CONSTRAINT "{n}" {d}' for kind, n, t, d in constraints if kind != "f"]
    links = [
        (f'ALTER TABLE {t} ADD CONSTRAINT "{n}" {d}', f'ALTER TABLE {t} VALIDATE CONSTRAINT "{n}"')
        for kind, n, t, d in constraints
        if kind == "f"
    ]
    return [*keys, *(definition for _, definition in indexes)], links


def _run(url: str, statements: list[str], title: str, *, at_once: int = CONNECTIONS) -> None:
    """Run statements over a few connections at the same time, each in its own transaction."""
    with ThreadPoolExecutor(at_once) as pool:
        for _ in progress(pool.map(lambda one: _execute(url, one), statements), title, total=len(statements)):
            pass


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as one:
        one.execute(statement)
