"""What the page of one report shows, for whoever opened it; other apps say beside it what they know (`remark`)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tongmai.commons.residents import bases, marks
from tongmai.commons.residents import selectors as residents
from tongmai.commons.residents.bases import Basis
from tongmai.commons.results import presenters, selectors, unified
from tongmai.commons.results.models import Report
from tongmai.ui.words import Tag

Remark = Callable[[Report], Tag | None]

_remarks: list[Remark] = []


def remark(known: Remark) -> None:
    """Let an app above say something of a report in a tag beside its status (config/recognition.py)."""
    if known not in _remarks:
        _remarks.append(known)


def remarks_of(report: Report) -> list[Tag]:
    """Return what other apps say of a report."""
    return [tag for tag in (known(report) for known in _remarks) if tag is not None]


def of_report(report: Report, basis: Basis, *, on: date) -> dict[str, Any]:
    """Return what the page of a report that was opened on `basis` shows."""
    return {
        "report": report,
        "disputed": marks.disputed([report.id]).get(report.id),
        "head": residents.summary(report.resident_id, on),
        "basis": _(bases.LABELS[basis]),
        "tag": presenters.report_tag(report.status),
        "remarks": remarks_of(report),
        "category": presenters.category(report.category),
        "unified": presenters.unified(report, unified.meaning_of(report, on)),
        "rows": presenters.value_rows(selectors.values_of(report)),
        "earlier": [(v.number, presenters.value_rows(v.values)) for v in selectors.earlier_versions(report)],
    }
