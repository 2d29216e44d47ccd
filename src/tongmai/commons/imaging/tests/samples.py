"""Images of known values, and those that others took, for tests of pixels and of the viewer."""

from collections.abc import Iterable
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedSRStorage

from tongmai.commons.imaging import phantom

# What stands in the measuring phantom: columns 40–79 and rows 20–39 are 1124 (100 HU), of columns 100–139 every second
# is 1000 and 1048 (−24 and 24 HU); the rest is 0 HU.  A pixel is 0.5 mm wide and 1 mm high.
BLOCK, STRIPES = (40, 20, 80, 40), (100, 20, 140, 40)


def shipped(name: str) -> Path:
    """Return a file that pydicom or pydicom-data ships with its package."""
    for package in ("data_store", "pydicom"):
        root = Path(str(files(package)))
        for folder in ("data", "data/test_files"):
            if (root / folder / name).is_file():
                return root / folder / name
    raise FileNotFoundError(name)


def shipped_images() -> list[Path]:
    """Return every DICOM file that comes with those two packages."""
    data, tests = Path(str(files("data_store"))) / "data", Path(str(files("pydicom"))) / "data" / "test_files"
    return sorted([*data.glob("*.dcm"), *tests.glob("*.dcm")])


def measuring(of: phantom.Of, *, number: int = 1, **changed: Any) -> bytes:
    """Return a CT of known values; `changed` elements are set on it."""
    values = np.full((100, 200), 1024, np.uint16)
    left, top, right, bottom = BLOCK
    values[top:bottom, left:right] = 1124
    left, top, right, bottom = STRIPES
    values[top:bottom, left:right:2], values[top:bottom, left + 1 : right : 2] = 1000, 1048
    made = dcmread(BytesIO(next(phantom.ct(of, n_slices=1, size=16, first=number))))
    made.Rows, made.Columns, made.PixelSpacing = 100, 200, [1.0, 0.5]
    made.PixelData = values.astype("<u2").tobytes()
    for name, value in changed.items():
        if name == "PixelPaddingValue":  # its representation follows from another element, which pydicom leaves open
            made.add_new(name, "US", value)
        else:
            setattr(made, name, value)
    return written(made)


def written(data_set: Any) -> bytes:
    """Return a data set as a file."""
    out = BytesIO()
    data_set.save_as(out, enforce_file_format=True)
    return out.getvalue()


def shipped_as(name: str, of: phantom.Of) -> bytes:
    """Return an image that others took as one of our person and order."""
    made = dcmread(shipped(name))
    taken = dcmread(BytesIO(next(phantom.ct(of, n_slices=1, size=8))))
    for word in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "AccessionNumber", "StudyInstanceUID"):
        setattr(made, word, taken.get(word))
    made.SpecificCharacterSet = of.charset
    made.SeriesInstanceUID = phantom.uid(of.order_number, name)
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = phantom.uid(of.order_number, name, 1)
    return written(made)


def findings(of_image: bytes) -> bytes:
    """Return what a viewer writes down of an image: a structured report of its study, without a picture."""
    made = dcmread(BytesIO(of_image))
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = EnhancedSRStorage
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = phantom.uid(made.SOPInstanceUID, "findings")
    made.SeriesInstanceUID, made.Modality = phantom.uid(made.SeriesInstanceUID, "findings"), "SR"
    for name in ("Rows", "Columns", "PixelData"):
        delattr(made, name)
    return written(made)


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """Return a code as reports write it."""
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = value, scheme, meaning
    return made


def content(kind: str, name: Dataset, *, within: Iterable[Dataset] = (), **values: Any) -> Dataset:
    """Return an item of a structured report."""
    made = Dataset()
    made.ValueType, made.ConceptNameCodeSequence = kind, [name]
    for keyword, value in values.items():
        setattr(made, keyword, value)
    made.ContentSequence = list(within)
    return made


def measure(name: Dataset, number: str, unit: str, **more: Any) -> Dataset:
    """Return a number with its unit (UCUM) as an item of a report."""
    measured = Dataset()
    measured.NumericValue, measured.MeasurementUnitsCodeSequence = number, [code(unit, "UCUM", unit)]
    return content("NUM", name, MeasuredValueSequence=[measured], **more)


def points_at(sop_uid: str, frame: int = 1) -> Dataset:
    """Return a picture as an item of a report."""
    referenced = Dataset()
    referenced.ReferencedSOPInstanceUID, referenced.ReferencedFrameNumber = sop_uid, frame
    return content("IMAGE", code("260753009", "SCT", "Source"), ReferencedSOPSequence=[referenced])
