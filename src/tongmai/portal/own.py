"""The resident's own home, made for a phone: what comes next, who looked, and the ways on.  Her own or a ward's."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongmai.commons.capacity import selectors as capacity
from tongmai.commons.capacity import services as capacity_services
from tongmai.commons.capacity.sources import SourceKind
from tongmai.commons.resident_requests import presenters as request_words
from tongmai.commons.resident_requests import selectors as requests
from tongmai.commons.resident_requests.states import UNSETTLED
from tongmai.commons.residents import access
from tongmai.commons.residents import selectors as residents
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.portal import chart, own_frame, own_words
from tongmai.portal.signing_in import onward
from tongmai.ui.http import done, go

NEWS_SHOWN = 3


@require_safe
@may(Action.SEE_OWN)
def own(request: HttpRequest, resident_id: UUID | None = None) -> HttpResponse:
    """What is coming and what is new.  To look at a ward's is written down; one's own home is not."""
    actor = request.actor
    person_id, frame = own_frame.whose(request, resident_id)
    if person_id != actor.resident_id:
        access.open_record(person_id, by=actor, what="home")
    news = list(requests.looked_since(person_id, by=actor)[: NEWS_SHOWN + 1])
    disputes = requests.disputes_of(person_id, by=actor)
    context = {
        "head": residents.summary(person_id, actor.today),
        "bookings": _bookings(person_id, actor),
        "referrals": [(each, own_words.next_of(each.state)) for each in chart.sent(person_id, by=actor)],
        "news": [own_words.looked(row, by=actor) for row in news[:NEWS_SHOWN]],
        "has_more_news": len(news) > NEWS_SHOWN,
        "has_emergency": any(row.basis == "emergency" for row in news),
        "n_disputes": sum(1 for line in disputes if line.state in UNSETTLED),
        "answered": [
            (line, request_words.dispute_tag(line.state))
            for line in disputes
            if line.answered_at and _is_news(line, actor)
        ],
        "asked": [line for line in requests.ward_requests(by=actor) if line.state == "asked"],
    }
    return own_frame.shown(request, "portal/own.html", frame, context)


@require_POST
@may(Action.SEE_OWN)
def cancel_booking(request: HttpRequest, resident_id: UUID, booking_id: UUID) -> HttpResponse:
    """Give a place back that she, or a ward, does not need."""
    person_id, _frame = own_frame.whose(request, resident_id)
    capacity_services.cancel_own(booking_id=booking_id, by=request.actor)
    return go(request, _home(request, person_id), _("已取消预约，名额已让出。"))


@require_POST
@may(Action.SEE_OWN)
def type_size(request: HttpRequest) -> HttpResponse:
    """Show larger letters in this browser, or the usual ones again."""
    response = done(request, "portal:own") if onward(request) == "/" else go(request, onward(request))
    response.set_cookie(
        own_frame.LARGE,
        "large" if request.POST.get("type") == "large" else "usual",
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings.SECURE_COOKIES,
        httponly=True,
    )
    return response


def _bookings(person_id: UUID, actor) -> list:
    """Each coming booking, with whether she may cancel it herself."""
    return [
        (
            each,
            each.source_kind != SourceKind.REFERRAL
            and capacity_services.may_cancel_own(each.starts_at, each.org_id, by=actor),
        )
        for each in capacity.bookings_of_resident(person_id, by=actor, coming_only=True)
    ]


def _is_news(line: requests.DisputeLine, actor) -> bool:
    """An answer of the last month."""
    return line.answered_at is not None and (actor.now - line.answered_at).days < 30


def _home(request: HttpRequest, person_id: UUID) -> str:
    is_self = person_id == request.actor.resident_id
    return reverse("portal:own") if is_self else reverse("portal:own-of", args=[person_id])
