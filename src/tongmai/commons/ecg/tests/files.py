"""Files of other formats, made here from a tracing: what the readers are tried on where nobody else's file is at hand."""

import base64

import numpy as np

from tongmai.commons.ecg import leads
from tongmai.commons.ecg.reading import scp
from tongmai.commons.ecg.tracing import Tracing

MEASURED = (
    "<RestingECGMeasurements><VentricularRate>72</VentricularRate><PRInterval>158</PRInterval></RestingECGMeasurements>"
)


def scp_of(tracing: Tracing) -> bytes:
    """Return it as SCP-ECG without Huffman: 1 µV a step, first differences."""
    name, number = "示例甲".encode("gb18030") + b"\0", b"SY0001\0"
    head = _tag(0, name) + _tag(2, number) + _tag(5, bytes([0xC6, 0x07, 3, 9])) + _tag(8, b"\x02")
    head += _tag(25, bytes([0xEA, 0x07, 11, 1])) + _tag(26, bytes([8, 30, 5])) + b"\xff\0\0"
    n = tracing.n_samples
    spans = b"".join(_u(1, 4) + _u(n, 4) + _u(leads.NUMBERS[lead], 1) for lead in tracing.leads)
    steps = np.round(tracing.microvolts).astype(np.int64)
    rows = [np.diff(row, prepend=0).clip(-32_768, 32_767).astype("<i2").tobytes() for row in steps]
    curves = _u(1000, 2) + _u(round(1e6 / tracing.rate_hz), 2) + b"\x01\0" + b"".join(_u(len(r), 2) for r in rows)
    bodies = {1: head, 3: _u(len(rows), 1) + b"\x64" + spans, 6: curves + b"".join(rows)}
    return scp_with(bodies)


def scp_with(bodies: dict[int, bytes]) -> bytes:
    """Return a record of these sections, with pointers and checksums."""
    n_head = 16 + 10 * 12
    at, pointers, rest = 6 + n_head, b"", b""
    sections = {n: _section(n, body) for n, body in bodies.items()}
    for n in range(12):
        whole = sections.get(n, b"")
        start, length = (7, n_head) if n == 0 else (at + 1 if whole else 0, len(whole))
        pointers += _u(n, 2) + _u(length, 4) + _u(start, 4)
        rest += whole
        at += len(whole)
    zero = _section(0, pointers, b"SCPECG")
    body = _u(6 + len(zero) + len(rest), 4) + zero + rest
    return _u(scp.checksum(body), 2) + body


def muse_of(tracing: Tracing) -> bytes:
    """Return it as MUSE XML: eight leads, 5 µV a step."""
    data = "".join(
        f"<LeadData><LeadAmplitudeUnitsPerBit>5</LeadAmplitudeUnitsPerBit><LeadAmplitudeUnits>MICROVOLTS</LeadAmplitudeUnits>"
        f"<LeadID>{lead}</LeadID><WaveFormData>"
        f"{base64.b64encode(np.round(tracing.lead(lead) / 5).astype('<i2').tobytes()).decode()}</WaveFormData></LeadData>"
        for lead in ("I", "II", *leads.CHEST)
    )
    return f"""<?xml version="1.0" encoding="GB18030"?><!DOCTYPE RestingECG SYSTEM "restecg.dtd"><RestingECG>
      <PatientDemographics><PatientID>SY0001</PatientID><PatientLastName>示例甲</PatientLastName><Gender>FEMALE</Gender>
      <DateofBirth>03-09-1990</DateofBirth></PatientDemographics>
      <TestDemographics><AcquisitionDate>11-01-2026</AcquisitionDate><AcquisitionTime>08:30:05</AcquisitionTime></TestDemographics>
      {MEASURED}<Diagnosis><DiagnosisStatement><StmtText>窦性心律</StmtText></DiagnosisStatement></Diagnosis>
      <Waveform><WaveformType>Rhythm</WaveformType><SampleBase>{tracing.rate_hz:g}</SampleBase><SampleExponent>0</SampleExponent>
      {data}</Waveform></RestingECG>""".encode("gb18030")


def aecg_of(tracing: Tracing) -> bytes:
    """Return it as HL7 aECG: 1 µV a step."""
    rows = "".join(
        f'<component><sequence><code code="MDC_ECG_LEAD_{lead.upper()}"/><value xsi:type="SLIST_PQ"><origin value="0" unit="uV"/>'
        f'<scale value="1" unit="uV"/><digits>{" ".join(str(round(v)) for v in tracing.lead(lead).tolist())}</digits></value>'
        "</sequence></component>"
        for lead in tracing.leads
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
      <AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><component><series>
      <code code="RHYTHM"/><effectiveTime><low value="20261101083005"/></effectiveTime><component><sequenceSet>
      <component><sequence><code code="TIME_ABSOLUTE"/><value xsi:type="GLIST_TS"><head value="20261101083005"/>
      <increment value="{1 / tracing.rate_hz}" unit="s"/></value></sequence></component>{rows}
      </sequenceSet></component></series></component></AnnotatedECG>""".encode()


def wfdb_of(tracing: Tracing, kind: str = "16") -> dict[str, bytes]:
    """Return header and samples: 1 µV a step (5 µV where twelve bits hold it)."""
    step = 5 if kind == "212" else 1
    steps = np.round(tracing.microvolts / step).astype(np.int64)
    lines = [f"rec {len(tracing.leads)} {tracing.rate_hz:g} {tracing.n_samples}"]
    for lead, row in zip(tracing.leads, steps, strict=True):
        total = (int(row.sum()) + 32_768) % 65_536 - 32_768
        lines.append(f"rec.dat {kind} {1000 / step}(0)/mV 16 0 {row[0]} {total} 0 {lead}")
    flat = steps.T.reshape(-1)
    data = flat.astype("<i2").tobytes() if kind == "16" else _twelve(flat)
    return {"rec.hea": "\n".join([*lines, "# Sex: Female"]).encode(), "rec.dat": data}


def _twelve(flat: "np.ndarray") -> bytes:
    pairs = (flat & 0xFFF).reshape(-1, 2)
    middle = (pairs[:, 0] >> 8) | ((pairs[:, 1] >> 8) << 4)
    return np.stack((pairs[:, 0] & 0xFF, middle, pairs[:, 1] & 0xFF), axis=1).astype(np.uint8).tobytes()


def _section(number: int, body: bytes, reserved: bytes = b"\0" * 6) -> bytes:
    padded = body + b"\0" * (len(body) % 2)
    rest = _u(number, 2) + _u(16 + len(padded), 4) + b"\x14\x14" + reserved + padded
    return _u(scp.checksum(rest), 2) + rest


def _tag(number: int, value: bytes) -> bytes:
    return _u(number, 1) + _u(len(value), 2) + value


def _u(number: int, n_bytes: int) -> bytes:
    return int(number).to_bytes(n_bytes, "little")
