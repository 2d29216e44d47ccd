"""Recognition in words: why a result counts or not, marks, figures."""

from tongmai.commons.recognition.presenters.figures import (
    APART,
    FIGURE_HEAD,
    ROW_HEAD,
    figure_cells,
    figure_rows,
    figures_said,
    row_cells,
)
from tongmai.commons.recognition.presenters.marks import (
    MARK_HEAD,
    history_rows,
    item_rows,
    mark_cells,
    mark_rows,
    standing_choices,
)
from tongmai.commons.recognition.presenters.offers import OfferView, checked, offer_view
from tongmai.commons.recognition.presenters.words import OUTCOMES, REASONS, SCOPES, reason_said, standing_tag

__all__ = [
    "APART",
    "FIGURE_HEAD",
    "MARK_HEAD",
    "OUTCOMES",
    "OfferView",
    "REASONS",
    "ROW_HEAD",
    "SCOPES",
    "checked",
    "figure_cells",
    "figure_rows",
    "figures_said",
    "history_rows",
    "item_rows",
    "mark_cells",
    "mark_rows",
    "offer_view",
    "reason_said",
    "row_cells",
    "standing_choices",
    "standing_tag",
]
