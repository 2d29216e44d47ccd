"""SCP-ECG "high compression" (EN 1064, sections 4 and 5): an average beat taken out of every beat that is like it, and
what is left thinned out four to one outside of the QRS complexes.  Pure.

Samples are counted from 1, in the recording and in the average beat; that the readers of others agree upon is read.
Where they part (another rate than four to one, gaps that are no multiple of four, leads one after another) the file is
refused: nobody could say which of them draws what the device saw.
"""

from dataclasses import dataclass

import numpy as np

from tongmai.commons.ecg.flaws import Unreadable
from tongmai.commons.ecg.leads import Microvolts

THINNED = 4  # samples of the device for one that is stored, outside of the protected spans
_MOST_BEATS = 4_000  # ten minutes at four hundred a minute
_AVERAGED = 0  # the kind of beat that section 5 holds and that was taken out; others stand as they were


@dataclass(frozen=True)
class Span:
    """Samples `first` to `last`, both within."""

    first: int
    last: int


@dataclass(frozen=True)
class Beat:
    """Where the average beat was taken out, and the sample that its own `fiducial` lay upon."""

    span: Span
    fiducial: int


@dataclass(frozen=True)
class Beats:
    """Section 4.  `protected`: the QRS complexes, that are never thinned out; None in records before 1.3."""

    milliseconds: int  # how long the average beat is
    fiducial: int  # its sample that lies upon that of each beat
    beats: list[Beat]
    protected: list[Span] | None


def beats_in(body: bytes, n_samples: int) -> Beats:
    """Return section 4 of a recording of so many samples.  Raises Unreadable."""
    n_beats = _number(body, 4, 2)
    n_rows = 6 + 14 * n_beats
    if len(body) < 6 or n_beats > _MOST_BEATS or len(body) < n_rows:
        raise Unreadable("broken", what="SCP 4")
    beats = [
        Beat(Span(_number(body, at + 2, 4), _number(body, at + 10, 4)), _number(body, at + 6, 4))
        for at in range(6, n_rows, 14)
        if _number(body, at, 2) == _AVERAGED
    ]
    protected = None
    if len(body) >= n_rows + 8 * n_beats:
        rows = range(n_rows, n_rows + 8 * n_beats, 8)
        protected = [Span(_number(body, at, 4), _number(body, at + 4, 4)) for at in rows]
    _check_order([beat.span for beat in beats], n_samples)
    if any(not beat.span.first <= beat.fiducial <= beat.span.last for beat in beats):
        raise Unreadable("broken", what="SCP 4")
    return Beats(_number(body, 0, 2), _number(body, 2, 2), beats, protected)


def n_stored(protected: list[Span], n_samples: int) -> int:
    """Return how many samples of a lead are stored, where it is thinned out between the protected spans."""
    _check_order(protected, n_samples)
    gaps = _gaps(protected, n_samples)
    if any(n % THINNED for _start, n in gaps):
        raise Unreadable("compressed", what="SCP bimodal")
    return n_samples - sum(n - n // THINNED for _start, n in gaps)


def spread(stored: Microvolts, protected: list[Span], n_samples: int) -> Microvolts:
    """Return every sample of a lead: as it stands within the protected spans, on straight lines between them.

    A sample that stands for four lies upon the third of them; before the first and after the last of a gap the line
    goes on level.
    """
    whole, at, done = np.empty(n_samples), 0, 0
    for start, n in _gaps(protected, n_samples):
        whole[done:start] = stored[at : at + start - done]
        at += start - done
        n_here = n // THINNED
        if n_here:
            marks = np.arange(n_here) * THINNED + THINNED // 2
            whole[start : start + n] = np.interp(np.arange(n), marks, stored[at : at + n_here])
        at, done = at + n_here, start + n
    whole[done:] = stored[at:]
    return whole


def restored(left: Microvolts, average: Microvolts, beats: Beats) -> Microvolts:
    """Return what is left of a lead with the average beat put back wherever it was taken out.

    Raises:
        Unreadable: a beat reaches beyond the average one.
    """
    whole = left.copy()
    for beat in beats.beats:
        first = beats.fiducial - (beat.fiducial - beat.span.first)
        last = beats.fiducial + (beat.span.last - beat.fiducial)
        if first < 1 or last > len(average):
            raise Unreadable("broken", what="SCP 5")
        whole[beat.span.first - 1 : beat.span.last] += average[first - 1 : last]
    return whole


def _check_order(spans: list[Span], n_samples: int) -> None:
    """One behind the other, within the recording."""
    before = 0
    for span in spans:
        if not before < span.first <= span.last <= n_samples:
            raise Unreadable("broken", what="SCP 4")
        before = span.last


def _gaps(protected: list[Span], n_samples: int) -> list[tuple[int, int]]:
    """Where a gap begins, counted from 0, and its length: before, between and behind the protected spans."""
    begins = [0, *(span.last for span in protected)]
    ends = [*(span.first - 1 for span in protected), n_samples]
    return [(begin, end - begin) for begin, end in zip(begins, ends, strict=True)]


def _number(body: bytes, at: int, n_bytes: int) -> int:
    return int.from_bytes(body[at : at + n_bytes], "little")
