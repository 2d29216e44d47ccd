"""Results in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tongmai.commons.results.choices import Category, DocumentStatus, Flag, Priority, ReportStatus
from tongmai.kernel.text import N_
from tongmai.ui.words import Tag

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
PRIORITIES = {Priority.ROUTINE: N_("常规"), Priority.URGENT: N_("加急"), Priority.STAT: N_("急诊")}


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


def category(value: str) -> str:
    """Return the kind of examination in a word."""
    return _(CATEGORIES[Category(value)])


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
