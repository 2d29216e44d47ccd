"""Rows that belong together go to the database together: one statement at the end of a block, not one for each.

Django asks the database once for every row that a service writes; a step of a referral writes a dozen.  Inside
`with together():` what is handed to `insert` and `update` waits, and is written in one statement when the block ends
or `flush` is called, still inside the transaction: all of it or nothing.  Outside of a block it is written at once.

Inside a savepoint that was opened later than the block it is also written at once, so that what is rolled back with the
savepoint goes with it.  Whoever reads a table inside a block sees what was written, not what waits.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

import orjson
from django.db import IntegrityError, connection, models, transaction
from django.db.models.base import ModelState
from django.utils.functional import Promise

# By the name of a constraint: what its breach means, where it can only come from somebody who is faster.
Refusals = Mapping[str, Callable[[], Exception]]
Row = TypeVar("Row", bound=models.Model)
_here = threading.local()


@dataclass(frozen=True)
class _Change:
    """An UPDATE, and what is raised where it changes no row."""

    sql: str
    parameters: list[Any]
    otherwise: Callable[[], Exception] | None


class _Waiting:
    """What waits to be written: new rows in their order, changed columns of rows that are there."""

    def __init__(self, level: list[str]) -> None:
        self.level = level
        self.new: dict[tuple[type[models.Model], bool], list[models.Model]] = {}
        self.changed: dict[tuple[type[models.Model], Any], tuple[models.Model, dict[str, None]]] = {}
        self.more: list[_Change] = []
        self.refusals: dict[str, Callable[[], Exception]] = {}

    def write(self) -> None:
        """Write what waits."""
        new, changed, more, refusals = self.new, self.changed, self.more, self.refusals
        self.new, self.changed, self.more, self.refusals = {}, {}, [], {}
        if not (new or changed or more):
            return
        try:
            (_in_one if connection.vendor == "postgresql" else _one_by_one)(new, changed, more)
        except IntegrityError as broken:
            refusal = refusals.get(_constraint_of(broken))
            raise refusal() if refusal else broken from broken


@contextmanager
def together(*, apart: bool = False) -> Iterator[None]:
    """A transaction whose rows are written at its end.  Inside another one it is part of that: no savepoint of its own.

    `apart`: it has one, so that what fails in it can be tried again and leaves the other as it was.
    """
    block = getattr(_here, "block", None)
    if not apart and block is not None and block.level == _level():
        with transaction.atomic(savepoint=False):
            yield
        return
    with transaction.atomic():
        _here.block = mine = _Waiting(_level())
        try:
            yield
            mine.write()
        finally:
            _here.block = block


def fresh(model: type[Row], **values: Any) -> Row:
    """Return a new row, as `model(**values)` would make it: by attribute names, or by the object that a column points at.

    Django looks at every column of the table for every row; a message of another system makes a dozen rows.
    """
    still, makers, links = _defaults(model)
    row = model.__new__(model)
    row._state = ModelState()
    mine = row.__dict__
    mine.update(still)
    for name, value in values.items():
        link = links.get(name)
        if link is not None:
            link.set_cached_value(row, value)
            name, value = link.attname, value.pk if value is not None else None
        elif name not in mine and name not in makers:
            raise TypeError(f"{model.__name__} has no {name}")
        mine[name] = value
    for name, make in makers.items():
        if name not in mine:
            mine[name] = make()
    return row


def insert(*rows: models.Model, once: bool = False, refusals: Refusals | None = None) -> None:
    """Write new rows.  One may point at another that has no id yet.  `once`: those that are there already are left out.

    Raises:
        One of `refusals`: its constraint was broken; inside a block, when that ends.
    """
    block = _open()
    for row in rows:
        block.new.setdefault((type(row), once), []).append(row)
    block.refusals.update(refusals or {})
    _written_unless_open(block)


def update(row: models.Model, *names: str) -> None:
    """Write these fields of a row that the caller has locked."""
    block = _open()
    _, kept = block.changed.setdefault((type(row), row.pk), (row, {}))
    kept.update(dict.fromkeys(names))
    _written_unless_open(block)


def run(sql: str, parameters: list[Any], *, otherwise: Callable[[], Exception] | None = None) -> None:
    """Run an UPDATE that nothing in the block waits for.  It must not touch rows that the block itself writes.

    Raises:
        What `otherwise` makes, where it changes no row; inside a block, when that ends.
    """
    block = _open()
    block.more.append(_Change(sql, parameters, otherwise))
    _written_unless_open(block)


def flush() -> None:
    """Write what waits now: before a savepoint, or before it is read."""
    block = getattr(_here, "block", None)
    if block is not None and block.level == _level():
        block.write()


def _open() -> _Waiting:
    block = getattr(_here, "block", None)
    return block if block is not None and block.level == _level() else _Waiting(_level())


def _written_unless_open(block: _Waiting) -> None:
    if block is not getattr(_here, "block", None):
        block.write()


def _level() -> list[str]:
    return [each for each in connection.savepoint_ids if each]


def _constraint_of(broken: IntegrityError) -> str:
    told = getattr(broken.__cause__, "diag", None)
    return (told.constraint_name if told else "") or ""


def _one_by_one(new: dict, changed: dict, more: list) -> None:
    for (model, once), rows in new.items():
        model._default_manager.bulk_create(rows, ignore_conflicts=once)
    for row, names in changed.values():
        row.save(update_fields=list(names))
    with connection.cursor() as cursor:
        for each in more:
            cursor.execute(each.sql, each.parameters)
            if each.otherwise and not cursor.rowcount:
                raise each.otherwise()


def _in_one(new: dict, changed: dict, more: list[_Change]) -> None:
    """PostgreSQL: the rows of each table as one JSON text, all in one statement.  Foreign keys are checked at the commit."""
    changes, values = _changes(changed, more)
    insertions, lines = _insertions(new)
    numbered = [i for i, (model, once) in enumerate(new) if _table(model).is_numbered and not once]
    checked = {i: each.otherwise for i, each in enumerate(more) if each.otherwise}
    asked = [f"(SELECT ids FROM n{i})" for i in numbered] + [f"EXISTS (SELECT FROM u{i})" for i in checked]  # nosec B608
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(changes + insertions)} SELECT {', '.join(asked) or 1}", values + lines)
        answer = cursor.fetchone()
    for otherwise, has_changed in zip(checked.values(), answer[len(numbered) :], strict=False):
        if not has_changed:
            raise otherwise()
    groups = list(new.values())
    for i, ids in zip(numbered, answer, strict=False):
        for row, number in zip(groups[i], ids, strict=True):
            row.pk = number
    alias = connection.alias
    for row in (row for rows in groups for row in rows):
        _is_there(row, alias)


def _changes(changed: dict, more: list[_Change]) -> tuple[list[str], list[Any]]:
    """The UPDATEs as parts of a statement, and their values."""
    parts, values = [], []
    for i, (row, names) in enumerate(changed.values()):
        parts.append(f"c{i} AS ({_table(type(row)).change(tuple(names))})")
        values += [_stored(row, name) for name in names] + [row.pk]
    for i, each in enumerate(more):
        parts.append(f"u{i} AS ({each.sql}{' RETURNING 1' if each.otherwise else ''})")
        values += each.parameters
    return parts, values


def _insertions(new: dict) -> tuple[list[str], list[Any]]:
    """The INSERTs as parts of a statement, and the rows of each table as one JSON text."""
    parts, lines = [], []
    places = {model: i for i, (model, _) in enumerate(new)}
    numbers = {id(row): n for rows in new.values() for n, row in enumerate(rows, start=1)}
    for i, ((model, once), rows) in enumerate(new.items()):
        table = _table(model)
        points = tuple((field.attname, places[to]) for field, to in table.links if to in places)
        parts.append(f"w{i} AS ({table.insert(points, once)})")
        lines.append(orjson.dumps([_line(row, table, numbers) for row in rows], default=_as_text).decode())
        if table.is_numbered and not once:
            parts.append(f"n{i} AS (SELECT array_agg(id ORDER BY id) AS ids FROM w{i})")  # nosec B608: a number of ours
    return parts, lines


@dataclass(frozen=True)
class _Table:
    """What a statement says of a table.  `is_numbered`: the database gives the ids, in the order of the rows."""

    name: str
    columns: tuple[tuple[str, str], ...]  # attribute and column of what a new row brings
    links: tuple[tuple[models.ForeignKey, type[models.Model]], ...]  # to tables that are numbered
    is_numbered: bool

    def insert(self, points: tuple[tuple[str, int], ...], once: bool) -> str:
        """Return the INSERT; where it may point at a new row of another table, a negative id counts these rows."""
        others = dict(points)
        brought = ", ".join(
            f'CASE WHEN r."{column}" < 0 THEN n{others[name]}.ids[-r."{column}"] ELSE r."{column}" END'
            if name in others
            else f'r."{column}"'
            for name, column in self.columns
        )
        sources = "".join(f", n{i}" for i in sorted(set(others.values())))
        columns = ", ".join(f'"{column}"' for _, column in self.columns)
        end = " ON CONFLICT DO NOTHING" if once else " RETURNING id" if self.is_numbered else ""
        rows = f'json_populate_recordset(NULL::"{self.name}", %s::json) r'
        return f'INSERT INTO "{self.name}" ({columns}) SELECT {brought} FROM {rows}{sources}{end}'  # nosec B608

    def change(self, names: tuple[str, ...]) -> str:
        """Return the UPDATE of one row."""
        known = dict(self.columns)
        sets = ", ".join(f'"{known.get(name) or known[f"{name}_id"]}" = %s' for name in names)
        return f'UPDATE "{self.name}" SET {sets} WHERE id = %s'  # nosec B608


@cache
def _defaults(
    model: type[models.Model],
) -> tuple[dict[str, Any], dict[str, Callable[[], Any]], dict[str, models.ForeignKey]]:
    """What a row has where nobody says otherwise, what makes the rest, and the columns that point at other rows."""
    fields = model._meta.concrete_fields
    makers = {f.attname: f.get_default for f in fields if f.has_default() and callable(f.default)}
    still = {f.attname: f.get_default() for f in fields if f.attname not in makers}
    return still, makers, {f.name: f for f in fields if isinstance(f, models.ForeignKey)}


@cache
def _table(model: type[models.Model]) -> _Table:
    fields = model._meta.concrete_fields
    links = [field for field in fields if isinstance(field, models.ForeignKey)]
    is_numbered = isinstance(model._meta.pk, models.AutoField)
    return _Table(
        name=model._meta.db_table,
        columns=tuple((f.attname, f.column) for f in fields if not (f.primary_key and is_numbered)),
        links=tuple((f, f.related_model) for f in links if isinstance(f.related_model._meta.pk, models.AutoField)),
        is_numbered=is_numbered,
    )


def _as_text(value: Any) -> str:
    if not isinstance(value, Decimal | Promise):
        raise TypeError(f"no column for {type(value).__name__}")
    return str(value)


def _line(row: models.Model, table: _Table, numbers: dict[int, int]) -> dict[str, Any]:
    said = row.__dict__
    line = {column: said[name] for name, column in table.columns}
    for field, _ in table.links:
        other = field.get_cached_value(row, default=None)
        if other is not None and other.pk is None:
            line[field.column] = -numbers[id(other)]
    return line


def _stored(row: models.Model, name: str) -> Any:
    field = row._meta.get_field(name)
    return field.get_db_prep_save(getattr(row, field.attname), connection)


def _is_there(row: models.Model, alias: str) -> None:
    """What Django notes on a row that it has written; a row that pointed at a new one takes its id."""
    row._state.adding, row._state.db = False, alias
    for field, _ in _table(type(row)).links:
        other = field.get_cached_value(row, default=None)
        if other is not None:
            setattr(row, field.attname, other.pk)
