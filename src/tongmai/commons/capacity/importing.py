"""Sessions from an Excel sheet: first every row's fate, then, if nothing is wrong, all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from tongmai.commons.capacity import access
from tongmai.commons.capacity.models import Pool, Resource
from tongmai.commons.capacity.services import sessions
from tongmai.commons.capacity.states import Kind
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput, TongmaiError
from tongmai.kernel.months import start_of_day
from tongmai.ui import sheets

HEAD = (
    gettext_lazy("资源"),
    gettext_lazy("日期"),
    gettext_lazy("开始"),
    gettext_lazy("结束"),
    gettext_lazy("名额"),
)
_HEAD_ZH = ("资源", "日期", "开始", "结束", "名额")
MOST_ROWS = 5_000


@dataclass(frozen=True)
class Fate:
    """What becomes of one row of the sheet: `new`, `exists` or `wrong` with the problem."""

    line: int
    cells: Sequence[str]
    outcome: str
    problem: str = ""
    session: sessions.Session | None = None


def read(content: bytes) -> list[list[Any]]:
    """Return the rows of the first sheet below its headings.

    Raises:
        InvalidInput: not an Excel file, other headings, or too many rows.
    """
    if sheets.is_too_large(content):
        raise InvalidInput(field="file", problem=_("文件展开后太大，请只保留要导入的这一张表"))
    try:
        sheet = load_workbook(BytesIO(content), read_only=True, data_only=True).worksheets[0]
        rows = [list(row) for row in sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 2, max_col=len(HEAD))]
    except (BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, OSError):
        raise InvalidInput(field="file", problem=_("不是可读的 Excel 文件（.xlsx）")) from None
    head = [str(cell or "").strip() for cell in (rows[0] if rows else [])]
    if tuple(head) not in (_HEAD_ZH, tuple(str(title) for title in HEAD)):
        raise InvalidInput(field="file", problem=_("第一行必须是：资源、日期、开始、结束、名额"))
    if len(rows) > MOST_ROWS + 1:
        raise InvalidInput(field="file", problem=_("一次最多 5000 行"))
    return [row for row in rows[1:] if any(cell not in (None, "") for cell in row)]


def fates(rows: Iterable[Sequence[Any]], *, by: Actor) -> list[Fate]:
    """Return what would become of each row; nothing is written.

    Raises:
        NotPermitted: `by` does not manage capacity.
    """
    access.check_own(by.org_id, by=by, to=Action.MANAGE_CAPACITY)
    own = access.visible_resources(by).filter(org_id=by.org_id).select_related("org")
    resources: dict[str, list[Resource]] = {}
    for resource in own:
        resources.setdefault(resource.name, []).append(resource)
    existing = set(Pool.objects.filter(resource__in=own, ends_at__gt=by.now).values_list("resource_id", "starts_at"))
    found = []
    for line, row in enumerate(rows, start=2):
        fate = _fate(line, row, resources, existing, by)
        if fate.session:
            existing.add((fate.session.resource.id, fate.session.starts_at))
        found.append(fate)
    return found


@transaction.atomic
def import_sessions(rows: Iterable[Sequence[Any]], *, by: Actor) -> list[Fate]:
    """Publish what the rows say, all or nothing; return their fates.  With a wrong row nothing is written.

    Raises:
        NotPermitted: `by` does not manage capacity.
    """
    found = fates(rows, by=by)
    if not any(fate.outcome == "wrong" for fate in found):
        sessions.publish_all([fate.session for fate in found if fate.session], by=by)
    return found


def _fate(line: int, row: Sequence[Any], resources: dict[str, list[Resource]], existing: set, by: Actor) -> Fate:
    cells = [_said(cell) for cell in row]
    try:
        session = _session(row, resources)
        sessions.check(session, by=by)
    except InvalidInput as error:
        said = error.facts["problem"]
        return Fate(line, cells, "wrong", _(said))
    except TongmaiError as error:
        return Fate(line, cells, "wrong", error.said(_))
    if (session.resource.id, session.starts_at) in existing:
        return Fate(line, cells, "exists")
    return Fate(line, cells, "new", session=session)


def _session(row: Sequence[Any], resources: dict[str, list[Resource]]) -> sessions.Session:
    name, day, starts, ends, total = [*row, *[None] * 5][:5]
    found = resources.get(str(name or "").strip(), [])
    if len(found) != 1:
        raise InvalidInput(field="resource", problem=_("本机构没有这个资源") if not found else _("有多个同名资源"))
    on = _day(day)
    places = _number(total)
    if found[0].kind == Kind.BED and starts in (None, ""):
        return sessions.Session(found[0], start_of_day(on), start_of_day(on + timedelta(days=1)), places)
    ends_at = _clock(ends)
    last = on + timedelta(days=1) if ends_at == time.min else on
    return sessions.Session(found[0], sessions.instant(on, _clock(starts)), sessions.instant(last, ends_at), places)


def _day(cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    try:
        return date.fromisoformat(str(cell or "").strip().replace("/", "-"))
    except ValueError:
        raise InvalidInput(field="day", problem=_("日期应写成 2026-11-24")) from None


def _clock(cell: Any) -> time:
    if isinstance(cell, time | datetime):
        return time(cell.hour, cell.minute)
    try:
        hours, minutes = str(cell or "").strip().split(":")[:2]
        return time(int(hours) % 24 if hours == "24" else int(hours), int(minutes))
    except ValueError:
        raise InvalidInput(field="time", problem=_("时间应写成 08:00")) from None


def _number(cell: Any) -> int:
    text = str(cell if cell is not None else "").strip().removesuffix(".0")
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise InvalidInput(field="total", problem=_("名额应是整数"))
    return int(text)


def _said(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return "" if cell is None else str(cell)[:60]
