"""DICOM: 12-Lead ECG and General ECG Waveform Storage.  Leads by code, samples by pydicom, annotations as the device's."""

import struct
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import pydicom
from pydicom.errors import BytesLengthException, InvalidDicomError

from tongmai.commons.ecg import leads
from tongmai.commons.ecg.flaws import Unreadable
from tongmai.commons.ecg.reading.plain import day, full_name, instant, microvolts_per, number
from tongmai.commons.ecg.tracing import (
    Filters,
    Format,
    Piece,
    Subject,
    Tracing,
    Value,
    assembled,
    check_size,
    plausible,
)

# By scheme: the numbers of SCP-ECG as DICOM spells them, and those of ISO/IEEE 11073.
MEASURED = {
    "5.10.2.5-1": Value.RATE, "5.13.5-7": Value.PR, "5.13.5-9": Value.QRS, "5.13.5-11": Value.QT,
    "5.10.2.5-5": Value.QTC, "5.10.3-11": Value.P_AXIS, "5.10.3-13": Value.QRS_AXIS, "5.10.3-15": Value.T_AXIS,
    "2:16770": Value.RATE, "2:15872": Value.PR, "2:16156": Value.QRS, "2:16160": Value.QT, "2:16164": Value.QTC,
    "2:16128": Value.P_AXIS, "2:16132": Value.QRS_AXIS, "2:16136": Value.T_AXIS,
}  # fmt: skip
_RR = {"5.10.2.1-3", "2:16168"}
_DEFLATED = b"1.2.840.10008.1.2.1.99"
_MOST_STATEMENTS = 60
# What pydicom raises over a file that is broken in one way or another.
_BREAKS = (
    InvalidDicomError, BytesLengthException, AttributeError, KeyError, ValueError, TypeError, IndexError, EOFError, RuntimeError,
    OSError, OverflowError, struct.error, AssertionError, LookupError, MemoryError,
)  # fmt: skip


def read(content: bytes) -> Tracing:
    """Return the recording of a Part 10 file.  Raises Unreadable."""
    if _DEFLATED in content[:2_000]:  # may unfold to any size
        raise Unreadable("compressed", what="Deflated")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # devices write identifiers with a dot too many, and it is not ours to mend
        try:
            return of_dataset(pydicom.dcmread(BytesIO(content)))
        except _BREAKS as error:
            if isinstance(error, Unreadable):
                raise
            raise Unreadable("broken", what="DICOM") from None


def of_dataset(ds: pydicom.Dataset) -> Tracing:
    """Return the recording of a dataset that pydicom read.  Raises Unreadable, and what pydicom raises."""
    if not ds.get("WaveformSequence"):
        raise Unreadable("not-waveform")
    wanted = _rhythm(ds)
    rate = float(ds.WaveformSequence[wanted[0]].SamplingFrequency)
    pieces = [piece for index in wanted for piece in _pieces(ds, index)]
    names, samples = assembled(pieces, rate)
    statements, measured = _annotated(ds)
    return Tracing(
        format=Format.DICOM,
        leads=names,
        rate_hz=rate,
        microvolts=samples,
        subject=_subject(ds),
        recorded_at=instant(_said(ds, "AcquisitionDateTime"))
        or instant(_said(ds, "ContentDate") + _said(ds, "ContentTime").partition(".")[0]),
        device=" ".join(filter(None, (_said(ds, "Manufacturer"), _said(ds, "ManufacturerModelName")))),
        organisation=_said(ds, "InstitutionName"),
        order_number=_said(ds, "AccessionNumber"),
        filters=_filters(ds.WaveformSequence[wanted[0]]),
        measured=measured,
        statements=statements,
    )


def _rhythm(ds: pydicom.Dataset) -> list[int]:
    """The groups that were recorded, all of one rate; averages that the device made of them are left out."""
    groups = ds.WaveformSequence
    recorded = [n for n, group in enumerate(groups) if group.get("WaveformOriginality", "ORIGINAL") != "DERIVED"]
    chosen = recorded or [0]
    longest = max(
        chosen, key=lambda n: int(groups[n].NumberOfWaveformChannels) * int(groups[n].NumberOfWaveformSamples)
    )
    if int(groups[longest].NumberOfWaveformChannels) >= 8:
        return [longest]
    rate = float(groups[longest].SamplingFrequency)
    return [n for n in chosen if float(groups[n].SamplingFrequency) == rate]


def _pieces(ds: pydicom.Dataset, index: int) -> Iterator[Piece]:
    group = ds.WaveformSequence[index]
    n_channels, n_samples = int(group.NumberOfWaveformChannels), int(group.NumberOfWaveformSamples)
    check_size(n_channels, n_samples, float(group.SamplingFrequency))
    if len(group.WaveformData) < n_channels * n_samples * int(group.WaveformBitsAllocated) // 8:
        raise Unreadable("broken", what="WaveformData")
    samples = ds.waveform_array(index)
    starts_s = (number(group.get("MultiplexGroupTimeOffset", 0)) or 0.0) / 1000
    for column, channel in enumerate(group.ChannelDefinitionSequence):
        source = channel.ChannelSourceSequence[0]
        lead = leads.numbered(str(source.CodeValue))
        if lead is None or column >= n_channels:
            continue
        units = channel.get("ChannelSensitivityUnitsSequence")
        factor = microvolts_per(str(units[0].CodeValue)) if units else 1.0
        yield Piece(lead, np.asarray(samples[:, column] * factor, dtype=np.float32), starts_s)


def _filters(group: pydicom.Dataset) -> Filters:
    channel = group.ChannelDefinitionSequence[0]
    high, low, notch = (
        number(channel.get(name)) for name in ("FilterLowFrequency", "FilterHighFrequency", "NotchFilterFrequency")
    )
    return Filters(high_pass_hz=high or None, low_pass_hz=low or None, notch_hz=notch or None)


def _annotated(ds: pydicom.Dataset) -> tuple[tuple[str, ...], dict[Value, float]]:
    statements: list[str] = []
    found: dict[Value, float | None] = {}
    for note in ds.get("WaveformAnnotationSequence") or []:
        text = _said(note, "UnformattedTextValue")
        if text and len(statements) < _MOST_STATEMENTS:
            statements.append(text[:400])
        concept = note.get("ConceptNameCodeSequence")
        if not concept:
            continue
        code, value = str(concept[0].get("CodeValue", "")), number(note.get("NumericValue"))
        if code in MEASURED:
            found.setdefault(MEASURED[code], value)
        elif code in _RR and value:
            found.setdefault(Value.RATE, 60_000 / value)
    return tuple(statements), plausible(found)


def _subject(ds: pydicom.Dataset) -> Subject:
    return Subject(
        name=_name(ds),
        number=_said(ds, "PatientID"),
        sex={"M": "male", "F": "female"}.get(_said(ds, "PatientSex").upper(), ""),
        born_on=day(_said(ds, "PatientBirthDate")),
    )


def _name(ds: pydicom.Dataset) -> str:
    """The ideographic form where there is one: `Zhang^San=张^三`."""
    name = ds.get("PatientName")
    if name is None:
        return ""
    chosen = getattr(name, "ideographic", "") or getattr(name, "alphabetic", "") or str(name)
    return full_name(*(part.strip() for part in chosen.split("^")))


def _said(ds: pydicom.Dataset, keyword: str) -> str:
    value: Any = ds.get(keyword)
    return "" if value is None else str(value).replace("\x00", "").strip()[:400]
