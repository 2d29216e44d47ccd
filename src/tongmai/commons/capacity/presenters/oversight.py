"""The compliance page, refused requests, bans, resources and sheets as lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongmai.commons.capacity import rules, selectors
from tongmai.commons.capacity.presenters.labels import KINDS, SHARES, SOURCES, WEEKDAYS, percent, rate_said
from tongmai.commons.capacity.sources import SourceKind
from tongmai.commons.capacity.states import Kind, Share
from tongmai.ui.words import Tag, clock, day

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
        "grid": {"left": 48, "right": 16, "top": 32, "bottom": 48},
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
    week: Sequence[str]  # the same, days that are alike in one line


def resource_rows(found: Iterable[selectors.ResourceRow]) -> list[ResourceLine]:
    """Return resources as lines."""
    return [
        ResourceLine(
            facts=each,
            kind=str(KINDS[Kind(each.kind)]),
            rate=rate_said(each.due.applied_rate),
            weekly=[(line, weekly_said(line)) for line in each.weekly],
            week=_week_said(each.weekly),
        )
        for each in found
    ]


def weekly_said(line: selectors.WeeklyLine) -> str:
    """Return e.g. 周二 08:00–12:00 · 20 个，预留 4."""
    return _days_said([line.weekday], line)


def _week_said(lines: Iterable[selectors.WeeklyLine]) -> list[str]:
    alike: dict[tuple, list[selectors.WeeklyLine]] = {}
    for line in lines:
        alike.setdefault((line.starts_time, line.ends_time, line.total, line.reserved), []).append(line)
    return [_days_said([line.weekday for line in group], group[0]) for group in alike.values()]


def _days_said(weekdays: Sequence[int], line: selectors.WeeklyLine) -> str:
    whole_day = line.starts_time == line.ends_time
    every_day = len(set(weekdays)) == len(WEEKDAYS)
    return _("%(day)s %(hours)s · %(total)s 个，预留 %(reserved)s") % {
        "day": _("每天") if every_day else "、".join(str(WEEKDAYS[weekday]) for weekday in weekdays),
        "hours": _("全天") if whole_day else f"{line.starts_time:%H:%M}–{line.ends_time:%H:%M}",
        "total": line.total,
        "reserved": line.reserved,
    }
