"""Recordings in the record of a person (residents/timeline.py)."""

from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from tongmai.commons.ecg import rules
from tongmai.commons.ecg.models import Pattern, Recording
from tongmai.commons.ecg.rules import Urgency
from tongmai.commons.residents.timeline import Entry, Row, Rows
from tongmai.foundation.orgs.actors import Actor
from tongmai.ui.addresses import of_row
from tongmai.ui.words import Tag

_CRITICAL = [code for code, urgency in rules.URGENCY.items() if urgency == Urgency.CRITICAL]


def rows(by: Actor, resident_id: UUID) -> Rows:
    """Return the recordings that stand in the person's record."""
    alarming = Exists(Pattern.objects.filter(recording=OuterRef("pk"), code__in=_CRITICAL))
    return Rows(
        Recording.objects.filter(resident_id=resident_id),
        at=Coalesce("recorded_at", "received_at"),
        org="org",
        title=Value("心电图"),
        what="leads",
        is_critical=Case(When(alarming, then=Value(True)), default=Value(False)),
    )


def entry(row: Row, by: Actor) -> Entry:
    """Return a recording in words; what the computer suspects is marked as unconfirmed."""
    n_leads = len(row.what.split())
    tag = Tag(_("计算机提示危急，未经确认"), "red") if row.is_critical else Tag(_("有波形"), "green")
    return row.entry(
        title=_("心电图"), detail=_("%(n)s 导联") % {"n": n_leads}, href=of_row("ecg:recording", row.id), tag=tag
    )
