"""The catalogue as an Excel file, out and in: one sheet, the words of the page."""

from collections.abc import Iterable
from io import BytesIO
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from tongmai.care.referrals.models import CatalogueEntry
from tongmai.care.referrals.services import LineInput
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_
from tongmai.ui import sheets

HEAD = ("层级", "ICD-10 编码开头", "病种", "意见", "条件", "依据", "依据性质")
MOST_ROWS = 5_000
# The file speaks Chinese whatever the language of the page: it goes to and fro between hospitals.
_LEVEL = {"village": "村级", "township": "乡镇级", "county": "县级"}
_GUIDANCE = {"keep": "本级诊治", "up": "上转", "down": "下转"}
_STATUS = {"stated": "文件载明", "inferred": "据文件推定", "local-default": "系统初始值"}


def rows_of(entries: Iterable[CatalogueEntry]) -> list[list[str]]:
    """Return the lines of the sheet."""
    return [
        [
            _LEVEL[entry.level],
            entry.icd10_prefix,
            entry.name,
            _GUIDANCE[entry.guidance],
            entry.conditions,
            entry.source,
            _STATUS[entry.status],
        ]
        for entry in entries
    ]


def read(content: bytes) -> list[LineInput]:
    """Return the lines of a file of that shape.

    Raises:
        InvalidInput: it is no Excel file, has other headings, too many rows, or a word that is not known (the row named).
    """
    if sheets.is_too_large(content):
        raise InvalidInput(field="file", problem=N_("文件展开后太大，请只保留要导入的这一张表"))
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise InvalidInput(field="file", problem=N_("不是 Excel 文件")) from None
    rows = book.worksheets[0].iter_rows(max_col=len(HEAD), max_row=MOST_ROWS + 1, values_only=True)
    head = next(rows, ())
    if tuple(str(cell or "").strip() for cell in head) != HEAD:
        raise InvalidInput(field="file", problem=N_("表头不符，请以导出的文件为模板"))
    cells = ([str(cell or "").strip() for cell in row] for row in rows)
    return [_line(number, row) for number, row in enumerate(cells, 2) if any(row)]


def _line(number: int, row: list[str]) -> LineInput:
    level, prefix, name, guidance, conditions, source, status = row
    known = ((level, _LEVEL), (guidance, _GUIDANCE), (status or _STATUS["stated"], _STATUS))
    slugs = [{word: slug for slug, word in words.items()}.get(said) for said, words in known]
    if None in slugs:
        raise InvalidInput(field=f"{number}", problem=N_("层级、意见或依据性质不是可选的值"))
    return LineInput(
        level=slugs[0], icd10_prefix=prefix, name=name, guidance=slugs[1], conditions=conditions, source=source,
        status=slugs[2],
    )  # fmt: skip
