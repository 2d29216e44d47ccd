"""What came in, what became of it, what went out."""

from tongmai.exchange.models.imports import ColumnChoice, ImportRow, ImportRun, ImportTransition, SourceRow
from tongmai.exchange.models.messages import (
    Channel,
    InboundMessage,
    MessageCorrection,
    MessageFault,
    MessageTransition,
    OrgMeaning,
    OutboundMessage,
)
from tongmai.exchange.models.sources import SourceObject, SourceSystem

__all__ = [
    "Channel",
    "ColumnChoice",
    "ImportRow",
    "ImportRun",
    "ImportTransition",
    "InboundMessage",
    "MessageCorrection",
    "MessageFault",
    "MessageTransition",
    "OrgMeaning",
    "OutboundMessage",
    "SourceObject",
    "SourceRow",
    "SourceSystem",
]
