"""Referrals in words: tags, rails, timelines, and what each step brings about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tongmai.care.referrals.selectors import Detail, Referral, Row, Transition
from tongmai.care.referrals.states import TABLES, Direction, Step
from tongmai.foundation.orgs.roles import Role
from tongmai.ui.addresses import of_row
from tongmai.ui.words import Deadline, RailStop, Tag, TimelineEntry

_TAGS = {
    "draft": (gettext_lazy("草稿"), "grey"),
    "reviewing": (gettext_lazy("待审核"), "purple"),
    "submitted": (gettext_lazy("待接收"), "blue"),
    "returned": (gettext_lazy("退回补充"), "amber"),
    "accepted": (gettext_lazy("已接收"), "green"),
    "booked": (gettext_lazy("已预约"), "green"),
    "no_show": (gettext_lazy("未到诊"), "red"),
    "arrived": (gettext_lazy("已到诊"), "blue"),
    "treated": (gettext_lazy("已治疗"), "blue"),
    "received": (gettext_lazy("已接回"), "green"),
    "following": (gettext_lazy("随访中"), "blue"),
    "closed": (gettext_lazy("已结案"), "grey"),
    "declined": (gettext_lazy("不接收"), "red"),
    "withdrawn": (gettext_lazy("已撤回"), "grey"),
}
_URGENCY = {
    "routine": (gettext_lazy("普通"), "grey"),
    "urgent": (gettext_lazy("加急"), "amber"),
    "emergency": (gettext_lazy("急诊"), "red"),
}
DIRECTIONS = {"up": gettext_lazy("上转"), "down": gettext_lazy("下转")}
LEVELS = {
    "village": gettext_lazy("村级"),
    "township": gettext_lazy("乡镇级"),
    "county": gettext_lazy("县级"),
    "outside": gettext_lazy("县外"),
}
GUIDANCE_TONE = {"keep": "green", "up": "amber", "down": "blue"}

# What a step is called, and what will happen, to whom.
STEPS: dict[str, tuple] = {
    "ask_review": (gettext_lazy("提交审核"), gettext_lazy("先由所属卫生院审核，通过后送达接收机构。")),
    "approve": (gettext_lazy("审核通过"), gettext_lazy("送达接收机构，开始计答复时限。")),
    "send_back": (gettext_lazy("退回村级"), gettext_lazy("退回发起人补充，理由会显示给对方。")),
    "submit": (gettext_lazy("提交"), gettext_lazy("送达接收机构，对方的待办立即可见。")),
    "accept": (gettext_lazy("接收"), gettext_lazy("答应接收；暂不约号，列入待排号。")),
    "decline": (gettext_lazy("不接收"), gettext_lazy("转诊就此结束，理由会显示给发起机构。")),
    "return": (gettext_lazy("退回补充"), gettext_lazy("退回发起机构补充资料，可再次提交。")),
    "redirect": (gettext_lazy("改转其他机构"), gettext_lazy("由新的接收机构重新答复，本机构不再可见。")),
    "reassign": (gettext_lazy("协调改转"), gettext_lazy("由新的接收机构重新答复，原接收机构不再可见。")),
    "book": (gettext_lazy("预约"), gettext_lazy("立即占用一个号源或床位，并通知发起机构。")),
    "reschedule": (gettext_lazy("改期"), gettext_lazy("换到新的时段；没有空位时原时段保留。")),
    "arrive": (gettext_lazy("登记到诊"), gettext_lazy("开始一次就诊，发起机构立即看到患者已到。")),
    "miss": (gettext_lazy("登记未到"), gettext_lazy("记一次爽约；可再次预约，发起机构会收到提醒。")),
    "treat": (gettext_lazy("治疗结束"), gettext_lazy("结束本次就诊，之后可发起下转。")),
    "close": (gettext_lazy("结案"), gettext_lazy("转诊结束，记录不再变动。")),
    "withdraw": (gettext_lazy("撤回"), gettext_lazy("转诊就此结束；已预约的号源立即退回。")),
    "send_emergency": (gettext_lazy("急诊转出"), gettext_lazy("不等答复，立即通知接收机构；手续在时限内补齐。")),
    "admit_emergency": (gettext_lazy("登记急诊到达"), gettext_lazy("按已到诊登记，转出机构补齐手续。")),
    "complete_paperwork": (gettext_lazy("补齐手续"), gettext_lazy("补上病情摘要和知情同意。")),
    "record_consent": (gettext_lazy("补录知情同意"), gettext_lazy("对方消息未附知情同意；取得后才能登记到诊或接回。")),
    "receive": (gettext_lazy("登记接回"), gettext_lazy("开始基层管理，并生成随访安排。")),
    "follow_up": (gettext_lazy("随访"), gettext_lazy("记录一次随访，写入居民档案。")),
    "finish": (gettext_lazy("完成随访"), gettext_lazy("随访全部完成，转诊结束。")),
    "draft": (gettext_lazy("起草"), ""),
}
_RAILS = {
    Direction.UP: ("draft", "reviewing", "submitted", "accepted", "booked", "arrived", "treated", "closed"),
    Direction.DOWN: ("draft", "submitted", "accepted", "received", "following", "closed"),
}
# Steps that have a page of their own; the others are taken where they stand.
_PAGES = {"book": "book", "reschedule": "book", "redirect": "redirect", "reassign": "redirect",
          "complete_paperwork": "paperwork", "record_consent": "consent"}  # fmt: skip


@dataclass(frozen=True)
class PossibleStep:
    """One thing that this actor may do now.  With `href` it is done on a page; else it is posted to `url`."""

    name: str
    label: str
    consequence: str
    needs_reason: bool
    url: str = ""
    href: str = ""
    tone: str = "secondary"


@dataclass(frozen=True)
class Line:
    """A row of a list, ready to be drawn."""

    row: Row
    tag: Tag
    urgency: Tag | None
    direction: str
    deadline: Deadline | None
    href: str
    note: str


def tag(state: str) -> Tag:
    """Return the tag of a state of either direction."""
    return _tag(get_language(), state)


def urgency_tag(urgency: str) -> Tag:
    """Return the tag of an urgency."""
    return _urgency_tag(get_language(), urgency)


# A list says the same few words in every row: they are looked up once in each language.
@cache
def _tag(language: str | None, state: str) -> Tag:
    text, tone = _TAGS[state]
    return Tag(str(text), tone)


@cache
def _urgency_tag(language: str | None, urgency: str) -> Tag:
    text, tone = _URGENCY[urgency]
    return Tag(str(text), tone)


@cache
def _direction(language: str | None, direction: str) -> str:
    return str(DIRECTIONS[direction])


def deadline(since: datetime, due_at: datetime | None, now: datetime) -> Deadline | None:
    """Return the bar of a wait, None where nobody is waited for."""
    return Deadline(due_at, since, now) if due_at else None


def line(row: Row, now: datetime) -> Line:
    """Return a row of a list with its words."""
    notes = [_("无号待排")] if row.has_slot_issue else []
    if row.paperwork_until is not None:
        notes.append(_("待补手续"))
    if not row.is_inside:
        notes.append(_("医联体外"))
    return Line(
        row=row,
        tag=tag(row.state),
        urgency=urgency_tag(row.urgency) if row.urgency != "routine" else None,
        direction=_direction(get_language(), row.direction),
        deadline=deadline(row.state_since, row.due_at, now),
        href=of_row("referrals:detail", row.id),
        note=" · ".join(notes),
    )


def rail(detail: Detail) -> list[RailStop]:
    """Return the whole loop as stops: what was passed, where it stands, what is ahead, and what it did without.

    Behind the treatment of an up-referral stand its down-referral and the follow-up below; before a down-referral the
    way up that it comes from.
    """
    referral = detail.referral
    stops = [s for s in _RAILS[Direction(referral.direction)] if s != "reviewing" or referral.reviewer_id]
    state = {"returned": "submitted", "no_show": "booked"}.get(referral.state, referral.state)
    passed = {t.to_state for t in detail.transitions}
    came_up = [RailStop(str(DIRECTIONS["up"]), "done")] if referral.parent_id else []
    if state not in stops:  # declined, withdrawn: the way ends beside the rail
        kept = [RailStop(str(_TAGS[s][0]), "done") for s in stops if s in passed]
        return [*came_up, *kept, RailStop(str(_TAGS[state][0]), "now")]
    here = stops.index(state)
    found = [
        RailStop(
            str(_TAGS[s][0]),
            "now" if i == here else "todo" if i > here else "done" if s in passed else "skipped",
        )
        for i, s in enumerate(stops)
    ]
    if referral.direction == Direction.DOWN:
        return [*came_up, *found]
    return _with_way_down(found, detail)


def _with_way_down(found: list[RailStop], detail: Detail) -> list[RailStop]:
    """Put the way down between the treatment and the end; the loop ends when both have."""
    down, follow_up = str(DIRECTIONS["down"]), str(STEPS["follow_up"][0])
    *before, end = found
    under_way = [row.state for row in detail.downs if row.state not in {"declined", "withdrawn"}]
    if not under_way:
        ahead = "todo" if end.state == "todo" else "skipped"
        return [*before, RailStop(down, ahead), RailStop(follow_up, ahead), end]
    passed = [RailStop(stop.label, "done" if stop.state == "now" else stop.state) for stop in before]
    if under_way[-1] == "closed":  # followed up to the end; where the upper hospital has not closed, that is left
        return [*passed, RailStop(down, "done"), RailStop(follow_up, "done"), RailStop(end.label, "now")]
    is_below = under_way[-1] in {"received", "following"}
    return [
        *passed,
        RailStop(down, "done" if is_below else "now"),
        RailStop(follow_up, "now" if is_below else "todo"),
        RailStop(end.label, "todo"),
    ]


def timeline(transitions: Iterable[Transition]) -> list[TimelineEntry]:
    """Return the history, the latest first."""
    entries = [
        TimelineEntry(
            at=t.at,
            title=f"{STEPS[t.step][0]}{'：' + t.facts if t.facts else ''}",
            who=f"{t.by_name}（{Role(t.by_role).label}）" if t.by_name else "",
            org=t.org.name if t.org else "",
            reason=t.reason,
            tone=tag(t.to_state).tone if t.to_state in _TAGS else "blue",
        )
        for t in transitions
    ]
    return entries[::-1]


def steps(detail: Detail) -> list[PossibleStep]:
    """Return what this actor may do now, each with its consequence."""
    return [_step(detail.referral, step) for step in detail.steps if str(step) != "follow_up"]


def _step(referral: Referral, step: Step) -> PossibleStep:
    label, consequence = STEPS[str(step)]
    page = _PAGES.get(str(step))
    if str(step) == "accept" and referral.direction == Direction.UP and referral.receiver.level != "outside":
        page, label = "book", _("接收并预约")
        consequence = _("选定号源或床位，接收与占号一次完成；也可只接收，列入待排号。")
    if str(step) == "book" and referral.receiver.level == "outside":
        page = None
    needs_reason = TABLES[Direction(referral.direction)].rules[step].needs_reason
    return PossibleStep(
        name=str(step),
        label=str(label),
        consequence=str(consequence),
        needs_reason=needs_reason,
        url="" if page else reverse("referrals:step", args=[referral.id, str(step)]),
        href=reverse(f"referrals:{page}", args=[referral.id]) if page else "",
        tone="danger" if str(step) in {"decline", "withdraw"} else "secondary",
    )


def facts(referral: Referral) -> list[tuple[str, str]]:
    """Return what heads the case: who sends whom where, and for what."""
    sender = referral.sender.name + (f" · {referral.sender_staff.name}" if referral.sender_staff else "")
    receiver = referral.receiver.name
    if referral.receiver_department:
        receiver += f" · {referral.receiver_department.name}"
    pairs = [
        (_("转诊单号"), referral.number),
        (_("发起"), sender),
        (_("接收"), receiver),
        (_("诊断"), f"{referral.diagnosis_code} {referral.diagnosis_name}"),
        (_("需要"), referral.get_wants_display() if referral.direction == Direction.UP else ""),
        (_("家庭医生转诊"), _("是") if referral.by_family_doctor else _("否")),
    ]
    if referral.outside_reason:
        pairs.append((_("医联体外转诊理由"), referral.outside_reason))
    if referral.booked_place and referral.state in {"booked", "arrived", "treated", "closed", "no_show"}:
        pairs.append((_("预约"), referral.booked_place))
    return [pair for pair in pairs if pair[1]]


def consent_text(referral: Referral) -> str:
    """Return who agreed, and how, in one line."""
    given = referral.consent
    if given is None:
        return _("尚未取得")
    if given.is_missing:
        return f"{given.get_how_display()}（{given.note}）"
    who = (
        f"{given.agreed_name}（{given.get_relation_display()}）" if given.agreed_name else given.get_relation_display()
    )
    parts = [who, given.get_how_display()]
    parts += [_("见证人：%(name)s") % {"name": given.witness}] if given.witness else []
    parts += [given.note] if given.note else []
    return " · ".join(str(part) for part in parts)


def plan_of(referral: Referral) -> Any:
    """Return the plan of a down-referral, None where there is none."""
    return getattr(referral, "plan", None) if referral.direction == Direction.DOWN else None


def representation(detail: Detail, *, reads_case: bool) -> dict:
    """Return one referral for the API: with the steps of this caller, the medical part only for those who read it."""
    referral = detail.referral
    plan = plan_of(referral)
    names = (
        "id", "number", "direction", "urgency", "state", "state_since", "version", "resident_id", "sender_id",
        "reviewer_id", "receiver_id", "receiver_department_id", "alliance_id", "is_inside", "by_family_doctor",
        "diagnosis_code", "diagnosis_name", "wants", "booking_id", "booked_for", "booked_place", "episode_id",
        "parent_id", "paperwork_until", "created_at", "submitted_at", "closed_at",
    )  # fmt: skip
    case = {
        "reason": referral.reason,
        "summary": referral.summary,
        "consent": consent_text(referral),
        "outside_reason": referral.outside_reason,
        "recording_ids": [each.recording_id for each in detail.enclosed],
        "plan": _plan(plan) if plan else None,
    }
    return {name: getattr(referral, name) for name in names} | {
        "steps": [str(step) for step in detail.steps],
        "due_at": detail.due_at,
        "resident_name": referral.resident.name,
        "sender": referral.sender.name,
        "receiver": referral.receiver.name,
        "has_slot_issue": detail.has_slot_issue,
        "case": case if reads_case else None,
        "transitions": detail.transitions,
        "follow_ups": detail.follow_ups,
    }


def _plan(plan: Any) -> dict:
    return {
        "group": plan.group,
        "discharge_summary": plan.discharge_summary,
        "red_flags": plan.red_flags,
        "discharged_on": plan.discharged_on,
        "medicines": list(plan.medicines.all()),
        "items": list(plan.items.all()),
    }
