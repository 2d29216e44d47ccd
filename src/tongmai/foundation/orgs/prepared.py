"""Reads that are asked all the time: the queryset is compiled once, afterwards only its values change.

Django builds and compiles a queryset anew each time, which takes longer than PostgreSQL takes to answer it.  Here a
function builds the queryset from *marks* in place of the actor's and the caller's values; the SQL that comes of it is
kept, and where a mark stands the value of the moment goes.  It is the queryset's own SQL that runs: who may see what is
still said in one place, by `access.visible`.

What a queryset does with a mark other than pass it on cannot be kept.  Asking the database while building, or computing
with a mark (`by.now - …`), is noticed and refused: compute first, and give the result as a value of its own.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, ValuesIterable, get_related_populators
from django.db.models.sql import Query, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

from tongmai.foundation.orgs.actors import Actor

Value = Any
_NAMES = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
_EDGE = "\ue000"  # of a private area: in no name and no code
_FIRST = datetime(1901, 1, 2, 12, tzinfo=UTC)
_NOBODY_LIVES_YET = 1905
_OF_ACTOR = ("now", "user_id", "post_id", "staff_id", "org_id", "department_id", "resident_id", "county_code")
_TODAY = "by.today"


class NotPreparable(AssertionError):
    """A mistake of the programmer: the queryset depends on its values in a way that cannot be kept."""


@dataclass(frozen=True)
class _Slot:
    """Where a value goes; `is_beginning`: as the beginning of a text."""

    name: str
    is_beginning: bool = False


@dataclass(frozen=True)
class _Kept:
    """A compiled queryset.  `names` are the keys of its rows, None for rows that are tuples.

    `converters`: by column, what Django makes of a value after it is read, e.g. a count a number.
    """

    sql: str
    parameters: tuple[Any, ...]  # values, and slots for values
    names: tuple[str, ...] | None
    converters: dict[int, tuple[list[Callable[..., Any]], Any]]
    made: "_Made | None" = None  # of a queryset of objects


class _Made:
    """How a row becomes an object with those that were selected with it, as `ModelIterable` does it."""

    def __init__(self, compiler: SQLCompiler) -> None:
        info = compiler.klass_info
        assert info is not None
        fields = info["select_fields"]
        self.model, self.first, self.end = info["model"], fields[0], fields[-1] + 1
        self.names = [each[0].target.attname for each in compiler.select[self.first : self.end]]
        self.related = get_related_populators(info, compiler.select, compiler.using)
        self.more = compiler.annotation_col_map
        self.using = compiler.using

    def object(self, row: Sequence[Any]) -> Any:
        made = self.model.from_db(self.using, self.names, row[self.first : self.end])
        for each in self.related:
            each.populate(row, made)
        for name, i in self.more.items():
            setattr(made, name, row[i])
        return made


class Prepared:
    """A read whose SQL is kept, one for each role and each kind of values."""

    def __init__(self, build: Callable[..., QuerySet]) -> None:
        """`build(by, **values)` returns the queryset, each time with the same conditions: of `values()` or `values_list()`
        for `rows`, of objects for `objects`."""
        self.build = build
        self._kept: dict[Any, _Kept | None] = {}

    def rows(self, by: Actor | None = None, **values: Value) -> list[Any]:
        """Return the rows for this actor and these values: what `list(build(by, **values))` returns."""
        if connection.vendor != "postgresql":
            return list(self.build(by, **values))
        kept, found = self._found(by, values)
        if kept is None or kept.names is None:
            return found
        return [dict(zip(kept.names, row, strict=True)) for row in found]

    def objects(self, by: Actor | None = None, **values: Value) -> list[Any]:
        """Return the same of a queryset of objects, with what it selects along and its annotations."""
        if connection.vendor != "postgresql":
            return list(self.build(by, **values))
        kept, found = self._found(by, values)
        if kept is None:
            return []
        assert kept.made is not None, "a queryset of objects"
        return [kept.made.object(row) for row in found]

    def _found(self, by: Actor | None, values: dict[str, Value]) -> tuple[_Kept | None, list[Any]]:
        given = _of(by) | values
        kept = self._kept_for(by, given, values)
        if kept is None:
            return None, []
        if by is not None:
            given[_TODAY] = by.today
        with connection.cursor() as cursor:
            cursor.execute(kept.sql, [_filled(each, given) for each in kept.parameters])
            return kept, _converted(cursor.fetchall(), kept.converters)

    def _kept_for(self, by: Actor | None, given: dict[str, Value], values: dict[str, Value]) -> _Kept | None:
        told = (by.role, by.level, by.channel) if by is not None else ()
        shape = (told, *((name, _shape(value)) for name, value in given.items()))
        if shape not in self._kept:
            self._kept[shape] = self._compiled(by, values)
        return self._kept[shape]

    def _compiled(self, by: Actor | None, values: dict[str, Value]) -> _Kept | None:
        marks = {name: _mark(i, name, value) for i, (name, value) in enumerate((_of(by) | values).items())}
        actor = replace(by, name=_EDGE, org_name=_EDGE, **{n: marks[_own(n)] for n in _OF_ACTOR}) if by else None
        with connection.execute_wrapper(_refuse):
            compiler, kind = self._compiler(actor, {name: marks[name] for name in values})
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            return None
        if actor is not None:
            marks[_TODAY] = actor.today
        slots = {mark: name for name, mark in marks.items() if _shape(mark) is not mark}
        return _Kept(
            sql=sql,
            parameters=tuple(_slot(each, slots) for each in parameters),
            names=_names(compiler.query) if kind is ValuesIterable else None,
            converters=compiler.get_converters([each[0] for each in compiler.select or ()]),
            made=_Made(compiler) if kind is ModelIterable else None,
        )

    def _compiler(self, by: Actor | None, values: dict[str, Value]) -> tuple[SQLCompiler, type | None]:
        queryset = self.build(by, **values)
        return queryset.query.get_compiler(using=queryset.db), queryset._iterable_class


class PreparedUpdate(Prepared):
    """An UPDATE whose SQL is kept.  `build` returns the queryset and what is set; `returning` names a column to be told."""

    def __init__(self, build: Callable[..., tuple[QuerySet, dict[str, Any]]], *, returning: str = "") -> None:
        super().__init__(build)
        self.end = f" RETURNING {returning}" if returning else ""

    def run(self, **values: Value) -> list[Any]:
        """Update; return the column of each changed row, or an empty list."""
        sql, parameters = self.statement(**values)
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return [row[0] for row in cursor.fetchall()] if self.end else []

    def statement(self, **values: Value) -> tuple[str, list[Any]]:
        """Return the UPDATE for these values with its parameters, to be run elsewhere."""
        if connection.vendor == "postgresql":
            kept = self._kept_for(None, values, values)
            assert kept is not None, "an UPDATE that changes nothing"
            return kept.sql + self.end, [_filled(each, values) for each in kept.parameters]
        sql, parameters = self._compiler(None, values)[0].as_sql()
        return sql + self.end, list(parameters)

    def _compiler(self, by: Actor | None, values: dict[str, Value]) -> tuple[SQLCompiler, type | None]:
        rows, changes = self.build(**values)
        query = rows.query.chain(UpdateQuery)
        query.add_update_values(changes)
        return query.get_compiler(using=rows.db), None


def named(rows: Iterable[Sequence[Any]], names: Sequence[str]) -> list[SimpleNamespace]:
    """Return rows that are tuples with their columns as attributes."""
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows]


def _own(name: str) -> str:
    return f"by.{name}"


def _of(by: Actor | None) -> dict[str, Value]:
    return {_own(name): getattr(by, name) for name in _OF_ACTOR} if by is not None else {}


def _shape(value: Value) -> Any:
    """Return what of a value decides the SQL: its type where any other value would do, else the value itself."""
    return type(value) if type(value) in (UUID, datetime, date) or type(value) is str and value else value


def _mark(i: int, name: str, value: Value) -> Value:
    """Return a value of the same type that nothing else has."""
    if type(value) is UUID:
        return uuid5(_NAMES, name)
    if type(value) is datetime:
        return _FIRST + timedelta(days=2 * i)
    if type(value) is date:
        return (_FIRST + timedelta(days=2 * i + 1)).date()
    return f"{_EDGE}{name}{_EDGE}" if type(value) is str and value else value


def _slot(parameter: Any, slots: dict[Value, str]) -> Any:
    if type(parameter) in (UUID, datetime, date, str) and parameter in slots:
        return _Slot(slots[parameter])
    if isinstance(parameter, str) and parameter.endswith("%") and parameter[:-1] in slots:
        return _Slot(slots[parameter[:-1]], is_beginning=True)
    if isinstance(parameter, str) and _EDGE in parameter:
        raise NotPreparable(f"a text is computed from a value: {parameter!r}")
    if isinstance(parameter, date) and parameter.year < _NOBODY_LIVES_YET:
        raise NotPreparable(f"a time is computed from a value: {parameter}")
    return parameter


def _filled(parameter: Any, given: dict[str, Value]) -> Any:
    if not isinstance(parameter, _Slot):
        return parameter
    value = given[parameter.name]
    return connection.ops.prep_for_like_query(value) + "%" if parameter.is_beginning else value


def _converted(rows: list[Any], converters: dict[int, Any]) -> list[Any]:
    for i, (functions, expression) in converters.items():
        for function in functions:
            rows = [(*row[:i], function(row[i], expression, connection), *row[i + 1 :]) for row in rows]
    return rows


def _names(query: Query) -> tuple[str, ...]:
    return tuple(query.selected or (*query.extra_select, *query.values_select, *query.annotation_select))


def _refuse(execute: Any, sql: str, params: Sequence[Any], many: bool, context: Any) -> Any:
    raise NotPreparable("the database is asked while the queryset is built")
