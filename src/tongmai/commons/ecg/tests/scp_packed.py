"""SCP-ECG as devices write it that have little room: an average beat taken out, the rest thinned out, differences, Huffman.

Written after the standard from the sender's side, so that the reader is tried on what it did not make itself.
"""

from dataclasses import dataclass

import numpy as np

from tongmai.commons.ecg import leads
from tongmai.commons.ecg.reading.huffman import default_table
from tongmai.commons.ecg.tests.files import scp_with
from tongmai.commons.ecg.tracing import Tracing

BEFORE, BEHIND = 100, 220  # samples of a beat to both sides of its fiducial
QRS = 24  # samples that are protected to both sides of it, before they are laid upon fours


@dataclass(frozen=True)
class Packing:
    """How the device packs.  `fiducials`: the samples, counted from 1, that the beats are laid upon each other by."""

    fiducials: tuple[int, ...]
    others: tuple[int, ...] = ()  # beats of another kind: protected, but nothing is taken out of them
    is_reduced: bool = True
    is_thinned: bool = True
    differences: int = 2
    has_huffman: bool = True
    step_uv: int = 1
    average_step_uv: int = 1


def packed(tracing: Tracing, packing: Packing) -> bytes:
    """Return the recording as the device would write it."""
    return scp_with(sections_of(tracing, packing))


def sections_of(tracing: Tracing, packing: Packing) -> dict[int, bytes]:
    """Return the bodies of its sections."""
    steps = np.round(tracing.microvolts).astype(np.int64)
    rows = [(lead, steps[n]) for n, lead in enumerate(tracing.leads)]
    protected = [_protected(at, tracing.n_samples) for at in sorted((*packing.fiducials, *packing.others))]
    averages, kept = [], []
    for _lead, row in rows:
        average = np.round(_average(row, packing.fiducials) / packing.average_step_uv).astype(np.int64)
        left = row - _laid_out(average * packing.average_step_uv, packing, len(row)) if packing.is_reduced else row
        left = _thinned(left, protected) if packing.is_thinned else left
        averages.append(_coded(average, packing))
        kept.append(_coded(np.round(left / packing.step_uv).astype(np.int64), packing))
    micros = round(1e6 / tracing.rate_hz)
    bodies = {
        1: b"\xff\0\0",
        3: _u(len(rows), 1) + _u(0x64 | packing.is_reduced, 1)
        + b"".join(_u(1, 4) + _u(tracing.n_samples, 4) + _u(leads.NUMBERS[lead], 1) for lead, _row in rows),
        4: _beats(packing, protected, (BEFORE + 1 + BEHIND) * micros // 1000),
        5: _curves(averages, packing.average_step_uv, micros, packing, is_thinned=False),
        6: _curves(kept, packing.step_uv, micros * (4 if packing.is_thinned else 1), packing, packing.is_thinned),
    }  # fmt: skip
    return dict(sorted((bodies | ({2: _u(19_999, 2)} if packing.has_huffman else {})).items()))


def _average(row: "np.ndarray", fiducials: tuple[int, ...]) -> "np.ndarray":
    return np.mean([row[at - 1 - BEFORE : at + BEHIND] for at in fiducials], axis=0)


def _laid_out(average: "np.ndarray", packing: Packing, n: int) -> "np.ndarray":
    whole = np.zeros(n, dtype=np.int64)
    for at in packing.fiducials:
        whole[at - 1 - BEFORE : at + BEHIND] = average
    return whole


def _protected(fiducial: int, n: int) -> tuple[int, int]:
    """From the first of four to the last of four, so that the gaps are multiples of four."""
    first, last = fiducial - QRS, fiducial + QRS
    return first - (first - 1) % 4, min(last + (-last) % 4, n)


def _thinned(row: "np.ndarray", protected: list[tuple[int, int]]) -> "np.ndarray":
    """One of four, their mean, outside of the protected spans."""
    found, at = [], 0
    for first, last in [*protected, (len(row) + 1, len(row))]:
        found += [np.round(row[at : first - 1].reshape(-1, 4).mean(axis=1)).astype(np.int64), row[first - 1 : last]]
        at = last
    return np.concatenate(found)


def _beats(packing: Packing, protected: list[tuple[int, int]], milliseconds: int) -> bytes:
    body = _u(milliseconds, 2) + _u(BEFORE + 1, 2) + _u(len(protected), 2)
    for at in sorted((*packing.fiducials, *packing.others)):
        is_like = at in packing.fiducials
        body += _u(0 if is_like else 1, 2) + _u(at - BEFORE if is_like else 0, 4) + _u(at, 4)
        body += _u(at + BEHIND if is_like else 0, 4)
    return body + b"".join(_u(first, 4) + _u(last, 4) for first, last in protected)


def _curves(rows: list[bytes], step_uv: int, micros: int, packing: Packing, is_thinned: bool) -> bytes:
    head = _u(step_uv * 1000, 2) + _u(micros, 2) + _u(packing.differences, 1) + _u(is_thinned, 1)
    return head + b"".join(_u(len(row), 2) for row in rows) + b"".join(rows)


def _coded(row: "np.ndarray", packing: Packing) -> bytes:
    numbers = row
    if packing.differences == 1:
        numbers = np.diff(row, prepend=0)
    if packing.differences == 2:
        numbers = np.concatenate((row[:2], np.diff(row, n=2)))
    return huffman_of(numbers.tolist()) if packing.has_huffman else numbers.astype("<i2").tobytes()


def huffman_of(numbers: list[int]) -> bytes:
    """Return the numbers in the default code of the standard, filled up to a whole byte."""
    plain = {code.value: f"{bits:0{n}b}" for (n, bits), code in default_table().items() if not code.n_more}
    text = "".join(
        plain.get(number)
        or ("1111111110" + f"{number & 0xFF:08b}" if -128 <= number < 128 else "1111111111" + f"{number & 0xFFFF:016b}")
        for number in numbers
    )
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big") if text else b""


def _u(number: int, n_bytes: int) -> bytes:
    return int(number).to_bytes(n_bytes, "little")
