"""What a structured report says, read from files of others and from broken ones."""

from datetime import UTC, datetime

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tongmai.commons.imaging import structured
from tongmai.commons.imaging.pixels.errors import Unreadable
from tongmai.commons.imaging.structured import Item, Picture
from tongmai.commons.imaging.tests import samples
from tongmai.commons.imaging.tests.samples import code, content


def container(*within: Dataset) -> Dataset:
    return content("CONTAINER", code("126000", "DCM", "Imaging Measurement Report"), within=within)


def flat(item: Item) -> list[Item]:
    return [item, *(each for one in item.within for each in flat(one))]


def the(*within: Dataset) -> Item:
    [found] = structured.read(container(*within)).title.within
    return found


def test_a_report_of_others_is_read_whole():
    """The test document of OFFIS: every kind of value, by-reference items left out."""
    head = dcmread(samples.shipped("test-SR.dcm"))
    found = structured.read(head)
    assert (found.is_complete, found.is_verified, found.is_cut) == (True, True, False)
    assert found.verified_by[1] == "Observer Verifying"
    said = [(each.meaning, each.value) for each in flat(found.title) if each.value]
    for each in (
        ("Some UID", "1.2.3.4.5"), ("Text Code", "A mass of"), ("Diameter", "3 cm"), ("Code", "Sample Code 1"),
        ("Date", "2000-12-06"), ("Time", "12:00:00"), ("DateTime", "2000-12-06 12:00:00"),
    ):  # fmt: skip
        assert each in said
    assert [each.picture for each in flat(found.title) if each.picture] == [
        Picture("1.2.3.4.5.0", 5),
        Picture("1.2.3.4.0.1", 1),
    ]
    assert len(flat(found.title)) == sum(each.keyword == "ValueType" for each in head.iterall())


@pytest.mark.parametrize(
    ("number", "unit", "written"),
    [
        ("54.499999999999", "mm", "54.5 mm"), ("120", "mm2", "120 mm2"), ("0.000123456", "mm", "0.000123 mm"), ("3", "1", "3"),
        ("-0.5", "[hnsf'U]", "-0.5 [hnsf'U]"), ("1200.456", "mGy.cm", "1200.46 mGy.cm"), ("0", "mm", "0 mm"),
        ("1e3", "mm", "1000 mm"), ("9e99", "mm", "9e99 mm"),
    ],
)  # fmt: skip
def test_a_number_is_written_as_people_write_it(number, unit, written):
    assert the(samples.measure(code("410668003", "SCT", "Length"), number, unit)).value == written


def test_known_codes_are_said_in_chinese_and_others_as_they_say_themselves():
    known, old, strange = structured.read(
        container(
            samples.measure(code("410668003", "SCT", "Length"), "5", "mm"),
            samples.measure(code("G-D7FE", "SRT", "Length"), "5", "mm"),
            samples.measure(code("410668003", "99LOCAL", "Shift"), "5", "mm"),
        )
    ).title.within
    assert [(each.name, each.meaning) for each in (known, old, strange)] == [
        ("长度", "Length"), ("长度", "Length"), ("Shift", "Shift"),
    ]  # fmt: skip


def test_where_it_was_measured_leads_to_the_picture():
    where = content("SCOORD", code("111030", "DCM", "Image Region"), within=[samples.points_at("1.2.3", 7)])
    found = the(samples.measure(code("410668003", "SCT", "Length"), "5", "mm", within=[where]))
    assert [(each.name, each.picture, each.within) for each in found.within] == [("图像区域", Picture("1.2.3", 7), ())]


def test_no_more_is_read_than_a_page_shows():
    deep = content("CONTAINER", code("1", "99L", "x"))
    for _ in range(structured.MOST_DEEP + 5):
        deep = content("CONTAINER", code("1", "99L", "x"), within=[deep])
    wide = [content("TEXT", code("1", "99L", "x"), TextValue="x") for _ in range(structured.MOST_ITEMS + 1)]
    for report in (container(deep), container(*wide)):
        found = structured.read(report)
        assert found.is_cut and len(flat(found.title)) <= structured.MOST_ITEMS + 1
    assert not structured.read(container(*wide[1:])).is_cut


def test_an_empty_or_broken_report_is_read_or_refused():
    assert structured.read(Dataset()).title == Item("", "", "")
    half = content("NUM", code("1", "99L", "x"))
    half.MeasuredValueSequence = Sequence([Dataset()])
    with pytest.raises(Unreadable):
        structured.read(container(half))
    loose = content("CODE", code("1", "99L", "x"))
    assert the(loose).value == "" and the(content("DATE", code("1", "99L", "x"))).value == ""
    day = content("DATETIME", code("1", "99L", "x"), DateTime=f"{datetime(2026, 11, 20, tzinfo=UTC):%Y}")
    assert the(day).value == "2026"
