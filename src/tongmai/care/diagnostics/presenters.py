"""Orders in words: tags, rails, histories, and what each step brings about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tongmai.care.diagnostics.lists import REJECT_REASONS
from tongmai.care.diagnostics.rules import LATE_SEEN, RejectReason
from tongmai.care.diagnostics.selectors import Arrivals, AtDevice, Detail, Row
from tongmai.care.diagnostics.states import THREAD, State
from tongmai.foundation.orgs.roles import Role
from tongmai.ui.addresses import of_row
from tongmai.ui.words import Deadline, RailStop, Tag, TimelineEntry, hour, when

_TAGS = {
    State.ORDERED: (gettext_lazy("待检查"), "blue"),
    State.PERFORMED: (gettext_lazy("待发送"), "blue"),
    State.REJECTED: (gettext_lazy("退回重做"), "amber"),
    State.SENT: (gettext_lazy("待报告"), "purple"),
    State.CLAIMED: (gettext_lazy("书写中"), "blue"),
    State.PRELIMINARY: (gettext_lazy("待审核"), "purple"),
    State.PUBLISHED: (gettext_lazy("已发布"), "green"),
    State.CANCELLED: (gettext_lazy("已取消"), "grey"),
}
PRIORITIES = {
    "routine": (gettext_lazy("普通"), "grey"),
    "urgent": (gettext_lazy("加急"), "amber"),
    "emergency": (gettext_lazy("急诊"), "red"),
}
CATEGORIES = {
    "imaging": gettext_lazy("影像"),
    "ecg": gettext_lazy("心电"),
    "laboratory": gettext_lazy("检验"),
    "pathology": gettext_lazy("病理"),
    "other": gettext_lazy("其他"),
}
CHECKS = {
    "pregnancy": gettext_lazy("是否妊娠或可能妊娠"),
    "metal": gettext_lazy("体内有无金属植入物、起搏器"),
    "contrast": gettext_lazy("有无造影剂不良反应史或肾功能不全"),
    "allergy": gettext_lazy("有无药物或食物过敏史"),
}
ANSWERS = {"no": gettext_lazy("否"), "yes": gettext_lazy("是"), "unknown": gettext_lazy("不清楚")}
BOXES = {
    "perform": gettext_lazy("待检查"),
    "read": gettext_lazy("待报告"),
    "mine": gettext_lazy("我在写"),
    "verify": gettext_lazy("待审核"),
    "late": gettext_lazy("新到图像"),
    "unseen": gettext_lazy("待查看"),
    "open": gettext_lazy("进行中"),
    "done": gettext_lazy("已发布"),
    "all": gettext_lazy("全部"),
}
# What a step is called, and what follows.
STEPS: dict[str, tuple[Any, Any]] = {
    "order": (gettext_lazy("开单"), ""),
    "perform": (gettext_lazy("登记已检查"), gettext_lazy("图像或数据已采集，随后发送中心。")),
    "redo": (gettext_lazy("登记已重做"), gettext_lazy("重新采集完成，随后再次发送。")),
    "send": (gettext_lazy("发送中心"), gettext_lazy("送达报告中心，开始计报告时限。")),
    "cancel": (gettext_lazy("取消申请"), gettext_lazy("申请就此结束，理由保留在记录里。")),
    "reject": (gettext_lazy("质控退回"), gettext_lazy("退回检查机构重做，原因显示给对方。")),
    "claim": (gettext_lazy("领取"), gettext_lazy("由您书写报告，他人不能再领取。")),
    "release": (gettext_lazy("放回"), gettext_lazy("放回队列，已写的内容保留。")),
    "assign": (gettext_lazy("指派"), gettext_lazy("交给指定的医生，原持有人不再能书写。")),
    "submit": (gettext_lazy("提交审核"), gettext_lazy("由另一位医生审核后发布。")),
    "publish": (gettext_lazy("发布报告"), gettext_lazy("写入健康档案，开单医生立即可见。")),
    "verify": (gettext_lazy("审核通过并发布"), gettext_lazy("写入健康档案，开单医生立即可见。")),
    "send_back": (gettext_lazy("退回修改"), gettext_lazy("退回书写医生，意见显示给对方。")),
    "amend": (gettext_lazy("修订报告"), gettext_lazy("原报告保持有效，直到修订版发布；修订留痕。")),
    "drop_amendment": (gettext_lazy("放弃修订"), gettext_lazy("保持原报告不变。")),
    LATE_SEEN: (gettext_lazy("已看新到图像，报告不变"), ""),
}
_RAIL = (State.ORDERED, State.PERFORMED, State.SENT, State.CLAIMED, State.PRELIMINARY, State.PUBLISHED)
TO_PERFORM = (State.ORDERED, State.REJECTED)
_DANGER = {"cancel", "reject"}
_ELSEWHERE = {"submit", "publish", "assign", "reject"}  # taken on the writing page, or by a form of their own


@dataclass(frozen=True)
class PossibleStep:
    """One thing that this actor may do now, posted to `url`."""

    name: str
    label: str
    consequence: str
    needs_reason: bool
    url: str
    tone: str


@dataclass(frozen=True)
class Line:
    """A row of a list, ready to be drawn."""

    row: Row
    tag: Tag
    priority: Tag | None
    deadline: Deadline | None
    href: str
    at_device: Tag | None = None
    late: Tag | None = None


def tag(state: str, *, n_versions: int = 0) -> Tag:
    """Return the tag of a state; what was published before and is open again is being amended."""
    if n_versions and state in (State.CLAIMED, State.PRELIMINARY):
        return Tag(_("修订中"), "amber")
    if n_versions > 1 and state == State.PUBLISHED:
        return Tag(_("已修订"), "green")
    text, tone = _TAGS[State(state)]
    return Tag(str(text), tone)


def priority_tag(priority: str) -> Tag:
    """Return the tag of an urgency."""
    text, tone = PRIORITIES[priority]
    return Tag(str(text), tone)


def at_device(said: AtDevice | None, now: datetime) -> Tag | None:
    """Return what a device says of an examination that waits to be performed."""
    if said is None:
        return None
    if said.state == "in_progress":
        began = hour(said.started_at, now)
        return Tag(_("检查中，%(when)s 开始（%(device)s）") % {"when": began, "device": said.device}, "blue")
    if said.state == "completed":
        return Tag(_("%(device)s 报告已完成，图像未到") % {"device": said.device}, "amber")
    why = said.reason or _("未说明原因")
    return Tag(_("%(device)s 报告检查中止：%(why)s") % {"device": said.device, "why": why}, "red")


def arrived(found: Arrivals | None) -> str:
    """Return in words what came since the images were before a reader; "" where nothing did."""
    if found is None:
        return ""
    said = {
        State.CLAIMED: gettext_lazy("领取后新到 %(what)s（最近 %(at)s），打开图像即可看到。"),
        State.PRELIMINARY: gettext_lazy("提交审核后新到 %(what)s（最近 %(at)s），书写时还没有；请看过再审核，或退回修改。"),
        State.PUBLISHED: gettext_lazy("报告发布后新到 %(what)s（最近 %(at)s），报告没有改变；看过后可以修订报告，或登记已看过。"),
    }  # fmt: skip
    counted = (
        ngettext("%(num)s 幅图像", "%(num)s 幅图像", found.n_images) % {"num": found.n_images}
        if found.n_images
        else "",
        ngettext("%(num)s 份心电图", "%(num)s 份心电图", found.n_recordings) % {"num": found.n_recordings}
        if found.n_recordings
        else "",
    )
    what = "、".join(each for each in counted if each)
    return str(said[State(found.state)]) % {"what": what, "at": when(found.last_at)}


def line(row: Row, now: datetime, said: AtDevice | None = None) -> Line:
    """Return a row in words."""
    return Line(
        row=row,
        tag=tag(row.state, n_versions=row.n_versions),
        priority=priority_tag(row.priority) if row.priority != "routine" else None,
        deadline=deadline(row.due_at, row.clock_started_at, now),
        href=of_row("diagnostics:detail", row.id),
        at_device=at_device(said, now),
        late=Tag(_("新到图像"), "amber") if row.late_images_at else None,
    )


def deadline(due_at: datetime | None, started_at: datetime, now: datetime) -> Deadline | None:
    """Return the countdown of the phase that runs."""
    return Deadline(due_at, started_at, now) if due_at else None


def steps(found: Detail) -> list[PossibleStep]:
    """Return what may be done on the order's own page."""
    return [
        PossibleStep(
            name=str(step),
            label=str(STEPS[step][0]),
            consequence=str(STEPS[step][1]),
            needs_reason=THREAD.rules[step].needs_reason,
            url=reverse("diagnostics:step", args=[found.order.id, str(step)]),
            tone="danger" if step in _DANGER else "secondary",
        )
        for step in found.steps
        if step not in _ELSEWHERE
    ]


def rail(found: Detail) -> list[RailStop]:
    """Return the way from the order to the report, with where it is now."""
    state = State(found.order.state)
    if state == State.CANCELLED:
        return []
    passed = {each.to_state for each in found.transitions}
    at = State.PERFORMED if state == State.REJECTED else state
    here = _RAIL.index(at)
    return [
        RailStop(
            str(_TAGS[stop][0]),
            "now" if stop == at else "todo" if i > here else "done" if stop in passed else "skipped",
        )
        for i, stop in enumerate(_RAIL)
    ]


def timeline(transitions: Iterable[Any]) -> list[TimelineEntry]:
    """Return the history in words, the latest first."""
    return [
        TimelineEntry(
            at=each.at,
            title=str(STEPS[each.step][0]),
            who=f"{each.by_name}（{Role(each.by_role).label}）",
            org=each.org.short_name if each.org else "",
            reason=each.reason,
            tone="red" if each.step in ("reject", "cancel") else "green" if each.to_state == "published" else "blue",
        )
        for each in reversed(list(transitions))
    ]


def facts(found: Detail) -> list[tuple[str, str]]:
    """Return what the order says."""
    order = found.order
    who = [order.orderer.short_name, order.orderer_staff.name if order.orderer_staff else ""]
    return [
        (_("申请单号"), order.number),
        (_("检查项目"), order.item_name),
        (_("临床问题"), order.clinical_question),
        (_("临床诊断"), order.diagnosis_name),
        (_("检查前询问"), told(found.answers)),
        (_("处理意见"), order.safety_note),
        (_("开单"), " · ".join(part for part in who if part)),
        (_("检查机构"), order.site.name),
        (_("报告中心"), order.centre.name),
        (_("书写医生"), order.reader.name if order.reader else order.author.name if order.author else ""),
    ]


def told(answers: Iterable[Any], note: str = "") -> str:
    """Return what was answered before the examination, with what was decided about it."""
    said = [f"{CHECKS[row.check_code]}：{ANSWERS[row.answer]}" for row in answers]
    return "；".join([*said, note] if note else said)


def reject_reasons(category: str) -> list[tuple[str, str]]:
    """Return the coded reasons of the quality check that make sense for a category."""
    only = {
        "imaging": {RejectReason.POSITIONING, RejectReason.MOTION, RejectReason.EXPOSURE, RejectReason.INCOMPLETE},
        "ecg": {RejectReason.LEADS},
        "laboratory": {RejectReason.SPECIMEN},
        "pathology": {RejectReason.SPECIMEN},
    }
    foreign = {each for name, codes in only.items() if name != category for each in codes} - only.get(category, set())
    return [(value, str(label)) for value, label in REJECT_REASONS if value not in foreign]


def split(lines: str) -> list[tuple[str, str]]:
    """Return the lines of a template or a version as (structure, what is seen)."""
    parted = [each.partition("：") for each in lines.splitlines() if each.strip()]
    return [(name.strip(), text.strip()) if colon else ("", name.strip()) for name, colon, text in parted]
