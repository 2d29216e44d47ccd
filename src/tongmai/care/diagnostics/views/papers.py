"""The report on paper, and the page that says whether one is genuine."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongmai.care.diagnostics import paper, selectors
from tongmai.commons.residents import selectors as resident_facts
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import page, pdf_response


@require_safe
@may(Action.SEE_DIAGNOSTICS)
def pdf(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """A published version, the latest unless `?version=` names one: opened with a basis, and logged."""
    found = selectors.detail(order_id, by=request.actor)
    person = resident_facts.summary(found.order.resident_id, request.actor.today)
    host = f"{request.scheme}://{request.get_host()}"
    asked = request.GET.get("version", "")[:4]
    number = int(asked) if asked.isascii() and asked.isdigit() else None
    content = paper.report(found, person, host=host, by=request.actor, number=number)
    return pdf_response(f"{found.order.number}.pdf", content)


@require_safe
@may(Action.SEE_DIAGNOSTICS)
def slip(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The order, to be taken along."""
    found = selectors.detail(order_id, by=request.actor)
    person = resident_facts.summary(found.order.resident_id, request.actor.today)
    return pdf_response(f"{found.order.number}-slip.pdf", paper.slip(found, person, by=request.actor))


@require_safe
def verify(request: HttpRequest, version_id: UUID, signature: str) -> HttpResponse:
    """Say whether a report on paper is genuine, and whether it is the latest: nothing else, to whoever holds it."""
    found = selectors.genuine(version_id) if paper.is_genuine(version_id, signature) else None
    context = {"version": found, "is_latest": found is not None and found.number == found.order.n_versions}
    return page(request, "diagnostics/verify.html", context, status=200 if found else 404)
