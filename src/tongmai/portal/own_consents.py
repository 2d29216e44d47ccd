"""The resident's own page of what she decided: with whom her record is shared, and for what else it may be used."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongmai.commons.residents import consent_forms, consent_text, selectors, services
from tongmai.commons.residents.presenters import decision_rows
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.portal import own_frame
from tongmai.ui.http import done


@require_safe
@may(Action.SEE_OWN)
def own_consents(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    return _shown(request, resident_id)


@require_POST
@may(Action.SEE_OWN)
def share(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    person_id, _frame = own_frame.whose(request, resident_id)
    orgs = selectors.orgs_of(person_id, by=request.actor)
    form = consent_forms.Share(request.POST, orgs=orgs, is_own=True)
    if form.carries_out(lambda: services.choose_sharing(person_id, by=request.actor, **form.facts())):
        return done(request, "portal:own-consents", person_id, message=_("已记录您的决定。"))
    return _shown(request, resident_id, share=form)


@require_POST
@may(Action.SEE_OWN)
def use(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    person_id, _frame = own_frame.whose(request, resident_id)
    form = consent_forms.AgreeToUse(request.POST, is_own=True)
    if form.carries_out(lambda: services.agree_to_use(person_id, by=request.actor, **form.facts())):
        return done(request, "portal:own-consents", person_id, message=_("已记录您的决定。"))
    return _shown(request, resident_id, use=form)


@require_POST
@may(Action.SEE_OWN)
def withdraw_sharing(request: HttpRequest, choice_id: UUID) -> HttpResponse:
    row = services.withdraw_sharing(choice_id, by=request.actor)
    return done(request, "portal:own-consents", row.resident_id, message=_("已撤回。"))


@require_POST
@may(Action.SEE_OWN)
def withdraw_use(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    row = services.withdraw_use(consent_id, by=request.actor)
    return done(request, "portal:own-consents", row.resident_id, message=_("已撤回。"))


def _shown(request: HttpRequest, resident_id: UUID, **bound: Any) -> HttpResponse:
    by = request.actor
    person_id, frame = own_frame.whose(request, resident_id)
    found = selectors.decisions_of(person_id, by=by)
    orgs = selectors.orgs_of(person_id, by=by)
    context = {
        "sharing": decision_rows(found.sharing),
        "uses": decision_rows(found.uses),
        "share": bound.get("share") or consent_forms.Share(orgs=orgs, is_own=True),
        "use": bound.get("use") or consent_forms.AgreeToUse(is_own=True),
        "told_sharing": [_(line) for line in consent_text.SHARING],
        "told_use": [_(line) for line in consent_text.USE],
    }
    return own_frame.shown(request, "portal/own_consents.html", frame, context, status=422 if bound else 200)
