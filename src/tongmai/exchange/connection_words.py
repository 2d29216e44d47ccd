"""Words for the members' systems."""

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongmai.exchange import completeness
from tongmai.exchange.connections import Connection, FieldScore, Unknown
from tongmai.ui.words import Tag, when

# Seconds of a unit, and from how many on a span is told in it.
_UNITS = ((86_400, 172_800), (3_600, 7_200), (60, 120))


@dataclass(frozen=True)
class ConnectionLine:
    """One system as a line of the board."""

    href: str
    name: str
    org: str
    tag: Tag
    last: str
    n_hour: int
    n_day: int
    lag: str
    n_held: int
    n_rejected: int
    complete: str


@dataclass(frozen=True)
class ScoreLine:
    field: str
    share: str
    n_lacking: int
    examples: list[tuple[str, str]]  # words, address


def connection_line(each: Connection) -> ConnectionLine:
    return ConnectionLine(
        href=reverse("exchange:connection", args=[each.id]), name=each.name, org=each.org, tag=_tag(each),
        last=when(each.last_at) if each.last_at else "—", n_hour=each.n_hour, n_day=each.n_day, lag=lag(each.lag),
        n_held=each.n_held, n_rejected=each.n_rejected_day, complete=percent(each.completeness),
    )  # fmt: skip


def unknown_line(each: Unknown) -> tuple[str, int, str]:
    """Return who it says it is, how many of its messages wait, and when the last came."""
    return " / ".join(part for part in (each.application, each.facility) if part) or "—", each.n, when(each.last_at)


def score_line(each: FieldScore) -> ScoreLine:
    return ScoreLine(
        field=_(completeness.FIELDS[each.field]),
        share=percent(each.rate),
        n_lacking=each.n_asked - each.n_present,
        examples=[(control_id or "—", reverse("exchange:message", args=[key])) for key, control_id in each.examples],
    )


def lag(value: timedelta | None) -> str:
    """Return a span in the unit that fits it; nothing for one that is not known."""
    if value is None:
        return "—"
    seconds = max(0, int(value.total_seconds()))
    n = next((seconds // unit for unit, least in _UNITS if seconds >= least), seconds)
    if seconds < 120:
        return ngettext("%(n)s 秒", "%(n)s 秒", n) % {"n": n}
    if seconds < 7_200:
        return ngettext("%(n)s 分钟", "%(n)s 分钟", n) % {"n": n}
    if seconds < 172_800:
        return ngettext("%(n)s 小时", "%(n)s 小时", n) % {"n": n}
    return ngettext("%(n)s 天", "%(n)s 天", n) % {"n": n}


def percent(rate: float | None) -> str:
    """Return a share for people, never 100 % where something lacks."""
    if rate is None:
        return "—"
    shown = round(rate * 100)
    return f"{99 if shown == 100 and rate < 1 else shown}%"


def _tag(each: Connection) -> Tag:
    if not each.is_active:
        return Tag(_("停用"), "grey")
    if each.last_at is None:
        return Tag(_("还没有消息"), "grey")
    return Tag(_("有待处理"), "amber") if each.n_held else Tag(_("正常"), "green")
