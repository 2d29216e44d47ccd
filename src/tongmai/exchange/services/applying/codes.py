"""What the texts and codes of a member's system are here.  What has no meaning here is kept as it is written."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from tongmai.exchange.hl7v2 import resolving
from tongmai.exchange.models import SourceSystem
from tongmai.foundation.catalog import selectors as catalog
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
    spellings = {code: resolving.spellings(code) for code, _, _ in said if code}
    known = catalog.diagnoses({text for texts in spellings.values() for text in texts}, on) if spellings else {}
    found = []
    for code, name, _system in said:
        ours = next((known[text] for text in spellings.get(code, ()) if text in known), None)
        found.append((ours.code, name or ours.name, ours.is_chronic) if ours else (code or name[:20], name, False))
    return found


def _departments(by: None, *, org_id: UUID) -> QuerySet:
    return Department.objects.filter(org_id=org_id, is_active=True).order_by().values_list("id", "code", "name")


_DEPARTMENTS = Prepared(_departments)
