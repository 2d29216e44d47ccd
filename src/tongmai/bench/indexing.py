"""The index of a loaded county, written in bulk by the same functions that the services use."""

from collections.abc import Iterable, Iterator
from itertools import count
from uuid import UUID

from django.db import connection
from django.db.models import Max

from tongmai.bench.copying import CopyWriter, InsertWriter
from tongmai.bench.lives import Table
from tongmai.commons.residents.matching.facts import Facts
from tongmai.commons.residents.matching.keys import stored_keys
from tongmai.commons.residents.models import IndexEntry, IndexKey, Resident
from tongmai.commons.residents.services.indexing import digest_of, facts_of_people
from tongmai.config.progress import progress

PART = 5_000
_ENTRIES = Table(IndexEntry, ("id", "resident_id", "digest", *Facts._fields), {}, (), ())
_KEYS = Table(IndexKey, ("key", "entry_id"), {}, (), ())
INDEX = [_ENTRIES, _KEYS]


def index_everybody(writer: CopyWriter | InsertWriter) -> None:
    """Write the entries of everybody who has none, with their keys."""
    there = set(IndexEntry.objects.values_list("resident_id", flat=True))
    fill(_missing(there), writer, total=Resident.objects.count() - len(there))


def fill(people: Iterable[tuple[UUID, Facts]], writer: CopyWriter | InsertWriter, *, total: int) -> None:
    """Write an entry of the index for each of `people`, and let the numbering go on behind them."""
    numbers = count((IndexEntry.objects.aggregate(last=Max("id"))["last"] or 0) + 1)
    number = 0
    for done, (resident_id, facts) in enumerate(progress(people, "index", total=total), start=1):
        number = next(numbers)
        cells = (str(number), resident_id.hex, digest_of(facts), *map(_cell, facts))
        writer.write(_ENTRIES, "\t".join(cells) + "\n")
        writer.write(_KEYS, "".join(f"{key}\t{number}\n" for key in stored_keys(facts)))
        if done % PART == 0:
            writer.flush()
    writer.close()
    if connection.vendor == "postgresql" and number:
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('residents_indexentry', 'id'), %s)", [number])


def _missing(there: set[UUID]) -> Iterator[tuple[UUID, Facts]]:
    last = UUID(int=0)
    while people := list(Resident.objects.filter(id__gt=last).order_by("id")[:PART]):
        last = people[-1].id
        for each, facts in facts_of_people([each for each in people if each.id not in there]):
            yield each.id, facts


def _cell(value: str | bool) -> str:
    return value.replace("\\", "\\\\") if isinstance(value, str) else "1" if value else "0"
