"""Recordings in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tongmai.commons.ecg import rules
from tongmai.commons.ecg.choices import Standing
from tongmai.commons.ecg.drawing import GAINS, LAYOUTS, LONGEST_S, SPEEDS, View
from tongmai.commons.ecg.rules import Doubt, PatternCode, Urgency
from tongmai.commons.ecg.tracing import Format, Tracing, Value
from tongmai.kernel.text import N_
from tongmai.ui.words import Tag, when

VALUES = {
    Value.RATE: (N_("心室率"), N_("次/分")),
    Value.PR: (N_("PR 间期"), "ms"),
    Value.QRS: (N_("QRS 时限"), "ms"),
    Value.QT: (N_("QT 间期"), "ms"),
    Value.QTC: (N_("QTc（Bazett）"), "ms"),
    Value.P_AXIS: (N_("P 电轴"), "°"),
    Value.QRS_AXIS: (N_("QRS 电轴"), "°"),
    Value.T_AXIS: (N_("T 电轴"), "°"),
}
PATTERNS = {
    PatternCode.STEMI_SUSPECTED: N_("ST 段抬高，疑似急性心肌梗死（%(detail)s）"),
    PatternCode.RATE_BELOW_40: N_("心室率极慢（%(detail)s 次/分）"),
    PatternCode.RATE_ABOVE_180: N_("心室率极快（%(detail)s 次/分）"),
    PatternCode.QTC_LONG: N_("QTc 明显延长（%(detail)s ms）"),
    PatternCode.QRS_WIDE: N_("QRS 增宽（%(detail)s ms），ST 段标准不适用"),
    PatternCode.RATE_LOW: N_("心室率偏慢（%(detail)s 次/分）"),
    PatternCode.RATE_HIGH: N_("心室率偏快（%(detail)s 次/分）"),
    PatternCode.IRREGULAR: N_("节律不齐（相邻间期相差 %(detail)s）"),
    PatternCode.PR_LONG: N_("PR 延长（%(detail)s ms）"),
}
TONES = {Urgency.CRITICAL: "red", Urgency.SOON: "amber", Urgency.NOTE: "grey"}
DOUBTS = {
    Doubt.NOBODY: N_("不知道是谁的"),
    Doubt.NAME: N_("姓名不符"),
    Doubt.SEX: N_("性别不符"),
    Doubt.BIRTH: N_("出生日期不符"),
    Doubt.NUMBER: N_("证件号与出生日期不符"),
    Doubt.ORDER: N_("申请单号不符"),
}
FORMATS = {
    Format.DICOM: "DICOM",
    Format.SCP: "SCP-ECG",
    Format.AECG: "HL7 aECG",
    Format.WFDB: "WFDB",
    Format.MUSE: "GE MUSE",
}
STANDINGS = {
    Standing.LINKED: ("green", N_("已入档")),
    Standing.HELD: ("amber", N_("待核对")),
    Standing.SET_ASIDE: ("grey", N_("不入档")),
}
LAYOUT_NAMES = {"3x4": N_("3×4+1"), "12x1": N_("12×1")}
# The band in which ST may be judged (Hz).
_LOWEST, _HIGHEST = 0.05, 150


@dataclass(frozen=True)
class Row:
    """One line of the table of measurements: the device's, ours, the difference."""

    name: str
    unit: str
    device: str
    ours: str
    difference: str


@dataclass(frozen=True)
class Choice:
    label: str
    changes: dict[str, str]
    is_here: bool


@dataclass(frozen=True)
class HeldRow:
    id: UUID
    said: str
    proposed: str
    doubts: str
    order_number: str
    source: str
    received_at: datetime
    tag: Tag


def measurements(device: dict[Value, float], ours: dict[Value, float]) -> list[Row]:
    """Return the table of what was measured by either."""
    rows = []
    for value, (name, unit) in VALUES.items():
        one, other = device.get(value), ours.get(value)
        if one is None and other is None:
            continue
        apart = f"{other - one:+.0f}" if one is not None and other is not None else ""
        rows.append(Row(_(name), _(unit), _number(one), _number(other), apart))
    return rows


def pattern_said(pattern: rules.Pattern) -> str:
    """Return a pattern in a sentence."""
    return _(PATTERNS[pattern.code]) % {"detail": pattern.detail}


def pattern_tags(patterns: list[rules.Pattern]) -> list[Tag]:
    """Return the patterns as tags, the urgent ones in red."""
    return [Tag(pattern_said(pattern), TONES[rules.URGENCY[pattern.code]]) for pattern in patterns]


def band(recording: Any) -> tuple[str, Tag]:
    """Return the filters in words, and whether ST may be judged with them."""
    high, low, notch = recording.high_pass_hz, recording.low_pass_hz, recording.notch_hz
    if high is None and low is None:
        return _("滤波未说明"), Tag(_("带宽未知，ST 段判断须谨慎"), "amber")
    said = f"{_plain(high)}–{_plain(low)} Hz" + (f"，{_('陷波')} {_plain(notch)} Hz" if notch else "")
    is_wide = high is not None and low is not None and high <= _LOWEST + 1e-6 and low >= _HIGHEST
    if is_wide:
        return said, Tag(_("诊断带宽"), "green")
    return said, Tag(_("未达诊断带宽（0.05–150 Hz），ST 段判断受限"), "amber")


def switches(view: View, leads: list[str], seconds: float) -> dict[str, list[Choice]]:
    """Return the switches of the paper."""
    here = {"layout": "" if view.lead else view.layout, "speed": view.speed, "gain": view.gain, "lead": view.lead}
    found = {
        "layout": [Choice(_(LAYOUT_NAMES[v]), {"layout": v, "lead": ""}, here["layout"] == v) for v in LAYOUTS],
        "speed": [Choice(f"{v} mm/s", {"speed": v}, here["speed"] == v) for v in SPEEDS],
        "gain": [Choice(f"{v} mm/mV", {"gain": v}, here["gain"] == v) for v in GAINS],
        "lead": [Choice(name, {"lead": name, "speed": "50", "gain": "20"}, here["lead"] == name) for name in leads],
    }
    pages = range(int((seconds - 1e-6) // LONGEST_S) + 1)
    found["from"] = [
        Choice(_("%(from)s 秒起") % {"from": f"{n * LONGEST_S:g}"}, {"from": f"{n * LONGEST_S:g}"}, view.from_s == n * LONGEST_S)
        for n in pages
    ] if len(pages) > 1 else []  # fmt: skip
    return found


def label(recording: Any, view: View, seconds: float) -> str:
    """Return what the drawing shows, for those who do not see it."""
    what = _("%(lead)s 导联") % {"lead": view.lead} if view.lead else _(LAYOUT_NAMES[view.layout])
    return _("心电图 %(what)s，%(speed)s mm/s，%(gain)s mm/mV，%(seconds)s 秒") % {
        "what": what, "speed": view.speed, "gain": view.gain, "seconds": f"{seconds:.1f}",
    }  # fmt: skip


def doubts_said(codes: str) -> str:
    """Return the stored doubts in words."""
    return "、".join(_(DOUBTS[Doubt(code)]) for code in codes.split())


def came_from(recording: Any) -> str:
    """Return how a recording came: uploaded on a page, or from the device of this title."""
    return _("上传") if recording.received_from == "upload" else recording.received_from


def held_row(recording: Any) -> HeldRow:
    """Return a held recording for the list."""
    tone, word = STANDINGS[Standing(recording.standing)]
    said = (recording.said_name, recording.said_number, recording.said_born_on and recording.said_born_on.isoformat())
    return HeldRow(
        recording.id,
        " · ".join(part for part in said if part) or _("文件未写明"),
        recording.proposed.name if recording.proposed else "",
        doubts_said(recording.doubts),
        recording.order_number or recording.said_order,
        f"{FORMATS[Format(recording.format)]} · {came_from(recording)}",
        recording.received_at,
        Tag(_(word), tone),
    )


def named(recording: Any) -> str:
    """Return how a letter names a recording: when, where, and what the computer suspects."""
    at, org = when(recording.recorded_at or recording.received_at), recording.org.name
    text = _("心电图（%(at)s，%(org)s）") % {"at": at, "org": org}
    patterns = [
        pattern_said(rules.Pattern(PatternCode(row.code), row.detail)) for row in recording.patterns.all()
        if rules.URGENCY[PatternCode(row.code)] == Urgency.CRITICAL
    ]  # fmt: skip
    return text + (_("，计算机提示（未经确认）：%(what)s") % {"what": "；".join(patterns)} if patterns else "")


def _number(value: float | None) -> str:
    return f"{value:.0f}" if value is not None else ""


def _plain(number: object) -> str:
    return f"{float(str(number)):g}" if number is not None else "?"


def looked(tracing: Tracing) -> list[tuple[str, str]]:
    """Return what a file holds, before it is kept."""
    said = tracing.subject
    sexes = {"male": _("男"), "female": _("女")}
    return [
        (_("文件中的姓名"), said.name),
        (_("性别"), sexes.get(said.sex, "")),
        (_("出生日期"), said.born_on.isoformat() if said.born_on else ""),
        (_("记录时间"), f"{tracing.recorded_at:%Y-%m-%d %H:%M:%S}" if tracing.recorded_at else ""),
        (_("设备"), tracing.device),
        (_("格式"), FORMATS[tracing.format]),
        (_("导联"), f"{len(tracing.leads)}"),
        (_("时长和采样率"), f"{tracing.seconds:.1f} s · {tracing.rate_hz:g} Hz"),
    ]
