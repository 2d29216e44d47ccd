"""The resident's own pages, made for a phone: my bookings and referrals, my contract, who opened my record."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongmai.commons.capacity import selectors as capacity
from tongmai.commons.residents import bases
from tongmai.commons.residents import selectors as residents
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.portal import chart
from tongmai.ui.http import page
from tongmai.ui.paging import page_of


@require_safe
@may(Action.SEE_OWN)
def own(request: HttpRequest) -> HttpResponse:
    actor = request.actor
    context = {
        "head": residents.summary(actor.resident_id, actor.today),
        "bookings": capacity.bookings_of_resident(actor.resident_id, by=actor, coming_only=True),
        "referrals": chart.sent(actor.resident_id, by=actor),
        "now": actor.now,
    }
    return page(request, "portal/own.html", context)


@require_safe
@may(Action.SEE_OWN)
def accesses(request: HttpRequest) -> HttpResponse:
    actor = request.actor
    entries = residents.access_log(actor.resident_id, by=actor)
    labels = {str(basis): _(label) for basis, label in bases.LABELS.items()}
    context = {"listing": page_of(request, entries, size=30), "labels": labels, "roles": dict(Role.choices)}
    return page(request, "portal/own_accesses.html", context)
