"""Paper: the slip, the plan, and the page that says whether one is genuine."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongmai.care.referrals import paper, presenters, selectors
from tongmai.commons.residents import access as residents
from tongmai.commons.residents import selectors as resident_facts
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotFound
from tongmai.ui.http import page, pdf_response


@require_safe
@may(Action.OPEN_RECORD)
def slip(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    found = selectors.detail(referral_id, by=request.actor)
    return _printed(request, found, paper.slip)


@require_safe
@may(Action.OPEN_RECORD)
def plan(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    found = selectors.detail(referral_id, by=request.actor)
    if getattr(found.referral, "plan", None) is None:
        raise NotFound()
    return _printed(request, found, paper.plan)


@require_safe
def verify(request: HttpRequest, referral_id: UUID, signature: str) -> HttpResponse:
    """Say whether a slip is genuine, its date and state: nothing else, to whoever holds it."""
    found = selectors.genuine(referral_id) if paper.is_genuine(referral_id, signature) else None
    context = {"found": None}
    if found is not None:
        number, sent_at, state, direction = found
        context = {
            "found": True,
            "number": number,
            "sent_at": sent_at,
            "tag": presenters.tag(state),
            "direction": presenters.DIRECTIONS[direction],
        }
    return page(request, "referrals/verify.html", context, status=200 if found else 404)


def _printed(request: HttpRequest, found: selectors.Detail, draw) -> HttpResponse:
    """Print what was opened: with a basis, and logged."""
    if found.referral.sent_at is None:
        raise NotFound()
    residents.open_record(found.referral.resident_id, by=request.actor, what="referral")
    person = resident_facts.summary(found.referral.resident_id, request.actor.today)
    host = f"{request.scheme}://{request.get_host()}"
    return pdf_response(f"{found.referral.number}.pdf", draw(found, person, host=host, by=request.actor))
