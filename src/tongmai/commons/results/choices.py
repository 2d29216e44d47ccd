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


class RequestCategory(StrEnum):
    """What an order asks for; only examinations wait for a result."""

    EXAMINATION = "examination"
    MEDICINE = "medicine"
    SUPPLY = "supply"


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
    CDA = "cda"
    IMAGE = "image"
    OTHER = "other"


class DocumentStatus(StrEnum):
    DRAFT = "draft"
    FINAL = "final"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


class Confidentiality(StrEnum):
    """HL7 v3 Confidentiality, the part of it that limits who reads."""

    NORMAL = "normal"
    RESTRICTED = "restricted"
    VERY_RESTRICTED = "very_restricted"


class Part(StrEnum):
    """What somebody had to do with a document."""

    AUTHOR = "author"
    CUSTODIAN = "custodian"
    SIGNER = "signer"  # who answers for it before the law
    AUTHENTICATOR = "authenticator"
    ENTERER = "enterer"
    INFORMANT = "informant"
    PERFORMER = "performer"
    RESPONSIBLE = "responsible"  # for the visit


CRITICAL_FLAGS = frozenset({Flag.CRITICAL, Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH})
