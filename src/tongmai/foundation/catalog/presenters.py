"""Words for the pages of the catalogue."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tongmai.foundation.catalog import rules
from tongmai.ui.words import Tag


@dataclass(frozen=True)
class Option:
    """One row of a picker: the code that is stored, and what the person reads."""

    value: str
    text: str
    hint: str = ""
    is_notifiable: bool = False


@dataclass(frozen=True)
class EditionRow:
    """One edition on the page of code lists."""

    id: int
    title: str
    version: str
    source: str
    span: str
    n_codes: int
    n_common: int
    tag: Tag


@dataclass(frozen=True)
class CodeRow:
    """One code on the page of an edition."""

    code: str
    name: str
    everyday_names: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True)
class DiseaseRow:
    """One statutory disease."""

    name: str
    tag: Tag
    prefixes: str


@dataclass(frozen=True)
class ExaminationRow:
    """One item that can be ordered."""

    code: str
    name: str
    category: str
    modality: str
    checks: str
    charge_code: str


def examination(row: Any) -> ExaminationRow:
    """Return the words of an item that can be ordered."""
    asked = {"pregnancy": _("妊娠"), "metal": _("体内金属"), "contrast": _("造影剂"), "allergy": _("过敏")}
    return ExaminationRow(
        code=row.code,
        name=row.name,
        category=row.get_category_display(),
        modality=row.modality,
        checks="、".join(asked.get(each, each) for each in row.checks.split()),
        charge_code=row.charge_code,
    )


def edition(row: Any, on: date) -> EditionRow:
    """Return the words of an edition (a row of `selectors.code_lists`), with whether it is in force on the day."""
    until = _("至 %(day)s（不含）") % {"day": row.ends_before} if row.ends_before else _("起长期有效")
    return EditionRow(
        id=row.pk,
        title=row.title,
        version=row.version,
        source=row.source,
        span=f"{row.starts_on} {until}",
        n_codes=row.n_codes,
        n_common=row.n_common,
        tag=_edition_tag(row, on),
    )


def _edition_tag(row: Any, on: date) -> Tag:
    if row.starts_on > on:
        return Tag(_("尚未生效"), "blue")
    if row.ends_before is not None and row.ends_before <= on:
        return Tag(_("已停用"), "grey")
    return Tag(_("现行"), "green")


def code(row: Any, diseases: list[rules.Notifiable]) -> CodeRow:
    """Return the words of a code with its flags."""
    tags = []
    if row.is_common:
        tags.append(Tag(_("常见"), "green"))
    if row.is_chronic:
        tags.append(Tag(_("慢性"), "purple"))
    disease = rules.notifiable_of(row.code, diseases)
    if disease is not None:
        tags.append(category_tag(disease))
    return CodeRow(code=row.code, name=row.name, everyday_names=row.everyday_names, tags=tuple(tags))


def disease(row: rules.Notifiable) -> DiseaseRow:
    """Return the words of a statutory disease."""
    return DiseaseRow(name=row.name, tag=category_tag(row), prefixes=" ".join(row.prefixes))


def category_tag(row: rules.Notifiable) -> Tag:
    """Return the tag of the disease's class (甲乙丙)."""
    return {
        "a": Tag(_("甲类传染病"), "red"),
        "b": Tag(_("乙类传染病"), "amber"),
        "c": Tag(_("丙类传染病"), "blue"),
    }[row.category]
