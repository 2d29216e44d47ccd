"""What waits for an actor among the examinations: at the site, at the centre, with the ordering doctor, with the director."""

from django.utils.translation import gettext as _

from tongmai.care.diagnostics import presenters, selectors
from tongmai.care.diagnostics.selectors import Row
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.ui.addresses import of_row, plain
from tongmai.ui.worklist import WorkItem

KIND = "diagnostics"
MOST = 100
# Which lists are whose work.  A doctor performs where there is no technician: her list shows it, her home does not.
_BOXES = {
    Role.TECHNICIAN: ("perform",),
    Role.REPORTING_DOCTOR: ("mine", "verify", "late", "read"),
    Role.VILLAGE_DOCTOR: ("unseen", "perform"),
    Role.GENERAL_PRACTITIONER: ("unseen",),
    Role.SPECIALIST: ("unseen",),
}


def waiting(*, by: Actor) -> list[WorkItem]:
    """Return what waits for `by`: one query for each of her lists."""
    if by.org_id is None or not by.may(Action.SEE_DIAGNOSTICS):
        return []
    items = [
        _item(selectors.row_of(each), box)
        for box in _BOXES.get(Role(by.role), ())
        for each in selectors.rows_of(selectors.in_box(box, by=by))[:MOST]
    ]
    late = selectors.rows_of(selectors.escalated(by=by))[:MOST]
    return items + [_late(selectors.row_of(each)) for each in late]


def counts(*, by: Actor) -> dict[str, int]:
    """Return how many items `waiting` has, without making them."""
    if by.org_id is None or not by.may(Action.SEE_DIAGNOSTICS):
        return {}
    lists = [selectors.in_box(box, by=by) for box in _BOXES.get(Role(by.role), ())]
    n = sum(rows.order_by()[:MOST].count() for rows in (*lists, selectors.escalated(by=by)))
    return {KIND: n} if n else {}


def _item(row: Row, box: str) -> WorkItem:
    title, label = {
        "perform": (presenters.tag(row.state).text, _("处理")),
        "read": (_("待报告"), _("领取")),
        "mine": (_("报告书写中"), _("继续写")),
        "verify": (_("报告待审核"), _("审核")),
        "late": (_("报告后新到图像"), _("查看")),
        "unseen": (_("报告已出"), _("查看")),
    }[box]
    return WorkItem(
        kind=KIND,
        title=title,
        who=row.resident_name,
        what=row.item_name,
        from_whom=row.centre if box == "unseen" else row.orderer,
        started_at=row.late_images_at or row.clock_started_at if box == "late" else row.clock_started_at,
        due_at=None if box == "late" else row.due_at,  # the clock of a published report is its reader's
        urgency=row.priority,
        href=of_row("diagnostics:report" if box == "mine" else "diagnostics:detail", row.id),
        action_label=label,
    )


def _late(row: Row) -> WorkItem:
    """For the director, who opens no record: by its number."""
    return WorkItem(
        kind=KIND,
        title=_("报告将要超时"),
        who=row.number,
        what=row.item_name,
        from_whom=row.reader or row.site,
        started_at=row.clock_started_at,
        due_at=row.due_at,
        urgency=row.priority,
        href=plain("diagnostics:board"),
        action_label=_("调配"),
    )
