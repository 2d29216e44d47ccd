"""Pages that only tell: who I am here, the help with its sources, what this is."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongmai.foundation.orgs.guards import signed_in
from tongmai.ui.http import page


@require_safe
@signed_in
def me(request: HttpRequest) -> HttpResponse:
    return page(request, "portal/me.html")


@require_safe
@signed_in
def help_page(request: HttpRequest) -> HttpResponse:
    return page(request, "portal/help.html")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return page(request, "portal/about.html")
