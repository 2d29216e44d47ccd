"""Global search: residents by anything one knows of them."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongmai.commons.residents import selectors as residents
from tongmai.commons.residents import words
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import fragment, page

SHOWN = 12
LONGEST = 60


@require_safe
@may(Action.SEARCH_RESIDENTS)
def search(request: HttpRequest) -> HttpResponse:
    """Rows for the search box, or a page for a browser that runs no scripts."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    found = residents.search(q, by=request.actor, limit=SHOWN) if q else []
    context = {"q": q, "found": found, "sex": words.sex}
    if request.htmx:
        return fragment(request, "portal/_found.html", context)
    return page(request, "portal/search.html", context)
