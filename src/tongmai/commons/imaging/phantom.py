"""Pictures that nobody is in: DICOM files for tests, the demonstration and benches.

A chest film drawn of ellipses, a CT of a cylinder with a spine and two lungs, an ultrasound fan that moves.  Each is a
valid Part 10 file with the person and the order that are given; the same arguments give the same pixels.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID, uuid5

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import (
    UID,
    ComputedRadiographyImageStorage,
    CTImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    UltrasoundMultiFrameImageStorage,
)

from tongmai.commons.imaging.part10 import IMPLEMENTATION
from tongmai.kernel.months import REPORTING_ZONE

_OURS = UUID("5b0f6c1e-7a43-4d1c-9e7e-2f7d9a1c4e55")
_CLASSES = {
    "DX": DigitalXRayImageStorageForPresentation, "CR": ComputedRadiographyImageStorage, "CT": CTImageStorage,
    "US": UltrasoundMultiFrameImageStorage,
}  # fmt: skip


@dataclass(frozen=True)
class Of:
    """Whom and what a phantom says it is of.  `charset`: in which characters it is written; blank: none is named."""

    name: str = "试验^甲"
    latin: str = "Shiyan^Jia"
    number: str = "T0000001"
    sex: str = "O"
    born_on: date | None = date(1970, 1, 1)
    order_number: str = ""
    at: datetime = datetime(2026, 11, 22, 9, 0, tzinfo=REPORTING_ZONE)
    description: str = ""
    charset: str = "GB18030"
    study_uid: str = ""
    station: str = "PHANTOM"


def uid(*names: object) -> str:
    """Return the UID that these words always have."""
    return f"2.25.{uuid5(_OURS, chr(31).join(map(str, names))).int}"


def chest(of: Of, *, modality: str = "DX", n_rows: int = 1024, n_columns: int = 1024, nodule: bool = False) -> bytes:
    """Return a chest film; with `nodule` there is a round shadow in the right upper field."""
    y, x = np.mgrid[-1 : 1 : n_rows * 1j, -1 : 1 : n_columns * 1j]
    body = 3200 - 900 * _ellipse(x, y, 0, 0.1, 0.85, 1.1)
    lungs = _ellipse(x, y, -0.38, 0, 0.28, 0.62) + _ellipse(x, y, 0.38, 0, 0.28, 0.62)
    picture = body - 1300 * lungs + 500 * _ellipse(x, y, 0.12, 0.25, 0.3, 0.35) + 600 * (np.abs(x) < 0.06)
    picture += 130 * (np.cos((y + 0.25 * x * x) * 34) > 0.55) * lungs
    if nodule:
        picture += 700 * _ellipse(x, y, -0.4, -0.3, 0.06, 0.06)
    made = _data_set(of, modality, description="胸部正位", body_part="CHEST")
    made.ViewPosition = "PA"
    made.ImagerPixelSpacing = [0.4, 0.4]
    made.WindowCenter, made.WindowWidth = "2048", "3200"
    return _written(made, _grey(made, np.clip(picture, 0, 4095)[None], bits=12))


def ct(of: Of, *, n_slices: int = 20, size: int = 256, first: int = 1) -> Iterator[bytes]:
    """Yield the slices of a CT of the chest, from `first` on."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    noise = np.random.default_rng(7).integers(-12, 13, size=(size, size))
    for n in range(first, first + n_slices):
        level = 0.6 + 0.4 * np.sin(n / max(n_slices, 2) * 3)
        body = -1000 + 1040 * _ellipse(x, y, 0, 0, 0.8, 0.6)
        lungs = _ellipse(x, y, -0.37, -0.05, 0.28 * level, 0.4 * level) + _ellipse(
            x, y, 0.37, -0.05, 0.28 * level, 0.4 * level
        )
        picture = body - 860 * lungs + 700 * _ellipse(x, y, 0, 0.42, 0.1, 0.1) + noise
        made = _data_set(of, "CT", description="胸部平扫", body_part="CHEST", number=n)
        made.PixelSpacing, made.SliceThickness = [0.7, 0.7], "5"
        made.ImagePositionPatient, made.ImageOrientationPatient = [-90, -90, n * 5], [1, 0, 0, 0, 1, 0]
        made.SliceLocation = str(n * 5)
        made.FrameOfReferenceUID = uid(made.StudyInstanceUID, "frame")
        made.RescaleIntercept, made.RescaleSlope, made.RescaleType = "-1024", "1", "HU"
        made.WindowCenter, made.WindowWidth = "40", "400"
        yield _written(made, _grey(made, np.clip(picture + 1024, 0, 4095)[None], bits=16))


def ultrasound(of: Of, *, n_frames: int = 12, n_rows: int = 240, n_columns: int = 320) -> bytes:
    """Return a moving ultrasound of several frames."""
    y, x = np.mgrid[0 : 1 : n_rows * 1j, -1 : 1 : n_columns * 1j]
    fan = (np.abs(np.arctan2(x, y + 0.1)) < 0.7) & (np.hypot(x, y + 0.1) < 1.0)
    grain = np.random.default_rng(3).integers(0, 70, size=(n_rows, n_columns))
    frames = [
        np.where(fan, 60 + grain - 55 * _ellipse(x, y, 0, 0.55, 0.2 + 0.04 * np.sin(n / 2), 0.2), 0)
        for n in range(n_frames)
    ]
    made = _data_set(of, "US", description="腹部彩超", body_part="ABDOMEN")
    made.NumberOfFrames, made.FrameTime = str(n_frames), "40"
    made.FrameIncrementPointer = 0x00181063
    return _written(made, _grey(made, np.clip(np.array(frames), 0, 255), bits=8))


def _ellipse(x: Any, y: Any, cx: float, cy: float, rx: float, ry: float) -> Any:
    return (((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1).astype(np.float32)


def _data_set(of: Of, modality: str, *, description: str, body_part: str, number: int = 1) -> Dataset:
    study_uid = of.study_uid or uid(of.order_number, of.number, of.at.isoformat())
    made = Dataset()
    if of.charset:
        made.SpecificCharacterSet = of.charset
    made.SOPClassUID = _CLASSES[modality]
    made.SOPInstanceUID = uid(study_uid, modality, number)
    made.StudyDate = made.SeriesDate = made.ContentDate = of.at.strftime("%Y%m%d")
    made.StudyTime = made.SeriesTime = made.ContentTime = of.at.strftime("%H%M%S")
    made.AccessionNumber, made.Modality, made.Manufacturer = of.order_number, modality, "Tongmai phantom"
    made.StationName, made.ReferringPhysicianName = of.station, ""
    made.StudyDescription = made.SeriesDescription = of.description or description
    made.PatientName = f"{of.latin}={of.name}" if of.name else of.latin
    made.PatientID, made.PatientSex = of.number, of.sex
    made.PatientBirthDate = of.born_on.strftime("%Y%m%d") if of.born_on else ""
    made.BodyPartExamined = body_part
    made.StudyInstanceUID, made.SeriesInstanceUID = study_uid, uid(study_uid, modality)
    made.StudyID, made.SeriesNumber, made.InstanceNumber = "1", "1", str(number)
    return made


def _grey(made: Dataset, frames: Any, *, bits: int) -> bytes:
    """Fill in how the frames are written, and return them."""
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.Rows, made.Columns = frames.shape[1:]
    made.BitsAllocated = 8 if bits == 8 else 16
    made.BitsStored, made.HighBit, made.PixelRepresentation = bits, bits - 1, 0
    return frames.astype("u1" if bits == 8 else "<u2").tobytes()


def _written(made: Dataset, pixels: bytes) -> bytes:
    made.add_new(0x7FE00010, "OB" if made.BitsAllocated == 8 else "OW", pixels + b"\0" * (len(pixels) % 2))
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = made.SOPClassUID, made.SOPInstanceUID
    meta.TransferSyntaxUID, meta.ImplementationClassUID = ExplicitVRLittleEndian, UID(IMPLEMENTATION)
    made.file_meta = meta
    out = BytesIO()
    dcmwrite(out, made, enforce_file_format=True)
    return out.getvalue()
