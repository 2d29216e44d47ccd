"""The tables of results.  A correction adds a version; nothing that was told once is lost."""

from tongmai.commons.results.models.documents import (
    Document,
    DocumentBody,
    DocumentParticipant,
    DocumentSection,
)
from tongmai.commons.results.models.reports import Observation, Report
from tongmai.commons.results.models.requests import Request

__all__ = [
    "Document",
    "DocumentBody",
    "DocumentParticipant",
    "DocumentSection",
    "Observation",
    "Report",
    "Request",
]
