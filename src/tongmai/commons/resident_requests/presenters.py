"""Disputes and ward requests in words."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from tongmai.commons.resident_requests.states import DisputeState, WardState
from tongmai.kernel.text import N_
from tongmai.ui.words import Tag, TimelineEntry

DISPUTE_TAGS = {
    DisputeState.OPEN: ("blue", N_("等待答复")),
    DisputeState.REOPENED: ("amber", N_("再次提出，等待答复")),
    DisputeState.ANSWERED: ("green", N_("已答复")),
    DisputeState.CORRECTED: ("green", N_("已更正")),
    DisputeState.REJECTED: ("grey", N_("不予采纳")),
    DisputeState.WITHDRAWN: ("grey", N_("已撤回")),
}
WARD_TAGS = {
    WardState.ASKED: ("blue", N_("等待核对")),
    WardState.ACCEPTED: ("green", N_("已办理")),
    WardState.REFUSED: ("grey", N_("未办理")),
    WardState.WITHDRAWN: ("grey", N_("已撤回")),
}
STEPS = {
    "raise": N_("提出异议"),
    "answer": N_("答复"),
    "correct": N_("已更正"),
    "reject": N_("不予采纳"),
    "reopen": N_("再次提出"),
    "withdraw": N_("撤回"),
}
KINDS = {"access": N_("对查阅的异议"), "entry": N_("对记录的异议"), "identity": N_("对身份信息的异议")}


def dispute_tag(state: str) -> Tag:
    """Return the tag of a dispute's state."""
    tone, word = DISPUTE_TAGS[DisputeState(state)]
    return Tag(_(word), tone)


def ward_tag(state: str) -> Tag:
    """Return the tag of a ward request's state."""
    tone, word = WARD_TAGS[WardState(state)]
    return Tag(_(word), tone)


def kind(value: str) -> str:
    """Return what a dispute is against, in a word."""
    return _(KINDS[value])


def history(steps: Iterable[Any]) -> list[TimelineEntry]:
    """Return the steps of a dispute as lines of its history; what was said stands as the reason."""
    return [TimelineEntry(each.at, _(STEPS.get(each.step, each.step)), each.who, each.org, each.said) for each in steps]
