"""Bringing the column `sensitivity` up to date with what policy says today: by a migration, every night, and to check it.

What an entry says repeats itself: there are thousands of different diagnoses and medicines, not millions.  So each
different text is judged once, with what is stored beside it, and only rows that differ are touched.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

Decide = Callable[..., str]  # the columns' values → the kinds as they are stored


@dataclass(frozen=True)
class Stale:
    """Rows whose stored kinds are not what policy says."""

    rows: QuerySet
    wanted: str


def by_text(rows: QuerySet, columns: Sequence[str], decide: Decide) -> Iterator[Stale]:
    """Yield the rows of which the texts in `columns` alone decide."""
    said = rows.order_by().values_list(*columns, "sensitivity").distinct()
    for *texts, stored in list(said):
        wanted = decide(*texts)
        if wanted != stored:
            same = dict(zip(columns, texts, strict=True))
            yield Stale(rows.filter(sensitivity=stored, **same), wanted)


def by_row(
    rows: QuerySet, wanted: dict[Any, frozenset[str]], stored: Callable[[Iterable[str]], str]
) -> Iterator[Stale]:
    """Yield the rows whose kinds come together from several places: `wanted` by id; of one that is not there, none."""
    marked = dict(rows.exclude(sensitivity="").values_list("id", "sensitivity"))
    ids: dict[tuple[str, str], list[Any]] = {}
    for row_id in marked.keys() | wanted.keys():
        want, have = stored(wanted.get(row_id, ())), marked.get(row_id, "")
        if want != have:
            ids.setdefault((have, want), []).append(row_id)
    for (have, want), found in ids.items():
        for start in range(0, len(found), 400):
            yield Stale(rows.filter(id__in=found[start : start + 400], sensitivity=have), want)


def has_word(column: str, words: Iterable[str]) -> Q:
    """Return the condition that a free text may have one of the words: what is found is judged by the rule."""
    found = Q(pk__isnull=True)
    for word in words:
        found |= Q(**{f"{column}__icontains": word})
    return found


def write(stale: Iterable[Stale]) -> int:
    """Write what policy says; return how many rows were changed."""
    return sum(each.rows.update(sensitivity=each.wanted) for each in stale)
