"""What a view answers: a page, a fragment, "done, go there", a file."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def page(request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """Answer with a whole page.  Pages hold personal data: no cache may keep them."""
    response = render(request, template, context or {}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def fragment(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Answer with a part of a page (its template's name starts with `_`)."""
    return page(request, template, context, status)


class WayOn(NamedTuple):
    """Where somebody is sent whose request was carried out, and what is said there."""

    target: str
    message: str


def done(request: HttpRequest, name: str, *args: Any, message: str = "") -> HttpResponse:
    """Say that the request was carried out: send the caller to the page called `name`, see `go`."""
    return go(request, reverse(name, args=args), message)


def go(request: HttpRequest, target: str, message: str = "") -> HttpResponse:
    """Say that the request was carried out: send the caller to `target`, where `message` is said once.

    A step that was taken in place, from a list, stays there: the row goes and `message` is said above the list.
    The way on is kept with the form's key, so that the same form sent again leads there and writes nothing.
    """
    if request.headers.get("X-Tongmai-In-Place"):
        response = HttpResponse(status=204)
        response["HX-Trigger"] = json.dumps({"tm:done": {"message": message}})
    else:
        response = _sent_to(request, target)
        waiting = request.session.get("notices", []) if message else []
        if message and message not in waiting:
            request.session["notices"] = [*waiting, message]
    response.way_on = WayOn(target, message)  # type: ignore[attr-defined]
    return response


def shown_once(response: HttpResponse, back: str, message: str) -> HttpResponse:
    """Mark a page with a secret as the answer to what was carried out.

    It is not kept: the same form sent again leads `back`, where `message` says how to get another secret.
    """
    response.way_on = WayOn(back, message)  # type: ignore[attr-defined]
    return response


def way_on(response: HttpResponse) -> WayOn | None:
    """Return where `response` sends somebody whose request was carried out; None for every other answer."""
    return getattr(response, "way_on", None)


def _sent_to(request: HttpRequest, target: str) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(target)
    response = HttpResponse(status=200)
    response["HX-Location"] = json.dumps({"path": target, "target": "body"})
    return response


def xlsx_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Answer with an Excel file of one sheet (see `xlsx_bytes`)."""
    return file_response(name, xlsx_bytes(head, rows), XLSX)


def xlsx_bytes(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return an Excel file of one sheet.

    Texts stay texts, even those that begin with "=": a name in a list must not become a formula.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    title_cells = [_cell(sheet, title) for title in head]
    for cell in title_cells:
        cell.font = Font(bold=True)
    sheet.append(title_cells)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def pdf_response(name: str, content: bytes) -> HttpResponse:
    """Answer with a PDF that the browser shows."""
    return file_response(name, content, "application/pdf", as_attachment=False)


def file_response(
    name: str, content: bytes, kind: str = "application/octet-stream", *, as_attachment: bool = True
) -> HttpResponse:
    """Answer with a file: to be saved under this name, or shown."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment, name)
    response["Cache-Control"] = "no-store"
    return response


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    if isinstance(value, datetime) and value.tzinfo:
        value = timezone.localtime(value).replace(tzinfo=None)  # Excel knows no zones
    if value is not None and not isinstance(value, int | float | datetime) and not hasattr(value, "isoformat"):
        value = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell
