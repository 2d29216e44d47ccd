"""What waits for an actor: the visits she has open."""

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.commons.encounters import selectors
from tongmai.commons.encounters.models import Kind
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.worklist import WorkItem


def waiting(*, by: Actor) -> list[WorkItem]:
    """Return the visits that `by` has begun and not ended, and those planned for today; one query.

    A stay goes on for days and waits for nobody by itself, so it is not here.
    """
    if not by.may(Action.WRITE_RECORD) or by.org_id is None:
        return []
    return [
        WorkItem(
            kind="encounters",
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
        for row in selectors.open_visits(by=by)
        if row.kind != Kind.INPATIENT and (row.state == "in_progress" or row.at <= by.now)
    ]
