"""What the numbers of an image mean: from stored to modality values, windows, distances, directions."""

from dataclasses import dataclass
from typing import Any

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

# Taken through the body: a length on the picture is the length on the detector.
PROJECTIONS = frozenset({"CR", "DX", "DR", "MG", "RF", "XA", "PX", "IO", "RG"})
_CENTIMETRES = 3


@dataclass(frozen=True)
class Window:
    """How values become grey.  `function`: linear, linear_exact or sigmoid (PS3.3 C.11.2)."""

    center: float
    width: float
    function: str = "linear"
    label: str = ""


@dataclass(frozen=True)
class Spacing:
    """Millimetres from one row and one column to the next.  `kind`: patient, calibrated or projected."""

    row: float
    column: float
    kind: str


@dataclass(frozen=True)
class Region:
    """A part of an ultrasound picture with distances of its own, in millimetres; half-open in pixels."""

    left: int
    top: int
    right: int
    bottom: int
    column: float
    row: float


@dataclass(frozen=True)
class Described:
    """One frame's meaning.  Modality value = stored × slope + intercept; padding in stored values, both ends included."""

    slope: float = 1.0
    intercept: float = 0.0
    unit: str = ""
    windows: tuple[Window, ...] = ()
    spacing: Spacing | None = None
    regions: tuple[Region, ...] = ()
    aspect: float = 1.0
    padding: tuple[int, int] | None = None
    is_inverted: bool = False
    position: tuple[float, ...] = ()
    orientation: tuple[float, ...] = ()
    sides: tuple[str, str] | None = None
    milliseconds: float | None = None


def describe(head: Dataset, index: int = 0) -> Described:
    """Return what one frame's numbers mean.  Elements that cannot be used are as if they were not there."""
    values = _of_frame(head, index, "PixelValueTransformationSequence") or head
    plane = _of_frame(head, index, "PlanePositionSequence") or head
    directions = _of_frame(head, index, "PlaneOrientationSequence") or head
    spacing = spacing_of(head, index)
    modality = str(head.get("Modality", ""))
    unit = str(values.get("RescaleType", "") or "")
    return Described(
        slope=_number(values.get("RescaleSlope")) or 1.0,
        intercept=_number(values.get("RescaleIntercept")) or 0.0,
        unit="HU" if modality == "CT" and unit in ("", "US", "HU") else "" if unit == "US" else unit,
        windows=_windows(_of_frame(head, index, "FrameVOILUTSequence") or head),
        spacing=spacing,
        regions=_regions(head),
        aspect=_aspect(head, spacing),
        padding=_padding(head),
        is_inverted=head.get("PhotometricInterpretation") == "MONOCHROME1",
        position=_numbers(plane.get("ImagePositionPatient"), 3),
        orientation=_numbers(directions.get("ImageOrientationPatient"), 6),
        sides=_sides(head),
        milliseconds=_milliseconds(head, index),
    )


def spacing_of(head: Dataset, index: int = 0) -> Spacing | None:
    """Return the distances between pixels; None where the file has none that can be believed (absent, or zero)."""
    measures = _of_frame(head, index, "PixelMeasuresSequence") or head
    row, column = (*_numbers(measures.get("PixelSpacing"), 2), 0.0, 0.0)[:2]
    is_projected = str(head.get("Modality", "")) in PROJECTIONS
    if row > 0 and column > 0:
        is_calibrated = bool(head.get("PixelSpacingCalibrationType"))
        kind = ("calibrated" if is_calibrated else "projected") if is_projected else "patient"
        return Spacing(row, column, kind)
    row, column = (*_numbers(head.get("ImagerPixelSpacing"), 2), 0.0, 0.0)[:2]
    return Spacing(row, column, "projected") if row > 0 and column > 0 else None


def _of_frame(head: Dataset, index: int, name: str) -> Dataset | None:
    """Return what an enhanced multi-frame image says of one frame: for it alone, else for all."""
    own = head.get("PerFrameFunctionalGroupsSequence") or []
    shared = head.get("SharedFunctionalGroupsSequence") or []
    for group in (*own[index : index + 1], *shared[:1]):
        found = group.get(name)
        if found:
            return found[0]
    return None


def _windows(said: Dataset) -> tuple[Window, ...]:
    centers, widths = _all_numbers(said.get("WindowCenter")), _all_numbers(said.get("WindowWidth"))
    labels = said.get("WindowCenterWidthExplanation") or []
    labels = [str(label) for label in labels] if isinstance(labels, MultiValue | list) else [str(labels)]
    function = str(said.get("VOILUTFunction") or "LINEAR").lower()
    function = function if function in ("linear", "linear_exact", "sigmoid") else "linear"
    pairs = zip(centers, widths, strict=False)
    return tuple(
        Window(center, width, function, labels[i] if i < len(labels) else "")
        for i, (center, width) in enumerate(pairs)
        if width > 0
    )


def _regions(head: Dataset) -> tuple[Region, ...]:
    found = []
    for each in head.get("SequenceOfUltrasoundRegions") or []:
        units = (each.get("PhysicalUnitsXDirection"), each.get("PhysicalUnitsYDirection"))
        edges = [each.get(f"RegionLocation{corner}") for corner in ("MinX0", "MinY0", "MaxX1", "MaxY1")]
        steps = abs(_number(each.get("PhysicalDeltaX")) or 0.0), abs(_number(each.get("PhysicalDeltaY")) or 0.0)
        if units == (_CENTIMETRES, _CENTIMETRES) and None not in edges and min(steps) > 0:
            left, top, right, bottom = map(int, edges)
            found.append(Region(left, top, right + 1, bottom + 1, steps[0] * 10, steps[1] * 10))
    return tuple(found)


def _aspect(head: Dataset, spacing: Spacing | None) -> float:
    """Return how much taller than wide a pixel is."""
    if spacing:
        return spacing.row / spacing.column
    ratio = _numbers(head.get("PixelAspectRatio"), 2)
    return ratio[0] / ratio[1] if len(ratio) == 2 and min(ratio) > 0 else 1.0


def _padding(head: Dataset) -> tuple[int, int] | None:
    value = head.get("PixelPaddingValue")
    if not isinstance(value, int):
        return None
    limit = head.get("PixelPaddingRangeLimit")
    other = limit if isinstance(limit, int) else value
    return min(value, other), max(value, other)


def _sides(head: Dataset) -> tuple[str, str] | None:
    """Return what lies at the right and at the lower edge, as a projection says it."""
    said = head.get("PatientOrientation")
    return (str(said[0]), str(said[1])) if isinstance(said, MultiValue) and len(said) == 2 else None


def _milliseconds(head: Dataset, index: int) -> float | None:
    """Return how long a frame of a film is shown."""
    time = _number(head.get("FrameTime"))
    if not time:
        steps = _all_numbers(head.get("FrameTimeVector"))
        time = next((step for step in steps[1:] if step > 0), None)
    rate = _number(head.get("RecommendedDisplayFrameRate")) or _number(head.get("CineRate"))
    return time if time and time > 0 else 1000 / rate if rate and rate > 0 else None


def _number(value: Any) -> float | None:
    found = _all_numbers(value)
    return found[0] if found else None


def _all_numbers(value: Any) -> list[float]:
    """Return the finite numbers of an element that may hold one, several, none, or what is no number."""
    many = value if isinstance(value, MultiValue | list | tuple) else [value]
    found = []
    for each in many:
        try:
            number = float(each)
        except (TypeError, ValueError):
            continue
        if abs(number) < 1e12:
            found.append(number)
    return found


def _numbers(value: Any, n: int) -> tuple[float, ...]:
    found = _all_numbers(value)
    return tuple(found) if len(found) == n else ()
