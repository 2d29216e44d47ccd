"""Pages of one report and of one document."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongmai.commons.residents import bases, marks
from tongmai.commons.residents import selectors as residents
from tongmai.commons.results import access, documents, presenters, showing
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotFound
from tongmai.ui.http import file_response, page

ENDINGS = {
    "text": "txt",
    "pdf": "pdf",
    "html": "html",
    "rtf": "rtf",
    "xml": "xml",
    "cda": "xml",
    "image": "img",
    "other": "bin",
}

# What a browser shows without running anything of it; named by the bytes and not by whoever sent it.
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg"})


@require_safe
@may(Action.OPEN_RECORD, Action.SEE_OWN)
def report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    found, opened = access.read_report(report_id, by=request.actor)
    return page(request, "results/report.html", showing.of_report(found, opened.basis, on=request.actor.today))


@require_safe
@may(Action.OPEN_RECORD, Action.SEE_OWN)
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    found, opened = access.read_document(document_id, by=request.actor)
    context = {
        "document": found,
        "disputed": marks.disputed([found.id]).get(found.id),
        "head": residents.summary(found.resident_id, request.actor.today),
        "basis": _(bases.LABELS[opened.basis]),
        "tag": presenters.document_tag(found.status),
        "mark": presenters.confidentiality_tag(found.confidentiality),
        "facts": presenters.document_facts(found, documents.participants_of(found)),
        "sections": presenters.section_views(documents.sections_of(found)),
        "body": documents.body_of(found),
        "shown_kinds": SHOWN,
        "versions": presenters.version_views(documents.versions_of(found, opened.view)),
        "supplements": documents.supplements_of(found, opened.view),
        "base": documents.supplemented_by(found, opened.view),
    }
    return page(request, "results/document.html", context)


@require_safe
@may(Action.OPEN_RECORD, Action.SEE_OWN)
def document_file(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The bytes as they came; always to be saved, never shown: what another system wrote may hold scripts."""
    found, _opened = access.read_document(document_id, by=request.actor)
    return file_response(f"{found.id}.{ENDINGS[found.format]}", bytes(found.content))


@require_safe
@may(Action.OPEN_RECORD, Action.SEE_OWN)
def document_body(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The file inside of a document: shown where it is a picture or a PDF by its bytes, else to be saved."""
    found, _opened = access.read_document(document_id, by=request.actor)
    body = documents.body_of(found)
    if body is None:
        raise NotFound()
    is_shown = body.media_type in SHOWN
    if not is_shown:
        answer = file_response(f"{found.id}.bin", bytes(body.content))
    else:
        ending = body.media_type.rpartition("/")[2]
        answer = file_response(f"{found.id}.{ending}", bytes(body.content), body.media_type, as_attachment=False)
    answer["Content-Security-Policy"] = (
        "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'"
    )
    return answer
