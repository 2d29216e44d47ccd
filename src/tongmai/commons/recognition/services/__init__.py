"""What may be done with marks and decisions."""

from tongmai.commons.recognition.services.decisions import Wish, ask, decide, note_shown, undo
from tongmai.commons.recognition.services.evaluations import EvaluationEntry, enter_evaluation
from tongmai.commons.recognition.services.listed import load_items

__all__ = [
    "EvaluationEntry",
    "Wish",
    "ask",
    "decide",
    "enter_evaluation",
    "load_items",
    "note_shown",
    "undo",
]
