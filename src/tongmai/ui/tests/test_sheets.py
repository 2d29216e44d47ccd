"""Excel files that grow when they are unpacked, or say that they are wider than any sheet."""

from io import BytesIO
from time import monotonic
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from tongmai.care.referrals import catalogue_file
from tongmai.kernel.errors import InvalidInput
from tongmai.ui import sheets


def _small():
    book, out = Workbook(), BytesIO()
    book.active.append(["资源", "日期"])
    book.save(out)
    return out.getvalue()


def _with(name, content):
    """A small file with one part replaced or added."""
    out = BytesIO()
    with ZipFile(BytesIO(_small())) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for part in source.infolist():
            if part.filename != name:
                target.writestr(part, source.read(part))
        target.writestr(name, content)
    return out.getvalue()


BOMB = _with("xl/sharedStrings.xml", b"<sst>" + b"<si><t>a</t></si>" * 6_000_000 + b"</sst>")


def test_what_people_fill_in_is_not_too_large():
    assert not sheets.is_too_large(_small())
    assert not sheets.is_too_large(b"no zip")


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused_before_it_is():
    assert len(BOMB) < 1_000_000 and sheets.is_too_large(BOMB)
    assert sheets.is_too_large(_small(), most_bytes=100)
    with pytest.raises(InvalidInput, match="文件展开后太大"):
        catalogue_file.read(BOMB)


def test_a_sheet_that_says_it_is_wide_is_read_no_wider():
    wide = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>
        <sheetData>%b</sheetData></worksheet>""" % b"".join(b'<row r="%d"/>' % n for n in range(1, 6_000))
    started = monotonic()
    with pytest.raises(InvalidInput):
        catalogue_file.read(_with("xl/worksheets/sheet1.xml", wide))
    assert monotonic() - started < 30  # a million rows of sixteen thousand cells would take hours
