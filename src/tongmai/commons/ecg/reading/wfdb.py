"""WFDB (PhysioNet): a header of text and one or more files of samples, kept together in one plain zip file."""

import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import numpy as np

from tongmai.commons.ecg import leads
from tongmai.commons.ecg.flaws import Unreadable
from tongmai.commons.ecg.reading.plain import microvolts_per, number
from tongmai.commons.ecg.tracing import Format, Piece, Subject, Tracing, assembled, check_size

MOST_FILES = 4
MOST_BYTES = 20 * 1024 * 1024
_DEFAULT_GAIN = 200.0  # units a millivolt, where the header gives none
_FORMAT = re.compile(r"(\d+)(?:x(\d+))?(?::(\d+))?(?:\+(\d+))?")
_GAIN = re.compile(r"([\d.eE+-]+)(?:\((-?\d+)\))?(?:/(\S+))?")
_DOS_EPOCH = (1980, 1, 1, 0, 0, 0)
_PLAIN = {"16": "<i2", "61": ">i2", "32": "<i4", "80": "u1"}


@dataclass(frozen=True)
class _Signal:
    file: str
    format: str
    skip: int
    gain: float
    baseline: float
    unit: str
    checksum: int | None
    lead: str | None


def is_packed(content: bytes) -> bool:
    """Whether the bytes are a zip file."""
    return content[:4] == b"PK\x03\x04"


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return header and samples as one file; the same files give the same bytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _DOS_EPOCH), files[name])
    return out.getvalue()


def read(content: bytes) -> Tracing:
    """Return the recording of a zip file with a header and its samples.  Raises Unreadable."""
    files = _unpacked(content)
    headers = [name for name in files if name.lower().endswith(".hea")]
    if len(headers) != 1:
        raise Unreadable("no-header")
    lines = files[headers[0]].decode("utf-8", "replace").splitlines()
    said = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
    notes = [line.strip().lstrip("# ") for line in lines if line.strip().startswith("#")]
    n_signals, rate, n_samples, began = _record(said)
    check_size(n_signals, n_samples, rate)
    signals = [_signal(line) for line in said[1 : 1 + n_signals]]
    if len(signals) < n_signals:
        raise Unreadable("broken", what=headers[0][:60])
    names, samples = assembled(list(_pieces(signals, files, n_samples, headers[0])), rate)
    return Tracing(
        format=Format.WFDB, leads=names, rate_hz=rate, microvolts=samples, recorded_at=began,
        subject=Subject(sex=_sex(notes)),  # the record's name is nobody's number
        statements=tuple(note[:400] for note in notes if note.lower().startswith("dx:")),
    )  # fmt: skip


def _unpacked(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise Unreadable("too-large", most=MOST_BYTES // 1024 // 1024)
            return {entry.filename.rpartition("/")[2]: _member(archive, entry) for entry in entries}
    except (
        zipfile.BadZipFile,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
        struct.error,
    ) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("broken", what="zip") from None


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """What unfolds to more than it says is refused before it fills the memory."""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("compressed", what="zip")
    with archive.open(entry) as opened:
        found = opened.read(entry.file_size + 1)
    if len(found) > entry.file_size:
        raise Unreadable("broken", what="zip")
    return found


def _record(said: list[str]) -> tuple[int, float, int, datetime | None]:
    """The first line: name, number of signals, rate, number of samples, time and day."""
    words = said[0].split() if said else []
    if len(words) < 4 or "/" in words[0] or not words[1].isdigit() or not words[3].isdigit():
        raise Unreadable("broken", what=".hea")
    rate = number(words[2].partition("/")[0].partition("(")[0]) or 0.0
    return int(words[1]), rate, int(words[3]), _began(words[4:6])


def _began(words: list[str]) -> datetime | None:
    if len(words) < 2:
        return None
    try:
        return datetime.strptime(" ".join(words)[:19], "%H:%M:%S %d/%m/%Y")  # noqa: DTZ007 - the device's clock
    except ValueError:
        return None


def _signal(line: str) -> _Signal:
    words = line.split(maxsplit=8)
    if len(words) < 2:
        raise Unreadable("broken", what=".hea")
    stored, gain = _FORMAT.fullmatch(words[1]), _GAIN.match(words[2] if len(words) > 2 else "0")
    if stored is None or stored[2] not in (None, "1") or stored[3] not in (None, "0"):
        raise Unreadable("format", format=words[1][:20])
    zero = (number(words[4]) if len(words) > 4 else 0.0) or 0.0
    per_unit = (number(gain[1]) if gain else 0.0) or _DEFAULT_GAIN
    return _Signal(
        file=words[0],
        format=stored[1],
        skip=int(stored[4] or 0),
        gain=per_unit,
        baseline=float(gain[2]) if gain and gain[2] else zero,
        unit=(gain[3] if gain else None) or "mV",
        checksum=int(words[6]) if len(words) > 6 and words[6].lstrip("-").isdigit() else None,
        lead=leads.named(words[8]) if len(words) > 8 else None,
    )


def _pieces(signals: list[_Signal], files: Mapping[str, bytes], n_samples: int, header: str) -> Iterator[Piece]:
    for name in dict.fromkeys(signal.file for signal in signals):
        if name not in files:
            raise Unreadable("missing-file", header=header[:60], name=name[:60])
        own = [signal for signal in signals if signal.file == name]
        columns = _samples(files[name], own, n_samples)
        for signal, column in zip(own, columns.T, strict=True):
            if signal.checksum is not None and (int(column.sum()) - signal.checksum) % 65_536:
                raise Unreadable("checksum", what=f"{signal.lead or ''} {name}"[:60])
            if signal.lead is not None:
                factor = microvolts_per(signal.unit) / signal.gain
                yield Piece(signal.lead, np.asarray((column - signal.baseline) * factor, dtype=np.float32))


def _samples(data: bytes, signals: list[_Signal], n_samples: int) -> "np.ndarray":
    """The samples of one file, one column a signal: they stand interleaved."""
    kind, n_wanted = signals[0].format, n_samples * len(signals)
    body = data[signals[0].skip :]
    if any(signal.format != kind for signal in signals):
        raise Unreadable("format", format="mixed")
    numbers = _twelve_bits(body, n_wanted) if kind == "212" else _whole(body, kind, n_wanted)
    if len(numbers) < n_wanted:
        raise Unreadable("broken", what=signals[0].file[:60])
    return numbers[:n_wanted].reshape(n_samples, len(signals)).astype(np.int64)


def _whole(body: bytes, kind: str, n_wanted: int) -> "np.ndarray":
    if kind not in _PLAIN:
        raise Unreadable("format", format=kind)
    dtype = np.dtype(_PLAIN[kind])
    numbers = np.frombuffer(body, dtype, count=min(n_wanted, len(body) // dtype.itemsize))
    return numbers.astype(np.int64) - 128 if kind == "80" else numbers


def _twelve_bits(body: bytes, n_wanted: int) -> "np.ndarray":
    """Format 212: two numbers of twelve bits in three bytes."""
    n_triples = min((n_wanted + 1) // 2, len(body) // 3)
    triples = np.frombuffer(body, np.uint8, count=3 * n_triples).reshape(-1, 3).astype(np.int64)
    first = triples[:, 0] | (triples[:, 1] & 0x0F) << 8
    second = triples[:, 2] | (triples[:, 1] & 0xF0) << 4
    both = np.stack((first, second), axis=1).reshape(-1)
    return np.where(both > 2047, both - 4096, both)


def _sex(notes: list[str]) -> str:
    for note in notes:
        key, _, value = note.partition(":")
        if key.strip().lower() == "sex":
            return {"male": "male", "m": "male", "female": "female", "f": "female"}.get(value.strip().lower(), "")
    return ""
