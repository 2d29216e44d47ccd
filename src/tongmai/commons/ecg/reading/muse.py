"""GE MUSE (RestingECG XML): eight leads of base64, the device's measurements and its statements."""

import base64
import binascii
from datetime import datetime

import numpy as np

from tongmai.commons.ecg import leads
from tongmai.commons.ecg.flaws import Unreadable
from tongmai.commons.ecg.leads import Microvolts
from tongmai.commons.ecg.reading.plain import full_name, microvolts_per, number
from tongmai.commons.ecg.tracing import Filters, Format, Piece, Subject, Tracing, Value, assembled, plausible
from tongmai.kernel.xml import Element

_MEASURED = {
    "VentricularRate": Value.RATE, "PRInterval": Value.PR, "QRSDuration": Value.QRS, "QTInterval": Value.QT,
    "QTCorrected": Value.QTC, "PAxis": Value.P_AXIS, "RAxis": Value.QRS_AXIS, "TAxis": Value.T_AXIS,
}  # fmt: skip


def is_muse(root: Element) -> bool:
    """Whether the root is that of a MUSE file."""
    return root.name == "RestingECG"


def read(root: Element) -> Tracing:
    """Return the recording of a MUSE file.  Raises Unreadable."""
    wave = next((each for each in root.all("Waveform") if each.said("WaveformType") == "Rhythm"), None)
    if wave is None:
        raise Unreadable("no-leads")
    rate = (number(wave.said("SampleBase")) or 0.0) * 10 ** (number(wave.said("SampleExponent") or "0") or 0)
    pieces = [
        Piece(lead, _samples(data))
        for data in wave.all("LeadData")
        if (lead := leads.named(data.said("LeadID"))) is not None
    ]
    names, samples = assembled(pieces, rate)
    measured = root.first("RestingECGMeasurements") or root
    test = root.first("TestDemographics") or root
    return Tracing(
        format=Format.MUSE,
        leads=names,
        rate_hz=rate,
        microvolts=samples,
        subject=_subject(root),
        recorded_at=_instant(test.said("AcquisitionDate"), test.said("AcquisitionTime")),
        device=" ".join(filter(None, ("GE MUSE", test.said("AcquisitionDevice"))))[:200],
        organisation=test.said("SiteName")[:200],
        filters=_filters(wave),
        measured=plausible({value: number(measured.said(name)) for name, value in _MEASURED.items()}),
        statements=_statements(root),
    )


def _samples(data: Element) -> Microvolts:
    try:
        raw = base64.b64decode("".join(data.said("WaveFormData").split()), validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("broken", what="WaveFormData") from None
    if len(raw) % 2:
        raise Unreadable("broken", what="WaveFormData")
    step = (number(data.said("LeadAmplitudeUnitsPerBit")) or 0.0) * microvolts_per(data.said("LeadAmplitudeUnits"))
    return np.asarray(np.frombuffer(raw, dtype="<i2") * step, dtype=np.float32)


def _filters(wave: Element) -> Filters:
    high, low, notch = (number(wave.said(name)) for name in ("HighPassFilter", "LowPassFilter", "ACFilter"))
    return Filters(high_pass_hz=high / 100 if high else None, low_pass_hz=low, notch_hz=notch or None)


def _statements(root: Element) -> tuple[str, ...]:
    texts = (text.said()[:400] for each in root.all("Diagnosis", "DiagnosisStatement") for text in each.all("StmtText"))
    return tuple(text for text in texts if text)[:60]


def _subject(root: Element) -> Subject:
    person = root.first("PatientDemographics") or root
    born = _instant(person.said("DateofBirth"), "00:00:00")
    return Subject(
        name=full_name(person.said("PatientLastName"), person.said("PatientFirstName")),
        number=person.said("PatientID")[:60],
        sex={"MALE": "male", "FEMALE": "female"}.get(person.said("Gender").upper(), ""),
        born_on=born.date() if born else None,
    )


def _instant(day: str, clock: str) -> datetime | None:
    """`11-22-2026` and `09:10:00`."""
    try:
        return datetime.strptime(f"{day} {clock or '00:00:00'}", "%m-%d-%Y %H:%M:%S")  # noqa: DTZ007 - the device's clock
    except ValueError:
        return None
