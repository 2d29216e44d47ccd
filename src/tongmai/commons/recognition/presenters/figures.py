"""The figures and the rows behind them, as lines and cells."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongmai.commons.recognition.choices import Choice as Decided
from tongmai.commons.recognition.choices import Reason
from tongmai.commons.recognition.presenters.marks import dose_said
from tongmai.commons.recognition.presenters.words import REASONS, reason_said, strength_tag
from tongmai.commons.recognition.selectors import By, Figure
from tongmai.kernel.money import yuan_text
from tongmai.ui.words import day, when

APART = {
    By.ORG: gettext_lazy("开单机构"), By.FROM: gettext_lazy("出结果的机构"), By.ITEM: gettext_lazy("项目"),
    By.DOCTOR: gettext_lazy("医师"), By.MONTH: gettext_lazy("月份"),
}  # fmt: skip
FIGURE_HEAD = (
    gettext_lazy("提示次数"), gettext_lazy("互认"), gettext_lazy("重新检查"), gettext_lazy("互认率"), *REASONS.values(),
    gettext_lazy("少花（元）"), gettext_lazy("未定价"), gettext_lazy("少受辐射（mSv）"),
)  # fmt: skip
ROW_HEAD = (
    gettext_lazy("时间"), gettext_lazy("开单机构"), gettext_lazy("医师"), gettext_lazy("项目"), gettext_lazy("决定"),
    gettext_lazy("重新检查的情形"), gettext_lazy("出结果的机构"), gettext_lazy("检查日期"), gettext_lazy("标识"),
    gettext_lazy("少花（元）"), gettext_lazy("少受辐射（mSv）"), gettext_lazy("申请单号"),
)  # fmt: skip


def figure_rows(found: Iterable[Figure]) -> list[dict[str, Any]]:
    """Return the figures as rows of the page; each count can be followed to its rows."""
    return [
        {
            "figure": each, "label": each.label or "—", "rate": _rate(each), "money": yuan_text(each.amount_fen),
            "dose": dose_said(each.dose_usv) if each.dose_usv else "—", "n_shown": "—" if each.n_shown is None else each.n_shown,
            "reasons": [(str(reason), str(REASONS[reason]), each.reasons.get(reason, 0)) for reason in Reason],
        }
        for each in found
    ]  # fmt: skip


def figure_cells(each: Figure) -> list[Any]:
    """Return a line as cells under its label and FIGURE_HEAD."""
    return [
        each.label, "" if each.n_shown is None else each.n_shown, each.n_recognised, each.n_ordered, _rate(each),
        *(each.reasons.get(reason, 0) for reason in Reason), yuan_text(each.amount_fen), each.n_unpriced,
        each.dose_usv / 1000,
    ]  # fmt: skip


def figures_said(sums: Figure) -> dict[str, Any]:
    """Return the numbers above the table."""
    return {
        "shown": sums.n_shown, "recognised": sums.n_recognised, "ordered": sums.n_ordered, "rate": _rate(sums),
        "money": yuan_text(sums.amount_fen), "unpriced": sums.n_unpriced, "dose": f"{sums.dose_usv / 1000:g}",
    }  # fmt: skip


def row_cells(row: dict[str, Any]) -> list[Any]:
    """Return a decision as cells under ROW_HEAD."""
    is_recognised = row["choice"] == Decided.RECOGNISED
    return [
        when(row["decided_at"]), row["at"], row["decided_by_name"], row["item_name"],
        _("互认") if is_recognised else _("重新检查"), reason_said(row["reason"]), row["of"], day(row["taken_on"]),
        row["mark"] or strength_tag(row["strength"]).text, yuan_text(row["amount_fen"]) if row["amount_fen"] is not None else "",
        row["dose_usv"] / 1000 if row["dose_usv"] else "", row["order_number"],
    ]  # fmt: skip


def _rate(each: Figure) -> str:
    return "—" if each.rate is None else f"{round(each.rate * 100)}%"
