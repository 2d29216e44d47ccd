"""Words and colours of kinds, shares, states and steps; days, hours, people and shares as they are said."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongmai.commons.capacity.sources import SourceKind
from tongmai.commons.capacity.states import Kind, Share, State, Step
from tongmai.ui.words import Choice, Tag, clock

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


def hours_said(starts_at: datetime, ends_at: datetime) -> str:
    """Return e.g. 08:00–12:00; 全天 for a bed-day."""
    return _("全天") if ends_at - starts_at == timedelta(days=1) else f"{clock(starts_at)[6:]}–{clock(ends_at)[6:]}"


def day_said(on: date) -> str:
    """Return e.g. 11-24 周二."""
    return f"{on:%m-%d} {WEEKDAYS[on.weekday()]}"


def person_said(name: str, sex: str, age: int | None) -> str:
    """Return e.g. 示例甲 女 66岁."""
    said = {"male": _("男"), "female": _("女")}.get(sex, "")
    return " ".join(part for part in (name, said, _("%(age)s岁") % {"age": age} if age is not None else "") if part)


def percent(rate: Decimal | None) -> str:
    """Return a share as e.g. 22.5%; a dash where nothing was offered.  Rounded down, so that 20% is never a bit less."""
    if rate is None:
        return "—"
    return f"{(rate * 100).quantize(Decimal('0.1'), rounding='ROUND_DOWN')}%"


def rate_said(rate: Decimal) -> str:
    """Return a policy's share as e.g. 20%."""
    return f"{(rate * 100).quantize(Decimal('0.1'), rounding=ROUND_HALF_UP).normalize():f}%"
