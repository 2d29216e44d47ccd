"""Critical values in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongmai.care.critical_values.choices import Basis, Measure, Setting, Source
from tongmai.care.critical_values.figures import Figure
from tongmai.care.critical_values.items import ITEMS
from tongmai.care.critical_values.referred import Referred
from tongmai.care.critical_values.rules import OLDEST_DAYS, Level, Limit, RuleKind
from tongmai.care.critical_values.selectors import CriticalValue, Notice, Transition
from tongmai.care.critical_values.settings import LimitLine, Rung
from tongmai.care.critical_values.states import OWES, State
from tongmai.foundation.orgs.roles import Role
from tongmai.ui.addresses import of_row
from tongmai.ui.words import Deadline, RailStop, Tag, TimelineEntry

_TAGS = {
    State.RAISED: (gettext_lazy("待核对"), "purple"),
    State.NOTIFIED: (gettext_lazy("待复述确认"), "red"),
    State.ACKNOWLEDGED: (gettext_lazy("待处置"), "amber"),
    State.ACTED: (gettext_lazy("已处置"), "blue"),
    State.CLOSED: (gettext_lazy("已结束"), "grey"),
    State.FALSE_ALARM: (gettext_lazy("误报"), "grey"),
}
_STEPS = {
    "raise": (gettext_lazy("发现危急值"), "red"),
    "release": (gettext_lazy("发出通报"), "red"),
    "reject": (gettext_lazy("核对有误，未发出"), "grey"),
    "escalate": (gettext_lazy("无人确认，上报"), "amber"),
    "acknowledge": (gettext_lazy("复述确认"), "green"),
    "phone": (gettext_lazy("电话复述确认"), "green"),
    "act": (gettext_lazy("处置"), "blue"),
    "close": (gettext_lazy("结束"), "grey"),
    "dismiss": (gettext_lazy("判为误报"), "grey"),
    "correct": (gettext_lazy("报告更正"), "purple"),
}
_LEVELS = {
    Level.ORG: gettext_lazy("本机构界值"),
    Level.ALLIANCE: gettext_lazy("医联体界值"),
    Level.OURS: gettext_lazy("初始界值"),
}
SHOWS = {
    "all": gettext_lazy("全部"),
    "open": gettext_lazy("未结束"),
    "late": gettext_lazy("已超时限"),
    "corrected": gettext_lazy("报告已更正"),
    "closed": gettext_lazy("已结束"),
    "drills": gettext_lazy("演练"),
}


def next_step(state: str) -> str:
    """Return what is done next, for a button; blank where nothing is."""
    words = {State.RAISED: _("核对"), State.NOTIFIED: _("确认"), State.ACKNOWLEDGED: _("处置"), State.ACTED: _("结束")}
    return words.get(State(state), "")


def tag(state: str) -> Tag:
    """Return a state in a word."""
    text, tone = _TAGS[State(state)]
    return Tag(str(text), tone)


def amount(number: Decimal | None) -> str:
    """Return a number without the noughts that a column adds."""
    return "" if number is None else f"{number.normalize():f}"


def told(value: CriticalValue) -> str:
    """Return what was found in one line: 血钾 2.5 mmol/L; of a finding its name."""
    return f"{value.name} {value.text} {value.unit}".strip() if value.text else value.name


def limits(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """Return limits as they are read: <2.8 或 >6.2 mmol/L."""
    sides = [f"<{amount(low)}" if low is not None else "", f">{amount(high)}" if high is not None else ""]
    said = _(" 或 ").join(side for side in sides if side)
    return f"{said} {unit}".strip() if said else _("不作为危急值")


def why(value: CriticalValue) -> str:
    """Return which rule in which version made it critical."""
    if value.rule_kind == RuleKind.LIMIT:
        return _("%(limits)s 为危急值（%(level)s，第 %(version)s 版）") % {
            "limits": limits(value.low, value.high, value.limit_unit),
            "level": _LEVELS[Level(value.limit_level)] if value.limit_level else "",
            "version": value.rule_version,
        }
    return {
        RuleKind.SENDER: _("报告方标为危急值"),
        RuleKind.ECG: _("心电图自动测量的提示，未经医生确认"),
        RuleKind.FINDING: _("诊断医生选为危急所见"),
        RuleKind.BY_HAND: _("人工上报"),
    }[RuleKind(value.rule_kind)]


def deadline(value: CriticalValue, now: datetime) -> Deadline | None:
    """Return how much time is left for what is owed next."""
    if value.due_at is None or value.state not in OWES:
        return None
    started = value.acknowledged_at if value.state == State.ACKNOWLEDGED else value.notified_at
    return Deadline(value.due_at, started or value.raised_at, now)


def rail(value: CriticalValue) -> list[RailStop]:
    """Return the stops of its life."""
    order = [State.NOTIFIED, State.ACKNOWLEDGED, State.ACTED, State.CLOSED]
    words = [_("已通报"), _("已确认"), _("已处置"), _("已结束")]
    if value.state == State.FALSE_ALARM:
        return [RailStop(_("已通报"), "done" if value.notified_at else "skipped"), RailStop(_("误报"), "now")]
    at = order.index(State(value.state)) if value.state in order else -1
    return [RailStop(word, "done" if i < at else "now" if i == at else "todo") for i, word in enumerate(words)]


def timeline(steps: Iterable[Transition]) -> list[TimelineEntry]:
    """Return the history in words."""
    return [
        TimelineEntry(
            at=each.at, title=_step(each), who=each.by_name, org=each.org.short_name if each.org else "",
            reason=each.reason, tone=str(_STEPS[each.step][1]),
        )
        for each in steps
    ]  # fmt: skip


def _step(each: Transition) -> str:
    words = str(_STEPS[each.step][0])
    if each.step == "escalate" and each.from_state == State.ACKNOWLEDGED:
        return _("确认后 %(minutes)s 分钟无人处置，上报") % {"minutes": each.minutes}
    if each.step == "escalate":
        return _("%(words)s（通报后 %(minutes)s 分钟）") % {"words": words, "minutes": each.minutes}
    if each.step == "act":
        code, _blank, more = each.facts.partition(" ")
        return f"{words}：{Measure(code).label} {more}".strip()
    if each.step == "correct":
        return f"{words}：{each.facts or _('不再有这一结果')}"
    return f"{words}：{each.facts}" if each.facts else words


def notice(each: Notice) -> str:
    """Return who was told, in a line."""
    who = each.staff.name if each.staff else str(Role(each.role).label) if each.role else _("全体当班人员")
    title = _(each.title) if each.title else ""
    return " · ".join(part for part in (title, each.org.short_name, who) if part)


@dataclass(frozen=True)
class RowView:
    """One line of the register."""

    id: UUID
    short: str
    href: str
    who: str
    what: str
    why: str
    org: str
    site: str
    doctor: str
    raised_at: datetime
    notified_at: datetime | None
    acknowledged: str
    acknowledged_at: datetime | None
    read_back: str
    acted_at: datetime | None
    measure: str
    tag: Tag
    setting: str
    source: str
    is_drill: bool
    is_corrected: bool
    is_escalated: bool
    deadline: Deadline | None
    next_step: str  # what it waits for, in a word


def row(value: CriticalValue, now: datetime) -> RowView:
    """Return one line of the register."""
    measure = f"{Measure(value.measure).label} {value.measure_text}".strip() if value.measure else ""
    return RowView(
        id=value.id, short=value.short, href=of_row("critical_values:one", value.id), who=person(value),
        what=told(value), why=why(value), org=value.org.short_name, site=value.site.short_name,
        doctor=value.doctor.name if value.doctor else value.doctor_name, raised_at=value.raised_at,
        notified_at=value.notified_at, acknowledged=_acknowledged(value), acknowledged_at=value.acknowledged_at,
        read_back=value.read_back, acted_at=value.acted_at, measure=measure or value.closed_because,
        tag=tag(value.state), setting="" if value.setting == Setting.UNKNOWN else str(Setting(value.setting).label), source=str(Source(value.source).label),
        is_drill=value.is_drill, is_corrected=value.is_corrected,
        is_escalated=value.state in OWES and value.escalated_minutes > 0, deadline=deadline(value, now),
        next_step=next_step(value.state),
    )  # fmt: skip


def person(value: CriticalValue) -> str:
    """Return whose it is; of a drill that it is nobody's."""
    return value.resident.name if value.resident else _("演练，无患者")


def _acknowledged(value: CriticalValue) -> str:
    org = value.acknowledged_org.short_name if value.acknowledged_org else ""
    return " · ".join(part for part in (value.acknowledged_name, org) if part)


def percent(figure: Figure) -> str:
    """Return a share in percent with one place; a dash of nothing."""
    return "—" if figure.rate is None else f"{figure.rate * 100:.1f}%"


def item_label(item: str) -> str:
    """Return what an item is called: ours by its name, others as they are written."""
    return _(ITEMS[item].label) if item in ITEMS else item


def whom(limit: Limit | LimitLine) -> str:
    """Return of whom a limit speaks: sex and age."""
    sex = {"male": _("男"), "female": _("女")}.get(limit.sex, "")
    age = ""
    if limit.age_before_days < OLDEST_DAYS:
        age = _("%(start)s 天起至 %(end)s 天") % {"start": limit.age_from_days, "end": limit.age_before_days}
    elif limit.age_from_days:
        age = _("满 %(start)s 天") % {"start": limit.age_from_days}
    return " ".join(part for part in (sex, age) if part) or _("所有人")


def rung_whom(rung: Rung) -> str:
    """Return whom a rung tells."""
    return rung.staff.name if rung.staff else str(Role(rung.role).label) if rung.role else _("全体当班人员")


def referral_reason(value: CriticalValue) -> str:
    """Return the reason with which a referral begins, the electrocardiogram named."""
    said = _("危急值（编号 %(number)s）：%(told)s") % {"number": value.short, "told": told(value)}
    if value.recording_id or value.source == Source.ECG:
        order = f"（{value.order_number}）" if value.order_number else ""
        said = _("%(said)s；心电图%(order)s见健康档案，请胸痛中心接诊") % {"said": said, "order": order}
    return said[:500]


def done_by_referring(begun: list[Referred]) -> dict[str, str]:
    """Return with what the action is filled in once the person was referred: it is written down, not assumed."""
    sent = next((each for each in reversed(begun) if each.sent_at is not None), None)
    if sent is None:
        return {}
    return {
        "measure": Measure.REFERRED,
        "text": _("转诊单 %(number)s → %(to)s") % {"number": sent.number, "to": sent.to},
    }


def limit(each: Limit, *, is_decisive: bool) -> dict[str, object]:
    """Return a limit in words; `is_decisive`: no nearer level speaks of it."""
    return {
        "label": item_label(each.item),
        "whom": whom(each),
        "limits": limits(each.low, each.high, each.unit),
        "level": str(_LEVELS[each.level]),
        "version": each.version,
        "source": each.source,
        "status": str(Basis(each.status).label),
        "is_decisive": is_decisive,
    }


def line(each: LimitLine) -> dict[str, str]:
    """Return a line that somebody set in words."""
    return {
        "label": item_label(each.item),
        "whom": whom(each),
        "limits": limits(each.low, each.high, each.unit),
        "owner": each.org.short_name if each.org else each.alliance.name if each.alliance else "",
        "set_by": each.set_by.display_name if each.set_by else "",
    }
