"""What was shown, recognised, examined anyway and saved; and the rows behind each figure."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongmai.commons.recognition import forms, presenters, selectors
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import page, xlsx_response
from tongmai.ui.paging import page_of
from tongmai.ui.words import Choice

LONGEST = 60


@require_safe
@may(Action.SEE_RECOGNITION)
def figures(request: HttpRequest) -> HttpResponse:
    asked = forms.Span(request.GET).asked(today=request.actor.today)
    found = selectors.figures(by=request.actor, **asked)
    last = asked["ends_before"] - timedelta(days=1)
    context = {
        "rows": presenters.figure_rows(found),
        "sums": presenters.figures_said(selectors.totals(found)),
        "form": forms.Span(initial={"first": asked["first"], "last": last}),
        "asked": asked,
        "parts": [Choice(str(each), str(word)) for each, word in presenters.APART.items()],
        "apart_said": presenters.APART[asked["apart"]],
        "period": f"{asked['first']} – {last}",
        "reasons": [str(word) for word in presenters.REASONS.values()],
    }
    return page(request, "recognition/figures.html", context)


@require_safe
@may(Action.SEE_RECOGNITION)
def figures_sheet(request: HttpRequest) -> HttpResponse:
    """The same lines as an Excel file."""
    asked = forms.Span(request.GET).asked(today=request.actor.today)
    head = [str(title) for title in (presenters.APART[asked["apart"]], *presenters.FIGURE_HEAD)]
    rows = [presenters.figure_cells(each) for each in selectors.figures(by=request.actor, **asked)]
    return xlsx_response(_("互认统计.xlsx"), head, rows)


@require_safe
@may(Action.SEE_RECOGNITION)
def rows(request: HttpRequest) -> HttpResponse:
    """The decisions behind a figure: who decided, about what, of whose result; no resident is named."""
    found = _rows(request)
    listing = page_of(request, found)
    cells = [presenters.row_cells(row) for row in listing.rows]
    context = {"head": [str(title) for title in presenters.ROW_HEAD], "cells": cells, "listing": listing}
    return page(request, "recognition/rows.html", context)


@require_safe
@may(Action.SEE_RECOGNITION)
def rows_sheet(request: HttpRequest) -> HttpResponse:
    """The same rows as an Excel file."""
    head = [str(title) for title in presenters.ROW_HEAD]
    return xlsx_response(_("互认明细.xlsx"), head, [presenters.row_cells(row) for row in _rows(request)])


def _rows(request: HttpRequest) -> list[dict]:
    asked = forms.Span(request.GET).asked(today=request.actor.today)
    said = {name: request.GET.get(name, "").replace("\x00", "")[:LONGEST] for name in ("key", "choice", "reason")}
    return selectors.rows_behind(by=request.actor, **asked, **said)
