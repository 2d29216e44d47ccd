"""Values over time as lines, worked out on the server: the template `c.plot` only writes the numbers down as SVG.

Nothing is needed in the browser, so the picture prints, and is there without scripts.  A point may lead somewhere; what
is abnormal has another shape, not only another colour.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import ceil, floor, log10
from operator import attrgetter
from typing import Any, TypeVar

from tongmai.kernel.months import local_day, start_of_day

Timed = TypeVar("Timed", bound=Any)  # has an `at`
WIDTH, HEIGHT = 400, 190
LEFT, RIGHT, TOP, BOTTOM = 40, 14, 12, 24
_NAME_WIDTH = 60
MOST_POINTS = 80  # of one line; more lie on each other
_DAYS_OF_YEARS, _DAYS_OF_MONTHS = 730, 92


@dataclass(frozen=True)
class Point:
    """One value.  `said` is all of it in words; `tone` is "", "abnormal" or "critical"."""

    at: datetime
    value: Decimal
    said: str = ""
    href: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Line:
    """Values that belong together, the earliest first; `n_left_out` were thinned out before."""

    label: str
    points: Sequence[Point]
    n_left_out: int = 0


@dataclass(frozen=True)
class Mark:
    x: str
    y: str
    point: Point
    shape: str = ""  # the path of what is abnormal; "" for a dot


@dataclass(frozen=True)
class Drawn:
    """One line on paper; `label_y` is where its name stands, above its end."""

    label: str
    path: str
    marks: Sequence[Mark]
    label_y: str


@dataclass(frozen=True)
class Plot:
    """A picture, ready to be written down.  Ticks are (place, words); `band` is (top, height) of what is normal."""

    lines: Sequence[Drawn]
    y_ticks: Sequence[tuple[str, str]]
    x_ticks: Sequence[tuple[str, str]]
    band: tuple[str, str] | None
    n_left_out: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def plot(lines: Sequence[Line], *, low: Decimal | None = None, high: Decimal | None = None) -> Plot:
    """Return the picture of some lines with at least one point; `low` and `high` bound what is normal."""
    drawn = [Line(line.label, thinned(line.points, MOST_POINTS)) for line in lines]
    points = [point for line in drawn for point in line.points]
    values = [float(point.value) for point in points] + [float(each) for each in (low, high) if each is not None]
    ticks = _ticks(min(values), max(values))
    first, last = min(point.at for point in points), max(point.at for point in points)
    x, y = _across(first, last), _up(ticks[0], ticks[-1])
    return Plot(
        lines=[_drawn(line, x, y) for line in drawn],
        y_ticks=[(f"{y(tick):.1f}", f"{tick:g}") for tick in ticks],
        x_ticks=[(f"{x(start_of_day(day)):.1f}", said) for day, said in _days(first, last)],
        band=_band(low, high, y) if low is not None or high is not None else None,
        n_left_out=sum(len(line.points) + line.n_left_out for line in lines) - len(points),
    )


def thinned(points: Sequence[Timed], most: int, *, of: Callable[[Timed], Decimal] = attrgetter("value")) -> list[Timed]:
    """Return at most `most` points, in order: the first, the last, and of each stretch of time the lowest and highest.

    `of` is what is high or low.  So no peak is lost, and what is left out lies between two that are shown.
    """
    if len(points) <= most:
        return list(points)
    first, last = points[0].at, points[-1].at
    n = max(1, (most - 2) // 2)
    stretches: dict[int, list[int]] = {}
    for i, point in enumerate(points):
        at = int(n * ((point.at - first) / (last - first))) if last > first else 0
        stretches.setdefault(min(at, n - 1), []).append(i)
    kept = {0, len(points) - 1}
    for members in stretches.values():
        kept |= {min(members, key=lambda i: of(points[i])), max(members, key=lambda i: of(points[i]))}
    return [points[i] for i in sorted(kept)]


def spark(values: Sequence[Decimal], *, width: int = 72, height: int = 20) -> str:
    """Return the path of a line so small that it shows a course and no more; "" for fewer than three values."""
    if len(values) < 3:
        return ""
    low, high = float(min(values)), float(max(values))
    step, span = (width - 4) / (len(values) - 1), (high - low) or 1.0
    flat = high == low
    places = [
        (2 + i * step, height / 2 if flat else 2 + (height - 4) * (1 - (float(value) - low) / span))
        for i, value in enumerate(values)
    ]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def _drawn(line: Line, x, y) -> Drawn:
    places = [(x(point.at), y(float(point.value))) for point in line.points]
    marks = [
        Mark(f"{px:.1f}", f"{py:.1f}", point, _shape(px, py, point.tone))
        for (px, py), point in zip(places, line.points, strict=True)
    ]
    path = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in places) if len(places) > 1 else ""
    near_end = [py for px, py in places if px > WIDTH - RIGHT - _NAME_WIDTH] or [places[-1][1]]
    return Drawn(line.label, path, marks, f"{max(min(near_end) - 7, TOP):.1f}")


def _shape(x: float, y: float, tone: str) -> str:
    if not tone:
        return ""
    size = 5.5 if tone == "critical" else 4.5
    if tone == "critical":
        return f"M{x:.1f} {y - size:.1f}l{size} {size}l{-size} {size}l{-size} {-size}z"
    return f"M{x:.1f} {y - size:.1f}l{size} {2 * size - 1}h{-2 * size}z"


def _across(first: datetime, last: datetime):
    span = (last - first).total_seconds()
    room = WIDTH - LEFT - RIGHT - 12
    return lambda at: LEFT + 6 + (room * (at - first).total_seconds() / span if span else room / 2)


def _up(low: float, high: float):
    room = HEIGHT - TOP - BOTTOM
    return lambda value: TOP + room * (1 - (value - low) / (high - low))


def _band(low: Decimal | None, high: Decimal | None, y) -> tuple[str, str]:
    top = y(float(high)) if high is not None else TOP
    foot = y(float(low)) if low is not None else HEIGHT - BOTTOM
    return f"{top:.1f}", f"{max(foot - top, 1):.1f}"


def _ticks(low: float, high: float) -> list[float]:
    """Return four to seven round numbers that hold the values between them."""
    if low == high:
        low, high = low - (abs(low) * 0.1 or 1), high + (abs(high) * 0.1 or 1)
    rough = (high - low) / 4
    power = 10.0 ** floor(log10(rough))
    step = next(power * each for each in (1, 2, 2.5, 5, 10) if power * each >= rough * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, max(last, first + 1) + 1)]


def _days(first: datetime, last: datetime) -> list[tuple[date, str]]:
    """Return a few days between two instants to stand below the picture: years, months or days, as they have room."""
    begin, end = local_day(first), local_day(last)
    span = (end - begin).days
    if span > _DAYS_OF_YEARS:
        every = ceil((end.year - begin.year + 1) / 6)
        years = range(begin.year + 1, end.year + 1, every)
        return [(date(year, 1, 1), str(year)) for year in years]
    if span > _DAYS_OF_MONTHS:
        months = [(begin.year + (begin.month + i) // 12, (begin.month + i) % 12 + 1) for i in range(span // 28 + 1)]
        inside = [date(year, month, 1) for year, month in months if begin <= date(year, month, 1) <= end]
        return [(day, f"{day:%Y-%m}") for day in inside[:: max(1, ceil(len(inside) / 5))]]
    return [(begin, f"{begin:%m-%d}")] + ([(end, f"{end:%m-%d}")] if span > 2 else [])
