"""Recognised results in the record of a person (residents/timeline.py): what was not done again, in plain words."""

from uuid import UUID

from django.utils.translation import gettext as _

from tongmai.commons.recognition.choices import Choice
from tongmai.commons.recognition.models import Decision
from tongmai.commons.recognition.presenters.words import reason_said
from tongmai.commons.residents.timeline import Entry, Row, Rows
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.words import Tag


def rows(by: Actor, resident_id: UUID) -> Rows:
    """Return what was decided about the person's results and stands."""
    return Rows(
        Decision.objects.filter(resident_id=resident_id, undoing=None),
        at="decided_at",
        org="org",
        title="item_name",
        what="choice",
        state="reason",
        who="from_org__short_name",
        place="decided_by_name",
        marked=("report__sensitivity",),
    )


def entry(row: Row, by: Actor) -> Entry:
    """Return a decision in words: to the resident what was spared her, to everybody whose result it was."""
    said = {"source": row.who or "", "item": row.title}
    if row.what == Choice.RECOGNISED:
        detail = _("认可了%(source)s的检查结果，不用重做") % said if by.may(Action.SEE_OWN) else _(
            "认可%(source)s的结果，未重复检查 · %(doctor)s"
        ) % {**said, "doctor": row.place or ""}  # fmt: skip
        return row.entry(detail=detail, tag=Tag(_("已互认"), "green"))
    detail = _("已有%(source)s的结果，仍重新检查：%(reason)s") % {**said, "reason": reason_said(row.state)}
    return row.entry(detail=detail, tag=Tag(_("重新检查"), "amber"))
