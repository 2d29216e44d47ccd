"""What waits for an actor: the visits she has open."""

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.commons.encounters import selectors
from tongmai.commons.encounters.models import Kind
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.worklist import WorkItem

KIND = "encounters"


def counts(*, by: Actor) -> dict[str, int]:
    """Return how many items `waiting` has."""
    n = len(_rows(by))
    return {KIND: n} if n else {}


def waiting(*, by: Actor) -> list[WorkItem]:
    """Return the visits that `by` has begun and not ended, and those planned for today; one query.

    A stay goes on for days and waits for nobody by itself, so it is not here.
    """
    return [
        WorkItem(
            kind=KIND,
            title=_("结束就诊") if row.state == "in_progress" else _("接诊"),
            who=row.resident_name,
            what=row.diagnosis or row.complaint or str(Kind(row.kind).label),
            from_whom=row.department,
            started_at=row.at,
            href=reverse("encounters:detail", args=[row.id])
            if row.state == "in_progress"
            else reverse("encounters:list"),
            action_label=_("继续") if row.state == "in_progress" else _("开始"),
            action_url="" if row.state == "in_progress" else reverse("encounters:begin", args=[row.id]),
        )
        for row in _rows(by)
    ]


def _rows(by: Actor) -> list[selectors.VisitRow]:
    if not by.may(Action.WRITE_RECORD) or by.org_id is None:
        return []
    rows = selectors.open_visits(by=by)
    return [row for row in rows if row.kind != Kind.INPATIENT and (row.state == "in_progress" or row.at <= by.now)]
