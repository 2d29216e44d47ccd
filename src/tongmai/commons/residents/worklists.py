"""What waits for an actor: emergency accesses for which she answers, who is who, and reading that is looked into."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.commons.residents import likeness, selectors
from tongmai.commons.residents.reading.rules import LABELS, Kind
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.ui.worklist import WorkItem

MOST_REVIEWS = 20  # of those on the home page; the list has them all
MOST_FINDINGS = 20  # likewise


def waiting(*, by: Actor) -> list[WorkItem]:
    """Return what waits for this actor here; one query for each kind that her post knows."""
    return [*_emergencies(by), *_reviews(by), *_findings(by)]


def _reviews(by: Actor) -> list[WorkItem]:
    if not selectors.may_match(by):
        return []
    rows = list(selectors.reviews(by=by).filter(postponed_at=None)[:MOST_REVIEWS])
    limit: timedelta = policy.value("residents.matching.decided_within", on=by.today, at=by.org_id).timedelta()
    return [
        WorkItem(
            kind="residents",
            title=_("核对是否同一人"),
            who=line.resident_name,
            what=likeness.why(line.why),
            from_whom="",
            started_at=line.opened_at,
            due_at=line.opened_at + limit,
            href=reverse("residents:review", args=[line.id]),
            action_label=_("核对"),
        )
        for line in selectors.review_lines(rows)
    ]


def _emergencies(by: Actor) -> list[WorkItem]:
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


def _findings(by: Actor) -> list[WorkItem]:
    """Return the findings that an audit administrator looks into, and those that the actor is asked to explain."""
    is_audit = by.may(Action.READ_AUDIT)
    rows = selectors.waiting_findings(by) if is_audit else selectors.asked_of(by)
    if by.role in (Role.RESIDENT, Role.SYSTEM):
        return []
    limit: timedelta = policy.value("reading.answer_within", on=by.today, at=by.org_id).timedelta()
    return [
        WorkItem(
            kind="residents",
            title=_("查看异常查阅") if is_audit else _("说明查阅的原因"),
            who=line.resident,
            what=_(LABELS[Kind(line.kind)]),
            from_whom=f"{line.reader_org_name} {line.reader_name}".strip() if is_audit else "",
            started_at=line.found_at,
            due_at=line.found_at + limit,
            href=reverse("residents:finding", args=[line.id]),
            action_label=_("查看") if is_audit else _("说明"),
        )
        for line in selectors.finding_lines(rows[:MOST_FINDINGS])
    ]
