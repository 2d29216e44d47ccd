"""A register as people send it: an Excel with a title, a head of two lines, and every kind of dirt between clean rows.

Each kind of dirt says what must become of its row: the fate, and why where it is not taken.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any

from openpyxl import Workbook

from tongmai.exchange.tabular.reading import EXACT_DIGITS
from tongmai.kernel.citizen_id import check_digit

AREA = "340199"
FIRST_HEAD = (
    "序号",
    "档案编号",
    "姓名",
    "身份证号",
    "性别",
    "出生日期",
    "联系方式",
    None,
    "乡镇",
    "村",
    "医保类型",
    "人群分类",
    "备注",
)
SECOND_HEAD = (None, None, None, None, None, None, "电话", "住址", None, None, None, None, None)
MERGED_HEAD = (
    "A1:M1",
    "A3:A4",
    "B3:B4",
    "C3:C4",
    "D3:D4",
    "E3:E4",
    "F3:F4",
    "G3:H3",
    "I3:I4",
    "J3:J4",
    "K3:K4",
    "L3:L4",
    "M3:M4",
)
COLUMNS = (
    "order",
    "identity",
    "name",
    "number",
    "sex",
    "born",
    "phone",
    "address",
    "town",
    "village",
    "scheme",
    "tags",
    "note",
)
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
EXCEL_BEGINS = date(1899, 12, 30)
_SURNAMES, _GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "一二三四五六七八九十百千万子丑寅卯辰巳午"


@dataclass
class DirtyRow:
    """A row of the file: its cells by column, what must become of it, and how it is shown."""

    cells: dict[str, Any]
    fate: str = "new"
    what: str = ""
    is_hidden: bool = False
    is_text: set[str] = field(default_factory=set)  # columns written as text whatever they look like
    is_known: bool = False  # somebody who is here before, by a clean row


def born(n: int) -> date:
    return date(1940, 1, 1) + timedelta(days=11 * n)


def number(n: int) -> str:
    """Return the citizen's number of the woman of row n."""
    body = f"{AREA}{born(n):%Y%m%d}{2 * (n % 400) + 2:03}"
    return body + check_digit(body)


def clean(n: int) -> DirtyRow:
    """Return a row in which nothing is wrong, of somebody who is in no other."""
    name = "示例" + _SURNAMES[n % 20] + _GIVEN[n // 20 % 20] + _GIVEN[n // 400 % 20]
    cells = {
        "order": n, "identity": f"D{n:05}", "name": name, "number": number(n), "sex": "女", "born": born(n).isoformat(),
        "phone": f"139{n:08}", "address": f"{n}号", "town": "甲镇", "village": "示例村", "scheme": "城乡居民", "tags": "", "note": "",
    }  # fmt: skip
    return DirtyRow(cells)


def rows(n_rows: int, kinds: "list[Kind] | None" = None) -> list[DirtyRow]:
    """Return so many rows: each kind of dirt again and again, in turn."""
    return [_dirty(n, kind) for n, kind in zip(range(1, n_rows + 1), cycle(kinds or KINDS), strict=False)]


def _dirty(n: int, kind: "Kind") -> DirtyRow:
    row = clean(n)
    change = kind.change(n) if callable(kind.change) else kind.change
    row.cells |= change
    row.fate, row.what, row.is_hidden = kind.fate, kind.what, kind.is_hidden
    row.is_text, row.is_known = set(kind.is_text), kind.is_known
    return row


def excel(dirty: list[DirtyRow]) -> bytes:
    """Return the rows as an Excel file; empty rows and the head again stand between them, empty rows at the end."""
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    for line in (["某镇居民健康档案花名册（示例）"], ["制表日期：2026-11-01"], FIRST_HEAD, SECOND_HEAD):
        sheet.append(list(line))
    for area in MERGED_HEAD:
        sheet.merge_cells(area)
    for n, row in enumerate(dirty, start=1):
        sheet.append([row.cells[name] for name in COLUMNS])
        for name in row.is_text:
            cell = sheet.cell(sheet.max_row, COLUMNS.index(name) + 1)
            cell.data_type = "s"
        sheet.row_dimensions[sheet.max_row].hidden = row.is_hidden
        if n % 97 == 0:
            sheet.append([None] * 12 + [" "])
        if n % 250 == 0:
            sheet.append(list(FIRST_HEAD))
            sheet.append(list(SECOND_HEAD))
    for _ in range(30):
        sheet.append(["", "　", None])
    sheet.merge_cells(start_row=5, end_row=6, start_column=13, end_column=13)
    book.save(out)
    return out.getvalue()


def text(dirty: list[DirtyRow], delimiter: str) -> str:
    """Return the rows as lines of text under one head."""
    head = [below or above for above, below in zip(FIRST_HEAD, SECOND_HEAD, strict=True)]
    lines = [delimiter.join(str(each or "") for each in head)]
    lines += [delimiter.join(_said(row.cells[name]) for name in COLUMNS) for row in dirty]
    return "\r\n".join(lines) + "\r\n"


def _said(cell: Any) -> str:
    return cell.strftime("%Y/%m/%d") if isinstance(cell, date) else str("" if cell is None else cell)


@dataclass(frozen=True)
class Kind:
    """One kind of dirt: what it changes in a clean row, and what becomes of the row."""

    change: dict[str, Any] | Callable[[int], dict[str, Any]]
    fate: str = "new"
    what: str = ""
    is_hidden: bool = False
    is_text: tuple[str, ...] = ()
    is_known: bool = False


def _kinds() -> Iterator[Kind]:
    yield Kind({})
    # What is understood.
    yield Kind(lambda n: {"number": number(n).translate(WIDE), "phone": f"139{n:08}".translate(WIDE)})
    yield Kind(lambda n: {"number": f" {number(n)[:6]} {number(n)[6:14]} {number(n)[14:]}　"})
    yield Kind(lambda n: {"number": number(n).lower()})
    yield Kind(lambda n: {"number": f"{AREA}{born(n):%y%m%d}{2 * (n % 400) + 2:03}"})
    yield Kind(lambda n: {"number": "", "born": (born(n) - EXCEL_BEGINS).days})
    yield Kind(lambda n: {"number": "", "born": f"{born(n).year}.{born(n).month}.{born(n).day}"})
    yield Kind(lambda n: {"number": "", "born": f"{born(n):%Y年%m月%d日}"})
    yield Kind(lambda n: {"born": datetime.combine(born(n), datetime.min.time())})
    yield Kind(lambda n: {"name": "示 例　" + _SURNAMES[n % 20] + " " + _GIVEN[n // 20 % 20]})
    yield Kind({}, is_hidden=True)
    yield Kind(lambda n: {"phone": float(f"139{n:08}"), "sex": "2.女"})
    yield Kind({"town": "", "village": "独一村村委会", "scheme": "新农合", "tags": "高血压、2型糖尿病"})
    yield Kind({"address": "=1+1", "note": "@SUM(A1)"}, is_text=("address", "note"))
    # What is held for a person.
    yield Kind(lambda n: {"number": number(n - 14), "born": "", "identity": f"E{n:05}"}, "held", "other-name")
    yield Kind({"sex": "男"}, "held", "other-sex")
    yield Kind({"born": "1999-09-09"}, "held", "other-birth")
    yield Kind({"village": "没有村"}, "held", "unknown-village")
    yield Kind({"town": "", "village": "示例村"}, "held", "several-villages")
    yield Kind({"number": "", "born": "2031-01-01"}, "held", "refused")
    # What cannot be taken.
    yield Kind(lambda n: {"number": _wrong(number(n))}, "rejected", "bad-citizen-number")
    yield Kind(lambda n: {"number": number(n)[:16]}, "rejected", "bad-citizen-number")
    yield Kind(lambda n: {"number": int(number(n)[: EXACT_DIGITS + 2] + "0")}, "rejected", "lost-digits")
    yield Kind({"number": "3.40199E+17"}, "rejected", "lost-digits")
    yield Kind({"born": "一九六五年三月初七"}, "rejected", "bad-day")
    yield Kind({"born": "1965-02-30"}, "rejected", "bad-day")
    yield Kind({"name": '=CONCATENATE("示例","甲")'}, "rejected", "no-name")
    yield Kind({"name": "　"}, "rejected", "no-name")
    yield Kind(lambda n: {"identity": f"D{n - 28:05}"}, "rejected", "same-identity")
    yield Kind({"phone": "无"}, "rejected", "bad-phone")
    yield Kind({"number": "", "identity": ""}, "rejected", "no-row-identity")
    yield Kind({"number": "", "born": ""}, "rejected", "no-birth")
    yield Kind({"scheme": "火星医保"}, "rejected", "unknown-scheme")
    yield Kind({"tags": "宇航员"}, "rejected", "unknown-tag")
    yield Kind({"address": "长" * 300}, "rejected", "too-long")
    yield Kind({"sex": "公"}, "rejected", "unknown-sex")
    yield Kind({"address": "+1+1", "phone": "-1"}, "rejected", "bad-phone", is_text=("address", "phone"))


def _wrong(right: str) -> str:
    return right[:-1] + ("1" if right[-1] != "1" else "2")


KINDS = list(_kinds())
KNOWN = [Kind({}, "same", is_known=True), Kind({"address": "搬到别处"}, "updated", is_known=True)]
