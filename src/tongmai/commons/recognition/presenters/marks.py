"""Marks, their history and the list of items as lines."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongmai.commons.recognition.choices import Outcome, Scope, Standing
from tongmai.commons.recognition.presenters.words import OUTCOMES, SCOPES, STANDINGS, standing_tag
from tongmai.commons.recognition.selectors import ItemLine, MarkLine
from tongmai.ui.words import Choice, Tag, day, policy_amount

MARK_HEAD = (
    gettext_lazy("机构"), gettext_lazy("项目"), gettext_lazy("互认标识"), gettext_lazy("状态"), gettext_lazy("评价日期"),
    gettext_lazy("有效至"), gettext_lazy("评价"), gettext_lazy("质控组织"), gettext_lazy("说明"),
)  # fmt: skip
_TONES = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.WITHDRAWN: "grey"}


def mark_rows(lines: Iterable[MarkLine]) -> list[dict[str, Any]]:
    """Return the marks as rows of their table."""
    return [
        {
            "line": line, "tag": standing_tag(line.standing, is_ending=line.is_ending), "on": day(line.evaluated_on),
            "until": day(line.ends_before), "is_valid": line.standing == Standing.VALID,
        }
        for line in lines
    ]  # fmt: skip


def mark_cells(line: MarkLine) -> list[Any]:
    """Return a mark as cells under MARK_HEAD."""
    return [
        line.org, line.item, line.mark if line.standing == Standing.VALID else "", standing_tag(line.standing).text,
        line.evaluated_on, line.ends_before or "", line.name, line.body, line.note,
    ]  # fmt: skip


def history_rows(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Return every evaluation of one facility's item (rows of `selectors.history`) as rows of a table."""
    return [
        {
            "on": day(row.evaluated_on), "tag": Tag(str(OUTCOMES[Outcome(row.outcome)]), _TONES[Outcome(row.outcome)]),
            "mark": f"{row.area_name}HR", "scope": str(SCOPES[Scope(row.scope)]), "until": day(row.ends_before),
            "name": row.name, "body": row.body, "note": row.note, "by": row.entered_by_name, "at": row.entered_at,
        }
        for row in rows
    ]  # fmt: skip


def item_rows(lines: Iterable[ItemLine]) -> list[dict[str, Any]]:
    """Return the list of items as rows."""
    return [
        {
            "name": line.row.name, "code": line.row.code, "orders": line.row.catalog_codes.strip(),
            "window": policy_amount(line.window) if line.window.int else _("不作互认"), "policy": line.window,
            "needs": _("图像或波形") if line.row.needs_data else _("数据"),
            "dose": dose_said(line.row.dose_usv) if line.row.dose_usv else "—",
            "dose_source": line.row.dose_source, "dose_status": str(line.row.get_dose_status_display()),
        }
        for line in lines
    ]  # fmt: skip


def dose_said(usv: int) -> str:
    """Return an effective dose in millisievert."""
    return f"{usv / 1000:g} mSv"


def standing_choices() -> list[Choice]:
    """Return the standings to choose among the marks by."""
    return [
        Choice("", _("全部")),
        *(Choice(str(each), str(word)) for each, (_tone, word) in STANDINGS.items() if each != Standing.NONE),
    ]
