"""What the texts and codes of a member's system are here.  What has no meaning here is kept as it is written."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from tongmai.exchange.hl7v2 import resolving
from tongmai.exchange.models import SourceSystem
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.catalog.models import Code, CodeList
from tongmai.foundation.orgs.models import Department
from tongmai.foundation.orgs.prepared import Prepared


def department(org_id: UUID, texts: Sequence[str]) -> UUID | None:
    """Return the department of the organisation that one of the texts names, the likeliest first; else None."""
    if not texts:
        return None
    known = {name: key for key, *names in _DEPARTMENTS.rows(org_id=org_id) for name in names}
    return next((known[text] for text in texts if text in known), None)


def diagnoses(source: SourceSystem, said: Sequence[tuple[str, str, str]], on: date) -> list[tuple[str, str, bool]]:
    """Return (code, name, is_chronic) of each (code, name, system): ours where the catalogue has it, else theirs."""
    found = []
    for code, name, _system in said:
        ours = _known(code, on) if code else None
        found.append((ours[0], name or ours[1], ours[2]) if ours else (code or name[:20], name, False))
    return found


def _known(code: str, on: date) -> tuple[str, str, bool] | None:
    spellings = resolving.spellings(code)
    rows = {row[0]: row for row in _CODES.rows(on=on, **{f"s{i}": text for i, text in enumerate(spellings)})}
    return next((rows[text] for text in spellings if text in rows), None)


def _codes(by: None, *, on: date, **spellings: str) -> QuerySet:
    editions = CodeList.objects.filter(catalog.in_force(on), system=CodeList.System.ICD10)
    rows = Code.objects.filter(list__in=editions, code__in=list(spellings.values()))
    return rows.order_by().values_list("code", "name", "is_chronic")


_CODES = Prepared(_codes)


def _departments(by: None, *, org_id: UUID) -> QuerySet:
    return Department.objects.filter(org_id=org_id, is_active=True).order_by().values_list("id", "code", "name")


_DEPARTMENTS = Prepared(_departments)
