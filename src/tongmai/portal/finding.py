"""Global search: residents by anything one knows of them."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from tongmai.commons.residents import selectors as residents
from tongmai.commons.residents import words
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui import searching
from tongmai.ui.http import fragment, page

SHOWN = 12


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.SEARCH_RESIDENTS)
def search(request: HttpRequest) -> HttpResponse:
    """Rows for the search box, or a page for a browser that runs no scripts."""
    if request.method == "POST" and not request.htmx:
        return searching.keep(request, "q")
    q = searching.posted(request) if request.method == "POST" else searching.asked(request, "q")["q"]
    found = residents.search(q, by=request.actor, limit=SHOWN) if q else []
    context = {"q": q, "found": found, "sex": words.sex}
    if request.htmx:
        return fragment(request, "portal/_found.html", context)
    return page(request, "portal/search.html", context)
