"""Electrocardiograms that nobody has: twelve leads of a given rhythm, with what is true of them known.

For tests, the demonstration and the benches.  The waves begin and end where they are said to, so a measurement can be
compared with what was asked for; they are no model of a heart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from tongmai.commons.ecg import leads
from tongmai.commons.ecg.leads import Microvolts
from tongmai.commons.ecg.tracing import Filters, Format, Piece, Subject, Tracing, assembled

# Where the limb leads look, in degrees of the frontal plane, and how the chest leads see r and s, P and T.
_ANGLES = {"I": 0, "II": 60}
_CHEST = {
    "V1": (0.25, -1.0, 0.3, 0.15), "V2": (0.4, -1.3, 0.4, 0.9), "V3": (0.8, -0.9, 0.5, 1.0),
    "V4": (1.3, -0.5, 0.6, 0.9), "V5": (1.2, -0.25, 0.6, 0.8), "V6": (0.9, -0.1, 0.6, 0.7),
}  # fmt: skip
_R_UV, _P_UV, _T_UV = 1_100.0, 150.0, 300.0
_P_MS = 100


@dataclass(frozen=True)
class Truth:
    """What the recording is to show.  `st_uv` lifts (or lowers) ST in the leads named; `rr_spread` is the share by which
    the distances of the beats vary; without P waves and with a spread it is what atrial fibrillation looks like."""

    rate_bpm: float = 70
    pr_ms: float = 160
    qrs_ms: float = 90
    qt_ms: float = 390
    axis_deg: float = 50
    st_uv: Mapping[str, float] = field(default_factory=dict)
    rr_spread: float = 0.0
    has_p: bool = True
    noise_uv: float = 6.0
    wander_uv: float = 30.0
    seconds: float = 10.0
    rate_hz: float = 500.0
    seed: int = 1


PLAIN = Truth()
NOBODY = Subject()
ANTERIOR_STEMI: Mapping[str, float] = {
    "V1": 150, "V2": 420, "V3": 480, "V4": 380, "V5": 160, "II": -60, "III": -110, "aVF": -90,
}  # fmt: skip
INFERIOR_STEMI: Mapping[str, float] = {"II": 250, "III": 320, "aVF": 290, "I": -90, "aVL": -180}


def recording(truth: Truth = PLAIN, *, subject: Subject = NOBODY, recorded_at: datetime | None = None) -> Tracing:
    """Return twelve leads that show what `truth` says; the same truth gives the same samples."""
    draw = np.random.default_rng(truth.seed)
    times = np.arange(round(truth.seconds * truth.rate_hz)) / truth.rate_hz
    parts = _parts(truth, times, _beats(truth, draw))
    curves = {name: _curve(name, truth, parts) for name in ("I", "II", *leads.CHEST)}
    curves |= _limb_st(truth, parts["st"])
    for name in list(curves):
        curves[name] = curves[name] + _disturbance(truth, times, draw)
    pieces = [Piece(name, curve.astype(np.float32)) for name, curve in curves.items()]
    names, samples = assembled(pieces, truth.rate_hz)
    return Tracing(
        format=Format.DICOM, leads=names, rate_hz=truth.rate_hz, microvolts=samples, subject=subject,
        recorded_at=recorded_at, device="Tongmai synthetic", filters=Filters(0.05, 150.0, 50.0),
    )  # fmt: skip


def _beats(truth: Truth, draw: np.random.Generator) -> list[float]:
    """When each QRS begins."""
    rr = 60 / truth.rate_bpm
    found, at = [], 0.45
    while at < truth.seconds - truth.qt_ms / 1000 - 0.05:
        found.append(at)
        spread = draw.uniform(-truth.rr_spread, truth.rr_spread) if truth.rr_spread else 0.0
        at += rr * (1 + spread)
    return found


def _parts(truth: Truth, times: Microvolts, beats: list[float]) -> dict[str, Microvolts]:
    """Each wave of all beats with amplitude 1."""
    pr, qrs, qt = truth.pr_ms / 1000, truth.qrs_ms / 1000, truth.qt_ms / 1000
    t_begins = qrs + max(0.06, (qt - qrs) * 0.35)
    parts = {name: np.zeros_like(times) for name in ("p", "q", "r", "s", "t", "st")}
    for at in beats:
        if truth.has_p:
            parts["p"] += _bump(times, at - pr, at - pr + _P_MS / 1000)
        parts["q"] += _bump(times, at, at + 0.3 * qrs)
        parts["r"] += _bump(times, at, at + 0.66 * qrs)
        parts["s"] += _bump(times, at + 0.5 * qrs, at + qrs)
        parts["t"] += _bump(times, at + t_begins, at + qt)
        parts["st"] += _plateau(times, at + 0.8 * qrs, at + qrs, at + t_begins, at + qt)
    return parts


def _bump(times: Microvolts, begins: float, ends: float) -> Microvolts:
    """A wave that is 0 outside of its span and 1 in its middle."""
    phase = np.clip((times - begins) / (ends - begins), 0, 1)
    return np.sin(np.pi * phase) ** 2


def _plateau(times: Microvolts, rises: float, top: float, falls: float, ends: float) -> Microvolts:
    up = np.clip((times - rises) / (top - rises), 0, 1)
    down = np.clip((ends - times) / (ends - falls), 0, 1)
    return np.sin(np.pi * up / 2) ** 2 * np.sin(np.pi * down / 2) ** 2


def _curve(name: str, truth: Truth, parts: dict[str, Microvolts]) -> Microvolts:
    if name in _CHEST:
        r, s, p, t = _CHEST[name]
        curve = _R_UV * (r * parts["r"] + s * parts["s"]) + _P_UV * p * parts["p"] + _T_UV * t * parts["t"]
        return curve + truth.st_uv.get(name, 0.0) * parts["st"]
    seen = np.cos(np.radians(truth.axis_deg - _ANGLES[name]))
    beat = _R_UV * (parts["r"] - 0.1 * parts["q"] - 0.15 * parts["s"]) + _T_UV * parts["t"]
    return seen * beat + np.cos(np.radians(55 - _ANGLES[name])) * _P_UV * parts["p"]


def _limb_st(truth: Truth, st: Microvolts) -> dict[str, Microvolts]:
    """Limb leads whose ST is asked for: all six of them, since III and the augmented ones follow from I and II else."""
    wanted = [name for name in leads.LIMB if name in truth.st_uv]
    if not wanted:
        return {}
    plain = recording(_without_st(truth))
    return {name: plain.lead(name) + truth.st_uv.get(name, 0.0) * st for name in leads.LIMB}


def _without_st(truth: Truth) -> Truth:
    return replace(truth, st_uv={}, noise_uv=0.0, wander_uv=0.0)


def _disturbance(truth: Truth, times: Microvolts, draw: np.random.Generator) -> Microvolts:
    breath = truth.wander_uv * np.sin(2 * np.pi * 0.25 * times + draw.uniform(0, 2 * np.pi))
    return breath + draw.normal(0, truth.noise_uv, len(times)) if truth.noise_uv else breath
