"""Lives: what the services wrote about one resident of the stage, as a template for others like her.

Nothing here knows what a referral is.  A life is the resident's row with every row that hangs on her by foreign keys, as
the database holds them, so a column that is added to a model tomorrow is copied with the value the services gave it.
What must differ in a copy becomes a *slot*: the ids of its own rows, name and numbers, the days, and where it happens
(`home`: the clinic and health centre that look after her, with the people who work there, see homes.py).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from operator import itemgetter
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from tongmai.commons.residents.models import (
    Coverage,
    Identifier,
    IndexEntry,
    IndexKey,
    KnownTo,
    Phone,
    Resident,
    SearchKey,
    Tag,
)
from tongmai.kernel.months import REPORTING_ZONE

NULL = "\\N"
DERIVED = {SearchKey, IndexEntry, IndexKey}  # written anew from the copy's own name and numbers
REGISTRY = {Resident, Identifier, Phone, Coverage, Tag, KnownTo}  # begins with the registration, long before the play
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MONTH_DAY = re.compile(r"(?<![\d-])(\d\d)-(\d\d)(?![\d-])")  # as `clock` puts a day into words
_NUMBER = re.compile(r"([A-Z])(\d{6})([0-9A-F]{8})")  # a document's: letter, day, the end of its row's id

Row = dict[str, str | None]  # column → value as the database writes it in words
Slot = tuple[Any, ...]  # ("id", n), ("tail", n), ("person", what), ("home", what), ("day", ordinal, form, clock) …


class CannotCopy(Exception):
    """A table asks for something that the loader does not know how to make different."""


@dataclass(frozen=True, eq=False)
class Table:
    """A table whose rows hang on a resident."""

    model: type[models.Model]
    columns: tuple[str, ...]  # without a number that the database gives itself
    kinds: dict[str, models.Field]
    parents: tuple[tuple[str, type[models.Model]], ...]  # columns that point into the tables of a life
    alone: tuple[str, ...]  # those among them to which no other row points

    @property
    def name(self) -> str:
        return self.model._meta.db_table


@dataclass
class Life:
    """The rows of one resident, or of one of her visits, by table."""

    key: str
    rows: dict[type[models.Model], list[Row]] = field(default_factory=lambda: defaultdict(list))

    def n(self, model: type[models.Model]) -> int:
        return len(self.rows.get(model, ()))


def tables_below(root: type[models.Model]) -> list[Table]:
    """Return `root` and every table of ours that hangs on it, parents before children.

    A table hangs on another by a foreign key into it, or as what one row of it points to alone (a referral's consent).
    """
    inside: list[type[models.Model]] = [root]
    ours = [m for m in apps.get_models() if m.__module__.startswith("tongmai.") and m._meta.app_label not in _LEFT_OUT]
    while found := [m for m in ours if m not in inside and any(f.related_model in inside for f in _links(m))]:
        inside += found
    inside += {f.related_model for m in inside for f in _links(m) if f.one_to_one} - set(inside)
    ordered: list[type[models.Model]] = []
    while rest := [m for m in inside if m not in ordered]:
        ready = [
            m for m in rest if all(f.related_model in [*ordered, m] for f in _links(m) if f.related_model in inside)
        ]
        if not ready:
            raise CannotCopy(f"these tables point at each other: {rest}")
        ordered += ready
    return [_table(model, inside) for model in ordered]


# Examinations are not multiplied yet: their files lie in a folder, and their numbers are made, not counted.
_LEFT_OUT = {"imaging", "ecg", "diagnostics", "critical_values", "recognition"}


def _links(model: type[models.Model]) -> list[models.ForeignKey]:
    return [f for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey)]


def _table(model: type[models.Model], inside: Iterable[type[models.Model]]) -> Table:
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
    return Table(
        model=model,
        columns=tuple(f.column for f in fields),
        kinds={f.column: f for f in fields},
        parents=tuple((f.column, f.related_model) for f in _links(model) if f.related_model in set(inside)),
        alone=tuple(f.column for f in _links(model) if f.one_to_one and f.related_model in set(inside)),
    )


def read(tables: list[Table]) -> dict[str, Life]:
    """Return the lives of all residents that there are, by the id of the resident."""
    rows = {table: list(rows_of(table)) for table in tables}
    owner = {
        row[_key_of(table)]: row[_key_of(table)] for table in tables if table.model is Resident for row in rows[table]
    }
    # The second time round finds the owner of what is only pointed to.
    for table in (*tables, *tables):
        for row in rows[table]:
            around = [row.get(_key_of(table)), *(row[column] for column, _ in table.parents)]
            if found := next((owner[each] for each in around if each in owner), None):
                owner |= {each: found for each in (around[0], *(row[c] for c in table.alone)) if each}
    lives = {key: Life(key) for key in owner.values()}
    for table in tables:
        for row in rows[table]:
            around = [row.get(_key_of(table)), *(row[column] for column, _ in table.parents)]
            if found := next((owner[each] for each in around if each in owner), None):
                lives[found].rows[table.model].append(row)
    return lives


def _key_of(table: Table) -> str:
    return table.model._meta.pk.column


def rows_of(table: Table) -> Iterator[Row]:
    """Yield every row of a table, each value in words (None for a null)."""
    as_text = "TEXT" if connection.vendor == "sqlite" else "text"
    columns = ", ".join(f'CAST("{c}" AS {as_text})' for c in table.columns)
    order = f'"{table.model._meta.pk.column}"'
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {columns} FROM "{table.name}" ORDER BY {order}')
        for values in cursor.fetchall():
            yield dict(zip(table.columns, values, strict=True))


def part_of(life: Life, tables: list[Table], root: type[models.Model], key: str) -> Life:
    """Return the rows of `life` that hang on one row of `root`, itself first."""
    part, inside = Life(key), {key}
    for table in tables:
        for row in life.rows.get(table.model, ()):
            own = row.get(table.model._meta.pk.column)
            if (table.model is root and own == key) or any(
                row[c] in inside for c, parent in table.parents if parent is not tables[0].model
            ):
                part.rows[table.model].append(row)
                inside |= {own} if own else set()
    return part


@dataclass(frozen=True)
class Known:
    """What is known to differ: values wherever they stand, words inside of texts, columns whatever they hold."""

    values: dict[str, Slot]
    words: dict[str, Slot]
    columns: dict[tuple[str, str], Callable[[Row], Slot]]


class Template:
    """A life with slots instead of what differs; `lines` fills them."""

    def __init__(self, life: Life, tables: list[Table], known: "Known", *, since: date | None = None) -> None:
        """`since` is the day of registration: what is of that day or before is dated by it, the rest by the play."""
        self.life = life
        self.since = since
        self._known = known
        self._ids = self._own_ids(tables)
        self.slots: dict[Slot, int] = {}
        self.parts: dict[Table, tuple[str, Any]] = {}
        for table in tables:
            if life.rows.get(table.model) and table.model not in DERIVED:
                self.parts[table] = self._compile(table, life.rows[table.model])

    @property
    def n_ids(self) -> int:
        return len(self._ids)

    def _own_ids(self, tables: list[Table]) -> dict[str, int]:
        keys = (
            row[table.model._meta.pk.column]
            for table in tables
            for row in self.life.rows.get(table.model, ())
            if table.model._meta.pk.column in row
        )
        return {key: n for n, key in enumerate(dict.fromkeys(k for k in keys if k not in self._known.values))}

    def _compile(self, table: Table, rows: list[Row]) -> tuple[str, Any]:
        used: list[int] = []
        lines = []
        for row in rows:
            cells = [self._cell(table, column, row) for column in table.columns]
            _check_unique(table, dict(zip(table.columns, cells, strict=True)))
            for pieces in cells:
                used += [self.slots.setdefault(p, len(self.slots)) for p in pieces if isinstance(p, tuple)]
            lines.append("\t".join("".join("%s" if isinstance(p, tuple) else p for p in pieces) for pieces in cells))
        # An itemgetter of one index gives no tuple; the filling's first value twice costs nothing.
        pick = itemgetter(*used) if len(used) > 1 else (lambda values, at=tuple(used): tuple(values[i] for i in at))
        return "\n".join(lines) + "\n", pick

    def _cell(self, table: Table, column: str, row: Row) -> list[str | Slot]:
        value, kind = row[column], table.kinds[column]
        if value is None:
            return [NULL]
        if slot := self._known.columns.get((table.name, column)):
            return [slot(row)]
        if value in self._ids:
            return [("id", self._ids[value])]
        if value in self._known.values:
            return [self._known.values[value]]
        if isinstance(kind, models.DateField):
            return self._dated(value, table.model in REGISTRY)
        if isinstance(kind, models.CharField | models.TextField):
            return self._worded(value)
        return [_escaped(value)]

    def _dated(self, value: str, is_registry: bool) -> list[str | Slot]:
        day = date.fromisoformat(value[:10])
        # What was entered with the person moves with her registration, what happened later with the play.
        clock = "since" if is_registry and self.since and day <= self.since else "play"
        return [("day", day.toordinal(), "%Y-%m-%d", clock), _escaped(value[10:])]

    def _worded(self, value: str) -> list[str | Slot]:
        if (found := _NUMBER.fullmatch(value)) and (n := self._ending(found[3])) is not None:
            day = date(2000 + int(found[2][:2]), int(found[2][2:4]), int(found[2][4:]))
            return [found[1], ("day", day.toordinal(), "%y%m%d", "play"), ("tail", n)]
        pieces: list[str | Slot] = [value]
        for text, slot in self._known.words.items():
            pieces = list(chain.from_iterable(_put(p, text, slot) for p in pieces))
        pieces = list(chain.from_iterable(_put_days(p, self._year) for p in pieces))
        return [_escaped(p) if isinstance(p, str) else p for p in pieces]

    def _ending(self, tail: str) -> int | None:
        return next((n for key, n in self._ids.items() if key.replace("-", "")[-8:].upper() == tail), None)

    def _year(self, month: int, day: int) -> date | None:
        """The day that words without a year mean: the one nearest to today."""
        today = timezone.now().astimezone(REPORTING_ZONE).date()
        try:
            near = [date(today.year + n, month, day) for n in (-1, 0, 1)]
        except ValueError:
            return None
        return min(near, key=lambda each: abs(each - today))


def _put(piece: str | Slot, text: str, slot: Slot) -> list[str | Slot]:
    if not isinstance(piece, str) or text not in piece:
        return [piece]
    before, _, after = piece.partition(text)
    return [p for p in (before, slot, *_put(after, text, slot)) if p]


def _put_days(piece: str | Slot, year_of: Any) -> list[str | Slot]:
    if not isinstance(piece, str):
        return [piece]
    pieces: list[str | Slot] = []
    at = 0
    for found in chain(_DAY.finditer(piece), _MONTH_DAY.finditer(piece)):
        full = found.re is _DAY
        day = date(*map(int, found.groups())) if full else year_of(*map(int, found.groups()))
        if day is None or found.start() < at:
            continue
        pieces += [piece[at : found.start()], ("day", day.toordinal(), "%Y-%m-%d" if full else "%m-%d", "play")]
        at = found.end()
    return [p for p in (*pieces, piece[at:]) if p != ""]


def _escaped(text: str) -> str:
    """A value as COPY reads it, and with its per cents kept from the filling."""
    text = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text.replace("%", "%%")


def _check_unique(table: Table, cells: dict[str, list[str | Slot]]) -> None:
    """Refuse a table in which two copies would clash: something unique that holds no slot of the copy's own."""
    own = {"id", "tail", "person", "ticket"}
    keys = [(c,) for c, f in table.kinds.items() if f.unique]
    keys += [
        tuple(table.model._meta.get_field(name).column for name in constraint.fields)
        for constraint in table.model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields
    ]
    for columns in keys:
        pieces = list(chain.from_iterable(cells.get(c, [("id",)]) for c in columns))
        is_blank = any(cells.get(c) in ([NULL], []) for c in columns)  # what is not given is not unique either
        if not is_blank and not any(isinstance(p, tuple) and p[0] in own for p in pieces):
            raise CannotCopy(f"{table.name}: {columns} must differ in every copy")
