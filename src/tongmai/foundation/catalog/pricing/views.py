"""The page of prices."""

from datetime import date

from django.http import HttpRequest, HttpResponse

from tongmai.foundation.catalog.pricing import presenters, selectors
from tongmai.foundation.catalog.views import signed_in
from tongmai.ui.http import page
from tongmai.ui.paging import page_of

MOST_QUERY = 60


@signed_in
def prices(request: HttpRequest) -> HttpResponse:
    """Prices in force on a day in one's own county."""
    query, on = _asked(request, "q"), _day(_asked(request, "on")) or request.actor.today
    system = _asked(request, "system") if _asked(request, "system") in presenters.SYSTEMS else ""
    rows = selectors.in_force(on, county_code=request.actor.county_code, query=query, system=system)
    listing = page_of(request, rows)
    context = {
        "lines": [presenters.line(row) for row in listing.rows],
        "listing": listing,
        "query": query,
        "on": on.isoformat(),
        "system": system,
        "systems": presenters.SYSTEMS.items(),
    }
    return page(request, "catalog/prices.html", context)


def _asked(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "")[:MOST_QUERY].strip()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
