"""The drawing is in millimetres: what is drawn at 25 mm/s and 10 mm/mV can be measured with a ruler."""

import re
import zlib

import numpy as np
import pytest

from tongmai.commons.ecg import drawing, synthetic
from tongmai.commons.ecg.drawing import View
from tongmai.commons.ecg.tracing import Format, Tracing


def square(uv: float = 1000, hz: float = 500) -> Tracing:
    """One second of nothing, one of 1 mV, and so on: on every lead of the standard."""
    wave = np.where((np.arange(int(10 * hz)) // int(hz)) % 5 == 2, uv, 0).astype(np.float32)
    return Tracing(Format.WFDB, synthetic.recording().leads, hz, np.tile(wave, (12, 1)))


def points(svg: str, lead: str) -> list[tuple[float, float]]:
    path = re.search(rf'data-lead="{lead}"><path d="M(\d+) (-?\d+)l([^"]*)"', svg)
    x, y, rest = int(path[1]), int(path[2]), [int(n) for n in path[3].split()]
    steps = np.cumsum(np.array([(x, y), *zip(rest[::2], rest[1::2], strict=True)]), axis=0)
    return [(a / 100, b / 100) for a, b in steps.tolist()]


@pytest.mark.parametrize(("speed", "gain"), [("25", "10"), ("50", "20"), ("12.5", "5")])
@pytest.mark.parametrize("hz", [250, 500, 1000])
def test_a_second_and_a_millivolt_have_their_length(speed, gain, hz):
    sheet = drawing.draw(square(hz=hz), View("12x1", speed, gain), label="x")
    drawn = points(sheet.svg, "V1")
    middle = np.median([y for _, y in drawn])
    high = [x for x, y in drawn if y < middle - 1]
    # from 2 s to 3 s, and from 7 s to 8 s; the last sample of a step lies one step before its end
    first = [x for x in high if x < high[0] + 2 * float(speed)]
    assert first[-1] - first[0] + float(speed) / hz == pytest.approx(float(speed), abs=0.02)
    assert max(y for _, y in drawn) - min(y for _, y in drawn) == pytest.approx(float(gain), abs=0.02)


def test_the_usual_layout():
    sheet = drawing.draw(synthetic.recording(), View(), label="示例")
    assert [strip.lead for strip in sheet.strips] == [
        "I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6", "II",
    ]  # fmt: skip
    assert sheet.strips[-1].seconds == 10 and sheet.strips[0].seconds == 2.5
    assert sheet.strips[3].from_s == 2.5
    assert sheet.width_mm <= 277  # A4 across, without its margins
    assert sheet.height_mm <= 190
    assert sheet.svg.count("data-calibration") == 4
    assert "style=" not in sheet.svg


def test_a_gap_is_not_drawn():
    tracing = square()
    tracing.microvolts[6, 1000:2000] = np.nan
    sheet = drawing.draw(tracing, View("12x1"), label="x")
    assert re.search(r'data-lead="V1"><path d="M[^M]*M[^M]*"', sheet.svg)


def test_a_label_cannot_write_markup():
    assert "<script" not in drawing.draw(square(), View(), label='"><script>').svg


def test_the_size_on_the_wire_is_small():
    sheet = drawing.draw(synthetic.recording(), View(), label="x")
    assert len(zlib.compress(sheet.svg.encode(), 6)) < 60_000
