"""Unusual reading: the list of the audit administrator, and the page on which a reader explains herself."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.commons.residents import selectors, services
from tongmai.commons.residents.reading import forms, presenters
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.guards import may, signed_in
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui import searching
from tongmai.ui.http import done, page, xlsx_response
from tongmai.ui.paging import page_of


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.READ_AUDIT)
def findings(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return searching.keep(request, "who")
    return _listed(request)


@require_POST
@may(Action.READ_AUDIT)
def export_findings(request: HttpRequest) -> HttpResponse:
    """Answer with the findings that are looked for.  Taking them out is itself an event, hence no GET."""
    form = _form(request)
    rows = selectors.findings(form.sought(), by=request.actor)[: selectors.MOST_FINDINGS_EXPORTED]
    cells = [presenters.cells(line) for line in selectors.finding_lines(rows)]
    audit.note_export(what="findings", n_rows=len(cells), by=request.actor)
    return xlsx_response(_("异常查阅.xlsx"), presenters.head(), cells)


@require_POST
@may(Action.READ_AUDIT)
def search_reading(request: HttpRequest) -> HttpResponse:
    """Look through days now, instead of waiting for the night."""
    form = forms.Search(request.POST)
    if form.carries_out(lambda: services.search_reading(by=request.actor, **form.cleaned_data)):
        return done(request, "residents:findings", message=_("已检查，新发现 %(n)s 项。") % {"n": form.result})
    return _listed(request, search=form)


@require_safe
@signed_in
def finding(request: HttpRequest, finding_id: UUID) -> HttpResponse:
    return _shown(request, finding_id, forms.Say())


@require_POST
@signed_in
def move_finding(request: HttpRequest, finding_id: UUID, step: str) -> HttpResponse:
    form = forms.Say(request.POST)
    if form.carries_out(
        lambda: services.move_finding(finding_id, by=request.actor, step=step, reason=form.cleaned_data["reason"])
    ):
        return done(request, "residents:finding", finding_id, message=_("已记录。"))
    return _shown(request, finding_id, form)


def _form(request: HttpRequest) -> forms.Sought:
    form = forms.Sought(searching.asked(request, "who"))
    form.is_valid()
    return form


def _listed(request: HttpRequest, search: forms.Search | None = None) -> HttpResponse:
    form = _form(request)
    listing = page_of(request, selectors.findings(form.sought(), by=request.actor))
    context = {
        "form": form,
        "listing": listing,
        "rows": [presenters.finding_row(line) for line in selectors.finding_lines(listing.rows)],
        "search": search or forms.Search(),
        "now": request.actor.now,
    }
    return page(request, "residents/findings.html", context, status=422 if search else 200)


def _shown(request: HttpRequest, finding_id: UUID, form: Any) -> HttpResponse:
    found = selectors.finding_page(finding_id, by=request.actor)
    context = {
        "found": found,
        "row": presenters.finding_row(found.line),
        "history": presenters.history(found),
        "steps": presenters.steps(found),
        "form": form,
        "now": request.actor.now,
    }
    return page(request, "residents/finding.html", context, status=422 if form.errors else 200)
