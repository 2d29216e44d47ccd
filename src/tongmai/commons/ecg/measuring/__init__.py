"""Our own measurement of a recording: beats, intervals, axes, ST.  Pure; a suggestion that a doctor confirms or not.

One average beat is made of the beats that look alike, and measured over all leads at once, as devices do.  What cannot be
told is left out, never guessed: no P wave, no PR.
"""

from dataclasses import dataclass, field

import numpy as np

from tongmai.commons.ecg.leads import Microvolts
from tongmai.commons.ecg.measuring import beats, waves
from tongmai.commons.ecg.tracing import Tracing, Value, plausible

HZ = 500.0  # everything is measured at this rate
_FEWEST_BEATS = 3
_SHORTEST_S = 2.0
_FLAT_UV = 20.0  # from the lowest to the highest of a lead that is connected to nobody


@dataclass(frozen=True)
class Level:
    """ST of one lead, in µV against the beginning of QRS: at its end (J), and 60 or 80 ms later."""

    j_uv: float
    late_uv: float


@dataclass(frozen=True)
class Measured:
    """What was measured.  `rr_ms` are the distances of the beats; `late_ms` is where `Level.late_uv` was taken."""

    values: dict[Value, float] = field(default_factory=dict)
    rr_ms: tuple[float, ...] = ()
    levels: dict[str, Level] = field(default_factory=dict)
    late_ms: int = 80
    flat_leads: tuple[str, ...] = ()

    @property
    def rr_variation(self) -> float | None:
        """How far one distance lies from the next, as a share of the mean; None for fewer than four."""
        if len(self.rr_ms) < 4:
            return None
        steps = np.abs(np.diff(self.rr_ms))
        return float(np.median(steps) / np.mean(self.rr_ms))


def measure(tracing: Tracing) -> Measured:
    """Return what can be measured of the recording; of a short or a flat one nothing."""
    flat = _flat(tracing)
    names = tuple(name for name in tracing.leads if name not in flat)
    if tracing.seconds < _SHORTEST_S or not names:
        return Measured(flat_leads=flat)
    samples = beats.prepared(tracing, names, HZ)
    found = beats.find(samples, HZ)
    if len(found) < _FEWEST_BEATS:
        return Measured(flat_leads=flat)
    rr_ms = tuple(float(gap) * 1000 / HZ for gap in np.diff(found))
    average = beats.average(samples, found, HZ)
    spans = waves.delineate(average, HZ, float(np.median(rr_ms)))
    values: dict[Value, float | None] = {Value.RATE: 60_000 / float(np.mean(rr_ms))}
    values |= spans.intervals() | _axes(average, spans, names)
    if qt := values.get(Value.QT):
        values[Value.QTC] = qt / float(np.sqrt(np.mean(rr_ms) / 1000))  # Bazett, as devices here print it
    late_ms = 60 if (values[Value.RATE] or 0) > 100 else 80
    return Measured(
        values={value: round(number, 1) for value, number in plausible(values).items()},
        rr_ms=rr_ms,
        levels=_levels(average, spans, names, late_ms),
        late_ms=late_ms,
        flat_leads=flat,
    )


def _flat(tracing: Tracing) -> tuple[str, ...]:
    recorded = np.isfinite(tracing.microvolts)
    highest = np.where(recorded, tracing.microvolts, -np.inf).max(axis=1)
    lowest = np.where(recorded, tracing.microvolts, np.inf).min(axis=1)
    spread = highest - lowest  # -inf where nothing was recorded
    return tuple(name for name, width in zip(tracing.leads, spread, strict=True) if not width >= _FLAT_UV)


def _axes(average: beats.Average, spans: waves.Spans, names: tuple[str, ...]) -> dict[Value, float | None]:
    """The electrical axes of the frontal plane, by the areas in I and aVF."""
    if not {"I", "aVF"} <= set(names):
        return {}
    one, foot = (average.samples[names.index(name)] for name in ("I", "aVF"))
    whole = {Value.P_AXIS: spans.p, Value.QRS_AXIS: spans.qrs}
    found = {value: _axis(one, foot, *span) for value, span in whole.items() if span is not None}
    if spans.qrs and spans.t_begins is not None and spans.t_ends is not None:
        found[Value.T_AXIS] = _axis(one, foot, spans.t_begins, spans.t_ends, level_at=max(0, spans.qrs[0] - 4))
    return dict(found)


def _axis(one: Microvolts, foot: Microvolts, begins: int, ends: int, *, level_at: int | None = None) -> float:
    level = begins if level_at is None else level_at
    across, down = (float(np.sum(row[begins:ends] - row[level])) for row in (one, foot))
    # aVF is measured from the middle of two leads, and so sees less than I does: cos 30°.
    return float(np.degrees(np.arctan2(down / np.cos(np.pi / 6), across)))


def _levels(average: beats.Average, spans: waves.Spans, names: tuple[str, ...], late_ms: int) -> dict[str, Level]:
    if spans.qrs is None:
        return {}
    begins, ends = spans.qrs
    late = ends + round(late_ms * HZ / 1000)
    if begins < 8 or late + 4 >= average.samples.shape[1]:
        return {}
    base = average.samples[:, begins - 8 : begins - 1].mean(axis=1)
    at_j = average.samples[:, ends : ends + 3].mean(axis=1) - base
    later = average.samples[:, late - 3 : late + 4].mean(axis=1) - base
    return {
        name: Level(round(float(j)), round(float(after))) for name, j, after in zip(names, at_j, later, strict=True)
    }
