"""What presenters hand to the components: small frozen values, and instants put into words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

_MINUTE, _NOTHING = timedelta(minutes=1), timedelta(0)
TONES = ("blue", "green", "amber", "red", "grey", "purple")


@dataclass(frozen=True)
class Tag:
    """A status in a word; the colour only repeats what the word says."""

    text: str
    tone: str = "grey"

    def __post_init__(self) -> None:
        assert self.tone in TONES, self.tone


@dataclass(frozen=True)
class Deadline:
    """How much of the time between `started_at` and `due_at` has gone at `now`."""

    due_at: datetime
    started_at: datetime
    now: datetime

    @property
    def fraction(self) -> float:
        """Return the share of the time that has gone, 0–1; 1 when there was no time at all."""
        total = (self.due_at - self.started_at).total_seconds()
        if total <= 0:
            return 1.0
        return min(1.0, max(0.0, (self.now - self.started_at).total_seconds() / total))

    @property
    def is_over(self) -> bool:
        return self.now > self.due_at

    @property
    def percent(self) -> int:
        return round(self.fraction * 100)

    @property
    def tone(self) -> str:
        """Red when over, amber in the last quarter, green before."""
        if self.is_over:
            return "red"
        return "amber" if self.fraction >= 0.75 else "green"

    @property
    def words(self) -> str:
        """Return e.g. 还剩 3 小时 or 已超 20 分钟."""
        length = span(abs(self.due_at - self.now))
        return (_("已超 %(length)s") if self.is_over else _("还剩 %(length)s")) % {"length": length}


@dataclass(frozen=True)
class RailStop:
    """One stop of a life-cycle: done, now, todo or skipped."""

    label: str
    state: str = "todo"

    def __post_init__(self) -> None:
        assert self.state in {"done", "now", "todo", "skipped"}, self.state


@dataclass(frozen=True)
class TimelineEntry:
    """One line of a history.  `who` acted for `org`, for `reason` where one was due."""

    at: datetime
    title: str
    who: str = ""
    org: str = ""
    reason: str = ""
    tone: str = "blue"
    href: str = ""


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int | None = None
    href: str = ""


@dataclass(frozen=True)
class Crumb:
    label: str
    href: str = ""


@dataclass(frozen=True)
class Listing:
    """One page of a list: the rows, and the addresses of its neighbours ("" where there is none)."""

    rows: list[Any] = field(default_factory=list)
    previous_href: str = ""
    next_href: str = ""
    said: str = ""


_UNITS: tuple[tuple[int, Callable[[int], str]], ...] = (
    (86_400, lambda n: ngettext("%(n)s 天", "%(n)s 天", n)),
    (3_600, lambda n: ngettext("%(n)s 小时", "%(n)s 小时", n)),
    (60, lambda n: ngettext("%(n)s 分钟", "%(n)s 分钟", n)),
)


# How the codes that stand in policies are read: said by the apps whose codes they are.
_READ_AS: dict[str, Callable[[str], str]] = {}


def read_codes(codes: Iterable[str], said: Callable[[str], str]) -> None:
    """Let an app say, when it starts, how its codes are read where a policy lists them."""
    _READ_AS.update(dict.fromkeys(codes, said))


def policy_amount(value: Any) -> str:
    """Return a policy value with its unit: 24 小时, 20%, 是, or the entries of its list."""
    amount = value.value
    if isinstance(amount, bool):
        return _("是") if amount else _("否")
    if isinstance(amount, Mapping):
        return "；".join(f"{name} {each}" for name, each in amount.items())
    if isinstance(amount, list | tuple):
        return "、".join(_READ_AS.get(str(each), str)(str(each)) for each in amount)
    if value.unit == "share":
        return f"{(Decimal(str(amount)) * 100).normalize():f}%"
    if value.unit == "fen":
        return _("%(yuan)s 元") % {"yuan": f"{amount / 100:.2f}"}
    return f"{amount} {_unit(value.unit)}".strip()


def _unit(name: str) -> str:
    return {
        "second": _("秒"),
        "minute": _("分钟"),
        "hour": _("小时"),
        "day": _("天"),
        "week": _("周"),
        "month": _("个月"),
        "year": _("年"),
        "count": pgettext("unit", "个"),
        "person": _("人"),
        "place": _("个号位"),
        "row": _("行"),
        "attempt": _("次"),
        "choice": "",
    }.get(name, name)


def policy_status(status: str) -> str:
    """Return how firmly a policy value stands, in a word."""
    return {"stated": _("政策明文"), "inferred": _("依政策推定"), "local-default": _("本地默认")}.get(status, status)


def span(length: timedelta) -> str:
    """Return a length of time in its largest whole unit; below one minute it is 1 分钟."""
    return _span(get_language(), *_counted(length))


def ago(at: datetime | None, now: datetime) -> str:
    """Return how long before (or after) `now` the instant `at` lies: 刚刚, 5 分钟前, 3 天后."""
    if at is None:
        return "—"
    gap = now - at
    if abs(gap) < _MINUTE:
        return _("刚刚")
    return _ago(get_language(), gap > _NOTHING, *_counted(abs(gap)))


def _counted(length: timedelta) -> tuple[int, int]:
    """Return how many of which unit (by its place in `_UNITS`) a length of time has."""
    seconds = max(60, int(length.total_seconds()))
    i = 0 if seconds >= 86_400 else 1 if seconds >= 3_600 else 2
    return seconds // _UNITS[i][0], i


# A list says the same few lengths again and again; they are put together once in each language.
@lru_cache(maxsize=2048)
def _span(language: str | None, n: int, i: int) -> str:
    return _UNITS[i][1](n) % {"n": n}


@lru_cache(maxsize=2048)
def _ago(language: str | None, is_past: bool, n: int, i: int) -> str:
    template = _("%(length)s前") if is_past else _("%(length)s后")
    return template % {"length": _span(language, n, i)}


def when(at: datetime | None) -> str:
    """Return the instant in the reporting zone, e.g. 2026-11-22 10:05; a dash for none."""
    return at.astimezone(timezone.get_current_timezone()).isoformat(" ")[:16] if at else "—"


def clock(at: datetime | None) -> str:
    """Return day and time without the year, e.g. 11-22 10:05; a dash for none."""
    return timezone.localtime(at).strftime("%m-%d %H:%M") if at else "—"


def hour(at: datetime, now: datetime) -> str:
    """Return hour and minute of something of today; of another day with the day."""
    return f"{timezone.localtime(at):%H:%M}" if timezone.localdate(at) == timezone.localdate(now) else clock(at)


def day(on: date | datetime | None) -> str:
    """Return the day, in the reporting zone for an instant, e.g. 2026-11-22; a dash for none."""
    if isinstance(on, datetime):
        on = timezone.localtime(on).date()
    return on.isoformat() if on else "—"
