"""Entries that stand for a person, and those that were merged into them."""

from uuid import UUID

from django.db.models import QuerySet

from tongmai.commons.residents.models import Merge, Resident
from tongmai.foundation.orgs.prepared import Prepared


def entry_ids(resident_id: UUID) -> list[UUID]:
    """Return the ids under which a person's trail is kept: her own, and those of entries merged into hers."""
    found, new = [resident_id], [resident_id]
    while new:
        new = list(Resident.objects.filter(merged_into__in=new).values_list("id", flat=True))
        found += new
    return found


def n_merged_into(resident_id: UUID) -> int:
    """Return how many entries stand merged in this one.  For every page that shows the record."""
    return len(_MERGED.rows(resident_id=resident_id))


def _merged(by: None, *, resident_id: UUID) -> QuerySet:
    return Merge.objects.filter(survivor=resident_id, undone_at=None).values_list("id")


_MERGED = Prepared(_merged)
