"""A person's entry in words and tags."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.commons.residents import access, bases, choices
from tongmai.commons.residents.selectors import IdentityPage
from tongmai.commons.residents.states import LABELS, TABLE, MediumState, MediumStep
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.text import N_
from tongmai.ui.words import Tag, TimelineEntry

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
