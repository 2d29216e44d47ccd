"""Where the waves of an average beat begin and end, over all leads at once.  Pure."""

from dataclasses import dataclass

import numpy as np

from tongmai.commons.ecg.leads import Microvolts
from tongmai.commons.ecg.measuring.beats import Average, band, smoothed
from tongmai.commons.ecg.tracing import Value

# Shares of the greatest speed below which QRS has not begun, or is over; found by comparison with what devices measured.
_QRS_BEGINS, _QRS_ENDS = 0.035, 0.05
_QUIET_MS = 12
_LEAST_P_UV = 12.0  # over all leads together
_T_SHARE = 0.35
# A straight line along the steepest part meets the level inside of the wave; devices mark where the wave fades.
_P_EARLY_MS, _T_LATE_MS = 8, 14
# T is over when, in the last milliseconds in which it may lie, the curve moves at less than this share of its greatest speed.
_LAST_MS, _EBBED = 16, 0.4


@dataclass(frozen=True)
class Spans:
    """Places in the average beat; None where a wave was not found."""

    hz: float
    qrs: tuple[int, int] | None = None
    p: tuple[int, int] | None = None
    t_begins: int | None = None
    t_ends: int | None = None

    def intervals(self) -> dict[Value, float | None]:
        """PR, QRS and QT in milliseconds."""
        if self.qrs is None:
            return {}
        begins, ends = self.qrs
        return {
            Value.QRS: self._ms(begins, ends),
            Value.PR: self._ms(self.p[0], begins) if self.p else None,
            Value.QT: self._ms(begins, self.t_ends) if self.t_ends else None,
        }

    def _ms(self, begins: int, ends: int) -> float:
        return (ends - begins) * 1000 / self.hz


def delineate(average: Average, hz: float, rr_ms: float) -> Spans:
    """Return where P, QRS and T lie; `rr_ms` says how far a beat may reach before it is the next one's."""
    qrs = _qrs(average, hz)
    if qrs is None:
        return Spans(hz)
    t_begins, t_ends = _t(average, hz, qrs, rr_ms)
    longest = qrs[0] - int(0.32 * hz)
    before = t_ends - round(rr_ms * hz / 1000) if t_ends else longest
    return Spans(hz, qrs, _p(average, hz, qrs, max(0, longest, before)), t_begins, t_ends)


def speed(samples: Microvolts, hz: float) -> Microvolts:
    """Return how fast the leads change together, smoothed over 8 ms."""
    return smoothed(np.sqrt(np.sum(np.gradient(samples, axis=1) ** 2, axis=0)), int(0.008 * hz))


def _qrs(average: Average, hz: float) -> tuple[int, int] | None:
    fast = speed(average.samples, hz)
    near = int(0.07 * hz)
    top = average.at - near + int(np.argmax(fast[average.at - near : average.at + near]))
    quiet = int(_QUIET_MS * hz / 1000)
    before = fast[max(0, top - int(0.16 * hz)) : top - int(0.05 * hz)]
    noise = float(np.percentile(before, 30)) if len(before) else 0.0
    begins = _still(fast[:top][::-1], max(_QRS_BEGINS * fast[top], 2.2 * noise), quiet, int(0.14 * hz))
    ends = _still(fast[top:], max(_QRS_ENDS * fast[top], 2.2 * noise), quiet, int(0.2 * hz))
    return (top - begins, top + ends) if begins is not None and ends is not None else None


def _still(values: Microvolts, limit: float, quiet: int, most: int) -> int | None:
    """How many samples until `values` stay below `limit` for `quiet` of them; at most `most`."""
    below = values[: most + quiet] < limit
    for n in range(min(most, len(below) - quiet)):
        if below[n : n + quiet].all():
            return n
    return None


def _p(average: Average, hz: float, qrs: tuple[int, int], free: int) -> tuple[int, int] | None:
    """P between `free`, where the T before it is over, and QRS: what stands highest above the level in front of QRS."""
    last = qrs[0] - int(0.008 * hz)
    if last - free < int(0.07 * hz):
        return None
    # Cut off in front of QRS before it is smoothed: else QRS runs into P.
    part = np.stack([smoothed(row, int(0.024 * hz)) for row in average.samples[:, free:last]])
    level = np.median(part[:, -int(0.016 * hz) :], axis=1)
    size = np.sqrt(np.mean((part - level[:, None]) ** 2, axis=0))
    reach = int(0.09 * hz)
    inner = size[reach // 3 : len(size) - int(0.03 * hz)]
    if not len(inner):
        return None
    top = reach // 3 + int(np.argmax(inner))
    floors = [float(size[max(0, top - reach) : top].min()), float(size[top : top + reach].min())]
    if size[top] - max(floors) < max(_LEAST_P_UV, 0.35 * float(size[top])):
        return None
    begins = top - _foot(size[: top + 1][::-1], floors[0], reach) - _P_EARLY_MS * hz / 1000
    ends = top + _foot(size[top:], floors[1], reach)
    return free + max(0, round(begins)), free + min(len(size) - 1, round(ends))


def _foot(size: Microvolts, floor: float, reach: int) -> float:
    """How far from its top a hump is over: where its steepest way down meets `floor`."""
    down = -np.gradient(size[: reach + 1]) if len(size) > 1 else np.zeros(1)
    steep = int(np.argmax(down))
    return steep + (float(size[steep]) - floor) / float(down[steep]) if down[steep] > 0 else float(steep)


def _t(average: Average, hz: float, qrs: tuple[int, int], rr_ms: float) -> tuple[int | None, int | None]:
    """The end of T: per lead where the steepest way down meets the level after it; the later ones of the clear leads."""
    rows = band(average.samples, hz, 0.5, 20.0)
    first = qrs[1] + int(0.06 * hz)
    last = min(rows.shape[1] - 2, qrs[0] + int(min(0.62, 0.72 * rr_ms / 1000) * hz))
    if last - first < int(0.08 * hz):
        return None, None
    ends: list[float] = []
    sizes = rows[:, first:last].max(axis=1) - rows[:, first:last].min(axis=1)
    for row, size in zip(rows, sizes, strict=True):
        if size < max(60.0, _T_SHARE * float(sizes.max())):
            continue
        end = _t_end(row, first, last, hz)
        if end is not None:
            ends.append(end)
    if not ends:
        return None, None
    return first, round(float(np.percentile(ends, 70)) + _T_LATE_MS * hz / 1000)


def _t_end(row: Microvolts, first: int, last: int, hz: float) -> float | None:
    level = float(np.median(row[max(first, last - int(0.04 * hz)) : last]))
    part = row[first:last] - level
    top = int(np.argmax(np.abs(part)))
    slope = np.gradient(part) * -np.sign(part[top])
    after = slope[top : top + int(0.18 * hz)]
    if top < 4 or len(after) < 6 or after.max() <= 0:
        return None
    steep = top + int(np.argmax(after))
    ebbing = float(np.abs(np.mean(slope[-int(_LAST_MS * hz / 1000) :])))
    if ebbing > _EBBED * float(np.abs(slope).max()):
        return None  # still under way where the next beat's P may begin: its end cannot be told
    end = steep + abs(float(part[steep])) / float(slope[steep])
    return first + end if end < len(part) + int(0.02 * hz) else None
