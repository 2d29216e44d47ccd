"""Words, colours and bars for what the selectors return."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongmai.commons.capacity import rules, selectors
from tongmai.commons.capacity.sources import SourceKind
from tongmai.commons.capacity.states import Kind, Share, State, Step
from tongmai.ui.words import Choice, Tag, TimelineEntry, clock, day, when

KINDS = {Kind.CLINIC: gettext_lazy("门诊"), Kind.BED: gettext_lazy("床位"), Kind.EXAM: gettext_lazy("检查")}
SHARES = {
    Share.RESERVED: gettext_lazy("预留"),
    Share.BORROWED: gettext_lazy("借用公共"),
    Share.LENT: gettext_lazy("急诊借用预留"),
    Share.RELEASED: gettext_lazy("释放后"),
    Share.PUBLIC: gettext_lazy("公共"),
}
SHARE_TONES = {
    Share.RESERVED: "purple",
    Share.BORROWED: "amber",
    Share.LENT: "red",
    Share.RELEASED: "green",
    Share.PUBLIC: "grey",
}
STATES = {
    State.HELD: (gettext_lazy("占位中"), "amber"),
    State.BOOKED: (gettext_lazy("已预约"), "blue"),
    State.ARRIVED: (gettext_lazy("已到诊"), "green"),
    State.NO_SHOW: (gettext_lazy("爽约"), "red"),
    State.CANCELLED: (gettext_lazy("已取消"), "grey"),
    State.EXPIRED: (gettext_lazy("占位已过期"), "grey"),
}
STEPS = {
    Step.CONFIRM: gettext_lazy("确认预约"),
    Step.RESCHEDULE: gettext_lazy("改期"),
    Step.ARRIVE: gettext_lazy("到诊"),
    Step.MISS: gettext_lazy("爽约"),
    Step.CANCEL: gettext_lazy("取消"),
    Step.EXPIRE: gettext_lazy("占位过期"),
}
SOURCES = {
    SourceKind.DESK: gettext_lazy("窗口"),
    SourceKind.REFERRAL: gettext_lazy("转诊"),
    SourceKind.RESIDENT: gettext_lazy("居民自约"),
    SourceKind.MESSAGE: gettext_lazy("外部消息"),
}
WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)
_BAR_WIDTH = 120


def kind_choices(*, with_all: bool = True) -> list[Choice]:
    """Return the kinds as filter chips."""
    return [*([Choice("", _("全部"))] if with_all else []), *(Choice(kind, str(said)) for kind, said in KINDS.items())]


def share_tag(share: str) -> Tag:
    """Return the account a place is taken on, as a tag."""
    return Tag(str(SHARES[Share(share)]), SHARE_TONES[Share(share)])


def state_tag(state: str) -> Tag:
    """Return the state of a booking as a tag."""
    said, tone = STATES[State(state)]
    return Tag(str(said), tone)


@dataclass(frozen=True)
class Bar:
    """A session's places as three lengths of one bar (in its own units), and the same in words.

    Drawn from the left: taken, free public; at the right end free reserved.
    """

    width: int
    taken: int
    free_reserved: int
    words: str
    reserved_words: str


def bar(*, total: int, taken: int, reserved: int, reserved_left: int) -> Bar:
    """Return the bar of a session: taken from the left, free reserved places from the right, free public between."""
    whole = max(total, 1)
    return Bar(
        width=_BAR_WIDTH,
        taken=taken * _BAR_WIDTH // whole,
        free_reserved=reserved_left * _BAR_WIDTH // whole,
        words=_("已约 %(taken)s / 共 %(total)s") % {"taken": taken, "total": total},
        reserved_words=reserved_said(reserved_left, reserved),
    )


def reserved_said(left: int, reserved: int) -> str:
    """Return e.g. 为家庭医生转诊保留 4/18: free of all reserved places."""
    return _("为家庭医生转诊保留 %(left)s/%(reserved)s") % {"left": left, "reserved": reserved} if reserved else ""


def hours_said(starts_at: datetime, ends_at: datetime) -> str:
    """Return e.g. 08:00–12:00; 全天 for a bed-day."""
    return _("全天") if ends_at - starts_at == timedelta(days=1) else f"{clock(starts_at)[6:]}–{clock(ends_at)[6:]}"


def day_said(on: date) -> str:
    """Return e.g. 11-24 周二."""
    return f"{on:%m-%d} {WEEKDAYS[on.weekday()]}"


@dataclass(frozen=True)
class Cell:
    """One session on the board, ready to be drawn."""

    pool_id: Any
    hours: str
    label: str
    bar: Bar
    free: int
    tone: str
    note: str


def board_cells(sessions: Sequence[selectors.BoardSession], now: datetime) -> list[Cell]:
    """Return the sessions of one resource and day."""
    return [_cell(each, now) for each in sessions]


def _cell(each: selectors.BoardSession, now: datetime) -> Cell:
    made = bar(total=each.total, taken=each.taken, reserved=each.reserved, reserved_left=each.reserved_left)
    note, tone = _cell_note(each, now)
    hours = hours_said(each.starts_at, each.ends_at)
    return Cell(
        pool_id=each.pool_id,
        hours=hours,
        label=f"{hours} {made.words} {made.reserved_words} {note}".strip(),
        bar=made,
        free=each.free,
        tone=tone,
        note=note,
    )


def _cell_note(each: selectors.BoardSession, now: datetime) -> tuple[str, str]:
    if each.is_closed:
        return _("停诊"), "red"
    if each.ends_at <= now:
        return _("已结束"), "grey"
    if each.free == 0:
        return _("已满"), "amber"
    return (_("已释放"), "green") if each.is_released and each.reserved else ("", "blue")


def session_facts(each: selectors.SessionFacts) -> list[tuple[str, str]]:
    """Return the facts of a session as label and value."""
    fill = each.fill
    return [
        (_("机构"), each.org),
        (_("科室"), each.department),
        (_("时间"), f"{day(each.starts_at)} {hours_said(each.starts_at, each.ends_at)}"),
        (_("医生"), each.practitioner),
        (_("名额"), _("共 %(total)s，已约 %(taken)s") % {"total": fill.total, "taken": fill.taken}),
        (
            _("家庭医生转诊预留"),
            _("%(n)s（其中剩余 %(left)s）") % {"n": fill.reserved, "left": fill.free_in_reserved_part},
        ),
        (_("转诊已用预留"), fill.taken_reserved),
        (_("转诊借用公共"), fill.taken_borrowed),
        (_("预留释放时间"), when(each.release_at) + (_("（已释放）") if each.is_released else "")),
    ]


@dataclass(frozen=True)
class FreeChoice:
    """A place or a stay that can be chosen: `pools` is what the form sends."""

    pools: str
    resource: str
    department: str
    practitioner: str
    place: str
    when: str
    bar: Bar
    free: int
    released: bool


def free_choices(kind: Kind, nights: int, wanted: dict[str, Any]) -> list[FreeChoice]:
    """Return what is free as choices; for beds the stays of `nights` days.  `wanted` are the selectors' arguments."""
    if kind == Kind.BED:
        return [_stay_choice(stay) for stay in selectors.free_stays(nights=nights, **wanted)]
    return [_place_choice(place) for place in selectors.free_places(kind=kind, **wanted)]


def _place_choice(place: selectors.FreePlace) -> FreeChoice:
    return FreeChoice(
        pools=str(place.pool_id),
        resource=place.resource,
        department=place.department,
        practitioner=place.practitioner,
        place=place.place,
        when=f"{day_said(place.day)} {hours_said(place.starts_at, place.ends_at)}",
        bar=bar(
            total=place.total,
            taken=place.total - place.left,
            reserved=place.reserved,
            reserved_left=place.reserved_left,
        ),
        free=place.free,
        released=place.is_released and place.reserved > 0,
    )


def _stay_choice(stay: selectors.FreeStay) -> FreeChoice:
    """The bar is that of the fullest day: it decides."""
    fullest = min(stay.days, key=lambda each: each.free)
    first, last = stay.days[0].day, stay.days[-1].day
    span = day_said(first) if first == last else f"{day_said(first)} – {day_said(last)}"
    return replace(
        _place_choice(fullest), pools=",".join(str(pool_id) for pool_id in stay.pool_ids), when=span, free=stay.free
    )


def booking_facts(each: selectors.BookingFacts) -> list[tuple[str, Any]]:
    """Return the facts of a booking as label and value."""
    return [
        (_("机构"), each.org),
        (_("科室"), each.department),
        (_("资源"), each.resource),
        (_("医生"), each.practitioner),
        (
            _("时间"),
            f"{day(each.starts_at)} {hours_said(each.starts_at, each.ends_at)}"
            if each.n_places == 1
            else f"{day(each.starts_at)}（{_('%(n)s 天') % {'n': each.n_places}}）",
        ),
        (_("序号"), "、".join(str(number) for number in each.numbers)),
        (_("地点"), each.place),
        (_("须知"), each.notice),
        (_("名额来源"), str(SHARES[Share(each.share)])),
        (_("来源"), str(SOURCES[SourceKind(each.source_kind)])),
        (_("占位截止"), when(each.held_until) if each.held_until else ""),
    ]


def steps_in_place(steps: Iterable[Step], source_kind: str) -> list[tuple[str, str]]:
    """Return (step, label) of those that a desk takes with one press; none for a referral's booking."""
    if source_kind == SourceKind.REFERRAL:
        return []
    return [(step.value, str(STEPS[step])) for step in steps if step != Step.RESCHEDULE]


@dataclass(frozen=True)
class VisitorRow:
    """One line of a session's list."""

    facts: selectors.Visitor
    state: Tag
    share: Tag
    source: str
    who: str
    steps: Sequence[tuple[str, str]]  # (step, label) of those taken in place
    may_move: bool


def visitor_rows(found: Iterable[selectors.Visitor]) -> list[VisitorRow]:
    """Return the lines of a session's list.  The steps of a referral's booking are taken on the referral."""
    return [_visitor_row(each) for each in found]


def _visitor_row(each: selectors.Visitor) -> VisitorRow:
    return VisitorRow(
        facts=each,
        state=state_tag(each.state),
        share=share_tag(each.share),
        source=str(SOURCES[SourceKind(each.source_kind)]),
        who=person_said(each.name, each.sex, each.age),
        steps=steps_in_place(each.steps, each.source_kind),
        may_move=Step.RESCHEDULE in each.steps and each.source_kind != SourceKind.REFERRAL,
    )


def person_said(name: str, sex: str, age: int | None) -> str:
    """Return e.g. 示例甲 女 66岁."""
    said = {"male": _("男"), "female": _("女")}.get(sex, "")
    return " ".join(part for part in (name, said, _("%(age)s岁") % {"age": age} if age is not None else "") if part)


def history_entries(steps: Iterable[Any]) -> list[TimelineEntry]:
    """Return the history of a booking as a timeline."""
    return [
        TimelineEntry(
            at=each.at,
            title=_("预约") if each.step == "book" else str(STEPS[Step(each.step)]),
            who=each.who,
            org=each.org,
            reason=each.reason,
        )
        for each in steps
    ]


def percent(rate: Decimal | None) -> str:
    """Return a share as e.g. 22.5%; a dash where nothing was offered.  Rounded down, so that 20% is never a bit less."""
    if rate is None:
        return "—"
    return f"{(rate * 100).quantize(Decimal('0.1'), rounding='ROUND_DOWN')}%"


def rate_said(rate: Decimal) -> str:
    """Return a policy's share as e.g. 20%."""
    return f"{(rate * 100).quantize(Decimal('0.1'), rounding=ROUND_HALF_UP).normalize():f}%"


COMPLIANCE_HEAD = (
    gettext_lazy("周"),
    gettext_lazy("机构"),
    gettext_lazy("资源"),
    gettext_lazy("时段数"),
    gettext_lazy("提供名额"),
    gettext_lazy("预留名额"),
    gettext_lazy("预留比例"),
    gettext_lazy("要求比例"),
    gettext_lazy("是否达标"),
    gettext_lazy("转诊使用预留"),
    gettext_lazy("转诊借用公共"),
    gettext_lazy("急诊借用预留"),
    gettext_lazy("到期释放"),
    gettext_lazy("释放后使用"),
    gettext_lazy("退回"),
    gettext_lazy("无号登记"),
    gettext_lazy("停诊时段"),
)


def compliance_cells(row: selectors.ComplianceRow) -> list[Any]:
    """Return a row as cells under COMPLIANCE_HEAD."""
    return [
        row.week,
        row.org,
        str(KINDS[Kind(row.kind)]),
        row.n_sessions,
        row.total,
        row.reserved,
        percent(row.rate),
        rate_said(row.due_rate) if row.due_rate else _("无要求"),
        meets_tag(row).text,
        row.used,
        row.borrowed,
        row.lent,
        row.n_released,
        row.used_released,
        row.returned,
        row.refused,
        row.n_closed,
    ]


def meets_tag(row: selectors.ComplianceRow) -> Tag:
    """Return whether the row keeps the share, as a tag."""
    if row.meets is None:
        return Tag(_("无要求") if row.total else _("未开放"), "grey")
    return Tag(_("达标"), "green") if row.meets else Tag(_("%(n)s 个时段不足") % {"n": row.n_short}, "red")


def compliance_sums(rows: Sequence[selectors.ComplianceRow]) -> dict[str, Any]:
    """Return the four numbers above the list: of the rows where a share is due."""
    due = [row for row in rows if row.due_rate]
    offer = rules.Offer(sum(row.total for row in due), sum(row.reserved for row in due))
    return {
        "rate": percent(offer.rate),
        "total": offer.total,
        "reserved": offer.reserved,
        "used": sum(row.used for row in rows),
        "borrowed": sum(row.borrowed for row in rows),
        "refused": sum(row.refused for row in rows),
        "n_short": sum(row.n_short for row in rows),
    }


def compliance_chart(rows: Sequence[selectors.ComplianceRow]) -> dict[str, Any] | None:
    """Return the option of a bar chart: what became of the reserved places, week by week; None without any."""
    weeks = sorted({row.week for row in rows if row.reserved})
    if not weeks:
        return None

    def of(week: str, *names: str) -> int:
        return sum(getattr(row, name) for row in rows if row.week == week for name in names)

    series = {
        _("转诊使用预留"): [of(week, "used") for week in weeks],
        _("急诊借用预留"): [of(week, "lent") for week in weeks],
        _("释放后使用"): [of(week, "used_released") for week in weeks],
        _("预留未用"): [of(week, "reserved") - of(week, "used", "lent", "used_released") for week in weeks],
        _("转诊借用公共"): [of(week, "borrowed") for week in weeks],
    }
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"bottom": 0},
        "grid": {"left": 48, "right": 16, "top": 16, "bottom": 48},
        "xAxis": {"type": "category", "data": weeks},
        "yAxis": {"type": "value", "name": _("名额")},
        "series": [
            {"name": name, "type": "bar", "stack": "" if name == _("转诊借用公共") else "reserved", "data": data}
            for name, data in series.items()
        ],
    }


def session_rows(found: Iterable[selectors.SessionRow]) -> list[dict[str, Any]]:
    """Return the sessions behind a row of the compliance page."""
    return [
        {
            "id": each.pool_id,
            "resource": each.resource,
            "department": each.department,
            "when": f"{day(each.starts_at)} {clock(each.starts_at)[6:]}",
            "fill": each.fill,
            "rate": percent(rules.Offer(each.fill.total, each.fill.reserved).rate),
            "due": rate_said(each.policy_rate) if each.policy_rate else "—",
            "n_released": "—" if each.n_released is None else each.n_released,
            "is_closed": each.is_closed,
        }
        for each in found
    ]


def refusal_rows(found: Iterable[selectors.RefusalRow]) -> list[dict[str, Any]]:
    """Return refused requests as lines; a name that may not be shown is a dash."""
    return [
        {
            "facts": each,
            "kind": str(KINDS[Kind(each.kind)]),
            "who": each.name or "—",
            "wanted": str(SHARES[Share(each.share_wanted)]),
            "source": str(SOURCES[SourceKind(each.source_kind)]),
            "outcome": _outcome(each),
        }
        for each in found
    ]


def _outcome(each: selectors.RefusalRow) -> Tag:
    said = {"booked": Tag(_("已约上"), "green"), "dropped": Tag(_("不再需要"), "grey")}
    return said.get(each.outcome, Tag(_("等待中"), "amber"))


def ban_rows(found: Iterable[selectors.BanRow], now: datetime) -> list[dict[str, Any]]:
    """Return bans as lines."""
    return [{"facts": each, "state": _ban_tag(each, now)} for each in found]


def _ban_tag(each: selectors.BanRow, now: datetime) -> Tag:
    if each.lifted_at is not None:
        return Tag(_("已解除"), "green")
    return Tag(_("暂停中"), "red") if each.until > now else Tag(_("已到期"), "grey")


@dataclass(frozen=True)
class ResourceLine:
    """A resource as its keeper sees it, in words."""

    facts: selectors.ResourceRow
    kind: str
    rate: str
    weekly: Sequence[tuple[Any, str]]  # (line, words)


def resource_rows(found: Iterable[selectors.ResourceRow]) -> list[ResourceLine]:
    """Return resources as lines."""
    return [
        ResourceLine(
            facts=each,
            kind=str(KINDS[Kind(each.kind)]),
            rate=rate_said(each.due.applied_rate),
            weekly=[(line, weekly_said(line)) for line in each.weekly],
        )
        for each in found
    ]


def weekly_said(line: selectors.WeeklyLine) -> str:
    """Return e.g. 周二 08:00–12:00 · 20 个，预留 4."""
    return _("%(day)s %(starts)s–%(ends)s · %(total)s 个，预留 %(reserved)s") % {
        "day": WEEKDAYS[line.weekday],
        "starts": f"{line.starts_time:%H:%M}",
        "ends": f"{line.ends_time:%H:%M}",
        "total": line.total,
        "reserved": line.reserved,
    }


def fate_rows(found: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the fates of a sheet's rows."""
    tags = {"new": Tag(_("将发布"), "green"), "exists": Tag(_("已有，跳过"), "grey"), "wrong": Tag(_("有误"), "red")}
    return [
        {"line": each.line, "cells": each.cells, "tag": tags[each.outcome], "problem": each.problem} for each in found
    ]
