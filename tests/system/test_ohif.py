"""A viewer of others, OHIF, as a peer both ways: it finds, draws and refuses what it must, and what a reader measures
with it stands with the study."""

import time
from io import BytesIO

import numpy as np
import pytest
from django.utils import timezone
from pydicom import dcmread

from tests.harness.ohif import BASE, Ohif, likeness
from tongmai.care.diagnostics.tests.factories import Centre
from tongmai.commons.imaging import archive, phantom, selectors
from tongmai.commons.imaging.models import Instance, Series, Study
from tongmai.commons.imaging.tests import factories, samples
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.audit.models import AccessLog, Event

pytestmark = pytest.mark.browser
PRESSED = ("RG3_J2KR.dcm", "JPEGLSNearLossless_08.dcm", "MR_small_RLE.dcm", "MR_small_bigendian.dcm")
LABEL, MM = "结节长径", 28.2


@pytest.fixture(autouse=True)
def images(tmp_path, settings):
    settings.IMAGES, settings.IMAGES_SYNC = tmp_path, False


@pytest.fixture
def centre(county):
    return Centre(county.world, county.resident)


def of(person, number: str, **changed) -> phantom.Of:
    said = {"sex": "F" if person.sex == "female" else "M", "born_on": person.born_on, "number": f"P{number}"}
    return phantom.Of(name=person.name, latin="", order_number=number, at=timezone.now(), **said | changed)


def kept(org, person, content: bytes):
    """Keep an image of a person; return it as others read it."""
    made = dcmread(BytesIO(content))
    factories.store(content, org.id, factories.of(person.id, made.AccessionNumber))
    return made


def frame(made, number: int = 1) -> np.ndarray:
    values = made.pixel_array.astype(float)
    values = values[number - 1] if int(made.get("NumberOfFrames", 1)) > 1 else values
    return -values if made.PhotometricInterpretation == "MONOCHROME1" else values


def draws(viewer: Ohif, values: np.ndarray, spacing=(1, 1)) -> None:
    """Wait until what is drawn are these values."""
    until, found = time.monotonic() + 30, 0.0
    while time.monotonic() < until:
        found = likeness(viewer.picture(), values, tuple(map(float, spacing)))
        if found > 0.95:
            return
        viewer.page.wait_for_timeout(100)
    raise AssertionError(f"the picture is like these values by {found:.3f}")


def test_a_viewer_of_others_finds_draws_refuses_and_gives_back(county, centre, seat, ohif):
    # Given a CT of the township that is to be reported, images of the hospital, and films of people whom nobody here treats
    her, other, third = centre.resident, residents.resident("示例乙"), residents.resident("示例丙")
    township, lead, order = county.world.township, county.world.lead, centre.sent()
    ct = kept(township, her, samples.measuring(of(her, order.number, study_uid=order.study_uid)))
    us = kept(lead, her, phantom.ultrasound(of(her, "340199U0001")))
    pressed = [kept(lead, her, samples.shipped_as(name, of(her, f"340199P{n}"))) for n, name in enumerate(PRESSED)]
    not_hers = kept(township, other, phantom.chest(of(other, "340199F0001"), n_rows=64, n_columns=64))
    no_reason = kept(lead, third, phantom.chest(of(third, "340199F0002"), n_rows=64, n_columns=64))
    doctor = seat(centre.reader)
    viewer = ohif(doctor.page)

    # When the reporting doctor searches with it, then she finds what was taken where she works by name, what was taken
    # elsewhere by its number, and of nobody whom she has no reason to look at
    viewer.lists()
    searches(viewer, us, not_hers)
    finds(viewer, "mrn", ct.PatientID, 1)

    # And what she opens is drawn with the greys of its values, and what she measures is kept with it
    viewer.page.get_by_text(ct.StudyDescription).first.click()
    viewer.part(f"mode-viewer-{ct.StudyInstanceUID}").click()
    draws(viewer, frame(ct), ct.PixelSpacing)
    greys, counts = np.unique(viewer.picture(), return_counts=True)
    assert set(greys[counts > counts.sum() * 0.02]) == {0, 102, 166}  # beside it, 0 HU, 100 HU
    measures(viewer)
    stands_with_the_study(ct, her, centre.reader)

    # And so are the frames of what moves, and what devices compress or write with the greatest byte first
    plays(viewer, us)
    for made in pressed:
        viewer.goes_to(made.StudyInstanceUID)
        draws(viewer, frame(made), made.get("PixelSpacing", (1, 1)))

    # And what she kept is there again when she comes back; a study of somebody else is not, even with its address
    shows_again(viewer, ct)
    doctor.keeps_picture("ohif")
    viewer.goes_to(not_hers.StudyInstanceUID)
    viewer.page.wait_for_url("**/notfoundstudy*")
    with viewer.page.expect_response(lambda answer: answer.url.endswith("/metadata")) as refused:
        viewer.goes_to(no_reason.StudyInstanceUID)
    assert refused.value.status == 403
    assert set(AccessLog.objects.filter(by_user_id=centre.reader.user_id).values_list("resident_id", flat=True)) == {
        her.id
    }
    doctor.opens("imaging:study", Study.objects.get(uid=ct.StudyInstanceUID).id)
    doctor.sees(LABEL).keeps_picture("ohif-ours")
    is_read_here(viewer, ct, doctor)


def types(viewer: Ohif, box: str, typed: str) -> None:
    with viewer.page.expect_response(lambda answer: "/dicom-web/studies?" in answer.url):
        viewer.part(f"input-{box}").fill(typed)


def finds(viewer: Ohif, box: str, typed: str, n: int) -> None:
    types(viewer, box, typed)
    viewer.part("num-studies").get_by_text(str(n), exact=True).wait_for()


def searches(viewer: Ohif, hers, not_hers) -> None:
    for box, typed, n in (
        ("patientName", "例甲", 5), ("patientName", "shilijia", 5), ("patientName", "示例乙", 0), ("mrn", hers.PatientID, 1),
        ("accession", not_hers.AccessionNumber, 0), ("mrn", not_hers.PatientID, 0),
    ):  # fmt: skip
        finds(viewer, box, typed, n)
        types(viewer, box, "")


def plays(viewer: Ohif, us) -> None:
    """Go on frame by frame; each is drawn as it is."""
    viewer.goes_to(us.StudyInstanceUID)
    draws(viewer, frame(us))
    for n in (2, 3, 4):
        viewer.page.keyboard.press("ArrowDown")
        viewer.page.get_by_text(f"({n}/12)").wait_for()
    draws(viewer, frame(us, 4))
    drawn = viewer.picture()
    assert max(range(1, 13), key=lambda n: likeness(drawn, frame(us, n))) == 4


def measures(viewer: Ohif) -> None:
    """She draws a length of 200 points of the screen and lets the viewer keep it."""
    page, box = viewer.page, viewer.canvas().bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    assert 200 * 100 / box["height"] == pytest.approx(MM, abs=0.5)  # the picture fills it, and is 100 mm high
    viewer.part("MeasurementTools-split-button-primary").click()
    page.mouse.click(x - 100, y)
    page.mouse.move(x + 100, y, steps=5)
    page.mouse.click(x + 100, y)
    viewer.part("prompt-begin-tracking-yes-btn").click()
    viewer.part("trackedMeasurements-btn").click()
    page.get_by_role("button", name="Create SR").click()
    page.get_by_role("dialog").get_by_role("textbox").last.fill(LABEL)
    with page.expect_response(lambda answer: answer.request.method == "POST") as stored:
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
    assert stored.value.status == 200, stored.value.text()


def stands_with_the_study(ct, her, reader) -> None:
    series = Series.objects.get(modality="SR")
    assert (series.study.uid, series.study.resident_id, series.description) == (ct.StudyInstanceUID, her.id, LABEL)
    said = Event.objects.get(name="imaging.FindingsKept")
    assert (said.resident_id, said.by_user_id) == (her.id, reader.user_id)
    place = selectors.place_of(series.study, Instance.objects.get(series=series))
    with archive.store().open(place) as file:
        lengths = [float(each.value) for each in dcmread(file).iterall() if each.keyword == "NumericValue"]
    assert lengths[0] == pytest.approx(MM, abs=0.5)


def is_read_here(viewer: Ohif, ct, doctor) -> None:
    """Our own viewer lists the report and says what it says, beside the picture that was measured."""
    study = Study.objects.get(uid=ct.StudyInstanceUID)
    viewer.page.goto(f"{viewer.root}/imaging/studies/{study.id}/")
    viewer.page.get_by_role("link", name="打开文档").click()
    length = viewer.page.get_by_role("listitem").filter(has=viewer.page.get_by_text("长度", exact=True)).last
    shown = length.locator(":scope > .tm-structured-value").inner_text()
    assert shown.endswith(" mm") and float(shown.removesuffix(" mm")) == pytest.approx(MM, abs=0.5)
    doctor.keeps_picture("ohif-report")
    viewer.page.get_by_role("link", name="看图").first.click()
    viewer.page.locator("[data-pane] canvas").wait_for()


def shows_again(viewer: Ohif, ct) -> None:
    """Loaded anew, the viewer reads what was kept out of our answer and draws it."""
    viewer.page.goto(f"{viewer.root}{BASE}/viewer?StudyInstanceUIDs={ct.StudyInstanceUID}")
    draws(viewer, frame(ct), ct.PixelSpacing)
    viewer.page.get_by_text(LABEL).first.dblclick()
    viewer.page.get_by_role("button", name="Yes").click()
    viewer.page.locator("svg").get_by_text(f"{MM} mm").first.wait_for()
