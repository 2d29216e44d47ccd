"""The tables of the thread.  An order is the one row that changes; its history, answers, marks and versions do not."""

from tongmai.care.diagnostics.models.centres import CriticalFinding, Duty, ServiceAgreement, Template
from tongmai.care.diagnostics.models.orders import Order, Rejection, SafetyAnswer, Transition
from tongmai.care.diagnostics.models.reports import Draft, DraftLine, FindingMark, ReportVersion

__all__ = [
    "CriticalFinding",
    "Draft",
    "DraftLine",
    "Duty",
    "FindingMark",
    "Order",
    "Rejection",
    "ReportVersion",
    "SafetyAnswer",
    "ServiceAgreement",
    "Template",
    "Transition",
]
