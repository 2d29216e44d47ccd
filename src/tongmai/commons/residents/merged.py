"""Merges of entries in the record of a person (timeline.py): every reader sees that two became one."""

from uuid import UUID

from django.utils.translation import gettext as _

from tongmai.commons.residents.models import Merge
from tongmai.commons.residents.timeline import Entry, Row, Rows
from tongmai.foundation.orgs.actors import Actor


def rows(by: Actor, resident_id: UUID) -> Rows:
    """Return the merges into this entry that stand."""
    return Rows(
        Merge.objects.filter(survivor=resident_id, undone_at=None), at="merged_at", title="reason", who="merged_by__display_name"
    )  # fmt: skip


def entry(row: Row, by: Actor) -> Entry:
    """Return a merge in words, with why it was done."""
    return row.entry(title=_("另一份档案的内容并入"), detail=row.title if row.title else "")
