"""A person's entry in words and tags."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.commons.residents import access, bases, choices
from tongmai.commons.residents.selectors import IdentityPage
from tongmai.commons.residents.selectors.consents import DecisionLine
from tongmai.commons.residents.states import LABELS, TABLE, MediumState, MediumStep
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.text import N_
from tongmai.ui.words import Tag, TimelineEntry, day, when

MEDIUM_TAG = {
    MediumState.ACTIVE: ("green", LABELS[MediumState.ACTIVE]),
    MediumState.LOST: ("amber", LABELS[MediumState.LOST]),
    MediumState.REVOKED: ("grey", LABELS[MediumState.REVOKED]),
    MediumState.REPLACED: ("grey", LABELS[MediumState.REPLACED]),
}
STEP_WORDS = {
    MediumStep.REPORT_LOST: N_("挂失"),
    MediumStep.FIND: N_("解除挂失"),
    MediumStep.REVOKE: N_("注销"),
    MediumStep.REPLACE: N_("换发"),
}
FIELD_WORDS = {
    "name": N_("姓名"),
    "sex": N_("性别"),
    "born_on": N_("出生日期"),
    "is_born_on_estimated": N_("出生日期为估计"),
    "is_unnamed": N_("身份不明"),
    "village_code": N_("村（居）"),
    "address": N_("详细地址"),
    "died_on": N_("死亡日期"),
}


@dataclass(frozen=True)
class MediumRow:
    """A card or code with the steps that may be taken now."""

    id: UUID
    kind: str
    number: str
    tag: Tag
    valid_before: date | None
    version: int
    steps: list[tuple[str, str]]  # step, word


def medium_rows(page: IdentityPage) -> list[MediumRow]:
    """Return the cards and codes as rows."""
    rows = []
    for medium in page.media:
        state = MediumState(medium.state)
        tone, word = MEDIUM_TAG[state]
        rows.append(
            MediumRow(
                id=medium.id,
                kind=medium.get_kind_display(),
                number=medium.number,
                tag=Tag(_(word), tone),
                valid_before=medium.valid_before,
                version=medium.version,
                steps=[(str(step), _(STEP_WORDS[step])) for step in TABLE.steps_from(state)],
            )
        )
    return rows


def changes(page: IdentityPage) -> list[TimelineEntry]:
    """Return what was changed as a history: old and new value, who, why."""
    return [
        TimelineEntry(
            at=row.at,
            title=f"{_field(row.field)}：{_value(row.field, row.old_value)} → {_value(row.field, row.new_value)}",
            who=row.by_name,
            org=row.by_org_name,
            reason=row.reason,
        )
        for row in page.changes
    ]


def basis(value: str) -> str:
    """Return the words of a reason for opening a record."""
    return _(bases.LABELS[bases.Basis(value)])


def home_of(resident_id: UUID, *, by: Actor) -> str:
    """Return the address at which this actor goes on with a person: her page, or her identity."""
    name = "portal:resident" if access.may_open(resident_id, by=by) else "residents:identity"
    return reverse(name, args=[resident_id])


def _field(field: str) -> str:
    kind, _colon, detail = field.partition(":")
    if kind == "identifier":
        return str(dict(choices.ALL_ID_KINDS)[detail])
    return _(FIELD_WORDS[field])


def _value(field: str, value: str) -> str:
    if not value:
        return _("（无）")
    if field == "sex":
        return str(dict(choices.SEXES)[value])
    if field in ("is_born_on_estimated", "is_unnamed"):
        return _("是") if value == "1" else _("否")
    return value


@dataclass(frozen=True)
class DecisionRow:
    """One decision of a resident in words."""

    id: UUID
    tag: Tag
    title: str
    detail: str
    may_withdraw: bool


def sensitive_words(stored: str) -> str:
    """Return which sensitive kinds somebody saw, for the resident herself; "" for none."""
    labels = dict(choices.SENSITIVE_KINDS)
    kinds = _("、").join(str(labels[kind]) for kind in stored.split() if kind in labels)
    return _("（含受限记录：%(kinds)s）") % {"kinds": kinds} if kinds else ""


def decision_rows(lines: Iterable[DecisionLine]) -> list[DecisionRow]:
    """Return decisions as rows of a list."""
    return [
        DecisionRow(line.id, _standing(line), _decision(line), _circumstances(line), line.withdrawn_at is None)
        for line in lines
    ]


def _standing(line: DecisionLine) -> Tag:
    if line.withdrawn_at is not None:
        return Tag(_("已撤回"), "grey")
    if not line.counts:
        return Tag(_("未生效或已到期"), "grey")
    return Tag(_("不共享"), "red") if line.is_permitted is False else Tag(_("同意"), "green")


def _decision(line: DecisionLine) -> str:
    if line.is_permitted is None:
        return f"{dict(choices.PURPOSES)[line.what]} · {line.name} · {line.text}"
    what = dict(choices.SENSITIVE_KINDS).get(line.what, _("全部档案"))
    return f"{what} → {line.name or dict(choices.PARTIES)[line.party]}"


def _circumstances(line: DecisionLine) -> str:
    span = (
        f"{day(line.starts_on)} – {day(line.ends_before)}"
        if line.ends_before
        else _("%(day)s 起") % {"day": day(line.starts_on)}
    )
    said = [
        span, f"{line.given_text} {line.given_name}", line.how_text, line.decided_org,
        _("撤回于 %(at)s") % {"at": when(line.withdrawn_at)} if line.withdrawn_at else "", line.withdrawn_reason,
    ]  # fmt: skip
    return " · ".join(part for part in said if part)
