"""Contracts in words."""

from django.utils.translation import gettext_lazy as _

from tongmai.care.family_doctors.rules import Status
from tongmai.care.family_doctors.selectors import Amendment
from tongmai.care.family_doctors.states import State
from tongmai.ui.words import Tag, TimelineEntry

_TAGS = {
    Status.DRAFT: (_("待签署"), "blue"),
    Status.IN_FORCE: (_("签约中"), "green"),
    Status.EXPIRING: (_("即将到期"), "amber"),
    Status.EXPIRED: (_("已到期"), "red"),
    Status.ENDED: (_("已结束"), "grey"),
    Status.TERMINATED: (_("已解约"), "grey"),
    Status.DISCARDED: (_("已作废"), "grey"),
}
SHOWS = {
    "active": _("签约中"),
    "expiring": _("即将到期"),
    "draft": _("待签署"),
    "over": _("已结束"),
    "all": _("全部"),
}


def tag(status: Status) -> Tag:
    """Return the tag of how a contract stands."""
    text, tone = _TAGS[status]
    return Tag(str(text), tone)


def amended(each: Amendment) -> TimelineEntry:
    """Return what was put right as a line of the history."""
    days = _("期限 %(was)s 改为 %(now)s") % {
        "was": f"{each.was_starts_on} – {each.was_ends_before}", "now": f"{each.starts_on} – {each.ends_before}"
    }  # fmt: skip
    is_other_span = (each.was_starts_on, each.was_ends_before) != (each.starts_on, each.ends_before)
    said = [days] if is_other_span else []
    said += [_("换了签约医生")] if each.is_other_doctor else []
    return TimelineEntry(
        at=each.at, title="；".join(map(str, said)), who=each.by_name, org=each.org, reason=each.reason, tone="purple"
    )


def state_tag(state: str) -> Tag:
    """Return the tag of a contract's state as it is stored, whatever the calendar adds."""
    return tag(Status.IN_FORCE if state == State.ACTIVE else Status(state))
