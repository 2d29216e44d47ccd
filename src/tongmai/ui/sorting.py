"""The order of a list, as its address asks for it: `?sort=name`, or `?sort=-name` the other way round.

A list says which columns may be sorted, and by which fields of its rows; anything else in the address means the list's
own order.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest

T = TypeVar("T")
Columns = Mapping[str, Sequence[str | Combinable]]


@dataclass(frozen=True)
class Sorting:
    """What is sorted by: `column` is "" in the list's own order."""

    column: str = ""
    is_down: bool = False

    @property
    def asked(self) -> str:
        """Return how the address asks for it, "" for the list's own order."""
        return f"-{self.column}" if self.is_down else self.column

    def aria(self, column: str) -> str:
        """Return what the head of a column says to those who do not see the arrow."""
        if column != self.column:
            return "none"
        return "descending" if self.is_down else "ascending"

    def next(self, column: str) -> str:
        """Return what a press on the head of a column asks for: up, then down, then the list's own order."""
        if column != self.column:
            return column
        return "" if self.is_down else f"-{column}"


UNSORTED = Sorting()


def asked(request: HttpRequest, columns: Iterable[str]) -> Sorting:
    """Return the order that the address asks for, if it is by one of `columns`."""
    wanted = request.GET.get("sort", "")
    column = wanted.removeprefix("-")
    return Sorting(column, wanted.startswith("-")) if column in set(columns) else Sorting()


def ordered(rows: QuerySet[Any], sorting: Sorting, columns: Columns) -> QuerySet[Any]:
    """Return the rows in the order asked for, blanks last, ties by id; else as they are."""
    if sorting.column not in columns:
        return rows
    fields = [F(each) if isinstance(each, str) else each for each in columns[sorting.column]]
    return rows.order_by(
        *((each.desc(nulls_last=True) if sorting.is_down else each.asc(nulls_last=True)) for each in fields), "id"
    )


def in_order(rows: Iterable[T], sorting: Sorting, keys: Mapping[str, Callable[[T], Any]]) -> list[T]:
    """Return rows that are not of one query in the order asked for, blanks (None) last; else as they are."""
    found = list(rows)
    if not sorting.column:
        return found
    key = keys[sorting.column]
    known = sorted((row for row in found if key(row) is not None), key=key, reverse=sorting.is_down)
    return known + [row for row in found if key(row) is None]
