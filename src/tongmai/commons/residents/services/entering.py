"""New people by the hundred, as PostgreSQL takes them fastest.  `registering.insert_people` is the plain twin."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tongmai.commons.residents import rules
from tongmai.commons.residents.events import MediumIssued, ResidentRegistered, TagAdded
from tongmai.commons.residents.matching.facts import Facts
from tongmai.commons.residents.matching.keys import stored_keys
from tongmai.commons.residents.models import (
    Coverage,
    Identifier,
    IndexEntry,
    IndexKey,
    KnownTo,
    Medium,
    Phone,
    Resident,
    SearchKey,
    Tag,
)
from tongmai.commons.residents.models.contact import Relation
from tongmai.commons.residents.services.indexing import digest_of
from tongmai.commons.residents.services.keys import keys_of_new, masked_number
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.bulk import Sheet, Writer, take_numbers
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.ids import new_ids

LOT = 250  # people that PostgreSQL is given while the next are made ready
_SAID_OF_HER = (
    "id", "name", "sex", "born_on", "is_born_on_estimated", "is_unnamed", "village_code", "county_code", "address",
    "id_masked", "registered_at", "registered_by_id", "registered_org_id",
)  # fmt: skip


@dataclass(frozen=True)
class Newcomer:
    """A new person whose facts are checked: what `insert_people` writes."""

    person: Resident
    number: rules.Number | None = None
    contact: tuple[str, Relation] | None = None
    coverage: Coverage | None = None
    tags: tuple[Tag.Kind, ...] = ()
    card: str = ""  # the number of her insurance card, in normal form
    facts: Facts = field(default_factory=Facts)  # by what she is compared


def copy_people(people: Sequence[Newcomer], *, by: Actor) -> None:
    """Write new people whose facts are checked, inside the caller's transaction.

    Raises:
        IntegrityError: one of them cannot be written; none of them is.
    """
    numbers, events = take_numbers(IndexEntry, len(people)), list[tuple[Any, UUID]]()
    with Writer() as writer:
        for first in range(0, len(people), LOT):
            lot = _Lot(by)
            for new, number in zip(people[first : first + LOT], numbers[first : first + LOT], strict=True):
                lot.add(new, number)
            writer.write(lot.sheets())
            events += lot.events
    audit.record_many(events, by=by)


class _Lot:
    """Some people on their way into the tables that know a person from her first day."""

    def __init__(self, by: Actor) -> None:
        now, self.by, self.ids = by.now, by, new_ids()
        added = {"added_at": now, "added_by_id": by.user_id}
        self.people = Sheet(Resident, *_SAID_OF_HER)
        self.numbers = Sheet(Identifier, "id", "resident_id", "kind", "issuer", "value", **added)
        self.phones = Sheet(Phone, "id", "resident_id", "number", "whose", is_main=True, **added)
        self.coverages = Sheet(Coverage, "id", "resident_id", "scheme", "area_code", "starts_on", **added)
        self.tags = Sheet(Tag, "id", "resident_id", "kind", source=Tag.Source.IMPORT, starts_on=by.today, **added)
        self.cards = Sheet(
            Medium,
            "id",
            "resident_id",
            "number",
            kind=Medium.Kind.INSURANCE_CARD,
            issued_at=now,
            issued_by_id=by.user_id,
        )
        self.known = Sheet(KnownTo, "resident_id", org_id=by.org_id, via=KnownTo.Via.REGISTRATION, since=now)
        self.search_keys = Sheet(SearchKey, "resident_id", "kind", "key", "born_year")
        self.entries = Sheet(IndexEntry, "id", "resident_id", "digest", *Facts._fields)
        self.index_keys = Sheet(IndexKey, "key", "entry_id")
        self.events: list[tuple[Any, UUID]] = []

    def add(self, new: Newcomer, entry_id: int) -> None:
        person, number = new.person, new.number
        person.id_masked = masked_number(number)
        self.people.add(*(getattr(person, name) for name in _SAID_OF_HER))
        if number:
            self.numbers.add(next(self.ids), person.id, number.kind, number.issuer, number.value)
        if new.contact:
            self.phones.add(next(self.ids), person.id, *new.contact)
        if new.coverage:
            covered = new.coverage
            self.coverages.add(covered.id, person.id, covered.scheme, covered.area_code, covered.starts_on)
        if self.by.org_id:
            self.known.add(person.id)
        self._add_keys(new, entry_id)
        self.events.append((ResidentRegistered(resident_id=person.id, is_unnamed=person.is_unnamed), person.id))
        self._add_groups_and_card(new)

    def _add_keys(self, new: Newcomer, entry_id: int) -> None:
        person, facts, person_id = new.person, new.facts, new.person.id.hex
        year = person.born_on.year if person.born_on else None
        for kind, key in keys_of_new(person, new.number, new.contact[0] if new.contact else "", new.card):
            self.search_keys.add(person_id, kind, key, year)
        self.entries.add(entry_id, person_id, digest_of(facts), *facts)
        for key in stored_keys(facts):
            self.index_keys.add(key, entry_id)

    def _add_groups_and_card(self, new: Newcomer) -> None:
        person_id = new.person.id
        for kind in new.tags:
            tag_id = next(self.ids)
            self.tags.add(tag_id, person_id, kind)
            self.events.append((TagAdded(resident_id=person_id, tag_id=tag_id, kind=str(kind)), person_id))
        if new.card:
            card_id, kind = next(self.ids), str(Medium.Kind.INSURANCE_CARD)
            self.cards.add(card_id, person_id, new.card)
            self.events.append((MediumIssued(resident_id=person_id, medium_id=card_id, kind=kind), person_id))

    def sheets(self) -> tuple[Sheet, ...]:
        return (
            self.people, self.numbers, self.phones, self.coverages, self.tags, self.cards, self.known, self.search_keys,
            self.entries, self.index_keys,
        )  # fmt: skip
