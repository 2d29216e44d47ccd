"""Critical values on the home page: above everything else until somebody has read them back and acted."""

from collections import Counter
from datetime import datetime

from django.utils.translation import gettext as _

from tongmai.care.critical_values import presenters, selectors
from tongmai.care.critical_values.models import CriticalValue
from tongmai.care.critical_values.states import State
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.addresses import of_row
from tongmai.ui.worklist import WorkItem

KIND, ACTIONS = "critical_values", "critical_actions"
MOST = 200


def waiting(*, by: Actor) -> list[WorkItem]:
    """Return what waits for `by`, one query."""
    if by.org_id is None or not by.may(Action.SEE_CRITICAL):
        return []
    rows = selectors.waiting(by).select_related("resident", "org").order_by("raised_at", "id")[:MOST]
    return [_item(value, by) for value in rows]


def counts(*, by: Actor) -> dict[str, int]:
    """Return how many items `waiting` has, by kind: what is to be done at once is what the bar on every page counts."""
    if by.org_id is None or not by.may(Action.SEE_CRITICAL):
        return {}
    rows = selectors.waiting(by).order_by().values_list("state", "due_at")[:MOST]
    return dict(Counter(_kind(state, due_at, by) for state, due_at in rows))


def _kind(state: str, due_at: datetime | None, by: Actor) -> str:
    """What presses rings on every page."""
    return KIND if selectors.is_pressing(state, due_at, now=by.now) else ACTIONS


def _urgency(value: CriticalValue) -> str:
    """A drill waits with the emergencies: nothing that is real stands behind it."""
    if value.state == State.ACTED:
        return "routine"
    return "emergency" if value.is_drill else "critical"


def _item(value: CriticalValue, by: Actor) -> WorkItem:
    titles = {
        State.RAISED: _("危急值待核对发出"),
        State.NOTIFIED: _("危急值待复述确认"),
        State.ACKNOWLEDGED: _("危急值待处置"),
        State.ACTED: _("危急值已处置，待结束"),
    }
    title = titles[State(value.state)]
    kind = _kind(value.state, value.due_at, by)
    if kind == KIND and value.state == State.ACKNOWLEDGED:
        title = _("危急值已确认，超时未处置")
    return WorkItem(
        kind=kind,
        title=_("【演练】%(title)s") % {"title": title} if value.is_drill else title,
        who=presenters.person(value),
        what=presenters.told(value),
        from_whom=value.org.short_name,
        started_at=value.acknowledged_at or value.notified_at or value.raised_at,
        due_at=value.due_at,
        urgency=_urgency(value),
        href=of_row("critical_values:one", value.id),
        action_label=presenters.next_step(value.state),
    )
