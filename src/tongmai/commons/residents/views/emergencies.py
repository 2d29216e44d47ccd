"""Answering for records that were opened in an emergency."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongmai.commons.residents import forms, selectors, services
from tongmai.foundation.orgs.guards import signed_in
from tongmai.kernel.errors import NotFound
from tongmai.ui.http import done, page


@require_safe
@signed_in
def emergencies(request: HttpRequest) -> HttpResponse:
    """What waits for my judgement; empty for who answers for nothing."""
    return page(
        request,
        "residents/emergencies.html",
        {"waiting": selectors.emergencies_waiting(by=request.actor), "now": request.actor.now},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def emergency(request: HttpRequest, access_id: UUID) -> HttpResponse:
    entry = selectors.emergency(access_id, by=request.actor)
    if entry is None:
        raise NotFound()
    form = forms.Review(request.POST or None)
    if request.method == "POST" and form.carries_out(
        lambda: services.review_emergency(access_id, by=request.actor, **form.cleaned_data)
    ):
        return done(request, "residents:emergencies", message=_("已记录您的意见。"))
    context = {"entry": entry, "form": form, "now": request.actor.now}
    return page(request, "residents/emergency.html", context, status=422 if form.errors else 200)
