"""A recording on paper: SVG in millimetres, to be printed at its real size.  Pure.

One unit of the drawing is one millimetre.  Colours and widths are attributes, so that the page's policy needs no style
inside.  Sheets that are compared share speed and gain, and so lie above each other at the same scale.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

from tongmai.commons.ecg.leads import STANDARD, Microvolts
from tongmai.commons.ecg.tracing import Tracing

SPEEDS = ("12.5", "25", "50")  # mm a second
GAINS = ("5", "10", "20")  # mm a millivolt
LAYOUTS = ("3x4", "12x1")
LONGEST_S = 10.0  # of one sheet
_COLUMNS = (("I", "II", "III"), ("aVR", "aVL", "aVF"), ("V1", "V2", "V3"), ("V4", "V5", "V6"))
_RHYTHM = "II"
_LEFT, _RIGHT, _TOP = 12.0, 5.0, 5.0  # margins; the left one holds the calibration
_MOST_HZ = 1000.0  # finer than paper shows
_FINE, _COARSE, _INK = "#f6c6c6", "#e58f8f", "#10202c"


@dataclass(frozen=True)
class View:
    """What the reader wants to see: layout or one lead, speed, gain, and from which second on."""

    layout: str = "3x4"
    speed: str = "25"
    gain: str = "10"
    lead: str = ""
    from_s: float = 0.0

    @property
    def mm_per_s(self) -> float:
        return float(self.speed)

    @property
    def mm_per_mv(self) -> float:
        return float(self.gain)


@dataclass(frozen=True)
class Strip:
    """A piece of a lead on the sheet: its left end and its zero line in mm, its span in seconds."""

    lead: str
    x: float
    y: float
    from_s: float
    seconds: float


@dataclass(frozen=True)
class Sheet:
    """The drawing with what a reader must know of it."""

    svg: Markup
    width_mm: float
    height_mm: float
    strips: tuple[Strip, ...]
    seconds: float


def draw(tracing: Tracing, view: View, *, label: str, ident: str = "ecg") -> Sheet:
    """Return the sheet; `label` says in words what it shows, `ident` keeps the grids of two sheets of a page apart."""
    seconds = min(LONGEST_S, tracing.seconds - view.from_s)
    pitch = 15 + 1.5 * view.mm_per_mv
    strips = tuple(_strips(tracing, view, seconds, pitch))
    width = _LEFT + seconds * view.mm_per_s + _RIGHT
    rows = sorted({strip.y for strip in strips})
    height = _TOP + len(rows) * pitch
    width, height = float(np.ceil(width / 5) * 5), float(np.ceil(height / 5) * 5)
    body = [_grid(width, height, ident)]
    body += [_calibration(y, view) for y in rows]
    body += [_strip(tracing, strip, view, pitch) for strip in strips]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tm-ecg-svg" width="{width:g}mm" height="{height:g}mm" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" data-ecg="" data-mm-per-s="{view.speed}" data-mm-per-mv="{view.gain}" '
    )
    svg = f'{head}aria-label="{escape(label)}">{"".join(body)}</svg>'
    return Sheet(Markup(svg), width, height, strips, seconds)  # nosec B704: numbers and leads of ours; the label is escaped


def _strips(tracing: Tracing, view: View, seconds: float, pitch: float) -> Iterator[Strip]:
    if view.lead:
        yield Strip(view.lead, _LEFT, _TOP + pitch / 2, view.from_s, seconds)
        return
    present = set(tracing.leads)
    if view.layout == "3x4" and len(present & set(STANDARD)) >= 6:
        span = seconds / len(_COLUMNS)
        for column, names in enumerate(_COLUMNS):
            for row, name in enumerate(names):
                if name in present:
                    at = column * span
                    x, y = _LEFT + at * view.mm_per_s, _TOP + pitch * (row + 0.5)
                    yield Strip(name, x, y, view.from_s + at, span)
        rhythm = _RHYTHM if _RHYTHM in present else tracing.leads[0]
        yield Strip(rhythm, _LEFT, _TOP + pitch * 3.5, view.from_s, seconds)
        return
    for row, name in enumerate(tracing.leads):
        yield Strip(name, _LEFT, _TOP + pitch * (row + 0.5), view.from_s, seconds)


def _grid(width: float, height: float, ident: str) -> str:
    fine, coarse = f"{ident}-1", f"{ident}-5"
    return (
        f'<defs><pattern id="{fine}" width="1" height="1" patternUnits="userSpaceOnUse">'
        f'<path d="M1 0H0V1" fill="none" stroke="{_FINE}" stroke-width=".1"/></pattern>'
        f'<pattern id="{coarse}" width="5" height="5" patternUnits="userSpaceOnUse">'
        f'<path d="M5 0H0V5" fill="none" stroke="{_COARSE}" stroke-width=".2"/></pattern></defs>'
        f'<rect width="{width:g}" height="{height:g}" fill="#fffdfb"/>'
        f'<rect width="{width:g}" height="{height:g}" fill="url(#{fine})"/>'
        f'<rect width="{width:g}" height="{height:g}" fill="url(#{coarse})"/>'
    )


def _calibration(y: float, view: View) -> str:
    """One millivolt for a fifth of a second, in front of every row."""
    wide = min(0.2 * view.mm_per_s, 7)
    return (
        f'<path d="M2 {y:g}h1v{-view.mm_per_mv:g}h{wide:g}v{view.mm_per_mv:g}h1" fill="none" stroke="{_INK}" '
        f'stroke-width=".25" data-calibration="{view.mm_per_mv:g}"/>'
    )


def _strip(tracing: Tracing, strip: Strip, view: View, pitch: float) -> str:
    """The name of the lead, and its curve in hundredths of a millimetre, each point as the way from the one before."""
    curve = f'<path d="{_path(tracing, strip, view, pitch)}" fill="none" stroke="{_INK}" stroke-width="25" stroke-linejoin="round"/>'
    name = (
        f'<text x="{strip.x + 1.5:g}" y="{strip.y - pitch / 2 + 4.5:g}" font-size="3.6" font-weight="600" fill="{_INK}">'
        f"{strip.lead}</text>"
    )
    tick = f'<path d="M{strip.x:g} {strip.y - 2.5:g}v5" stroke="{_INK}" stroke-width=".2"/>' if strip.x > _LEFT else ""
    return f'{name}{tick}<g transform="scale(.01)" data-lead="{strip.lead}">{curve}</g>'


def _path(tracing: Tracing, strip: Strip, view: View, pitch: float) -> str:
    hz = tracing.rate_hz
    step = max(1, round(hz / _MOST_HZ))
    first = round(strip.from_s * hz)
    row = tracing.lead(strip.lead)[first : first + round(strip.seconds * hz) + 1 : step]
    # The middle of the strip is its zero: what drifts out of sight is still where its neighbours are.
    level = float(np.nanmedian(row)) if np.isfinite(row).any() else 0.0
    xs = np.round((strip.x + np.arange(len(row)) * step / hz * view.mm_per_s) * 100).astype(int)
    high = np.clip((row - level) * view.mm_per_mv / 1000, -pitch * 1.5, pitch * 1.5)
    ys = np.where(np.isfinite(row), np.round((strip.y - np.nan_to_num(high)) * 100), 0).astype(int)
    return "".join(_lines(xs, ys, np.isfinite(row)))


def _lines(xs: "np.ndarray", ys: "np.ndarray", is_there: Microvolts) -> Iterator[str]:
    """One line for each stretch without a gap."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_there, [False])).astype(int)))
    for begins, ends in zip(edges[::2], edges[1::2], strict=True):
        dx, dy = np.diff(xs[begins:ends]), np.diff(ys[begins:ends])
        yield f"M{xs[begins]} {ys[begins]}l" + " ".join(
            f"{x} {y}" for x, y in zip(dx.tolist(), dy.tolist(), strict=True)
        )
