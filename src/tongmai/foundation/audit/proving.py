"""What the apps' `checks.py` are made of: rows that lead nowhere, and rows that contradict each other.

Each question is one statement over the whole table, so that a county of a million residents is proved in seconds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, UUIDField

# A broken table is named by its first rows; the rest is repaired with them.
MOST = 200


@dataclass(frozen=True)
class Finding:
    """One row (by its table and id) and what is wrong with it.  It names ids, never what a row says."""

    table: str
    row_id: str
    says: str

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}: {self.says}"


@dataclass(frozen=True)
class SoftReference:
    """A column that names a row of another table without a foreign key: the layers forbid one, or the row follows from others
    and is one of very many (docs/decisions/0014-search-keys-are-proved-by-the-check.md).

    `where` narrows it to the rows in which it means this table.
    """

    source: type[Model]
    column: str
    target: type[Model]
    where: Q = Q()

    def __str__(self) -> str:
        return f"{self.source._meta.label}.{self.column}"


def dangling(references: Iterable[SoftReference]) -> Iterator[Finding]:
    """Yield for every absent row that is named somewhere: where, and by how many rows."""
    for each in references:
        rows = each.source._base_manager.filter(each.where, **{f"{each.column}__isnull": False}).order_by()
        named = rows.filter(~Exists(each.target._base_manager.filter(pk=OuterRef(each.column))))
        for row in named.values(each.column).annotate(n=Count("pk")).order_by(each.column)[:MOST]:
            absent, n = row[each.column], row["n"]
            first = rows.filter(**{each.column: absent}).order_by("pk").values_list("pk", flat=True).first()
            more = f" (and {n - 1} more rows)" if n > 1 else ""
            target = each.target._meta.db_table
            yield Finding(_table(each.source), f"{first}{more}", f"{each.column} names {target} {absent}, not there")


def rows_that(rows: QuerySet[Any], says: str) -> Iterator[Finding]:
    """Yield every one of `rows`, of which it is wrong that there are any."""
    for row_id in rows.order_by("pk").values_list("pk", flat=True)[:MOST]:
        yield Finding(_table(rows.model), str(row_id), says)


def unequal(rows: QuerySet[Any], stored: str, counted: str) -> Iterator[Finding]:
    """Yield the rows whose column `stored` is not what the annotation `counted` says; no rows count as 0."""
    wrong = rows.filter(~Q(**{stored: F(counted)}) | Q(**{f"{counted}__isnull": True}) & ~Q(**{stored: 0}))
    for row in wrong.order_by("pk").values("pk", stored, counted)[:MOST]:
        says = f"{stored} says {row[stored]}, its rows say {row[counted] or 0}"
        yield Finding(_table(rows.model), str(row["pk"]), says)


def not_as_last_step(
    model: type[Model], history: type[Model], link: str, *, begins_in: Iterable[str] = ()
) -> Iterator[Finding]:
    """Yield the rows whose `state` is not what the last row of their history led to.

    A row without a history is in one of the states of `begins_in`.
    """
    begins = tuple(begins_in)
    column, state = model._meta.pk.column, model._meta.get_field("state").column
    begun = f"AND NOT (last.id IS NULL AND the.{state} IN ({', '.join(['%s'] * len(begins))}))" if begins else ""
    steps, key = history._meta.db_table, history._meta.get_field(link).column
    sql = f"""
        SELECT the.{column}, the.{state}, last.to_state FROM {_table(model)} the
        LEFT JOIN (SELECT {key} AS of, MAX(id) AS id FROM {steps} GROUP BY {key}) newest ON newest.of = the.{column}
        LEFT JOIN {steps} last ON last.id = newest.id
        WHERE (last.id IS NULL OR last.to_state <> the.{state}) {begun}
        ORDER BY the.{column} LIMIT {MOST}
    """  # nosec B608: names of our own tables and columns; values are parameters
    with connection.cursor() as cursor:
        cursor.execute(sql, begins)
        rows = cursor.fetchall()
    for row_id, stands, led_to in rows:
        said = f"its last step led to {led_to}" if led_to else "it has no history"
        yield Finding(_table(model), _as_id(model, row_id), f"state says {stands}, {said}")


def broken_foreign_keys() -> Iterator[Finding]:
    """Yield the rows whose foreign key leads nowhere.  PostgreSQL never lets one be; SQLite can be told to."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        rows = cursor.execute("PRAGMA foreign_key_check").fetchmany(MOST)
    for table, row_id, target, _ in rows:
        yield Finding(table, f"row {row_id}", f"its foreign key to {target} leads nowhere")


def _table(model: type[Model]) -> str:
    return model._meta.db_table


def _as_id(model: type[Model], value: Any) -> str:
    """Raw SQL gives a UUID of SQLite as 32 digits."""
    return str(UUID(str(value))) if isinstance(model._meta.pk, UUIDField) else str(value)
