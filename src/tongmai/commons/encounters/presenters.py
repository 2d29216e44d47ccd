"""The record in words."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongmai.commons.encounters import rules
from tongmai.commons.encounters.rules import Disposition
from tongmai.commons.encounters.selectors import EncounterPage, KeyValue
from tongmai.commons.encounters.states import State
from tongmai.kernel.text import N_
from tongmai.ui.words import Tag, TimelineEntry

STATE_TAG = {
    State.PLANNED: ("blue", N_("计划")),
    State.IN_PROGRESS: ("green", N_("进行中")),
    State.FINISHED: ("grey", N_("已结束")),
    State.CANCELLED: ("grey", N_("已取消")),
}
STEP_WORDS = {
    "plan": N_("安排就诊"),
    "start": N_("开始就诊"),
    "finish": N_("结束就诊"),
    "cancel": N_("取消就诊"),
    "reopen": N_("重新打开"),
}
DISPOSITION_WORDS = {
    Disposition.HOME: gettext_lazy("回家"),
    Disposition.REFERRED_UP: gettext_lazy("上转"),
    Disposition.REFERRED_DOWN: gettext_lazy("下转"),
    Disposition.ADMITTED: gettext_lazy("收住院"),
    Disposition.AGAINST_ADVICE: gettext_lazy("自动离院"),
    Disposition.DIED: gettext_lazy("死亡"),
}
DISPOSITIONS = [(str(value), label) for value, label in DISPOSITION_WORDS.items()]
UNITS = {
    "systolic": "mmHg",
    "pulse": N_("次/分"),
    "temperature": "℃",
    "respiratory_rate": N_("次/分"),
    "spo2": "%",
    "weight_g": "kg",
    "height_mm": "cm",
    "glucose": "mmol/L",
}


@dataclass(frozen=True)
class Value:
    """A measured value in words: 血压 140/90 mmHg."""

    label: str
    text: str
    unit: str
    at: datetime


def state_tag(state: str) -> Tag:
    """Return the tag of a state."""
    tone, word = STATE_TAG[State(state)]
    return Tag(_(word), tone)


def disposition(value: str) -> str:
    """Return how an encounter ended, in a word; "" while it has not."""
    return str(DISPOSITION_WORDS[Disposition(value)]) if value else ""


def key_value(value: KeyValue) -> Value:
    """Return one last value in words."""
    label = _("血压") if value.field == "systolic" else _(rules.VITAL_NAMES[value.field])
    text = _said(value.field, value.value)
    if value.second is not None:
        text = f"{text}/{value.second:f}"
    unit = UNITS[value.field]
    return Value(label, text, _(unit) if not unit.isascii() else unit, value.recorded_at)


def vitals_text(vitals: Any) -> str:
    """Return one set of measurements in a line: 血压 140/90 mmHg；脉搏 72 次/分."""
    parts = []
    for field in rules.VITAL_LIMITS:
        given = getattr(vitals, field)
        if given is None or field == "diastolic":
            continue
        second = Decimal(vitals.diastolic) if field == "systolic" else None
        value = key_value(KeyValue(field, Decimal(given), second, vitals.recorded_at))
        fasting = _("（空腹）") if field == "glucose" and vitals.is_fasting else ""
        parts.append(f"{value.label} {value.text} {value.unit}{fasting}")
    return "；".join(parts)


def history(page: EncounterPage) -> list[TimelineEntry]:
    """Return the steps of an encounter."""
    return [
        TimelineEntry(at=row.at, title=_(STEP_WORDS[row.step]), who=row.by_name, org=row.by_org_name, reason=row.reason)
        for row in page.transitions
    ]


def order_href(resident_id: UUID, encounter_id: UUID) -> str:
    """Return where an examination of this visit is ordered; "" in a deployment without centres (see `refer_href`)."""
    try:
        return f"{reverse('diagnostics:new', args=[resident_id])}?encounter={encounter_id}"
    except NoReverseMatch:
        return ""


def refer_href(resident_id: UUID, encounter_id: UUID) -> str:
    """Return where a referral of this visit is written; "" in a deployment without referrals.

    The address belongs to an app above this one and is known here by its name only.
    """
    try:
        return f"{reverse('referrals:new')}?resident={resident_id}&encounter={encounter_id}"
    except NoReverseMatch:
        return ""


def _said(field: str, value: Decimal) -> str:
    shown = {"weight_g": value / 1000, "height_mm": value / 10}.get(field, value)
    return f"{shown.normalize():f}"
