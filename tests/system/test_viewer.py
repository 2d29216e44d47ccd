"""A doctor reads images in the browser: what she measures has the values that were put into the picture."""

import re
from dataclasses import replace
from io import BytesIO
from uuid import UUID

import pytest
from pydicom import dcmread

from tests.system.test_up import family_doctor_of
from tongmai.commons.imaging import archive, phantom, selectors
from tongmai.commons.imaging.models import Instance, KeyImage, Study
from tongmai.commons.imaging.tests import factories, samples
from tongmai.foundation.audit.models import AccessLog

pytestmark = pytest.mark.browser
ROOT = 'document.querySelector("[data-viewer]").viewer'


@pytest.fixture(autouse=True)
def images(tmp_path, settings):
    settings.IMAGES, settings.IMAGES_SYNC = tmp_path, False


@pytest.fixture
def of(county):
    family_doctor_of(county)
    return replace(factories.OF, order_number="340199A0001")


def stored(county, *contents) -> UUID:
    resolve = factories.of(county.resident.id)
    for content in contents:
        each = factories.store(content, county.world.lead.id, resolve)
    return Study.objects.get(uid=each.facts.study_uid).id


def shown(doctor, n=1, pane=0):
    doctor.page.locator(f"[data-pane] >> nth={pane}").locator(f'xpath=self::*[@data-shown="{n}"]').wait_for()


def at(doctor, x, y, pane=0):
    """Where a point of the picture lies on the screen."""
    box = doctor.page.locator("[data-pane] canvas").nth(pane).bounding_box()
    [left, top] = doctor.page.evaluate(
        f"([x, y, i]) => {{ const p = {ROOT}.panes[i], [a, b, c, d, e, f] = p.matrix; return [a * x + c * y + e, b * x + d * y + f]; }}",
        [x, y, pane],
    )
    return box["x"] + left, box["y"] + top


def until(doctor, condition):
    """Wait for something that the viewer knows of itself; the page's policy lets no text be run inside of it."""
    for _ in range(150):
        if doctor.page.evaluate(f"{ROOT}.{condition}"):
            return
        doctor.page.wait_for_timeout(100)
    raise AssertionError(condition)


def drags(doctor, start, end):
    doctor.page.mouse.move(*at(doctor, *start))
    doctor.page.mouse.down()
    doctor.page.mouse.move(*at(doctor, *end), steps=4)
    doctor.page.mouse.up()


def grey(doctor, x, y):
    """The red of the screen's pixel at a point of the picture."""
    box = doctor.page.locator("[data-pane] canvas").first.bounding_box()
    px, py = at(doctor, x, y)
    doctor.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return doctor.page.evaluate(
        "([x, y]) => document.querySelector('[data-pane] canvas').getContext('2d').getImageData(x, y, 1, 1).data[0]",
        [round(px - box["x"]), round(py - box["y"])],
    )


def measures(doctor, n):
    """The words of the `n` measures that the frame has."""
    rows = doctor.page.locator("[data-measures] li")
    rows.nth(n - 1).wait_for()
    return rows.all_inner_texts()


def test_lengths_angles_and_regions_have_the_values_of_the_picture(county, seat, of):
    study_id = stored(county, samples.measuring(of))
    doctor = seat(county.village_doctor).opens("imaging:study", study_id)
    shown(doctor)
    doctor.sees(county.resident.name, "340199A0001", "1 / 1").keeps_picture("viewer-measuring")

    # When she measures 80 columns of 0.5 mm, they are 40 mm; with 30 rows of 1 mm it is the third side of 3-4-5
    doctor.page.keyboard.press("l")
    drags(doctor, (20, 50), (100, 50))
    drags(doctor, (20, 60), (100, 90))
    assert [float(re.search(r"[\d.]+", each)[0]) for each in measures(doctor, 2)] == pytest.approx([40, 50], abs=0.5)

    # And an angle of 45° in the body, although a pixel is twice as high as wide
    doctor.page.keyboard.press("a")
    for point in ((60, 60), (20, 60), (60, 80)):
        doctor.page.mouse.click(*at(doctor, *point))
    assert float(re.search(r"[\d.]+", measures(doctor, 3)[2])[0]) == pytest.approx(45, abs=0.7)

    # And regions with their mean and spread
    doctor.page.keyboard.press("t")
    drags(doctor, (46, 23), (74, 37))
    assert re.search(r"均值 100\.0 HU\s+SD 0\.0", measures(doctor, 4)[3])
    doctor.page.keyboard.press("e")
    drags(doctor, (104, 22), (136, 38))
    said = re.search(r"均值 (-?[\d.]+) HU\s+SD ([\d.]+)\s+面积 ([\d.]+) mm²", measures(doctor, 5)[4])
    assert float(said[1]) == pytest.approx(0, abs=1.5)
    assert float(said[2]) == pytest.approx(24, abs=0.3)
    assert float(said[3]) == pytest.approx(32 * 0.5 * 16 * 3.14159 / 4, rel=0.04)

    # And single values; what she takes back is gone
    doctor.page.keyboard.press("b")
    doctor.page.mouse.click(*at(doctor, 50.5, 30.5))
    assert "100 HU" in measures(doctor, 6)[5]
    doctor.page.keyboard.press("Delete")
    assert len(measures(doctor, 1)) == 5
    doctor.looks()


def test_a_window_a_turn_and_an_inversion_change_what_is_seen(county, seat, of):
    doctor = seat(county.village_doctor).opens("imaging:study", stored(county, samples.measuring(of)))
    shown(doctor)
    page = doctor.page
    usual = grey(doctor, 60, 30)
    assert usual == pytest.approx(((100 - 39.5) / 399 + 0.5) * 255, abs=2)
    page.get_by_label("预设窗").select_option(index=2)
    page.locator("[data-pane]").first.focus()
    assert grey(doctor, 60, 30) != usual
    page.keyboard.press("0")
    assert grey(doctor, 60, 30) == usual
    page.keyboard.press("i")
    assert grey(doctor, 60, 30) == 255 - usual
    page.keyboard.press("i")
    before = at(doctor, 60, 30)
    for key, n in (("r", 4), ("h", 2), ("v", 2)):
        page.keyboard.press(key)
        assert at(doctor, 60, 30) != pytest.approx(before)
        for _ in range(n - 1):
            page.keyboard.press(key)
        assert at(doctor, 60, 30) == pytest.approx(before)
    page.keyboard.press("w")
    drags(doctor, (60, 70), (100, 90))
    assert grey(doctor, 60, 30) != usual
    page.keyboard.press("z")
    drags(doctor, (60, 70), (60, 20))
    assert page.evaluate(f"{ROOT}.active.isFitted") is False


def test_a_length_is_measured_with_the_keyboard_alone(county, seat, of):
    doctor = seat(county.village_doctor).opens("imaging:study", stored(county, samples.measuring(of)))
    shown(doctor)
    page = doctor.page
    page.locator("[data-pane]").first.focus()
    page.keyboard.press("l")
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    assert measures(doctor, 1) == ["长度：20.0 mm"]
    page.keyboard.press("?")
    page.locator("dialog[open]").get_by_text("一指用当前工具").wait_for()
    doctor.looks()


def test_a_stack_is_scrolled_compared_and_its_key_images_are_kept(county, seat, of):
    earlier = replace(of, order_number="340199A0000", at=of.at.replace(month=5))
    stored(county, *phantom.ct(earlier, n_slices=6, size=64))
    study_id = stored(county, *phantom.ct(of, n_slices=12, size=64))
    doctor = seat(county.village_doctor).opens("imaging:study", study_id)
    shown(doctor)
    page = doctor.page
    page.locator("[data-pane]").first.focus()
    page.keyboard.press("PageDown")
    shown(doctor, 2)
    page.keyboard.press("End")
    shown(doctor, 12)
    page.keyboard.press("k")
    doctor.sees("关键图像 1")
    kept = KeyImage.objects.get()
    assert (kept.instance.number, kept.marked_by_id, kept.center) == (12, county.village_doctor.user_id, 40)
    doctor.looks()

    doctor.page.locator(".tm-viewer-earlier a").first.click()
    page.wait_for_url("**with=**")
    shown(doctor, 1), shown(doctor, 1, pane=1)
    page.locator("[data-pane]").first.focus()
    page.keyboard.press("PageDown")
    shown(doctor, 2, pane=0)
    page.keyboard.press("PageDown")
    until(doctor, "panes[1].index > 0")
    doctor.looks()
    doctor.keeps_picture("viewer-compare")
    assert AccessLog.objects.filter(resident_id=county.resident.id, what="study").count() >= 3


def test_a_film_of_ultrasound_plays_on_a_phone(county, seat, of):
    doctor = seat(county.village_doctor, on_phone=True)
    doctor.opens("imaging:study", stored(county, samples.shipped_as("color3d_jpeg_baseline.dcm", of)))
    shown(doctor)
    doctor.keeps_picture("phone-viewer-us")
    doctor.page.get_by_role("button", name="播放").click()
    until(doctor, "active.index > 3")
    doctor.page.get_by_role("button", name="播放").click()
    doctor.looks()


def test_five_hundred_frames_are_fetched_as_they_are_looked_at(county, seat, of):
    study_id = stored(county, phantom.ultrasound(of, n_frames=500))
    doctor = seat(county.village_doctor)
    asked = []
    doctor.page.on("request", lambda request: asked.append(request.url) if "/frames/" in request.url else None)
    doctor.opens("imaging:study", study_id)
    shown(doctor)
    doctor.page.locator("[data-pane]").first.focus()
    doctor.page.keyboard.press("End")
    shown(doctor, 500)
    assert len(set(asked)) < 30


def test_a_chest_film_says_how_long_it_took_to_show(county, seat, of, record_property):
    """Noted, not judged: a machine that is busy is no fault of the page."""
    study_id = stored(county, samples.shipped_as("RG1_UNCR.dcm", of))
    doctor = seat(county.village_doctor).opens("imaging:study", study_id)
    shown(doctor)
    doctor.keeps_picture("viewer-chest")
    taken = doctor.page.evaluate("performance.getEntriesByName('first-image').map((each) => each.duration)")
    record_property("first image, ms", round(taken[0]))
    doctor.sees_not("mm").sees("1 / 1")


def test_what_cannot_be_shown_says_so(county, seat, of):
    broken = stored(county, samples.measuring(of))
    nothing = dcmread(BytesIO(samples.measuring(replace(of, order_number="340199A0002"))))
    for name in ("Rows", "Columns", "PixelData"):
        delattr(nothing, name)
    empty = stored(county, samples.written(nothing))
    doctor = seat(county.village_doctor).opens("imaging:study", empty)
    doctor.sees("这个检查没有可显示的图像")
    found = Instance.objects.get(series__study_id=broken)
    path = archive.archive().path(selectors.place_of(found.series.study, found))
    path.write_bytes(path.read_bytes()[:3000])
    doctor.opens("imaging:study", broken)
    doctor.sees("影像数据不完整")
    doctor.looks()
