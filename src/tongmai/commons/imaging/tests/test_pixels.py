"""Images that others took, in every encoding; values, windows and distances as the files say; clear words for broken ones."""

import gzip
import json
import struct
from io import BytesIO

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from tongmai.commons.imaging import phantom
from tongmai.commons.imaging.pixels import decoding, describing, drawing, errors, packing, previews, reading
from tongmai.commons.imaging.tests import samples
from tongmai.kernel.errors import TongmaiError

OF = phantom.Of()
# What cannot be shown, and why; of all others at least the first and the last frame are.
REFUSED = {
    "ExplVR_BigEndNoMeta.dcm": errors.NoPixels,  # all of these are plans, structures, reports, waveforms
    "ExplVR_LitEndNoMeta.dcm": errors.NoPixels, "reportsi.dcm": errors.NoPixels, "rtplan.dcm": errors.NoPixels,
    "reportsi_with_empty_number_tags.dcm": errors.NoPixels, "rtstruct.dcm": errors.NoPixels,
    "rtplan_truncated.dcm": errors.NoPixels, "test-SR.dcm": errors.NoPixels, "waveform_ecg.dcm": errors.NoPixels,
    "JPEG-lossy.dcm": errors.Unsupported, "JPGExtended.dcm": errors.Unsupported,  # 12 bits in lossy JPEG
    "MR_truncated.dcm": errors.Truncated,
    "JPEG2000-embedded-sequence-delimiter.dcm": errors.Unreadable,  # an invented bit stream
    "SC_rgb_jpeg.dcm": errors.Unreadable,  # written as uncompressed, says that it is JPEG
    "UN_sequence.dcm": errors.Unreadable, "badVR.dcm": errors.Unreadable, "empty_charset_LEI.dcm": errors.Unreadable,
    "meta_missing_tsyntax.dcm": errors.Unreadable, "nested_priv_SQ.dcm": errors.Unreadable,
    "no_meta.dcm": errors.Unreadable, "no_meta_group_length.dcm": errors.Unreadable, "priv_SQ.dcm": errors.Unreadable,
}  # fmt: skip
IMAGES = samples.shipped_images()
pytestmark = pytest.mark.filterwarnings("ignore")  # pydicom warns of what these files were made to show


@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.name)
def test_every_image_that_the_packages_ship_is_shown_or_refused_in_words(path):
    if path.name in REFUSED:
        with pytest.raises(REFUSED[path.name]):
            decoding.frame(path)
        return
    found = decoding.frame(path)
    assert found.values.shape[:2] == (reading.head(path).Rows, reading.head(path).Columns)
    if found.n_frames > 1:
        assert decoding.frame(path, found.n_frames - 1).index == found.n_frames - 1
    assert np.array_equal(unpacked(packing.packed(found)), found.values)
    assert drawing.written(drawing.picture(found, longest=64)).startswith(b"\xff\xd8")


def unpacked(body):
    """What the viewer's script does (ui/static/js/viewer/unpacking.js), in Python."""
    plain = gzip.decompress(body)
    n = struct.unpack("<I", plain[:4])[0]
    head = json.loads(plain[4 : 4 + n])
    rest = np.frombuffer(plain[4 + n :], np.uint8)
    if head["kind"] in ("u8", "rgb8"):
        step = 3 if head["kind"] == "rgb8" else 1
        values = np.cumsum(rest.reshape(-1, step), axis=0, dtype=np.uint8)
    else:
        low, high = rest.reshape(2, -1).astype(np.uint16)
        folded = low | high << 8
        steps = (folded >> 1) ^ -(folded & 1).astype(np.uint16)
        values = np.cumsum(steps, dtype=np.uint16).view("<u2" if head["kind"] == "u16" else "<i2")
    shape = (head["rows"], head["columns"], 3) if head["kind"] == "rgb8" else (head["rows"], head["columns"])
    return values.reshape(shape)


@pytest.mark.parametrize(
    ("compressed", "plain"),
    [
        ("RG1_J2KR.dcm", "RG1_UNCR.dcm"), ("MR_small_RLE.dcm", "MR_small.dcm"), ("MR_small_jp2klossless.dcm", "MR_small.dcm"),
        ("MR_small_jpeg_ls_lossless.dcm", "MR_small.dcm"), ("MR_small_bigendian.dcm", "MR_small.dcm"),
        ("emri_small_jpeg_ls_lossless.dcm", "emri_small.dcm"), ("SC_rgb_rle_16bit.dcm", "SC_rgb_16bit.dcm"),
        ("OBXXXX1A_rle.dcm", "OBXXXX1A.dcm"),
    ],
)  # fmt: skip
def test_what_was_compressed_without_loss_has_the_very_values(compressed, plain):
    ours, theirs = (decoding.frame(samples.shipped(name)) for name in (compressed, plain))
    assert np.array_equal(ours.values, theirs.values)


def test_a_ct_has_its_values_in_hounsfield():
    found = decoding.frame(BytesIO(samples.measuring(OF)))
    values = found.values * found.said.slope + found.said.intercept
    assert (values[30, 50], values[30, 100], values[30, 101], values[0, 0]) == (100, -24, 24, 0)
    assert (found.low, found.high, found.said.unit) == (-24, 100, "HU")
    assert found.said.spacing == describing.Spacing(1.0, 0.5, "patient")
    assert found.said.aspect == 2


@pytest.mark.parametrize(
    ("changed", "spacing"),
    [
        ({"PixelSpacing": [0, 0]}, None),
        ({"Modality": "DX"}, describing.Spacing(1.0, 0.5, "projected")),
        ({"Modality": "DX", "PixelSpacingCalibrationType": "GEOMETRY"}, describing.Spacing(1.0, 0.5, "calibrated")),
        ({"Modality": "CR", "PixelSpacing": None, "ImagerPixelSpacing": [0.2, 0.2]}, describing.Spacing(0.2, 0.2, "projected")),
    ],
)  # fmt: skip
def test_a_distance_is_believed_only_where_the_file_has_one(changed, spacing):
    found = decoding.frame(BytesIO(samples.measuring(OF, **changed)))
    assert found.said.spacing == spacing


def test_a_film_of_a_real_chest_without_calibration_has_no_millimetres():
    assert decoding.frame(samples.shipped("RG1_UNCR.dcm")).said.spacing is None


def test_bits_above_the_stored_ones_are_dropped_and_the_sign_is_carried_up():
    values = np.array([[0xF005, 0x0FFF], [0x0800, 0x17FF]], "<u2")
    asked = {"Rows": 2, "Columns": 2, "BitsStored": 12, "HighBit": 11, "PixelData": values.tobytes()}
    for is_signed, wanted in ((0, [5, 4095, 2048, 2047]), (1, [5, -1, -2048, 2047])):
        found = decoding.frame(BytesIO(samples.measuring(OF, **asked, PixelRepresentation=is_signed)))
        assert found.values.reshape(-1).tolist() == wanted


def test_padding_counts_for_no_range_and_is_black():
    found = decoding.frame(BytesIO(samples.measuring(OF, PixelPaddingValue=1000)))
    assert found.low == 0
    assert drawing.grey(found, describing.Window(0, 10))[30, 100] == 0


def test_monochrome1_is_drawn_inverted():
    usual, inverted = (
        drawing.grey(decoding.frame(BytesIO(samples.measuring(OF, PhotometricInterpretation=kind))))
        for kind in ("MONOCHROME2", "MONOCHROME1")
    )
    assert np.abs(usual.astype(int) + inverted - 255).max() <= 1


def test_a_modality_table_and_a_voi_table_are_applied():
    table = decoding.frame(samples.shipped("mlut_18.dcm"))
    assert (table.said.slope, table.said.intercept) == (1, 0)
    curve = decoding.frame(samples.shipped("vlut_04.dcm"))
    assert curve.voi_lut is not None
    assert not np.array_equal(drawing.grey(curve), drawing.grey(curve, decoding.usual_window(curve)))


@pytest.mark.parametrize("function", ["linear", "linear_exact", "sigmoid"])
def test_a_window_runs_from_black_to_white(function):
    window = describing.Window(100, 50, function)
    drawn = drawing.windowed(np.array([-500.0, 100.0, 900.0]), window)
    assert drawn[0] < 1 and 120 < drawn[1] < 136 and drawn[2] > 254


def test_pixels_that_end_too_early_are_named_so():
    made = dcmread(BytesIO(samples.measuring(OF)))
    made.PixelData = made.PixelData[:1000]
    with pytest.raises(errors.Truncated):
        decoding.frame(BytesIO(samples.written(made)))
    with pytest.raises(errors.Unreadable):
        decoding.frame(BytesIO(b"nothing of DICOM" * 30))


def test_a_frame_that_is_not_there_and_one_that_is_too_large_are_refused():
    with pytest.raises(errors.NoSuchFrame, match="2"):
        decoding.frame(BytesIO(samples.measuring(OF)), 1)
    with pytest.raises(errors.TooLarge):
        decoding.frame(BytesIO(samples.measuring(OF, Rows=60000, Columns=60000)))


@pytest.mark.parametrize("at", [140, 400, 700, 1200, 5000, 30000])
@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small_RLE.dcm", "JPEG2000.dcm", "examples_palette.dcm"])
def test_a_file_cut_off_anywhere_is_an_error_of_ours(name, at):
    content = samples.shipped(name).read_bytes()[:at]
    try:
        decoding.frame(BytesIO(content))
    except TongmaiError:
        pass


def test_ultrasound_measures_only_within_its_regions():
    found = describing.describe(reading.head(samples.shipped("examples_ybr_color.dcm")))
    assert all(0 < region.column < 10 for region in found.regions)
    made = dcmread(BytesIO(phantom.ultrasound(OF)))
    region = Dataset()
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 99, 49
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.02
    made.SequenceOfUltrasoundRegions = [region]
    said = describing.describe(made)
    assert said.regions == (describing.Region(0, 0, 100, 50, 0.2, 0.2),)
    assert said.milliseconds == 40


def test_small_pictures_are_made_once_and_the_oldest_go_first(tmp_path):
    content, n_opened = samples.measuring(OF), []

    def opens():
        n_opened.append(1)
        return BytesIO(content)

    given = {"cache": tmp_path, "key": "abcdef", "most_bytes": 10**6}
    first = previews.thumbnail(opens, 0, longest=80, **given)
    assert previews.thumbnail(opens, 0, longest=80, **given) == first
    assert len(n_opened) == 1
    assert previews.sweep(tmp_path, most_bytes=0) == 1
    assert not [*tmp_path.rglob("*.jpg")]


def test_a_large_frame_is_kept_ready_and_a_full_disk_only_takes_the_keeping_away(tmp_path, monkeypatch):
    path = samples.shipped("RG3_UNCR.dcm")
    made = previews.body(lambda: path.open("rb"), 0, cache=tmp_path, key="ab", most_bytes=10**9)
    assert [each.read_bytes() for each in tmp_path.rglob("*.frame")] == [made]
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    assert previews.body(lambda: path.open("rb"), 0, cache=blocked, key="ab", most_bytes=10**9) == made


def test_uncompressed_frames_are_read_one_by_one():
    """A film of 500 frames costs a frame, not the file."""
    made = dcmread(BytesIO(phantom.ultrasound(OF, n_frames=500, n_rows=60, n_columns=80)))
    assert made.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    counted = Counting(samples.written(made))
    assert decoding.frame(counted, 499).n_frames == 500
    assert counted.n_read < 60 * 80 * 20


class Counting(BytesIO):
    """A file that counts what is read of it."""

    n_read = 0

    def read(self, *args):
        found = super().read(*args)
        self.n_read += len(found)
        return found
