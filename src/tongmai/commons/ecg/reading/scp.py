"""SCP-ECG (EN 1064): sections 0 to 8, read by pointer.

Sections 4 and 5 (an average beat) are needed where the device took that beat out of the curves: see scp_beats.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

import numpy as np

from tongmai.commons.ecg import leads
from tongmai.commons.ecg.flaws import Unreadable
from tongmai.commons.ecg.leads import Microvolts
from tongmai.commons.ecg.reading import huffman, scp_beats
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
    rate, pieces = _rhythm(sections)
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


def _channels(body: bytes) -> tuple[list[_Channel], bool]:
    """Section 3: which leads, from which sample to which; whether an average beat was taken out of them."""
    n_leads, flags = (body[0], body[1]) if len(body) > 1 else (0, 0)
    if len(body) < 2 + 9 * n_leads:
        raise Unreadable("broken", what="SCP 3")
    rows = [body[n : n + 9] for n in range(2, 2 + 9 * n_leads, 9)]
    spans = [(int.from_bytes(row[:4], "little"), int.from_bytes(row[4:8], "little"), row[8]) for row in rows]
    for first, last, _number in spans:
        check_size(n_leads, last - first + 1, 500)
    found = [_Channel(leads.BY_NUMBER.get(number), first, last - first + 1) for first, last, number in spans]
    return found, bool(flags & 1)


@dataclass(frozen=True)
class _Stored:
    """Section 5 or 6: its units, how its numbers were written, the bytes of each lead."""

    what: str
    nanovolts: int
    micros: int
    encoding: int
    is_thinned: bool
    rows: list[bytes]

    def curve(self, row: int, tables: list[huffman.Table] | None, n_wanted: int, *, is_all: bool = False) -> Microvolts:
        """Return one lead in microvolts.  `is_all`: nothing may be left behind the last number but what fills up a word."""
        numbers, n_left = _numbers(self.rows[row], tables, n_wanted, self.what)
        if is_all and n_left > 15:
            raise Unreadable("compressed", what="SCP bimodal")
        return _summed(numbers, self.encoding) * (self.nanovolts / 1000)


def _stored(number: int, body: bytes, n_leads: int) -> _Stored:
    what = f"SCP {number}"
    if len(body) < 6 + 2 * n_leads:
        raise Unreadable("broken", what=what)
    nanovolts, micros = (int.from_bytes(body[n : n + 2], "little") for n in (0, 2))
    if not nanovolts or not micros or body[4] > 2:
        raise Unreadable("broken", what=what)
    at, rows = 6 + 2 * n_leads, []
    for n in range(n_leads):
        n_bytes = int.from_bytes(body[6 + 2 * n : 8 + 2 * n], "little")
        rows.append(body[at : at + n_bytes])
        at += n_bytes
    if at > len(body):
        raise Unreadable("broken", what=what)
    return _Stored(what, nanovolts, micros, body[4], bool(body[5]), rows)


def _rhythm(sections: dict[int, bytes]) -> tuple[float, list[Piece]]:
    """The rate, and the curves of the leads that we know."""
    channels, is_reduced = _channels(sections[3])
    tables = huffman.tables_in(sections[2]) if 2 in sections else None
    kept = _stored(6, sections[6], len(channels))
    if is_reduced or kept.is_thinned:
        return _unpacked(sections, channels, kept, tables, is_reduced=is_reduced)
    first = min((channel.starts for channel in channels), default=0)
    pieces = [
        _piece(channel.lead, kept.curve(n, tables, channel.n_samples), (channel.starts - first) * kept.micros / 1e6)
        for n, channel in enumerate(channels)
        if channel.lead is not None
    ]
    return 1_000_000 / kept.micros, pieces


def _piece(lead: str, curve: Microvolts, starts_s: float = 0.0) -> Piece:
    return Piece(lead, curve.astype(np.float32), starts_s)


def _unpacked(
    sections: dict[int, bytes],
    channels: list[_Channel],
    kept: _Stored,
    tables: list[huffman.Table] | None,
    *,
    is_reduced: bool,
) -> tuple[float, list[Piece]]:
    """The curves where an average beat was taken out of them, or samples between the QRS complexes."""
    if 4 not in sections or 5 not in sections or not channels:
        raise Unreadable("broken", what="SCP 4, 5")
    n_samples = channels[0].n_samples
    if any((channel.starts, channel.n_samples) != (1, n_samples) for channel in channels):
        raise Unreadable("compressed", what="SCP reference beat")
    averages = _stored(5, sections[5], len(channels))
    if kept.micros != averages.micros * (scp_beats.THINNED if kept.is_thinned else 1):
        raise Unreadable("compressed", what="SCP bimodal")
    beats = scp_beats.beats_in(sections[4], n_samples)
    protected = _protected(beats) if kept.is_thinned else []
    n_kept = scp_beats.n_stored(protected, n_samples) if kept.is_thinned else n_samples
    n_average = beats.milliseconds * 1000 // averages.micros
    pieces = []
    for n, channel in enumerate(channels):
        if channel.lead is None:
            continue
        curve = kept.curve(n, tables, n_kept, is_all=kept.is_thinned)
        if kept.is_thinned:
            curve = scp_beats.spread(curve, protected, n_samples)
        if is_reduced:
            curve = scp_beats.restored(curve, averages.curve(n, tables, n_average), beats)
        pieces.append(_piece(channel.lead, curve))
    return 1_000_000 / averages.micros, pieces


def _protected(beats: scp_beats.Beats) -> list[scp_beats.Span]:
    if beats.protected is None:
        raise Unreadable("compressed", what="SCP bimodal")
    return beats.protected


def _numbers(data: bytes, tables: list[huffman.Table] | None, n_wanted: int, what: str) -> tuple["np.ndarray", int]:
    """The numbers of one lead, and how many bits are left behind them."""
    if tables is not None:
        found, n_left = huffman.decoded(data, tables, n_wanted)
        return np.array(found, dtype=np.int64), n_left
    if len(data) < 2 * n_wanted:
        raise Unreadable("broken", what=what)
    return np.frombuffer(data, dtype="<i2", count=n_wanted).astype(np.int64), 8 * (len(data) - 2 * n_wanted)


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
