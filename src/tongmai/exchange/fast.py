"""The statements that every message needs, written once: a system sends hundreds in a second.

What Django would say is the same, and takes several times as long to say.  To PostgreSQL, which is asked over the network,
one statement says what SQLite is told in several.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from tongmai.exchange.models import InboundMessage, SourceObject, SourceSystem
from tongmai.foundation.audit.together import fresh
from tongmai.foundation.orgs.models import Org

# What is asked of a system for every message that comes from it, and of the member for which it speaks.
OF_SYSTEM = ("id", "application", "facility", "name", "org_id", "address", "certificate", "answers_on", "is_active")
OF_ORG = ("name", "county_code")
# PostgreSQL takes the values of these as they are; Django would look at each and hand it on.
_AS_THEY_ARE = frozenset(
    {models.CharField, models.TextField, models.UUIDField, models.DateTimeField, models.ForeignKey}
)


def insert_message(message: InboundMessage) -> bool:
    """Write a new message; False where one of the same identity is there already.

    PostgreSQL tells along with it which systems its application has (`message.systems`): who applies it needs not ask.
    """
    if connection.vendor != "postgresql":
        sql, values = _insertion(InboundMessage, ()), _stored(_fields(InboundMessage), message)
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            is_new = cursor.rowcount == 1
    else:
        said, usual = message.__dict__, _usual(InboundMessage)
        names = tuple(name for name, value in usual.items() if said[name] != value)
        sql = f"WITH kept AS ({_insertion(InboundMessage, names)} RETURNING 1) {_SYSTEMS}"  # nosec B608: names of ours
        with connection.cursor() as cursor:
            cursor.execute(sql, [*(said[name] for name in names), message.application])
            rows = cursor.fetchall()
        is_new, message.systems = rows[0][0], [row[1:] for row in rows if row[1] is not None]
    message._state.adding = False
    return is_new


def change_message(message: InboundMessage, names: Sequence[str], *, seen: int) -> tuple[str, list[Any]]:
    """Return the UPDATE of these columns of a message; it changes nothing where it is not the version `seen` any more."""
    fields, sql = _change(tuple(names))
    return sql, [*_stored(fields, message), db_id(message.id), seen]


@cache
def _change(names: tuple[str, ...]) -> tuple[list[models.Field], str]:
    fields = [field for field in _fields(InboundMessage) if field.attname in names]
    sets = ", ".join(f'"{field.column}" = %s' for field in fields)
    return fields, f'UPDATE "{InboundMessage._meta.db_table}" SET {sets} WHERE id = %s AND version = %s'  # nosec B608


def locked_objects(
    source: SourceSystem,
    wanted: Sequence[tuple[str, str]],
    seen: Sequence[tuple[str, str]] = (),
    *,
    is_repeatable: bool = False,
) -> dict[tuple[str, str], SourceObject]:
    """Return the objects of these (kind, key), each entered if it is new; their rows are locked to the end of the transaction.

    `seen` are read along, not locked and not entered: those that there are.  `is_repeatable`: the disk is not waited for at
    the commit; where the machine fails in that moment all of it is gone, and is done again from what was kept before.
    """
    if connection.vendor != "postgresql":
        rows = [row for each in wanted for row in _asked(_LOCK_ONE, [db_id(source.id), *each])]
        rows += [row for each in seen for row in _asked(_SEE_ONE, [db_id(source.id), *each])]
    else:
        pairs, more = [text for each in wanted for text in each], [text for each in seen for text in each]
        values = [source.id, *pairs, source.id, *pairs, *([source.id, *more] if more else ())]
        rows = _asked(_lock_all(len(wanted), len(seen), is_repeatable), values)
    return {(row[1], row[2]): _object(source, row) for row in rows if row[0] is not None}


def _object(source: SourceSystem, row: Sequence[Any]) -> SourceObject:
    number, kind, key, target, said_at = row
    found = fresh(
        SourceObject, id=number, source_id=source.id, kind=kind, key=key,
        target_id=_read(SourceObject, "target_id", target), said_at=_read(SourceObject, "said_at", said_at),
    )  # fmt: skip
    found._state.adding = False
    return found


def _asked(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


_OBJECTS = SourceObject._meta.db_table
_TOLD = "id, kind, key, target_id, said_at"
_LOCK_ONE = f"""
INSERT INTO "{_OBJECTS}" (source_id, kind, key) VALUES (%s, %s, %s)
ON CONFLICT (source_id, kind, key) DO UPDATE SET kind = excluded.kind RETURNING {_TOLD}"""  # nosec B608: names of ours
_SEE_ONE = f'SELECT {_TOLD} FROM "{_OBJECTS}" WHERE source_id = %s AND kind = %s AND key = %s'  # nosec B608
_SYSTEMS = f"""
SELECT EXISTS (SELECT FROM kept), {", ".join(f"s.{name}" for name in OF_SYSTEM)}, {", ".join(f"o.{name}" for name in OF_ORG)}
FROM (VALUES (1)) one
LEFT JOIN ("{SourceSystem._meta.db_table}" s JOIN "{Org._meta.db_table}" o ON o.id = s.org_id) ON s.application = %s
"""  # nosec B608: names of ours


@cache
def _lock_all(n_wanted: int, n_seen: int, is_repeatable: bool) -> str:
    """Those that are there are only locked: a row that is written for it would be written again with what is noted.

    One that somebody else enters in this moment is waited for, and locked as he left it.
    """
    pairs, more = ", ".join(["(%s, %s)"] * n_wanted), ", ".join(["(%s, %s)"] * n_seen)
    also = f"""
    UNION ALL SELECT {_TOLD} FROM "{_OBJECTS}" WHERE source_id = %s AND (kind, key) IN ({more})"""  # nosec B608
    light = "\n    UNION ALL SELECT NULL, set_config('synchronous_commit', 'off', true), '', NULL, NULL"
    return f"""
    WITH found AS (
      SELECT {_TOLD} FROM "{_OBJECTS}" WHERE source_id = %s AND (kind, key) IN ({pairs}) ORDER BY kind, key FOR UPDATE
    ), made AS (
      INSERT INTO "{_OBJECTS}" (source_id, kind, key)
      SELECT %s::uuid, v.kind, v.key FROM (VALUES {pairs}) v (kind, key)
      WHERE NOT EXISTS (SELECT FROM found f WHERE f.kind = v.kind AND f.key = v.key) ORDER BY v.kind, v.key
      ON CONFLICT (source_id, kind, key) DO UPDATE SET kind = excluded.kind RETURNING {_TOLD}
    ) SELECT * FROM found UNION ALL SELECT * FROM made{also if n_seen else ""}{light if is_repeatable else ""}"""  # nosec B608: names of ours


@cache
def _insertion(model: type[models.Model], brought: tuple[str, ...]) -> str:
    """The INSERT of a row; of PostgreSQL, what is not `brought` stands in it as it usually is."""
    fields = _fields(model)
    columns = ", ".join(f'"{f.column}"' for f in fields)
    places = ", ".join(
        "%s" if not brought or f.attname in brought else _literal(_usual(model)[f.attname]) for f in fields
    )
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING'  # nosec B608


@cache
def _usual(model: type[models.Model]) -> dict[str, Any]:
    """What a row has in its columns where nobody says otherwise; the id of each is its own."""
    return {f.attname: object() if f.primary_key else f.get_default() for f in _fields(model)}


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return str(int(value)) if isinstance(value, int) else f"'{value}'"


@cache
def _fields(model: type[models.Model]) -> tuple[models.Field, ...]:
    return tuple(model._meta.concrete_fields)


@cache
def _by_name(model: type[models.Model]) -> dict[str, models.Field]:
    return {field.attname: field for field in model._meta.concrete_fields}


def _stored(fields: Sequence[models.Field], row: models.Model) -> list[Any]:
    as_they_are = _AS_THEY_ARE if connection.vendor == "postgresql" else frozenset()
    return [
        getattr(row, each.attname)
        if type(each) in as_they_are
        else each.get_db_prep_save(getattr(row, each.attname), connection)
        for each in fields
    ]


def db_id(value: UUID) -> Any:
    """Return an id as the database's driver takes it."""
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
