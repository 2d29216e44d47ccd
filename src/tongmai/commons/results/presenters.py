"""Results in words."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from markupsafe import Markup

from tongmai.commons.results import narrative
from tongmai.commons.results.choices import (
    Category,
    Confidentiality,
    DocumentStatus,
    Flag,
    Part,
    Priority,
    ReportStatus,
    RequestCategory,
)
from tongmai.foundation.terminology import presenters as terminology
from tongmai.foundation.terminology.selectors import Meaning
from tongmai.kernel.text import N_
from tongmai.ui.words import Tag, when

CATEGORIES = {
    Category.LABORATORY: N_("检验"),
    Category.IMAGING: N_("影像"),
    Category.ECG: N_("心电"),
    Category.PATHOLOGY: N_("病理"),
    Category.OTHER: N_("其他"),
}
REPORT_TAGS = {
    ReportStatus.REGISTERED: ("grey", N_("已登记")),
    ReportStatus.PARTIAL: ("blue", N_("部分结果")),
    ReportStatus.PRELIMINARY: ("blue", N_("初步报告")),
    ReportStatus.FINAL: ("green", N_("正式报告")),
    ReportStatus.CORRECTED: ("amber", N_("更正报告")),
    ReportStatus.CANCELLED: ("grey", N_("已作废")),
}
DOCUMENT_TAGS = {
    DocumentStatus.DRAFT: ("blue", N_("草稿")),
    DocumentStatus.FINAL: ("green", N_("已签发")),
    DocumentStatus.CANCELLED: ("grey", N_("已作废")),
    DocumentStatus.REPLACED: ("grey", N_("已被替换")),
}
CONFIDENTIALITY_TAGS = {
    Confidentiality.NORMAL: ("grey", ""),
    Confidentiality.RESTRICTED: ("amber", N_("限制查阅")),
    Confidentiality.VERY_RESTRICTED: ("red", N_("严格限制查阅")),
}
PARTS = {
    Part.AUTHOR: N_("书写人"),
    Part.CUSTODIAN: N_("保管机构"),
    Part.SIGNER: N_("法定签名人"),
    Part.AUTHENTICATOR: N_("签名人"),
    Part.ENTERER: N_("录入人"),
    Part.INFORMANT: N_("信息提供者"),
    Part.PERFORMER: N_("服务提供者"),
    Part.RESPONSIBLE: N_("就诊负责人"),
}
FLAGS = {
    Flag.NONE: ("grey", ""),
    Flag.NORMAL: ("grey", ""),
    Flag.LOW: ("amber", N_("↓ 偏低")),
    Flag.HIGH: ("amber", N_("↑ 偏高")),
    Flag.ABNORMAL: ("amber", N_("异常")),
    Flag.CRITICAL_LOW: ("red", N_("↓↓ 危急值")),
    Flag.CRITICAL_HIGH: ("red", N_("↑↑ 危急值")),
    Flag.CRITICAL: ("red", N_("危急值")),
}
CATEGORIES_OF_REQUESTS = {
    RequestCategory.EXAMINATION: N_("检查检验"), RequestCategory.MEDICINE: N_("用药"), RequestCategory.SUPPLY: N_("材料"),
}  # fmt: skip
PRIORITIES = {Priority.ROUTINE: N_("常规"), Priority.URGENT: N_("加急"), Priority.STAT: N_("急诊")}


@dataclass(frozen=True)
class SectionView:
    """One section as the page shows it; `anchor` is where the table of contents leads."""

    anchor: str
    depth: int
    title: str
    html: Markup
    n_entries: int


@dataclass(frozen=True)
class VersionView:
    """One version of a document in the list of them."""

    id: UUID
    title: str
    at: str
    author: str
    tag: Tag
    is_this: bool


@dataclass(frozen=True)
class ValueRow:
    """One value as the report's table shows it."""

    name: str
    code: str
    value: str
    reference: str
    flag: Tag | None
    note: str


def report_tag(status: str) -> Tag:
    """Return the tag of a report's status."""
    tone, word = REPORT_TAGS[ReportStatus(status)]
    return Tag(_(word), tone)


def document_tag(status: str) -> Tag:
    """Return the tag of a document's status."""
    tone, word = DOCUMENT_TAGS[DocumentStatus(status)]
    return Tag(_(word), tone)


def confidentiality_tag(value: str) -> Tag | None:
    """Return how far a document may be read; nothing for the usual."""
    tone, word = CONFIDENTIALITY_TAGS[Confidentiality(value)]
    return Tag(_(word), tone) if word else None


def document_facts(document, participants) -> list[tuple[str, str]]:
    """Return the header of a document as pairs; what it does not say is left out."""
    people = [(_(PARTS[Part(each.part)]), _who(each)) for each in participants]
    if not people:
        people = [(_("书写人"), document.author)]
    event = (document.event_name, _span(document.event_started_at, document.event_ended_at))
    facts = [
        (_("文档类型"), document.kind_name or document.kind_code),
        (_("编号"), document.number),
        (_("版本"), str(document.version_number or "")),
        (_("书写时间"), when(document.written_at) if document.written_at else ""),
        *people,
        (_("就诊号"), document.visit_number),
        (_("所记录的服务"), " ".join(part for part in event if part)),
        (_("语言"), document.language),
    ]
    return [(label, value) for label, value in facts if value]


def section_views(sections) -> list[SectionView]:
    """Return the sections of a document with their HTML, looked at once more."""
    return [
        SectionView(
            anchor=f"section-{row.position}", depth=row.depth, title=row.title or _("（无标题）"),
            html=Markup(narrative.shown(row.html)), n_entries=row.n_entries,  # nosec B704: only elements of ours
        )
        for row in sections
    ]  # fmt: skip


def version_views(versions) -> list[VersionView]:
    """Return the versions of a document as rows of their list."""
    return [
        VersionView(
            id=row.id, title=_("第 %(n)s 版") % {"n": row.number} if row.number is not None else row.title,
            at=when(row.at), author=row.author, tag=document_tag(row.status), is_this=row.is_this,
        )
        for row in versions
    ]  # fmt: skip


def _who(participant) -> str:
    parts = (participant.name, participant.org_name, participant.number and f"（{participant.number}）")
    return " ".join(part for part in (*parts, when(participant.at) if participant.at else "") if part)


def _span(begin, end) -> str:
    return " — ".join(when(at) for at in (begin, end) if at)


def category(value: str) -> str:
    """Return the kind of examination in a word."""
    return _(CATEGORIES[Category(value)])


def unified(report: Any, meaning: Meaning | None) -> tuple[str, Tag | None]:
    """Return the unified code and name of the examination, and a tag where it is not plainly understood."""
    return terminology.beside(meaning, report.code, report.name)


def flag_tag(value: str) -> Tag | None:
    """Return how a value stands to its reference; nothing for a normal one."""
    tone, word = FLAGS[Flag(value)]
    return Tag(_(word), tone) if word else None


def value_rows(values) -> list[ValueRow]:
    """Return the values of a report as rows of its table."""
    return [
        ValueRow(
            name=row.name, code=row.code, value=f"{row.text} {row.unit}".strip() or "—", reference=row.reference,
            flag=flag_tag(row.flag), note=row.note,
        )
        for row in values
    ]  # fmt: skip
