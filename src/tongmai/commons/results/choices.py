"""The closed lists of results, shared by those who read messages and those who store."""

from enum import StrEnum


class Category(StrEnum):
    LABORATORY = "laboratory"
    IMAGING = "imaging"
    ECG = "ecg"
    PATHOLOGY = "pathology"
    OTHER = "other"


class ReportStatus(StrEnum):
    """FHIR R4 DiagnosticReport.status, the part of it that messages state."""

    REGISTERED = "registered"
    PARTIAL = "partial"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"


class ValueStatus(StrEnum):
    """FHIR R4 Observation.status, likewise."""

    REGISTERED = "registered"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"


class Flag(StrEnum):
    """How a value stands to its reference; the critical ones want somebody at once."""

    NONE = ""
    NORMAL = "normal"
    LOW = "low"
    HIGH = "high"
    ABNORMAL = "abnormal"
    CRITICAL_LOW = "critical_low"
    CRITICAL_HIGH = "critical_high"
    CRITICAL = "critical"


class RequestStatus(StrEnum):
    ACTIVE = "active"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Priority(StrEnum):
    ROUTINE = "routine"
    URGENT = "urgent"
    STAT = "stat"


class DocumentFormat(StrEnum):
    TEXT = "text"
    PDF = "pdf"
    HTML = "html"
    RTF = "rtf"
    XML = "xml"
    IMAGE = "image"
    OTHER = "other"


class DocumentStatus(StrEnum):
    DRAFT = "draft"
    FINAL = "final"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


CRITICAL_FLAGS = frozenset({Flag.CRITICAL, Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH})
