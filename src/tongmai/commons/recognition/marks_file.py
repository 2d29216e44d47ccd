"""A list of evaluations as quality bodies publish it, Excel or CSV: one row for a facility's item; all of it or nothing."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO, StringIO
from uuid import UUID
from zipfile import BadZipFile

from django.db import transaction
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from tongmai.commons.recognition import access, selectors, services
from tongmai.commons.recognition.choices import Outcome, Scope
from tongmai.commons.recognition.models import Evaluation
from tongmai.commons.recognition.services import EvaluationEntry
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_
from tongmai.ui import sheets

# The file speaks Chinese whatever the language of the page: it goes to and fro between facilities and quality bodies.
HEAD = (
    "机构", "项目", "评价结果", "互认范围", "地区名称", "行政区划代码", "评价日期", "评价名称", "质控组织", "说明",
)  # fmt: skip
EXAMPLE = (
    "示例县人民医院", "胸部正位X线摄影", "合格", "省", "安徽省", "34", "2026-09-01", "2026年下半年室间质量评价",
    "安徽省医学影像质量控制中心", "",
)  # fmt: skip
MOST_ROWS = 5_000
_OUTCOMES = {"合格": Outcome.PASSED, "不合格": Outcome.FAILED, "取消标注": Outcome.WITHDRAWN, "取消": Outcome.WITHDRAWN}
_SCOPES = {
    "全国": Scope.NATIONAL, "国家": Scope.NATIONAL, "省": Scope.PROVINCE, "本省": Scope.PROVINCE, "市": Scope.CITY, "本市": Scope.CITY,
    "县": Scope.COUNTY, "本县": Scope.COUNTY, "本县（区）": Scope.COUNTY, "协议地区": Scope.AGREEMENT,
}  # fmt: skip


@transaction.atomic
def take_in(content: bytes, *, by: Actor) -> tuple[int, int]:
    """Enter every row of a file; return how many evaluations are new and how many stood already.

    Raises:
        InvalidInput: no such file, another heading, too many rows, or a row that cannot be used (its number is the field).
    """
    orgs = _named(by)
    items = {name: each.code for each in selectors.items_of_day(by.today) for name in (each.name, each.code)}
    before = Evaluation.objects.count()
    n = 0
    for number, cells in _rows(content):
        org_id, entry = _entry(number, cells, orgs, items)
        try:
            services.enter_evaluation(org_id, entry=entry, by=by)
        except InvalidInput as flaw:
            raise InvalidInput(field=f"第 {number} 行", problem=flaw.facts.get("problem", "")) from None
        n += 1
    n_new = Evaluation.objects.count() - before
    return n_new, n - n_new


def _named(by: Actor) -> dict[str, UUID]:
    found: dict[str, UUID] = {}
    for org_id, *names in access.kept_orgs(by).values_list("id", "name", "short_name", "code"):
        found |= dict.fromkeys(names, org_id)
    return found


def _entry(number: int, cells: list[str], orgs: dict[str, UUID], items: dict[str, str]) -> tuple[UUID, EvaluationEntry]:
    org, item, outcome, scope, area_name, areas, evaluated_on, name, body, note = cells
    known = (orgs.get(org), items.get(item), _OUTCOMES.get(outcome), _SCOPES.get(scope))
    for value, said, problem in zip(
        known, (org, item, outcome, scope),
        (N_("没有这个机构，或不归您登记"), N_("不在互认项目清单中"), N_("评价结果只能是合格、不合格或取消标注"), N_("互认范围不认识")),
        strict=True,
    ):  # fmt: skip
        if value is None:
            raise InvalidInput(field=f"第 {number} 行 {said}", problem=problem)
    try:
        on = date.fromisoformat(evaluated_on[:10].replace("/", "-"))
    except ValueError:
        raise InvalidInput(field=f"第 {number} 行", problem=N_("评价日期请写成 2026-09-01 的样子")) from None
    org_id, item_code, outcome_code, scope_code = known
    assert org_id is not None and item_code is not None and outcome_code is not None and scope_code is not None
    return org_id, EvaluationEntry(
        item_code=item_code, scope=scope_code, outcome=outcome_code, evaluated_on=on, area_name=area_name,
        areas=tuple(areas.replace("，", " ").replace(",", " ").split()), name=name, body=body, note=note,
    )  # fmt: skip


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    table = _sheet(content) if content[:2] == b"PK" else _csv(content)
    head = next(table, [])
    if tuple(cell for cell in head if cell) != HEAD:
        raise InvalidInput(field="file", problem=N_("表头不符，请以下载的模板为准"))
    for number, row in enumerate(table, 2):
        if number > MOST_ROWS + 1:
            raise InvalidInput(field="file", problem=N_("行数太多，请分几次导入"))
        cells = [*row, *[""] * len(HEAD)][: len(HEAD)]
        if any(cells):
            yield number, cells


def _csv(content: bytes) -> Iterator[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return ([_plain(cell) for cell in row] for row in csv.reader(StringIO(text.replace("\x00", "")), strict=False))
    raise InvalidInput(field="file", problem=N_("不是 Excel 或 CSV 文件"))


def _sheet(content: bytes) -> Iterator[list[str]]:
    if sheets.is_too_large(content):
        raise InvalidInput(field="file", problem=N_("文件展开后太大，请只保留要导入的这一张表"))
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise InvalidInput(field="file", problem=N_("不是 Excel 或 CSV 文件")) from None
    rows = book.worksheets[0].iter_rows(max_col=len(HEAD), values_only=True)
    return ([_plain(cell) for cell in row] for row in rows)


def _plain(cell: object) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return "" if cell is None else str(cell).strip().removeprefix("'")
