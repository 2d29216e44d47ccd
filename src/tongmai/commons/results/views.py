"""Pages of one report and of one document."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongmai.commons.residents import bases
from tongmai.commons.residents import selectors as residents
from tongmai.commons.results import access, presenters, selectors
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import page

ENDINGS = {"text": "txt", "pdf": "pdf", "html": "html", "rtf": "rtf", "xml": "xml", "image": "img", "other": "bin"}


@require_safe
@may(Action.OPEN_RECORD, Action.SEE_OWN)
def report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    found, opened = access.read_report(report_id, by=request.actor)
    context = {
        "report": found,
        "head": residents.summary(found.resident_id, request.actor.today),
        "basis": _(bases.LABELS[opened.basis]),
        "tag": presenters.report_tag(found.status),
        "category": presenters.category(found.category),
        "rows": presenters.value_rows(selectors.values_of(found)),
        "earlier": [(v.number, presenters.value_rows(v.values)) for v in selectors.earlier_versions(found)],
    }
    return page(request, "results/report.html", context)


@require_safe
@may(Action.OPEN_RECORD, Action.SEE_OWN)
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    found, opened = access.read_document(document_id, by=request.actor)
    context = {
        "document": found,
        "head": residents.summary(found.resident_id, request.actor.today),
        "basis": _(bases.LABELS[opened.basis]),
        "tag": presenters.document_tag(found.status),
    }
    return page(request, "results/document.html", context)


@require_safe
@may(Action.OPEN_RECORD, Action.SEE_OWN)
def document_file(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The bytes as they came; always to be saved, never shown: what another system wrote may hold scripts."""
    found, _opened = access.read_document(document_id, by=request.actor)
    answer = HttpResponse(bytes(found.content), content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, f"{found.id}.{ENDINGS[found.format]}")
    answer["Cache-Control"] = "no-store"
    return answer
