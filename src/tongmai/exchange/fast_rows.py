"""The statements of an import, whose steps are hundreds of rows: each asks or writes for all rows of a step at once.

PostgreSQL guesses badly over a table that was empty a minute ago; where the number of rows is known, each is looked up by
its index (LATERAL), however large the table is by now.  SQLite says the same through Django.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Min

from tongmai.exchange.fast import db_id
from tongmai.exchange.models import ImportRow, ImportRun, SourceRow
from tongmai.exchange.models.imports import Fate
from tongmai.foundation.audit.bulk import Sheet, can_copy
from tongmai.foundation.audit.together import insert

ROWS_AT_ONCE = 2_000
_ROWS, _KEPT = ImportRow._meta.db_table, SourceRow._meta.db_table
_AFTER = f'SELECT id, line, cells FROM "{_ROWS}" WHERE run_id = %s AND line > %s ORDER BY line LIMIT %s'  # nosec B608
_KNOWN = f"""
SELECT w.identity, s.target_id, s.digest FROM unnest(%s::text[]) w(identity) CROSS JOIN LATERAL (
  SELECT target_id, digest FROM "{_KEPT}" k
  WHERE k.kind = %s AND k.scope = %s AND k.source = %s AND k.identity = w.identity LIMIT 1) s"""  # nosec B608
# What narrows further stands outside of the part that is looked up: inside, it would tempt to another index.
_FIRST = f"""
SELECT w.identity, min(s.line) FROM unnest(%s::text[]) w(identity) CROSS JOIN LATERAL (
  SELECT line FROM "{_ROWS}" r WHERE r.run_id = %s AND r.identity = w.identity OFFSET 0) s
WHERE s.line < %s GROUP BY w.identity"""  # nosec B608
_NEW_BEFORE = f"""
SELECT s.id, s.line, s.cells FROM unnest(%s::text[]) w(number_key) CROSS JOIN LATERAL (
  SELECT id, line, cells, fate FROM "{_ROWS}" r
  WHERE r.run_id = %s AND r.number_key = w.number_key AND r.number_key <> '' OFFSET 0) s
WHERE s.line < %s AND s.fate = %s ORDER BY s.line"""  # nosec B608
_FATES = f"""
UPDATE "{_ROWS}" t SET fate = r.fate, identity = r.identity, number_key = r.number_key, what = r.what,
  facts = r.facts::jsonb, target_id = r.target_id, is_applied = r.is_applied
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::uuid[], %s::boolean[])
  r(id, fate, identity, number_key, what, facts, target_id, is_applied) WHERE t.id = r.id"""  # nosec B608
_NOTE = f"""
INSERT INTO "{_KEPT}" (kind, scope, source, identity, digest, target_id)
SELECT %s, %s, %s, r.* FROM unnest(%s::text[], %s::text[], %s::uuid[]) r
ON CONFLICT (kind, scope, source, identity) DO UPDATE SET digest = excluded.digest, target_id = excluded.target_id"""  # nosec B608


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of a file as it came."""

    id: int
    line: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Told:
    """What is written beside a row: its fate, and all that belongs to it."""

    id: int
    fate: str
    identity: str
    number_key: str
    what: str
    facts: Mapping[str, Any]
    target_id: UUID | None
    is_applied: bool


def keep_rows(run: ImportRun, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Keep the rows of a file, as (line, cells)."""
    if can_copy():
        sheet = Sheet(ImportRow, "line", "cells", run_id=run.id)
        for line, cells in rows:
            sheet.add(line, cells)
        sheet.write()
        return
    for first in range(0, len(rows), ROWS_AT_ONCE):
        insert(*(ImportRow(run=run, line=line, cells=cells) for line, cells in rows[first : first + ROWS_AT_ONCE]))


def rows_after(run: ImportRun, line: int, most: int) -> list[FileRow]:
    """Return the next rows of a run's file, in its order."""
    with connection.cursor() as cursor:
        cursor.execute(_AFTER, [db_id(run.id), line, most])
        return [FileRow(number, at, orjson.loads(cells)) for number, at, cells in cursor.fetchall()]


def known_rows(run: ImportRun, identities: Collection[str]) -> dict[str, tuple[UUID, str]]:
    """Return what earlier files' rows of these identities became, and their digests."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_KNOWN, [list(identities), run.kind, run.scope, run.source])
            return {identity: (target, digest) for identity, target, digest in cursor.fetchall()}
    kept = SourceRow.objects.filter(kind=run.kind, scope=run.scope, source=run.source, identity__in=identities)
    return {
        identity: (target, digest) for identity, target, digest in kept.values_list("identity", "target_id", "digest")
    }


def first_lines(run: ImportRun, identities: Collection[str], before: int) -> dict[str, int]:
    """Return in which line of the file, ahead of `before`, each of these identities stood first."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_FIRST, [list(identities), run.id, before])
            return dict(cursor.fetchall())
    rows = run.rows.filter(identity__in=identities, line__lt=before).order_by()
    return dict(rows.values_list("identity").annotate(first=Min("line")))


def new_before(run: ImportRun, number_keys: Collection[str], line: int) -> list[FileRow]:
    """Return the rows ahead of `line` that are to make an entry for somebody with one of these numbers."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_NEW_BEFORE, [list(number_keys), run.id, line, Fate.NEW])
            return [FileRow(number, at, orjson.loads(cells)) for number, at, cells in cursor.fetchall()]
    rows = run.rows.filter(number_key__in=number_keys, line__lt=line, fate=Fate.NEW).order_by("line")
    return [FileRow(*row) for row in rows.values_list("id", "line", "cells")]


def let_commit_lag() -> None:
    """Let this transaction's commit come back before it lies on the disk.

    For a step that others follow: a machine that dies in between takes back the step whole, rows, people and the run's
    place together, and it is done again.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")


def write_fates(told: Sequence[Told]) -> None:
    """Write what became of the rows of a step."""
    if connection.vendor != "postgresql":
        names = [name for name in Told.__slots__ if name != "id"]
        rows = [ImportRow(**{name: getattr(each, name) for name in Told.__slots__}) for each in told]
        ImportRow.objects.bulk_update(rows, names, batch_size=100)
        return
    columns = [[getattr(each, name) for each in told] for name in Told.__slots__]
    at = Told.__slots__.index("facts")
    columns[at] = [orjson.dumps(facts).decode() if facts else "{}" for facts in columns[at]]
    with connection.cursor() as cursor:
        cursor.execute(_FATES, columns)


def note(run: ImportRun, became: Iterable[tuple[str, str, UUID]]) -> None:
    """Remember what rows became, as (identity, digest, target), to recognise them the next time."""
    rows = list(became)
    if not rows:
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, [run.kind, run.scope, run.source, *map(list, zip(*rows, strict=True))])
        return
    SourceRow.objects.bulk_create(
        [
            SourceRow(
                kind=run.kind, scope=run.scope, source=run.source, identity=identity, digest=digest, target_id=target
            )
            for identity, digest, target in rows
        ],
        update_conflicts=True,
        unique_fields=["kind", "scope", "source", "identity"],
        update_fields=["digest", "target_id"],
    )  # fmt: skip
