"""SCP-ECG (EN 1064): sections 0 to 8, read by pointer.  Averages (section 5) are not needed for the curves.

What subtracts an average from the beats, or thins out samples between them, is refused with a clear word.  The readers of
others that were compared lay the average one sample apart (is the fiducial counted from 0 or from 1?): on the flank of
a QRS that is a spike of some hundred microvolts, and without a file of such a device nobody could say who is right.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

import numpy as np

from tongmai.commons.ecg import leads
from tongmai.commons.ecg.flaws import Unreadable
from tongmai.commons.ecg.leads import Microvolts
from tongmai.commons.ecg.reading import huffman
from tongmai.commons.ecg.reading.plain import full_name, parted
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

_HEAD = 16  # of every section: checksum, number, length, versions, reserved
_MOST_STATEMENTS = 60


def is_scp(content: bytes) -> bool:
    """Whether the bytes are a record: section 0 says so, in its reserved bytes or by its number and place."""
    if len(content) < 6 + _HEAD or int.from_bytes(content[2:6], "little") < 6 + _HEAD:
        return False
    return content[16:22] == b"SCPECG" or (content[8:10] == b"\0\0" and content[22:24] == b"\0\0" == content[30:32])


def read(content: bytes) -> Tracing:
    """Return the recording of an SCP-ECG record.  Raises Unreadable."""
    sections = _sections(content)
    head = _tags(sections.get(1, b""))
    if 3 not in sections or 6 not in sections:
        raise Unreadable("no-leads")
    channels = _channels(sections[3])
    rate, pieces = _rhythm(sections[6], channels, sections.get(2))
    names, samples = assembled(pieces, rate)
    return Tracing(
        format=Format.SCP,
        leads=names,
        rate_hz=rate,
        microvolts=samples,
        subject=_subject(head),
        recorded_at=_recorded_at(head),
        device=_device(head.get(14, b"")),
        organisation=_text(head.get(16, b"")),
        order_number=_text(head.get(31, b"")),
        filters=_filters(head),
        measured=_measured(sections.get(7, b"")),
        statements=_statements(sections.get(8, b"")),
    )


def _sections(content: bytes) -> dict[int, bytes]:
    """The bodies of the sections by number; each must lie in the file, and have the checksum that it says."""
    size = int.from_bytes(content[2:6], "little")
    if size > len(content):
        raise Unreadable("broken", what=f"SCP {len(content)}/{size}")
    length = int.from_bytes(content[10:14], "little")
    found = {}
    for at in range(6 + _HEAD, min(6 + length, len(content) - 9), 10):
        number = int.from_bytes(content[at : at + 2], "little")
        n_bytes = int.from_bytes(content[at + 2 : at + 6], "little")
        start = int.from_bytes(content[at + 6 : at + 10], "little") - 1
        if n_bytes <= _HEAD or number == 0 or number > 11:
            continue
        whole = content[start : start + n_bytes]
        if start < 0 or len(whole) < n_bytes:
            raise Unreadable("broken", what=f"SCP {number}")
        if int.from_bytes(whole[2:4], "little") != number:
            raise Unreadable("broken", what=f"SCP {number}")
        if int.from_bytes(whole[:2], "little") != checksum(whole[2:]):
            raise Unreadable("checksum", what=f"SCP {number}")
        found[number] = whole[_HEAD:]
    return found


def checksum(data: bytes) -> int:
    """Return the CRC-CCITT of the standard (polynomial 0x1021, beginning with 0xFFFF)."""
    crc = 0xFFFF
    for byte in data:
        crc = ((crc << 8) & 0xFFFF) ^ _CRC[(crc >> 8) ^ byte]
    return crc


def _crc_of(byte: int) -> int:
    crc = byte << 8
    for _ in range(8):
        crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


_CRC = tuple(_crc_of(byte) for byte in range(256))


def _tags(body: bytes) -> dict[int, bytes]:
    """Section 1: fields, each with number and length; of one that comes twice the first."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 3 <= len(body) and body[at] != 255:
        length = int.from_bytes(body[at + 1 : at + 3], "little")
        found.setdefault(body[at], body[at + 3 : at + 3 + length])
        at += 3 + length
    return found


@dataclass(frozen=True)
class _Channel:
    lead: str | None
    starts: int
    n_samples: int


def _channels(body: bytes) -> list[_Channel]:
    """Section 3: which leads, from which sample to which."""
    n_leads, flags = (body[0], body[1]) if len(body) > 1 else (0, 0)
    if len(body) < 2 + 9 * n_leads:
        raise Unreadable("broken", what="SCP 3")
    if flags & 1:
        raise Unreadable("compressed", what="SCP reference beat")
    rows = [body[n : n + 9] for n in range(2, 2 + 9 * n_leads, 9)]
    spans = [(int.from_bytes(row[:4], "little"), int.from_bytes(row[4:8], "little"), row[8]) for row in rows]
    for first, last, _number in spans:
        check_size(n_leads, last - first + 1, 500)
    return [_Channel(leads.BY_NUMBER.get(number), first, last - first + 1) for first, last, number in spans]


def _rhythm(body: bytes, channels: list[_Channel], codes: bytes | None) -> tuple[float, list[Piece]]:
    """Section 6: the sampling, the length of each lead's data, the data."""
    if len(body) < 6 + 2 * len(channels):
        raise Unreadable("broken", what="SCP 6")
    nanovolts, micros = (int.from_bytes(body[n : n + 2], "little") for n in (0, 2))
    encoding, is_thinned = body[4], body[5]
    if is_thinned:
        raise Unreadable("compressed", what="SCP bimodal")
    if not nanovolts or not micros or encoding > 2:
        raise Unreadable("broken", what="SCP 6")
    tables = huffman.tables_in(codes) if codes is not None else None
    first = min((channel.starts for channel in channels), default=0)
    at, pieces = 6 + 2 * len(channels), []
    for n, channel in enumerate(channels):
        n_bytes = int.from_bytes(body[6 + 2 * n : 8 + 2 * n], "little")
        data = body[at : at + n_bytes]
        if len(data) < n_bytes:
            raise Unreadable("broken", what="SCP 6")
        at += n_bytes
        if channel.lead is not None:
            curve = _summed(_numbers(data, tables, channel.n_samples), encoding) * (nanovolts / 1000)
            pieces.append(Piece(channel.lead, curve.astype(np.float32), (channel.starts - first) * micros / 1e6))
    return 1_000_000 / micros, pieces


def _numbers(data: bytes, tables: list[huffman.Table] | None, n_wanted: int) -> "np.ndarray":
    if tables is not None:
        return np.array(huffman.decoded(data, tables, n_wanted), dtype=np.int64)
    if len(data) < 2 * n_wanted:
        raise Unreadable("broken", what="SCP 6")
    return np.frombuffer(data, dtype="<i2", count=n_wanted).astype(np.int64)


def _summed(numbers: "np.ndarray", encoding: int) -> Microvolts:
    """Undo first or second differences.  Of second ones the first two numbers are samples."""
    if encoding == 1:
        return np.cumsum(numbers)
    if encoding == 2 and len(numbers) > 2:
        steps = np.concatenate(([numbers[1] - numbers[0]], numbers[2:])).cumsum()
        return np.concatenate((numbers[:1], numbers[0] + steps.cumsum()))
    return numbers


def _subject(head: dict[int, bytes]) -> Subject:
    born = head.get(5, b"")
    return Subject(
        name=full_name(_text(head.get(0, b"")), _text(head.get(1, b""))),
        number=_text(head.get(2, b"")),
        sex={b"\x01": "male", b"\x02": "female"}.get(head.get(8, b"")[:1], ""),
        born_on=parted(int.from_bytes(born[:2], "little"), born[2], born[3]) if len(born) >= 4 else None,
    )


def _recorded_at(head: dict[int, bytes]) -> datetime | None:
    on, at = head.get(25, b""), head.get(26, b"")
    day = parted(int.from_bytes(on[:2], "little"), on[2], on[3]) if len(on) >= 4 else None
    if day is None:
        return None
    is_time = len(at) >= 3 and at[0] < 24 and at[1] < 60 and at[2] < 60
    return datetime.combine(day, time(at[0], at[1], at[2]) if is_time else time())


def _device(body: bytes) -> str:
    return _text(body[8:14])


def _filters(head: dict[int, bytes]) -> Filters:
    high, low, marks = head.get(27, b""), head.get(28, b""), head.get(29, b"")
    notch = next((hz for bit, hz in ((1, 60.0), (2, 50.0)) if marks and marks[0] & bit), None)
    return Filters(
        high_pass_hz=int.from_bytes(high[:2], "little") / 100 or None if len(high) >= 2 else None,
        low_pass_hz=float(int.from_bytes(low[:2], "little")) or None if len(low) >= 2 else None,
        notch_hz=notch,
    )


def _measured(body: bytes) -> dict[Value, float]:
    """Section 7: the global measurements of the first kind of beat.  29999 is "not measured"."""
    n_kinds = body[0] if body else 0
    if n_kinds < 1 or len(body) < 6 + 16:
        return {}
    rr = int.from_bytes(body[2:4], "little")
    times = [int.from_bytes(body[n : n + 2], "little") for n in range(6, 16, 2)]
    axes = [int.from_bytes(body[n : n + 2], "little", signed=True) for n in range(16, 22, 2)]
    p_on, _p_off, qrs_on, qrs_off, t_off = (moment if moment < 29_999 else None for moment in times)
    return plausible(
        {
            Value.RATE: 60_000 / rr if 0 < rr < 29_999 else None,
            Value.PR: _between(p_on, qrs_on),
            Value.QRS: _between(qrs_on, qrs_off),
            Value.QT: _between(qrs_on, t_off),
            Value.QTC: _corrected(body, n_kinds),
            Value.P_AXIS: axes[0],
            Value.QRS_AXIS: axes[1],
            Value.T_AXIS: axes[2],
        }
    )


def _between(begin: int | None, end: int | None) -> float | None:
    return float(end - begin) if begin is not None and end is not None else None


def _corrected(body: bytes, n_kinds: int) -> float | None:
    """QTc stands behind the beats, the pacemaker spikes and the kinds of every beat."""
    n_spikes = body[1]
    at = 6 + 16 * n_kinds + 10 * n_spikes
    n_beats = int.from_bytes(body[at : at + 2], "little")
    at += 2 + n_beats + 4  # then ventricular and atrial rate
    qtc = int.from_bytes(body[at : at + 2], "little")
    return float(qtc) if len(body) >= at + 2 else None


def _statements(body: bytes) -> tuple[str, ...]:
    """Section 8: the statements of the report, in its order."""
    return tuple(text for text in _texts(body) if text)


def _texts(body: bytes) -> Iterator[str]:
    n_statements, at = (body[8], 9) if len(body) > 8 else (0, 0)
    for _ in range(min(n_statements, _MOST_STATEMENTS)):
        if at + 3 > len(body):
            return
        length = int.from_bytes(body[at + 1 : at + 3], "little")
        yield _text(body[at + 3 : at + 3 + length])
        at += 3 + length


def _text(body: bytes) -> str:
    """Text up to its NUL.  Devices here write GB18030 where the standard asks for Latin."""
    plain = body.split(b"\0")[0][:400]
    for name in ("utf-8", "gb18030"):
        try:
            return plain.decode(name).strip()
        except UnicodeDecodeError:
            continue
    return plain.decode("latin-1").strip()
