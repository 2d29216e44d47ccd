"""What came in, what became of it, what went out."""

from tongmai.exchange.models.imports import ColumnChoice, ImportRow, ImportRun, ImportTransition, SourceRow
from tongmai.exchange.models.messages import (
    InboundMessage,
    MessageFault,
    MessageTransition,
    OrgMeaning,
    OutboundMessage,
)

__all__ = [
    "ColumnChoice",
    "ImportRow",
    "ImportRun",
    "ImportTransition",
    "InboundMessage",
    "MessageFault",
    "MessageTransition",
    "OrgMeaning",
    "OutboundMessage",
    "SourceRow",
]
