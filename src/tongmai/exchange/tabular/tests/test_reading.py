"""Files as people send them: encodings, Excel's habits, titles above the head."""

import io
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from tongmai.exchange.tabular import columns, reading
from tongmai.exchange.tabular.errors import UnusableFile

HEADINGS = columns.headings("residents", {})
TEXT = "姓名,身份证号,性别\n示例甲,340199196503070027,女\n"


def _read(content):
    return reading.read(content, HEADINGS)


def _excel(*lines):
    book, out = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_in_use_is_read(encoding):
    assert _read(TEXT.encode(encoding)).rows == ((2, ("示例甲", "340199196503070027", "女")),)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "，"])
def test_every_delimiter_in_use_is_read(delimiter):
    assert _read(TEXT.replace(",", delimiter).encode()).head == ("姓名", "身份证号", "性别")


def test_titles_above_the_head_and_empty_lines_are_left_out():
    sheet = _read(("某镇居民花名册,,\n制表日期：2026-11-01,,\n" + TEXT + ",,\n示例乙,,男\n").encode())
    assert [number for number, _ in sheet.rows] == [4, 6]


def test_excel_dates_and_numbers_become_text():
    content = _excel(
        ["姓名", "出生日期", "电话", "编号"],
        ["示例甲", date(1965, 3, 7), 13900000000, 7.0],
        ["乙", datetime.combine(date(1965, 3, 7), time.min), 1.5, None],
    )
    assert _read(content).rows[0][1] == ("示例甲", "1965-03-07", "13900000000", "7")
    assert _read(content).rows[1][1] == ("乙", "1965-03-07", "1.5", "")


def test_a_number_whose_end_excel_has_lost_is_marked():
    content = _excel(["姓名", "身份证号"], ["示例甲", 340199196503070027])
    assert _read(content).rows[0][1][1].startswith(reading.LOST_DIGITS)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0rest", "old-excel"),
        (b"PK\x03\x04broken", "not-excel"),
        ("甲,乙\n1,2\n".encode(), "no-head"),
        ("姓名,性别\n".encode(), "empty"),
        (b"\xff\xff\xff\x00", "encoding"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_what_to_do(content, reason):
    with pytest.raises(UnusableFile) as refusal:
        _read(content)
    assert refusal.value.facts["reason"] == reason
    assert refusal.value.facts["remedy"]


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(content):
    for start in (b"", b"PK\x03\x04", "姓名,性别\n".encode()):
        try:
            _read(start + content)
        except UnusableFile as refusal:
            assert refusal.facts["remedy"]


def test_an_excel_file_cut_anywhere_is_refused_or_read():
    whole = _excel(["姓名", "性别"], ["示例甲", "女"])
    for end in range(0, len(whole), 97):
        try:
            _read(whole[:end])
        except UnusableFile:
            continue


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("姓  名", "name"),
        ("*身份证号码（必填）", "citizen_id"),
        ("联系电话:", "phone"),
        ("现住址", "address"),
        ("村（居）代码", "village_code"),
    ],
)
def test_headings_are_recognised_by_their_synonyms(heading, field):
    head = (heading,) if field == "name" else ("姓名", heading)
    assert columns.match("residents", head, {})[field] == len(head) - 1


def test_a_saved_heading_goes_before_the_synonyms():
    assert columns.match("residents", ("姓名", "曾用名"), {"name": "曾用名"}) == {"name": 1}


def test_a_missing_required_column_is_named():
    with pytest.raises(UnusableFile) as refusal:
        columns.match("staff", ("姓名", "机构"), {})
    assert "工号" in str(refusal.value)


def test_two_columns_of_one_heading_are_refused():
    with pytest.raises(UnusableFile):
        columns.match("residents", ("姓名", "姓名"), {})
