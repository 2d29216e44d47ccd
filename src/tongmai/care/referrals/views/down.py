"""Going down: the plan, and following up."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongmai.care.referrals import choices, forms, selectors, services
from tongmai.care.referrals.consent import TEXT
from tongmai.commons.residents import selectors as resident_facts
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.policy import value
from tongmai.kernel.errors import InvalidInput, NotFound
from tongmai.ui.http import done, page


@require_http_methods(["GET", "POST"])
@may(Action.WRITE_REFERRAL, Action.COORDINATE_REFERRALS)
def from_up(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Send down whom an up-referral brought."""
    up = selectors.detail(referral_id, by=request.actor).referral
    form = forms.Down(request.POST or None, initial=choices.plan_from_up(up, by=request.actor))
    return _written(request, form, up.resident_id, {"up_id": up.id})


@require_http_methods(["GET", "POST"])
@may(Action.WRITE_REFERRAL, Action.COORDINATE_REFERRALS)
def from_encounter(request: HttpRequest, encounter_id: UUID) -> HttpResponse:
    """Send down from a visit or stay of one's own."""
    encounter = choices.own_encounter(encounter_id, by=request.actor)
    if encounter is None:
        raise NotFound()
    form = forms.Down(request.POST or None, initial=choices.plan_from_encounter(encounter, by=request.actor))
    return _written(request, form, encounter.resident_id, {"encounter_id": encounter.id})


@require_http_methods(["GET", "POST"])
@may(Action.WRITE_REFERRAL, Action.COORDINATE_REFERRALS)
def plan(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Change the plan of a draft or a returned down-referral."""
    found = selectors.detail(referral_id, by=request.actor).referral
    if found.direction != "down" or found.sender_id != request.actor.org_id:
        raise NotFound()
    form = forms.Down(request.POST or None, initial=choices.plan_entered(found))
    return _written(request, form, found.resident_id, {"referral_id": found.id})


@require_http_methods(["GET", "POST"])
@may(Action.SEE_REFERRALS)
def follow_up(request: HttpRequest, follow_up_id: UUID) -> HttpResponse:
    """Record a follow-up; made for a phone."""
    found = selectors.follow_up(follow_up_id, by=request.actor)
    form = forms.FollowUpForm(request.POST or None, initial={"seen_version": found.referral.version, "way": "home"})
    if request.method == "POST" and form.is_valid():
        try:
            services.record_follow_up(
                follow_up_id=follow_up_id,
                findings=form.findings(),
                by=request.actor,
                seen_version=form.cleaned_data["seen_version"],
            )
            return done(request, "referrals:detail", found.referral_id, message=_("随访已记录"))
        except InvalidInput as flaw:
            choices.put_error(form, flaw)
    context = {
        "form": form,
        "follow_up": found,
        "plan": found.referral.plan,
        "person": resident_facts.summary(found.referral.resident_id, request.actor.today),
        "interval": value(f"referrals.follow_up.{found.referral.plan.group}", on=request.actor.today),
    }
    return page(request, "referrals/follow_up.html", context, status=422 if form.errors else 200)


def _written(request: HttpRequest, form: forms.Down, resident_id: UUID, origin: dict) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.send_down(plan=form.plan(), by=request.actor, consent_given=form.given(), **origin)
            if "send" in request.POST:
                services.submit_down(referral_id=saved.id, by=request.actor)
                return done(request, "referrals:detail", saved.id, message=_("已发起下转，等待基层接收"))
            return done(request, "referrals:detail", saved.id, message=_("草稿已保存"))
        except InvalidInput as flaw:
            choices.put_error(form, flaw)
    context = {
        "form": form,
        "person": resident_facts.summary(resident_id, request.actor.today),
        "receivers": choices.lower_receivers(by=request.actor),
        "diagnosis": choices.diagnosis_text(form["diagnosis_code"].value(), by=request.actor),
        "consent_text": TEXT,
    }
    return page(request, "referrals/down_form.html", context, status=422 if form.errors else 200)
