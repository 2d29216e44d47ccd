"""Registers as they come out of other systems and other people's Excel: merged heads, numbers, dates of every style."""

import io

import pytest
from openpyxl import Workbook

from tongmai.exchange.tabular import columns, reading
from tongmai.exchange.tabular.facts import ResidentFacts, day, resident_facts
from tongmai.exchange.tabular.reading import LOST_DIGITS
from tongmai.kernel.citizen_id import check_digit

HEADINGS = columns.headings("residents", {})
OLD_NUMBER = "340199650307002"
NUMBER = "34019919650307002" + check_digit("34019919650307002")


def facts_of(content):
    sheet = reading.read(content, HEADINGS)
    places = columns.match("residents", sheet.head, {})
    return [(n, resident_facts(columns.cells_by_field(row, places))) for n, row in sheet.rows]


def excel(*sheets, merged=()):
    book, out = Workbook(), io.BytesIO()
    book.remove(book.active)
    for lines in sheets:
        sheet = book.create_sheet()
        for line in lines:
            sheet.append(line)
        for area in merged:
            sheet.merge_cells(area)
    book.save(out)
    return out.getvalue()


def test_a_head_merged_downwards_and_sideways_is_one_head():
    lines = [
        ["某镇居民花名册"],
        ["序号", "姓名", "身份证号", "联系方式", None, "出生日期"],
        [None, None, None, "电话", "住址", None],
        [1, "示例甲", OLD_NUMBER, 13900000000.0, "示例村 3 组", "1965年3月7日"],
    ]
    content = excel(lines, merged=["A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3"])
    ((line, facts),) = facts_of(content)
    assert line == 4
    assert (facts.citizen_number, facts.phone, facts.address) == (NUMBER, "13900000000", "示例村 3 组")


def test_a_head_whose_groups_stand_above_is_found():
    lines = [
        ["基本信息", None, None, "电话"],
        ["姓名", "身份证号", "性别", None],
        ["示例甲", NUMBER, "女", "13900000000"],
    ]
    ((_, facts),) = facts_of(excel(lines, merged=["A1:C1", "D1:D2"]))
    assert (facts.sex, facts.phone) == ("female", "13900000000")


def test_a_first_row_of_data_is_not_taken_for_a_part_of_the_head():
    content = f"姓名,身份证号,备注\n,,\n示例甲,{NUMBER},电话\n".encode()
    assert [n for n, _ in facts_of(content)] == [3]


def test_empty_rows_and_heads_repeated_on_every_page_are_left_out():
    page = f"姓名,身份证号\n示例甲,{NUMBER}\n,\n"
    assert [n for n, _ in facts_of((page + page).encode("gb18030"))] == [2, 5]


def test_the_table_may_stand_behind_a_cover():
    content = excel([["填表说明"], ["请勿改动表头"]], [], [["姓名", "身份证号"], ["示例甲", NUMBER]])
    assert [facts.name for _, facts in facts_of(content)] == ["示例甲"]


@pytest.mark.parametrize(
    "written",
    [
        "1965-03-07",
        "1965/3/7",
        "19650307",
        "1965年3月7日",
        "1965.3.7",
        "1965-03-07 00:00:00",
        "23808",
        "１９６５-０３-０７",
    ],
)
def test_every_style_of_a_day(written):
    ((_, facts),) = facts_of(f"编号,姓名,出生日期\nA1,示例甲,{written}\n".encode())
    assert isinstance(facts, ResidentFacts)
    assert facts.born_on.isoformat() == "1965-03-07"


@pytest.mark.parametrize("written", ["1965", "65-3-7", "1965307", "1965-13-07", "99999999999", "三月七日"])
def test_what_states_no_day(written):
    assert day(written) is None


def test_full_width_digits_and_a_15_digit_number_are_understood():
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    text = f"姓名,身份证号,电话\n示例甲,{OLD_NUMBER.translate(wide)},{'13900000000'.translate(wide)}\n"
    ((_, facts),) = facts_of(text.encode())
    assert (facts.citizen_number, facts.phone) == (NUMBER, "13900000000")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("13900000000.0", "13900000000"),
        (f"{OLD_NUMBER}.0", OLD_NUMBER),
        ("3.40199E+17", LOST_DIGITS),
        ("340199196503070027.0", LOST_DIGITS),
    ],
)
def test_numbers_that_a_program_has_written(written, read):
    sheet = reading.read(f"姓名,身份证号\n示例甲,{written}\n".encode(), HEADINGS)
    assert sheet.rows[0][1][1].startswith(read)
