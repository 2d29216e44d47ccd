"""Keeps what a person is found by in step with what is known of her."""

from collections.abc import Iterable
from uuid import UUID

from tongmai.commons.residents import rules
from tongmai.commons.residents.matching.facts import Facts
from tongmai.commons.residents.models import Identifier, Medium, Phone, Resident, SearchKey
from tongmai.commons.residents.services.indexing import index_new, rewrite_index
from tongmai.commons.residents.states import TELLING_STATES
from tongmai.foundation.audit.together import insert
from tongmai.kernel.citizen_id import masked


def _rewrite(resident: Resident) -> None:
    """Bring the search keys and the masked number of `resident` up to date; only differences are written."""
    numbers = list(Identifier.objects.filter(resident=resident, is_current=True).order_by("added_at", "id"))
    wanted: set[tuple[str, str]] = set()  # nobody finds an entry that another one stands for
    if resident.merged_into_id is None:
        wanted = rules.search_keys(
            name=resident.name,
            is_unnamed=resident.is_unnamed,
            numbers=[each.value for each in numbers],
            phones=list(Phone.objects.filter(resident=resident, closed_at=None).values_list("number", flat=True)),
            cards=list(
                Medium.objects.filter(resident=resident, state__in=TELLING_STATES).values_list("number", flat=True)
            ),
        )
    born_year = _born_year(resident)
    rows = list(SearchKey.objects.filter(resident=resident))
    stored = {(row.kind, row.key): row.id for row in rows if row.born_year == born_year}
    gone = [row.id for row in rows if (row.kind, row.key) not in wanted & stored.keys()]
    SearchKey.objects.filter(id__in=gone).delete()
    SearchKey.objects.bulk_create(_rows(resident, wanted - stored.keys()), ignore_conflicts=True)
    shown = masked(_main(numbers))
    if resident.id_masked != shown:
        resident.id_masked = shown
        Resident.objects.filter(id=resident.id).update(id_masked=shown)


def write_keys_of_new(person: Resident, number: rules.Number | None, phone: str, card: str, facts: Facts) -> None:
    """Write what a person who was entered just now is found and compared by: what `rewrite_keys` would, asking nothing.

    Her masked number is hers already (`masked_number`).
    """
    insert(*_rows(person, keys_of_new(person, number, phone, card)))
    index_new(person, facts)


def keys_of_new(person: Resident, number: rules.Number | None, phone: str, card: str) -> set[tuple[str, str]]:
    """Return (kind, key) of what a person who was entered just now is found by."""
    return rules.search_keys(
        name=person.name, is_unnamed=person.is_unnamed, numbers=[number.value] if number else [],
        phones=[phone] if phone else [], cards=[card] if card else [],
    )  # fmt: skip


def masked_number(number: rules.Number | None) -> str:
    """Return the number of somebody who has only this one, as lists show it."""
    return masked(number.value) if number else masked("")


def rewrite_keys(resident_id: UUID) -> None:
    """Rewrite the keys of one resident, and what she is compared by.  Inside the transaction of the change they follow from."""
    _rewrite(Resident.objects.get(id=resident_id))
    rewrite_index(resident_id)


def _rows(resident: Resident, keys: Iterable[tuple[str, str]]) -> list[SearchKey]:
    year = _born_year(resident)
    # By place and not by name: a person has a dozen of them, and a register a hundred thousand people.
    return [SearchKey(None, resident.id, kind, key, year) for kind, key in sorted(keys)]


def _born_year(resident: Resident) -> int | None:
    return resident.born_on.year if resident.born_on else None


def _main(numbers: list[Identifier]) -> str:
    best = min(numbers, key=lambda each: rules.MAIN_KIND_ORDER.index(each.kind), default=None)
    return best.value if best else ""
