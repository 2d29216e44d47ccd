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
from django.db.models.query import ValuesIterable

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


class Prepared:
    """A read whose SQL is kept, one for each role and each kind of values."""

    def __init__(self, build: Callable[..., QuerySet]) -> None:
        """`build(by, **values)` returns the queryset, of `values()` or `values_list()`, each time with the same conditions."""
        self.build = build
        self._kept: dict[Any, _Kept | None] = {}

    def rows(self, by: Actor | None = None, **values: Value) -> list[Any]:
        """Return the rows for this actor and these values: what `list(build(by, **values))` returns."""
        if connection.vendor != "postgresql":
            return list(self.build(by, **values))
        given = _of(by) | values
        kept = self._kept_for(by, given, values)
        if kept is None:
            return []
        if by is not None:
            given[_TODAY] = by.today
        with connection.cursor() as cursor:
            cursor.execute(kept.sql, [_filled(each, given) for each in kept.parameters])
            found = _converted(cursor.fetchall(), kept.converters)
        return found if kept.names is None else [dict(zip(kept.names, row, strict=True)) for row in found]

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
            queryset = self.build(actor, **{name: marks[name] for name in values})
        compiler = queryset.query.get_compiler(using=queryset.db)
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
            names=_names(queryset),
            converters=compiler.get_converters([each[0] for each in compiler.select]),
        )


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


def _names(queryset: QuerySet) -> tuple[str, ...] | None:
    if queryset._iterable_class is not ValuesIterable:
        return None
    query = queryset.query
    return tuple(query.selected or (*query.extra_select, *query.values_select, *query.annotation_select))


def _refuse(execute: Any, sql: str, params: Sequence[Any], many: bool, context: Any) -> Any:
    raise NotPreparable("the database is asked while the queryset is built")
