"""The statements that every message needs, written once: a system sends hundreds in a second.

Standard SQL that PostgreSQL and SQLite both speak; what Django would say is the same, and takes several times as long to say.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, models

from tongmai.exchange.models import ImportRow, InboundMessage, SourceObject, SourceSystem

_OF_FATE = ("fate", "identity", "number_key", "what", "facts", "target_id", "is_applied")


# PostgreSQL takes the values of these as they are; Django would look at each and hand it on.
_AS_THEY_ARE = frozenset(
    {models.CharField, models.TextField, models.UUIDField, models.DateTimeField, models.ForeignKey}
)


def write_fates(rows: Sequence[ImportRow]) -> None:
    """Write what became of the rows of a step of an import."""
    if connection.vendor != "postgresql":
        ImportRow.objects.bulk_update(rows, _OF_FATE, batch_size=100)
        return
    table, sets = ImportRow._meta.db_table, ", ".join(f'"{name}" = r."{name}"' for name in _OF_FATE)
    lines = [{"id": row.id} | {name: getattr(row, name) for name in _OF_FATE} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" t SET {sets} '  # nosec B608: names of ours
            f'FROM json_populate_recordset(NULL::"{table}", %s::json) r WHERE t.id = r.id',
            [orjson.dumps(lines).decode()],
        )


def insert_message(message: InboundMessage) -> bool:
    """Write a new message; False where one of the same identity is there already."""
    fields = _fields(InboundMessage)
    with connection.cursor() as cursor:
        cursor.execute(_insertion(), [_stored(field, message) for field in fields])
        message._state.adding = False
        return cursor.rowcount == 1


def change_message(message: InboundMessage, names: Sequence[str], *, seen: int) -> tuple[str, list[Any]]:
    """Return the UPDATE of these columns of a message; it changes nothing where it is not the version `seen` any more."""
    fields = [field for field in _fields(InboundMessage) if field.attname in names]
    sets = ", ".join(f'"{field.column}" = %s' for field in fields)
    sql = f'UPDATE "{InboundMessage._meta.db_table}" SET {sets} WHERE id = %s AND version = %s'  # nosec B608
    return sql, [*(_stored(field, message) for field in fields), _id(message.id), seen]


def locked_object(source: SourceSystem, kind: str, key: str) -> SourceObject:
    """Return the object of that number, entered if it is new; its row is locked to the end of the transaction."""
    table = SourceObject._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" (source_id, kind, key) VALUES (%s, %s, %s) '  # nosec B608
            "ON CONFLICT (source_id, kind, key) DO UPDATE SET kind = excluded.kind RETURNING id, target_id, said_at",
            [_id(source.id), kind, key],
        )
        number, target, said_at = cursor.fetchone()
    found = SourceObject(id=number, source=source, kind=kind, key=key)
    found._state.adding = False
    found.target_id, found.said_at = _read(SourceObject, "target_id", target), _read(SourceObject, "said_at", said_at)
    return found


@cache
def _insertion() -> str:
    fields = _fields(InboundMessage)
    columns, places = ", ".join(f'"{f.column}"' for f in fields), ", ".join(["%s"] * len(fields))
    table = InboundMessage._meta.db_table
    return f'INSERT INTO "{table}" ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING'  # nosec B608


@cache
def _fields(model: type[models.Model]) -> tuple[models.Field, ...]:
    return tuple(model._meta.concrete_fields)


@cache
def _by_name(model: type[models.Model]) -> dict[str, models.Field]:
    return {field.attname: field for field in model._meta.concrete_fields}


def _stored(field: models.Field, row: models.Model) -> Any:
    value = getattr(row, field.attname)
    if type(field) in _AS_THEY_ARE and connection.vendor == "postgresql":
        return value
    return field.get_db_prep_save(value, connection)


def _id(value: UUID) -> Any:
    return value if connection.features.has_native_uuid_field else value.hex


def _read(model: type[models.Model], name: str, value: Any) -> Any:
    """As Django would read it: PostgreSQL gives instants and ids, SQLite texts, and instants without their zone."""
    if value is None or connection.vendor == "postgresql":
        return value
    field = _by_name(model)[name]
    converters = connection.ops.get_db_converters(field.get_col(model._meta.db_table))
    for convert in (*converters, *field.get_db_converters(connection)):
        value = convert(value, None, connection)
    return value
