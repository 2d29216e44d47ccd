"""What was read of a file: the curves in microvolts, and what the file says beside them.  Pure; no file knows a resident."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import numpy as np

from tongmai.commons.ecg import leads
from tongmai.commons.ecg.flaws import Unreadable
from tongmai.commons.ecg.leads import Microvolts

MOST_LEADS = 24
MOST_SAMPLES = 8_000_000  # of all leads together: ten minutes of twelve leads at 1000 Hz
MOST_SECONDS = 600
SLOWEST_HZ, FASTEST_HZ = 50, 32_000
MOST_MICROVOLTS = 200_000  # beyond what a body gives; such a file has its units wrong


class Format(StrEnum):
    DICOM = "dicom"
    SCP = "scp"
    AECG = "aecg"
    WFDB = "wfdb"
    MUSE = "muse"


class Value(StrEnum):
    """What is measured: milliseconds, degrees, beats a minute."""

    RATE = "rate"
    PR = "pr"
    QRS = "qrs"
    QT = "qt"
    QTC = "qtc"
    P_AXIS = "p_axis"
    QRS_AXIS = "qrs_axis"
    T_AXIS = "t_axis"


# What can be true; a device that has no value writes 0, 29999, 65535 or the like.
PLAUSIBLE = {
    Value.RATE: (10, 400), Value.PR: (40, 600), Value.QRS: (30, 300), Value.QT: (120, 800), Value.QTC: (150, 900),
    Value.P_AXIS: (-180, 360), Value.QRS_AXIS: (-180, 360), Value.T_AXIS: (-180, 360),
}  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """Whose recording the file says it is.  Blank is unknown."""

    name: str = ""
    number: str = ""
    sex: str = ""  # male | female
    born_on: date | None = None


@dataclass(frozen=True)
class Filters:
    """The band of the recording, in Hz; None is unknown."""

    high_pass_hz: float | None = None
    low_pass_hz: float | None = None
    notch_hz: float | None = None


@dataclass(frozen=True, eq=False)
class Tracing:
    """One recording.  `microvolts`: one row a lead, in the order of `leads`; NaN where a lead was not recorded."""

    format: Format
    leads: tuple[str, ...]
    rate_hz: float
    microvolts: Microvolts
    subject: Subject = Subject()
    recorded_at: datetime | None = None  # without a zone: the clock of the device
    device: str = ""
    organisation: str = ""
    order_number: str = ""
    filters: Filters = Filters()
    measured: Mapping[Value, float] = field(default_factory=dict)  # by the device
    statements: tuple[str, ...] = ()  # of the device

    @property
    def n_samples(self) -> int:
        """Samples of one lead."""
        return int(self.microvolts.shape[1])

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.n_samples / self.rate_hz

    def lead(self, name: str) -> Microvolts:
        """Return one lead's samples.  Raises ValueError where there is no such lead."""
        row: Microvolts = self.microvolts[self.leads.index(name)]
        return row


@dataclass(frozen=True)
class Piece:
    """A lead's samples from `starts_s` on, as a reader found them."""

    lead: str
    microvolts: Microvolts
    starts_s: float = 0.0


def assembled(pieces: list[Piece], rate_hz: float) -> tuple[tuple[str, ...], Microvolts]:
    """Return leads and samples of the pieces, each at its time; where a lead has no piece it is NaN.

    Raises:
        Unreadable: nothing in it, too much of it, or a rate that no device has.
    """
    if not SLOWEST_HZ <= rate_hz <= FASTEST_HZ:
        raise Unreadable("rate", rate=f"{rate_hz:g}")
    if not pieces:
        raise Unreadable("no-leads")
    first = min(piece.starts_s for piece in pieces)
    spans = [(round((piece.starts_s - first) * rate_hz), len(piece.microvolts)) for piece in pieces]
    length = max(start + n for start, n in spans)
    names = {piece.lead for piece in pieces}
    check_size(len(names), length, rate_hz)
    found: dict[str, Microvolts] = {}
    for piece, (start, n) in zip(pieces, spans, strict=True):
        row = found.setdefault(piece.lead, np.full(length, np.nan, dtype=np.float32))
        row[start : start + n] = piece.microvolts
    whole = leads.completed(found)
    order = leads.in_order(whole)
    samples = np.stack([whole[name] for name in order]).astype(np.float32)
    if not np.any(np.isfinite(samples)) or np.nanmax(np.abs(samples)) > MOST_MICROVOLTS:
        raise Unreadable("amplitude")
    return order, samples


def check_size(n_leads: int, n_samples: int, rate_hz: float) -> None:
    """Refuse what no resting electrocardiogram has, before room is made for it.

    Raises:
        Unreadable: too many leads or samples, or none.
    """
    if n_leads < 1 or n_samples < 1:
        raise Unreadable("no-leads")
    if n_leads > MOST_LEADS:
        raise Unreadable("too-many-leads", n=n_leads, most=MOST_LEADS)
    if n_leads * n_samples > MOST_SAMPLES or n_samples > MOST_SECONDS * rate_hz:
        raise Unreadable("too-long", most=MOST_SECONDS // 60)


def plausible(values: Mapping[Value, float | None]) -> dict[Value, float]:
    """Return the values that can be true; an axis within -180° to 180°."""
    kept: dict[Value, float] = {}
    for value, number in values.items():
        low, high = PLAUSIBLE[value]
        if number is None or not low <= number <= high:
            continue
        kept[value] = number - 360 if value.endswith("_axis") and number > 180 else number
    return kept
