"""What waits for an actor: disputes for which she answers, and requests to be entered as a guardian."""

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.commons.resident_requests import presenters, selectors
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.worklist import WorkItem


def waiting(*, by: Actor) -> list[WorkItem]:
    """Return what waits for this actor here; one query for each kind that her post knows."""
    return [*_disputes(by), *_wards(by)]


def _disputes(by: Actor) -> list[WorkItem]:
    is_audit = by.may(Action.READ_AUDIT)
    return [
        WorkItem(
            kind="audit" if is_audit else "residents",
            title=presenters.kind(line.kind),
            who=line.resident_masked if is_audit else line.resident_name,
            what=line.about,
            from_whom="",
            started_at=line.raised_at,
            due_at=line.due_at,
            href=reverse("resident_requests:dispute", args=[line.id]),
            action_label=_("答复"),
        )
        for line in selectors.disputes_waiting(by=by)
    ]


def _wards(by: Actor) -> list[WorkItem]:
    if by.may(Action.SEE_OWN) or not by.may(Action.MATCH_RESIDENTS):
        return []
    return [
        WorkItem(
            kind="residents",
            title=_("核对监护关系"),
            who=line.resident_name,
            what=_("申请登记为%(name)s的监护人（%(relation)s）") % {"name": line.ward_name, "relation": line.relation},
            from_whom="",
            started_at=line.asked_at,
            due_at=line.due_at,
            href=reverse("resident_requests:ward-request", args=[line.id]),
            action_label=_("核对"),
        )
        for line in selectors.ward_requests(by=by, open_only=True)
    ]
