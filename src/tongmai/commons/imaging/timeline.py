"""Studies in the record of a person (residents/timeline.py)."""

from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Coalesce, Concat, NullIf
from django.utils.translation import gettext as _

from tongmai.commons.imaging.models import Study
from tongmai.commons.residents.timeline import Entry, Row, Rows
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.addresses import of_row
from tongmai.ui.words import Tag


def rows(by: Actor, resident_id: UUID) -> Rows:
    """Return the studies that stand in the person's record."""
    return Rows(
        Study.objects.filter(resident_id=resident_id),
        at=Coalesce("studied_at", "received_at"),
        org="org",
        title=Coalesce(NullIf("description", Value("")), Concat("modality", Value(""))),
        what="modality",
        marked=("sensitivity",),
    )


def entry(row: Row, by: Actor) -> Entry:
    """Return a study in words."""
    href = of_row("imaging:study", row.id) if by.may(Action.OPEN_RECORD) else ""
    return row.entry(title=row.title or _("影像"), detail=row.what, href=href, tag=Tag(_("有图像"), "green"))
