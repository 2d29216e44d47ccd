"""What waits for an actor: emergency accesses for which she answers."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.commons.residents import selectors
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.ui.worklist import WorkItem


def waiting(*, by: Actor) -> list[WorkItem]:
    """Return the emergency accesses that wait for the judgement of this actor's side; one query."""
    found = selectors.emergencies_waiting(by=by)
    if not found:
        return []
    limit: timedelta = policy.value("access.emergency_review", on=by.today, at=by.org_id).timedelta()
    return [
        WorkItem(
            kind="residents",
            title=_("核对紧急查阅"),
            who=entry.resident_name,
            what=entry.reason,
            from_whom=f"{entry.opened_org} {entry.opened_by}".strip(),
            started_at=entry.opened_at,
            due_at=entry.opened_at + limit,
            href=reverse("residents:emergency", args=[entry.id]),
            action_label=_("核对"),
        )
        for entry in found
    ]
