"""Pages and pickers of the catalogue.  Everybody who is signed in may read it."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tongmai.foundation.catalog import presenters, selectors
from tongmai.kernel.errors import NotFound, NotSignedIn
from tongmai.ui.http import fragment, page
from tongmai.ui.paging import page_of

PICKED = 12  # rows a picker shows
MOST_QUERY = 60


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse visitors.  The guards of `orgs` lie in a layer above this one."""

    @require_GET
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.actor is None:
            raise NotSignedIn()
        return view(request, *args, **kwargs)

    return guarded


def _asked(request: HttpRequest, name: str = "q") -> str:
    return request.GET.get(name, "").replace("\x00", "")[:MOST_QUERY].strip()


@signed_in
def pick_diagnosis(request: HttpRequest) -> HttpResponse:
    found = selectors.search_diagnoses(_asked(request), request.actor.today, PICKED)
    options = [
        {
            "value": d.code,
            "text": d.name,
            "aside": d.code,
            "hint": d.everyday_names,
            "is_notifiable": bool(d.notifiable),
        }
        for d in found
    ]
    return fragment(request, "catalog/_options.html", {"options": options})


@signed_in
def pick_division(request: HttpRequest) -> HttpResponse:
    """Divisions below `?under=` (the actor's county if not given), of one `?level=` (9 town, 12 village)."""
    under, level = _asked(request, "under"), _asked(request, "level")
    found = selectors.search_divisions(
        _asked(request),
        request.actor.today,
        under=under if under.isdigit() else request.actor.county_code,
        levels=[int(level)] if level in {"4", "6", "9", "12"} else (),
        limit=PICKED,
    )
    options = [presenters.Option(place.code, place.path) for place in found]
    return fragment(request, "catalog/_options.html", {"options": options})


@signed_in
def pick_department(request: HttpRequest) -> HttpResponse:
    found = selectors.search_departments(_asked(request), request.actor.today, PICKED)
    options = [presenters.Option(listed.code, listed.name) for listed in found]
    return fragment(request, "catalog/_options.html", {"options": options})


@signed_in
def pick_examination(request: HttpRequest) -> HttpResponse:
    """Items that can be ordered, of one `?category=` or of all."""
    found = selectors.examination_items(request.actor.today, _asked(request, "category"), _asked(request))
    options = [presenters.Option(row.code, row.name, hint=row.everyday_names) for row in found[:PICKED]]
    return fragment(request, "catalog/_options.html", {"options": options})


@signed_in
def lists(request: HttpRequest) -> HttpResponse:
    on = request.actor.today
    return page(
        request,
        "catalog/lists.html",
        {
            "editions": [presenters.edition(row, on) for row in selectors.code_lists()],
            "diseases": [presenters.disease(row) for row in selectors.notifiable_diseases(on)],
            "departments": selectors.department_types(on),
            "kinds": selectors.resource_kinds(on),
            "classes": selectors.facility_classes(on),
            "items": [presenters.examination(row) for row in selectors.examination_items(on)],
        },
    )


@signed_in
def edition(request: HttpRequest, edition_id: int) -> HttpResponse:
    found = next((row for row in selectors.code_lists() if row.pk == edition_id), None)
    if found is None:
        raise NotFound()
    query = _asked(request)
    listing = page_of(request, selectors.list_of_codes(edition_id, query))
    diseases = selectors.notifiable_diseases(request.actor.today)
    return page(
        request,
        "catalog/edition.html",
        {
            "edition": presenters.edition(found, request.actor.today),
            "codes": [presenters.code(row, diseases) for row in listing.rows],
            "listing": listing,
            "query": query,
            "crumbs": [(_("标准目录"), reverse("catalog:lists"))],
        },
    )
