"""What is stored beside pictures and read instead of looked at: structured reports, enclosed PDF documents."""

from pydicom.dataset import Dataset
from pydicom.uid import EncapsulatedPDFStorage

PDF = "application/pdf"
STRUCTURED = "1.2.840.10008.5.1.4.1.1.88."  # PS3.4 B.5: structured reports of every kind begin so


def is_one(sop_class: str) -> bool:
    """Whether an instance of this class is a document."""
    return sop_class == EncapsulatedPDFStorage or is_structured(sop_class)


def is_structured(sop_class: str) -> bool:
    """Whether an instance of this class is a structured report."""
    return sop_class.startswith(STRUCTURED)


def is_pdf(found: Dataset) -> bool:
    """Whether what a data set encloses is a PDF, as it says itself."""
    return found.get("MIMETypeOfEncapsulatedDocument") == PDF
