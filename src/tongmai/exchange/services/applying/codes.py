"""What the texts and codes of a member's system are here.  What has no meaning here is kept as it is written.

Every code that a message brings is noted for the mapping to the unified sets (`foundation.terminology`).  Of results that is
the examination that was ordered, which the price list has too; the single values of a panel are no items of it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from tongmai.exchange.hl7v2 import resolving
from tongmai.exchange.hl7v2.faults import Location
from tongmai.exchange.hl7v2.visits_in import DiagnosisSaid
from tongmai.exchange.models import SourceSystem
from tongmai.exchange.services.arrival import Arrival
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.catalog.models import Code, CodeList
from tongmai.foundation.orgs.models import Department
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.foundation.terminology import noting
from tongmai.foundation.terminology.choices import CodeSet
from tongmai.foundation.terminology.noting import Said

NAMELESS = "—"
LONGEST_CODE = 60
WHO_ENDING = "00"  # what the national clinical edition adds to a code of the WHO


def department(org_id: UUID, texts: Sequence[str]) -> UUID | None:
    """Return the department of the organisation that one of the texts names, the likeliest first; else None."""
    if not texts:
        return None
    known = {name: key for key, *names in _DEPARTMENTS.rows(org_id=org_id) for name in names}
    return next((known[text] for text in texts if text in known), None)


def diagnoses(source: SourceSystem, said: Sequence[tuple[str, str, str]], on: date) -> list[tuple[str, str, bool]]:
    """Return (code, name, is_chronic) of each (code, name, system): ours where the catalogue has it, else theirs.

    Only another spelling of the same code is written as ours.  A code that the catalogue has less finely stays theirs:
    what it means is for the mapping to say, when it is read.
    """
    return [_diagnosis(code, name, on) for code, name, _system in said]


def note_diagnoses(arrival: Arrival, said: Sequence[DiagnosisSaid], found: Sequence[tuple[str, str, bool]]) -> None:
    """Note the diagnoses of a message under the codes that stand in the record."""
    each = zip(said, found, strict=True)
    note(arrival, ((CodeSet.DIAGNOSES, kept[0], given.name, given.system, given.location) for given, kept in each))


def note(arrival: Arrival, said: Iterable[tuple[CodeSet, str, str, str, Location]]) -> None:
    """Note each (set, code, name, code list, place in the message); without a code the name stands for it.

    All of a message at once: they are written in one order, so that two messages wait for each other in no circle.
    """
    kind = arrival.message.kind
    noted = [
        Said(code_set, system, code or name[:LONGEST_CODE], name, f"{kind} {place}: {code}^{name}^{system}")
        for code_set, code, name, system, place in said
        if (code or name) not in ("", NAMELESS)
    ]
    noting.note(arrival.source.org_id, noted, by=arrival.by)


def _diagnosis(code: str, name: str, on: date) -> tuple[str, str, bool]:
    if not code:
        return name[:20], name, False
    spellings = resolving.spellings(code)
    rows = {row[0]: row for row in _CODES.rows(on=on, **{f"s{i}": text for i, text in enumerate(spellings)})}
    ours = next((rows[text] for text in spellings if text in rows), None)
    if ours is None:
        return code, name, False
    is_same = ours[0] in (code, f"{code}{WHO_ENDING}") or code == f"{ours[0]}{WHO_ENDING}"
    return (ours[0] if is_same else code), (name or ours[1] if is_same else name), ours[2]


def _codes(by: None, *, on: date, **spellings: str) -> QuerySet:
    editions = CodeList.objects.filter(catalog.in_force(on), system=CodeList.System.ICD10)
    rows = Code.objects.filter(list__in=editions, code__in=list(spellings.values()))
    return rows.order_by().values_list("code", "name", "is_chronic")


_CODES = Prepared(_codes)


def _departments(by: None, *, org_id: UUID) -> QuerySet:
    return Department.objects.filter(org_id=org_id, is_active=True).order_by().values_list("id", "code", "name")


_DEPARTMENTS = Prepared(_departments)
