"""The index of people: what each is compared by, kept in step with her entry, and looked up by key."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from tongmai.commons.residents.matching.facts import Facts, facts_of
from tongmai.commons.residents.matching.keys import KINDS, stored_keys
from tongmai.commons.residents.matching.rules import Candidate, Decision, Limits, decide
from tongmai.commons.residents.matching.scoring import score
from tongmai.commons.residents.models import (
    Identifier,
    IndexEntry,
    IndexKey,
    IndexTurn,
    Medium,
    Phone,
    Resident,
    SourceRegistration,
)
from tongmai.commons.residents.rules import DOCUMENT_KINDS, Number
from tongmai.commons.residents.states import TELLING_STATES
from tongmai.foundation.audit.together import insert
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.prepared import Prepared

N_TURNS = 1024
PART = 500
# A telephone of a home for the elderly stands with hundreds: who shares a key with so many is not found by it.
MOST_CANDIDATES = 400
_ENTRY_OF_KEY: Any = IndexKey._meta.get_field("entry")
_INSURANCE_CARDS = {"kind": Medium.Kind.INSURANCE_CARD, "state__in": TELLING_STATES}
_FIELDS = ", ".join(f'e."{name}"' for name in Facts._fields)
_LOOK_UP = f"""
SELECT e."resident_id", {_FIELDS} FROM "residents_indexentry" e WHERE e."id" IN (
  SELECT k."entry_id" FROM "residents_indexkey" k WHERE k."key" IN ({", ".join(["%s"] * len(KINDS))}) LIMIT {MOST_CANDIDATES})
"""  # nosec B608: names and numbers of ours

_LOOK_UP_MANY = f"""
SELECT k."key", e."id", e."resident_id", {_FIELDS} FROM "residents_indexkey" k
JOIN "residents_indexentry" e ON e."id" = k."entry_id" WHERE k."key" """  # nosec B608: names of ours


@dataclass(frozen=True)
class Found:
    """Somebody of the index who shares a key with the person that is looked for."""

    resident_id: UUID
    facts: Facts


def rewrite_index(resident_id: UUID) -> None:
    """Bring what a person is compared by up to date; only differences are written.

    One entry for herself, one for each registration and each entry merged into hers that says something else.  An entry
    that was merged into another has none of its own.
    """
    wanted = {digest_of(facts): facts for facts in _facts_of_person(resident_id)}
    stored = dict(IndexEntry.objects.filter(resident_id=resident_id).values_list("digest", "id"))
    gone = [stored[digest] for digest in stored.keys() - wanted.keys()]
    if gone:
        IndexKey.objects.filter(entry__in=gone).delete()
        IndexEntry.objects.filter(id__in=gone).delete()
    new = [
        IndexEntry(resident_id=resident_id, digest=digest, **wanted[digest]._asdict())
        for digest in sorted(wanted.keys() - stored.keys())
    ]
    if new:
        write_entries(new)


def index_new(person: Resident, facts: Facts) -> None:
    """Write the entry of a person who was entered just now: `facts_of_new` her."""
    write_entries([IndexEntry(resident=person, digest=digest_of(facts), **facts._asdict())])


def facts_of_new(person: Resident, number: Number | None, phone: str, card: str) -> Facts:
    """Return what a person who was entered just now is compared by, from what is in hand."""
    return facts_of(
        name=person.name, sex=person.sex, born_on=person.born_on, phone=phone, village=person.village_code,
        number=number.value if number and number.kind in DOCUMENT_KINDS else "", insurance=card, address=person.address,
        is_unnamed=person.is_unnamed,
    )  # fmt: skip


def add_to_index(resident_id: UUID, facts: Facts) -> None:
    """Add what a new registration says, where her entries do not say it already."""
    digest = digest_of(facts)
    if not _SAID.rows(resident_id=resident_id, digest=digest):
        write_entries([IndexEntry(resident_id=resident_id, digest=digest, **facts._asdict())])


def write_entries(entries: list[IndexEntry]) -> None:
    """Insert entries of the index with their keys."""
    insert(*entries)
    insert(*(_key(key, entry) for entry in entries for key in sorted(stored_keys(facts_in(entry)))))


def _key(key: int, entry: IndexEntry) -> IndexKey:
    """By place and not by name: a person has half a dozen."""
    made = IndexKey(None, key, entry.pk)
    _ENTRY_OF_KEY.set_cached_value(made, entry)
    return made


def facts_in(entry: IndexEntry) -> Facts:
    """Return what an entry of the index holds."""
    return Facts(*(getattr(entry, name) for name in Facts._fields))


def facts_of_registration(row: SourceRegistration) -> Facts:
    """Return what a registration of another system is compared by."""
    return facts_of(
        name=row.name, sex=row.sex, born_on=row.born_on, number=row.id_number, phone=row.phone,
        insurance=row.insurance_number, village=row.village_code, address=row.address, is_unnamed=row.is_unnamed,
    )  # fmt: skip


def look_up(facts: Facts) -> list[Found]:
    """Return the entries that share a key with these facts, in one query."""
    wanted = sorted(stored_keys(facts))
    if not wanted:
        return []
    padded = wanted + wanted[-1:] * (len(KINDS) - len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP, padded)
        return [Found(_uuid(row[0]), _facts(row[1:])) for row in cursor.fetchall()]


def look_up_many(many: Sequence[Facts]) -> list[list[Found]]:
    """Return what `look_up` would for each of these facts, in one query whatever their number."""
    wanted = [stored_keys(facts) for facts in many]
    keys: list[Any] = sorted(set().union(*wanted))
    if not keys:
        return [[] for _ in many]
    is_array = connection.vendor == "postgresql"
    among = "= ANY(%s)" if is_array else f"IN ({', '.join(['%s'] * len(keys))})"
    entries: dict[int, list[int]] = {}
    known: dict[int, Found] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP_MANY + among, [keys] if is_array else keys)
        for key, number, *said in cursor.fetchall():
            entries.setdefault(key, []).append(number)
            if number not in known:
                known[number] = Found(_uuid(said[0]), _facts(tuple(said[1:])))
    shared = [dict.fromkeys(each for key in own for each in entries.get(key, ())) for own in wanted]
    return [[known[each] for each in list(ids)[:MOST_CANDIDATES]] for ids in shared]


def recognise(facts: Facts, *, on: date, besides: Iterable[UUID] = ()) -> Decision:
    """Decide whose these facts are, among everybody in the index but those of `besides`."""
    left_out = set(besides)
    found = [each for each in look_up(facts) if each.resident_id not in left_out]
    return recognised(facts, found, limits(on))


def recognised(facts: Facts, found: Iterable[Found], limits: Limits) -> Decision:
    """Decide whose these facts are among those who were found."""
    compared = [Candidate(each.resident_id, each.facts, score(facts, each.facts)) for each in found]
    return decide(facts, compared, limits)


def limits(on: date) -> Limits:
    """Return from which weight on people are linked or shown."""
    return Limits(
        link=policy.value("residents.matching.link", on=on).int,
        margin=policy.value("residents.matching.margin", on=on).int,
        review=policy.value("residents.matching.review", on=on).int,
    )


def take_turns(*keys: int) -> None:
    """Wait until nobody else registers a person with one of these keys; held to the end of the transaction.

    By rows, so that any database can do it; keys that share a row wait for each other without need.  SQLite lets one
    transaction write at a time and needs none.
    """
    if not connection.features.has_select_for_update:
        return
    wanted = sorted({key % N_TURNS for key in keys})
    if _n_locked(wanted) < len(wanted):
        IndexTurn.objects.bulk_create([IndexTurn(id=each) for each in wanted], ignore_conflicts=True)
        _n_locked(wanted)


def _n_locked(turns: list[int]) -> int:
    places = ", ".join(["%s"] * len(turns))
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT id FROM "{IndexTurn._meta.db_table}" WHERE id IN ({places}) ORDER BY id FOR UPDATE',  # nosec B608
            turns,
        )
        return len(cursor.fetchall())


def facts_of_people(people: Sequence[Resident]) -> Iterator[tuple[Resident, Facts]]:
    """Yield what each of these entries itself is compared by, in three queries whatever their number."""
    ids = [each.id for each in people]
    numbers = _first_by_resident(
        (each.resident_id, each.value)
        for each in sorted(
            Identifier.objects.filter(resident__in=ids, is_current=True, kind__in=DOCUMENT_KINDS),
            key=lambda each: (DOCUMENT_KINDS.index(each.kind), each.added_at),
        )
    )
    phones = _first_by_resident(
        Phone.objects.filter(resident__in=ids, closed_at=None)
        .order_by("-is_main", "added_at", "id")
        .values_list("resident_id", "number")
    )
    cards = _first_by_resident(
        Medium.objects.filter(resident__in=ids, **_INSURANCE_CARDS)
        .order_by("-issued_at")
        .values_list("resident_id", "number")
    )
    for each in people:
        facts = facts_of(
            name=each.name, sex=each.sex, born_on=each.born_on, number=numbers.get(each.id, ""),
            phone=phones.get(each.id, ""), insurance=cards.get(each.id, ""), village=each.village_code,
            address=each.address, is_unnamed=each.is_unnamed,
        )  # fmt: skip
        yield each, facts


def digest_of(facts: Facts) -> str:
    """Return what tells one entry of a person from another of hers."""
    return blake2b("\x1f".join(map(str, facts)).encode(), digest_size=12).hexdigest()


def index_everybody() -> Iterator[int]:
    """Make the entries of residents who have none, a part in each transaction; yield how many were looked at.

    For a database that was filled before there was an index, or past it.
    """
    last = UUID(int=0)
    while people := list(
        Resident.objects.filter(id__gt=last, merged_into=None)
        .exclude(Exists(IndexEntry.objects.filter(resident=OuterRef("id"))))
        .order_by("id")[:PART]
    ):
        last = people[-1].id
        with transaction.atomic():
            for each in people:
                rewrite_index(each.id)
        yield len(people)


def _facts_of_person(resident_id: UUID) -> Iterator[Facts]:
    resident = Resident.objects.get(id=resident_id)
    if resident.merged_into_id is not None:
        return
    for _, facts in facts_of_people([resident, *_merged_into(resident_id)]):
        yield facts
    yield from map(facts_of_registration, SourceRegistration.objects.filter(resident_id=resident_id))


def _merged_into(resident_id: UUID) -> list[Resident]:
    """Return the entries that were merged into one, and those that had been merged into these before."""
    found = list(Resident.objects.filter(merged_into=resident_id))
    return [*found, *chain.from_iterable(_merged_into(each.id) for each in found)]


def _first_by_resident(rows: Iterable[tuple[UUID, str]]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for resident_id, value in rows:
        found.setdefault(resident_id, value)
    return found


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _facts(row: tuple) -> Facts:
    return Facts(*row)._replace(is_number_valid=bool(row[Facts._fields.index("is_number_valid")]))


def _said(by: None, *, resident_id: UUID, digest: str) -> QuerySet:
    return IndexEntry.objects.filter(resident_id=resident_id, digest=digest).order_by().values_list("id")


_SAID = Prepared(_said)
