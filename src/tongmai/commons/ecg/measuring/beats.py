"""Where the beats are, and what an average one looks like.  Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongmai.commons.ecg.leads import Microvolts
from tongmai.commons.ecg.tracing import Tracing

Places = NDArray[np.int64]

_REFRACTORY_S = 0.24
_BEFORE_S, _AFTER_S = 0.36, 0.62
_ALIKE = 0.85  # correlation with the average, for a beat to be of the same kind


@dataclass(frozen=True, eq=False)
class Average:
    """The median of the beats that look alike, one row a lead; `at` is where their QRS is strongest."""

    samples: Microvolts
    at: int


def prepared(tracing: Tracing, names: tuple[str, ...], hz: float) -> Microvolts:
    """Return the leads at `hz`, without the slow drift, the mains and what is faster than a heart."""
    rows = np.nan_to_num(np.stack([tracing.lead(name) for name in names]).astype(np.float64))
    if tracing.rate_hz != hz:
        times = np.arange(int(tracing.seconds * hz)) / hz
        own = np.arange(tracing.n_samples) / tracing.rate_hz
        rows = np.stack([np.interp(times, own, row) for row in rows])
    return band(rows, hz, 0.4, 100.0)


def band(rows: Microvolts, hz: float, low_hz: float, high_hz: float) -> Microvolts:
    """Return the rows with what lies between the two; no phase is moved.  Mirrored ends keep the edges quiet."""
    n = rows.shape[1]
    edge = min(n - 1, int(hz))
    wide = np.concatenate((rows[:, edge:0:-1], rows, rows[:, -2 : -edge - 2 : -1]), axis=1)
    bins = np.fft.rfftfreq(wide.shape[1], 1 / hz)
    keep = _step(bins, low_hz, low_hz * 0.4) * (1 - _step(bins, high_hz, high_hz * 0.2))
    whole = np.fft.irfft(np.fft.rfft(wide, axis=1) * keep, wide.shape[1], axis=1)
    return np.asarray(whole[:, edge : edge + n])


def _step(bins: Microvolts, at: float, width: float) -> Microvolts:
    """0 below, 1 above, a smooth way between."""
    return np.asarray(np.sin(np.pi / 2 * np.clip((bins - at + width) / (2 * width), 0, 1)) ** 2)


def smoothed(row: Microvolts, n: int) -> Microvolts:
    """Return the moving mean over `n` samples."""
    n = max(1, n | 1)
    padded = np.pad(row, (n // 2, n // 2), mode="edge")
    return np.convolve(padded, np.ones(n) / n, mode="valid")


def find(samples: Microvolts, hz: float) -> Places:
    """Return the places of the beats: peaks of what changes fast in all leads together."""
    fast = np.diff(band(samples, hz, 6.0, 28.0), axis=1, prepend=0)
    spread = np.median(np.abs(fast), axis=1) + np.std(fast, axis=1)
    envelope = smoothed(np.sqrt(np.mean((fast / np.maximum(spread, 1e-6)[:, None]) ** 2, axis=0)), int(0.1 * hz))
    threshold = 0.45 * _usual_peak(envelope, hz)
    gap = int(_REFRACTORY_S * hz)
    above = np.flatnonzero((envelope[1:-1] >= envelope[:-2]) & (envelope[1:-1] > envelope[2:])) + 1
    kept: list[int] = []
    for place in above[envelope[above] > threshold]:
        if kept and place - kept[-1] < gap:
            if envelope[place] > envelope[kept[-1]]:
                kept[-1] = int(place)
        else:
            kept.append(int(place))
    return np.array(kept, dtype=np.int64)


def _usual_peak(envelope: Microvolts, hz: float) -> float:
    """The middle one of the highest points of each one and a half seconds: a single jolt does not raise it."""
    width = int(1.5 * hz)
    tops = [float(envelope[n : n + width].max()) for n in range(0, max(1, len(envelope) - width // 2), width)]
    return float(np.median(tops))


def average(samples: Microvolts, places: Places, hz: float) -> Average:
    """Return the average of the beats that look alike."""
    before, after = int(_BEFORE_S * hz), int(_AFTER_S * hz)
    n = samples.shape[1]
    inner = [int(p) for p in places if p - before >= 0 and p + after <= n] or [int(places[len(places) // 2])]
    padded = np.pad(samples, ((0, 0), (before, after)), mode="edge")
    cut = np.stack([padded[:, p : p + before + after] for p in inner])
    middle = np.median(cut, axis=0)
    reach = int(0.04 * hz)
    aligned = [
        padded[:, p + _shift(beat, middle, before, reach) :][:, : before + after]
        for p, beat in zip(inner, cut, strict=True)
    ]
    whole = [beat for beat in aligned if beat.shape[1] == before + after] or list(cut)
    middle = np.median(np.stack(whole), axis=0)
    alike = [beat for beat in whole if _likeness(beat, middle, before, int(0.1 * hz)) >= _ALIKE] or whole
    return Average(np.median(np.stack(alike), axis=0), before)


def _shift(beat: Microvolts, middle: Microvolts, at: int, reach: int) -> int:
    """How far `beat` lies from the average, by the best fit of QRS over all leads."""
    half = 3 * reach
    part = middle[:, at - half : at + half]
    fits = {
        move: float(np.sum(beat[:, at - half + move : at + half + move] * part)) for move in range(-reach, reach + 1)
    }
    return max(fits, key=lambda move: (fits[move], -abs(move)))


def _likeness(beat: Microvolts, middle: Microvolts, at: int, half: int) -> float:
    one, other = (rows[:, at - half : at + half].ravel() for rows in (beat, middle))
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(np.dot(one, other)) / size if size else 0.0
