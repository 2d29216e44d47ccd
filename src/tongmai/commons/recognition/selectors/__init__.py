"""Reads of recognition: marks with their history, the list of items, figures with the rows behind them."""

from tongmai.commons.recognition.selectors.figures import (
    By,
    Figure,
    figures,
    rows_behind,
    totals,
)
from tongmai.commons.recognition.selectors.marks import (
    ItemLine,
    MarkLine,
    history,
    item,
    item_lines,
    items_of_day,
    mark_lines,
)

__all__ = [
    "By",
    "Figure",
    "ItemLine",
    "MarkLine",
    "figures",
    "history",
    "item",
    "item_lines",
    "items_of_day",
    "mark_lines",
    "rows_behind",
    "totals",
]
