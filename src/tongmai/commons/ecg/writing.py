"""A recording as a DICOM object (12-Lead ECG Waveform Storage): what a demonstration device sends, and what peers read."""

import hashlib
from io import BytesIO

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, TwelveLeadECGWaveformStorage

from tongmai.commons.ecg import leads
from tongmai.commons.ecg.tracing import Tracing, Value

_STEP_UV = 1.0
_CODES = {
    Value.RATE: ("2:16770", "Heart rate", "{H.B.}/min"), Value.PR: ("2:15872", "PR interval", "ms"),
    Value.QRS: ("2:16156", "QRS duration", "ms"), Value.QT: ("2:16160", "QT interval", "ms"),
    Value.QTC: ("2:16164", "QTc interval", "ms"), Value.QRS_AXIS: ("2:16132", "QRS axis", "deg"),
    Value.P_AXIS: ("2:16128", "P axis", "deg"), Value.T_AXIS: ("2:16136", "T axis", "deg"),
}  # fmt: skip


def part10(tracing: Tracing) -> bytes:
    """Return the recording as a Part 10 file; the same recording gets the same identifiers."""
    ds = dataset(tracing)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta = meta
    out = BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def dataset(tracing: Tracing) -> Dataset:
    """Return the recording as a dataset: one group of waveforms, the device's measurements as annotations."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID = TwelveLeadECGWaveformStorage
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SOPInstanceUID = _uids(tracing)
    ds.Modality = "ECG"
    ds.Manufacturer = tracing.device
    ds.InstitutionName = tracing.organisation
    ds.AccessionNumber = tracing.order_number
    ds.PatientName, ds.PatientID = tracing.subject.name, tracing.subject.number
    ds.PatientSex = {"male": "M", "female": "F"}.get(tracing.subject.sex, "")
    ds.PatientBirthDate = tracing.subject.born_on.strftime("%Y%m%d") if tracing.subject.born_on else ""
    if at := tracing.recorded_at:
        ds.AcquisitionDateTime = at.strftime("%Y%m%d%H%M%S")
        ds.StudyDate = ds.ContentDate = at.strftime("%Y%m%d")
        ds.StudyTime = ds.ContentTime = at.strftime("%H%M%S")
    ds.SeriesNumber, ds.InstanceNumber, ds.StudyID = 1, 1, ""
    ds.ReferringPhysicianName = ""
    ds.AcquisitionContextSequence = []
    ds.WaveformSequence = [_group(tracing)]
    ds.WaveformAnnotationSequence = _annotations(tracing)
    return ds


def _group(tracing: Tracing) -> Dataset:
    group = Dataset()
    group.MultiplexGroupTimeOffset = 0
    group.WaveformOriginality = "ORIGINAL"
    group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = len(tracing.leads), tracing.n_samples
    group.SamplingFrequency = tracing.rate_hz
    group.MultiplexGroupLabel = "RHYTHM"
    group.ChannelDefinitionSequence = [_channel(name, tracing) for name in tracing.leads]
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 16, "SS"
    steps = np.clip(np.round(np.nan_to_num(tracing.microvolts.T) / _STEP_UV), -32_768, 32_767)
    group.WaveformData = steps.astype("<i2").tobytes()
    return group


def _channel(name: str, tracing: Tracing) -> Dataset:
    channel = Dataset()
    channel.ChannelSourceSequence = [_coded(f"2:{leads.NUMBERS[name]}", "MDC", f"Lead {name}")]
    channel.ChannelSensitivity = _STEP_UV
    channel.ChannelSensitivityUnitsSequence = [_coded("uV", "UCUM", "microvolt")]
    channel.ChannelSensitivityCorrectionFactor, channel.ChannelBaseline, channel.ChannelSampleSkew = 1, 0, 0
    channel.WaveformBitsStored = 16
    for keyword, hz in (
        ("FilterLowFrequency", tracing.filters.high_pass_hz), ("FilterHighFrequency", tracing.filters.low_pass_hz),
        ("NotchFilterFrequency", tracing.filters.notch_hz),
    ):  # fmt: skip
        if hz:
            setattr(channel, keyword, hz)
    return channel


def _annotations(tracing: Tracing) -> list[Dataset]:
    notes = []
    for text in tracing.statements:
        note = Dataset()
        note.ReferencedWaveformChannels, note.UnformattedTextValue = [1, 0], text
        notes.append(note)
    for value, number in tracing.measured.items():
        code, meaning, unit = _CODES[value]
        note = Dataset()
        note.MeasurementUnitsCodeSequence = [_coded(unit, "UCUM", unit)]
        note.ConceptNameCodeSequence = [_coded(code, "MDC", meaning)]
        note.ReferencedWaveformChannels, note.NumericValue = [1, 0], f"{number:g}"
        notes.append(note)
    return notes


def _coded(code: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code, scheme, meaning
    return item


def _uids(tracing: Tracing) -> list[str]:
    """Study, series, instance: numbers made of what the recording is."""
    said = f"{tracing.order_number}|{tracing.subject.number}|{tracing.recorded_at}".encode()
    digest = hashlib.sha256(said + tracing.microvolts.tobytes()).hexdigest()
    return [f"2.25.{int(digest[n:] + digest[:n], 16) % 16**30}" for n in (0, 1, 2)]
