"""What a resident decided about her record, written down at a counter."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongmai.commons.residents import access, consent_forms, consent_text, paper, selectors, services
from tongmai.commons.residents.presenters import decision_rows
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import done, page, pdf_response


@require_safe
@may(Action.REGISTER_RESIDENT)
def consents(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    return _shown(request, resident_id)


@require_POST
@may(Action.REGISTER_RESIDENT)
def share(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    form = consent_forms.Share(request.POST, orgs=selectors.orgs_of(resident_id, by=request.actor))
    if form.carries_out(lambda: services.choose_sharing(resident_id, by=request.actor, **form.facts())):
        return done(request, "residents:consents", resident_id, message=_("已登记共享意愿。"))
    return _shown(request, resident_id, share=form)


@require_POST
@may(Action.REGISTER_RESIDENT)
def use(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    form = consent_forms.AgreeToUse(request.POST)
    if form.carries_out(lambda: services.agree_to_use(resident_id, by=request.actor, **form.facts())):
        return done(request, "residents:consents", resident_id, message=_("已登记诊疗以外的使用同意。"))
    return _shown(request, resident_id, use=form)


@require_POST
@may(Action.REGISTER_RESIDENT)
def withdraw_sharing(request: HttpRequest, choice_id: UUID) -> HttpResponse:
    row = services.withdraw_sharing(choice_id, by=request.actor, **_withdrawal(request))
    return done(request, "residents:consents", row.resident_id, message=_("已撤回。"))


@require_POST
@may(Action.REGISTER_RESIDENT)
def withdraw_use(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    row = services.withdraw_use(consent_id, by=request.actor, **_withdrawal(request))
    return done(request, "residents:consents", row.resident_id, message=_("已撤回。"))


@require_safe
@may(Action.REGISTER_RESIDENT)
def sheet(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """The form on paper, to be read, ticked and signed."""
    actor = request.actor
    found = access.get(resident_id, by=actor)
    return pdf_response(f"{found.id}.pdf", paper.consents(selectors.summary(found.id, actor.today), by=actor))


def _withdrawal(request: HttpRequest) -> dict[str, str]:
    form = consent_forms.Withdraw(request.POST)
    form.is_valid()
    said = getattr(form, "cleaned_data", {})
    return {"how": said.get("how") or "paper", "reason": said.get("reason") or ""}


def _shown(request: HttpRequest, resident_id: UUID, **bound: Any) -> HttpResponse:
    actor = request.actor
    found = selectors.decisions_of(resident_id, by=actor)
    context = {
        "head": selectors.summary(resident_id, actor.today),
        "sharing": decision_rows(found.sharing),
        "uses": decision_rows(found.uses),
        "n_elsewhere": found.n_elsewhere,
        "share": bound.get("share") or consent_forms.Share(orgs=selectors.orgs_of(resident_id, by=actor)),
        "use": bound.get("use") or consent_forms.AgreeToUse(),
        "told": [_(line) for line in (*consent_text.SHARING, *consent_text.USE)],
    }
    return page(request, "residents/consents.html", context, status=422 if bound else 200)
