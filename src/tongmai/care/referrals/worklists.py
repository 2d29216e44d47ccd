"""What waits for an actor among the referrals: read from the rows, so a step is on the other side's list at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.care.referrals import fast, presenters
from tongmai.care.referrals.selectors import Row
from tongmai.care.referrals.states import DOWN, UP, Side
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.months import start_of_day
from tongmai.ui.addresses import of_row
from tongmai.ui.worklist import WorkItem

KIND = "referrals"
MOST, MOST_LATE = 200, 50


def waiting(*, by: Actor) -> list[WorkItem]:
    """Return what waits for `by`: three queries whatever its number."""
    if by.org_id is None or not by.may(Action.SEE_REFERRALS):
        return []
    rows = fast.waiting(MOST, by=by)
    items = [item for row in rows if (item := _item(row, by)) is not None]
    return [*items, *_follow_ups(by), *_too_long(by, {row.id for row in rows})]


def counts(*, by: Actor) -> dict[str, int]:
    """Return how many items `waiting` has, from as many queries of fewer columns."""
    rows = fast.turns_waiting(MOST, by=by)
    shown = {row["id"] for row in rows}
    alike: dict[tuple, list[dict]] = {}  # what is alike has the same turn: it is looked at once
    for row in rows:
        owes = row["paperwork_until"] is not None
        key = (row["direction"], row["state"], row["has_slot_issue"], row["sender_id"] == by.org_id, owes)
        alike.setdefault(key, []).append(row)
    n = sum(len(each) for each in alike.values() if _turn(SimpleNamespace(**each[0]), by) is not None)
    if by.org_id is not None and by.may(Action.SEE_REFERRALS):
        n += len(fast.follow_ups_due(MOST, by=by)) if _follows_up(by) else 0
        n += sum(1 for each in fast.late_ids(by=by, limit=MOST_LATE) if each not in shown)
    return {KIND: n} if n else {}


def _item(row: Row, by: Actor) -> WorkItem | None:
    turn = _turn(row, by)
    return _work(row, turn.title, turn.label, due_at=turn.due_at(row)) if turn else None


@dataclass(frozen=True)
class _Turn:
    """What is to be done about a referral, and by when."""

    title: str
    label: str
    due_at: Callable[[Row], datetime | None] = lambda row: None


def _turn(row: Row | SimpleNamespace, by: Actor) -> _Turn | None:
    """The one thing that this actor does next about a referral, if her role does it."""
    at_sender = row.sender_id == by.org_id
    if row.paperwork_until is not None and at_sender and _may(row, by, "complete_paperwork", Side.SENDER):
        return _Turn(_("补齐急诊转诊手续"), _("补手续"), lambda row: row.paperwork_until)
    if at_sender and row.state in _AT_SENDER:
        title, step, label = _AT_SENDER[row.state]()
        return _Turn(title, label) if _may(row, by, step, Side.SENDER) else None
    if row.state == "reviewing":
        return _Turn(_("审核村级上转"), _("审核")) if _may(row, by, "approve", Side.REVIEWER) else None
    if row.state not in _AT_RECEIVER:
        return None
    title, step, label = _AT_RECEIVER[row.state](row)
    if not _may(row, by, step, Side.RECEIVER):
        return None
    return _Turn(title, label, _due_of)


_AT_SENDER: dict[str, Callable] = {
    "draft": lambda: (_("草稿待提交"), "submit", _("继续填写")),
    "returned": lambda: (_("退回补充"), "submit", _("补充后再提交")),
    "declined": lambda: (_("对方不接收"), "submit", _("查看理由")),
    "no_show": lambda: (_("患者未到诊，请联系"), "withdraw", _("查看")),
}
_AT_RECEIVER: dict[str, Callable] = {
    "submitted": lambda row: (_("待答复的上转") if row.direction == "up" else _("待接收的下转"), "accept", _("答复")),
    "accepted": lambda row: (
        (_("无号待排") if row.has_slot_issue else _("等待到诊"), "book" if row.has_slot_issue else "arrive", _("预约"))
        if row.direction == "up"
        else (_("等待接回"), "receive", _("登记接回"))
    ),
    "no_show": lambda row: (_("未到诊，可再约"), "book", _("再约")),
    "booked": lambda row: (_("今日到诊"), "arrive", _("登记到诊")),
    "arrived": lambda row: (_("在诊"), "treat", _("治疗结束")),
    "treated": lambda row: (_("已治疗，待下转或结案"), "close", _("下转或结案")),
}


def _may(row: Row | SimpleNamespace, by: Actor, step: str, side: Side) -> bool:
    table = UP if row.direction == "up" else DOWN
    rule = next((rule for name, rule in table.rules.items() if str(name) == step), None)
    return rule is not None and rule.side == side and by.role in rule.roles


def _due_of(row: Row) -> datetime | None:
    if row.state == "booked":
        return row.booked_for
    if row.has_slot_issue:
        return row.slot_due_at
    return row.due_at


def _work(row: Row, title: str, label: str, *, due_at: datetime | None = None) -> WorkItem:
    return WorkItem(
        kind=KIND,
        title=title,
        who=row.resident_name,
        what=row.diagnosis_name,
        from_whom=row.sender,
        started_at=row.state_since,
        due_at=due_at or row.due_at,
        urgency=row.urgency,
        href=of_row("referrals:detail", row.id),
        action_label=label,
    )


def _follow_ups(by: Actor) -> list[WorkItem]:
    """The follow-ups that are due, today or since, at the actor's organisation."""
    if not _follows_up(by):
        return []
    return [
        WorkItem(
            kind=KIND,
            title=_("下转随访"),
            who=row["referral__resident__name"],
            what=row["task"] or row["referral__diagnosis_name"],
            from_whom=row["referral__sender__short_name"],
            started_at=start_of_day(row["due_on"]),
            due_at=start_of_day(row["due_on"] + timedelta(days=1)),
            href=reverse("referrals:follow-up", args=[row["id"]]),
            action_label=_("随访"),
        )
        for row in fast.follow_ups_due(MOST, by=by)
    ]


def _follows_up(by: Actor) -> bool:
    rule = next(rule for name, rule in DOWN.rules.items() if str(name) == "follow_up")
    return by.role in rule.roles


def _too_long(by: Actor, shown: set) -> list[WorkItem]:
    """What waits longer than its limit elsewhere in the alliance, for its coordinators."""
    return [
        _work(row, _("等待过久：%(state)s") % {"state": presenters.tag(row.state).text}, _("协调"))
        for row in fast.late(by=by, limit=MOST_LATE)
        if row.id not in shown
    ]
