"""What goes onto the paper beside the words: the key images of the order's studies, and its electrocardiogram.

The caller has opened the record at the order; what its reader may not see is left out here as on every page.
"""

import base64
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from tongmai.care.diagnostics.models import Order
from tongmai.commons.ecg import drawing
from tongmai.commons.ecg import presenters as ecg_words
from tongmai.commons.ecg import selectors as ecg
from tongmai.commons.ecg.models import Recording
from tongmai.commons.imaging import archive
from tongmai.commons.imaging import selectors as imaging
from tongmai.commons.imaging.key_images import Key, key_images_of
from tongmai.commons.imaging.models import Instance
from tongmai.commons.imaging.pixels import decoding
from tongmai.commons.imaging.pixels.describing import Window
from tongmai.commons.imaging.pixels.drawing import picture, written
from tongmai.commons.recognition.asking import mark_of
from tongmai.commons.residents.access import OpenedRecord
from tongmai.commons.residents.sections import Section
from tongmai.commons.results.models import Report
from tongmai.kernel.errors import TongmaiError

MOST_PICTURES = 6
LONGEST_PIXELS = 900  # at 80 mm that is 285 to the inch: what a printer shows
_QUALITY = 80


@dataclass(frozen=True)
class Picture:
    """A key image; `svg` holds it as JPEG, "" where the archive cannot show it."""

    svg: str
    what: str  # of which series
    key: Key


@dataclass(frozen=True)
class Paper:
    """The electrocardiogram as it is drawn on its page, at its real size."""

    recording: Recording
    svg: str
    speed: str
    gain: str
    values: str  # what was measured: the device's numbers, ours where it gives none


def pictures(order: Order, opened: OpenedRecord) -> list[Picture]:
    """Return the key images of the order's studies, in the order in which they were marked."""
    if not opened.view.has(Section.RESULTS):
        return []
    studies = imaging.studies_of(order.resident_id, opened.view).filter(order_number=order.number)
    keys = key_images_of(studies.values_list("id", flat=True))[:MOST_PICTURES]
    rows = Instance.objects.filter(id__in=[key.instance_id for key in keys]).select_related("series__study")
    found: dict[UUID, Instance] = {row.id: row for row in rows}
    return [_picture(key, found[key.instance_id]) for key in keys]


def tracing(order: Order, opened: OpenedRecord) -> Paper | None:
    """Return the latest electrocardiogram of the order on standard paper; None where there is none."""
    ids = ecg.recordings_of_order(order.number) if opened.view.has(Section.RESULTS) else []
    found = Recording.objects.filter(id__in=ids[:1], resident_id=order.resident_id).first()
    if found is None:
        return None
    curves, view = ecg.tracing_of(found), drawing.View()
    label = ecg_words.label(found, view, curves.seconds)
    svg = str(drawing.draw(curves, view, label=label).svg)
    return Paper(found, svg, view.speed, view.gain, _measured(found))


def mark(order: Order) -> str:
    """Return the mark of mutual recognition that the report carries; "" where none may stand on it."""
    report = Report.objects.filter(id=order.report_id).first()
    return mark_of(report) if report is not None else ""


def _measured(found: Recording) -> str:
    values = ecg.values_of(found)
    rows = ecg_words.measurements(values["device"], values["computer"])
    return "  ".join(f"{row.name} {row.device or row.ours} {row.unit}".strip() for row in rows)


def _picture(key: Key, instance: Instance) -> Picture:
    series = instance.series
    what = " ".join(part for part in (series.description or series.modality, series.body_part) if part)
    svg = ""
    # A report is printed although the archive is away for a moment.
    with suppress(FileNotFoundError, TongmaiError):
        with archive.store().open(imaging.place_of(series.study, instance)) as file:
            frame = decoding.frame(file, key.frame - 1)
        window = Window(float(key.center or 0), float(key.width)) if key.width else None
        drawn = picture(frame, window=window, longest=LONGEST_PIXELS)
        svg = _svg(written(drawn, quality=_QUALITY), drawn.size)
    return Picture(svg, what, key)


def _svg(jpeg: bytes, size: tuple[int, int]) -> str:
    """A JPEG in a drawing: so it goes to the typesetter as text, and into the PDF as it is."""
    width, height = size
    data = base64.b64encode(jpeg).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><image width="{width}" height="{height}" '
        f'xlink:href="data:image/jpeg;base64,{data}"/></svg>'
    )
