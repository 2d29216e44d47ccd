"""Writing a referral up, and bringing what it lacks."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongmai.care.referrals import catalogue_lines, choices, enclosing, forms, presenters, selectors, services
from tongmai.care.referrals.consent import TEXT
from tongmai.commons.residents import access as residents
from tongmai.commons.residents import referring
from tongmai.commons.residents import selectors as resident_facts
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.policy import value
from tongmai.kernel.errors import InvalidInput, NotFound
from tongmai.ui import searching
from tongmai.ui.http import done, fragment, page


@require_http_methods(["GET", "POST"])
@may(Action.WRITE_REFERRAL)
def new(request: HttpRequest) -> HttpResponse:
    """Ask for the resident first, then for the referral."""
    resident_id = _uuid(request.GET.get("resident", ""))
    if resident_id is None:
        return page(request, "referrals/whom.html", {"target": "referrals:new"})
    residents.open_record(resident_id, by=request.actor, what="referral")
    encounter_id = _uuid(request.GET.get("encounter", ""))
    begun = referring.begun_with(request, resident_id)
    initial = choices.prefilled(resident_id, encounter_id, by=request.actor) | choices.begun(begun, by=request.actor)
    form = forms.Up(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = _tried(
            form,
            lambda: services.save_draft(
                content=form.content(), by=request.actor, resident_id=resident_id, consent_given=form.given()
            ),
        )
        if saved is not None:
            referring.forget(request)
            return _saved(request, saved.id)
    return _form_page(request, form, resident_id, [begun.recording_id] if begun and begun.recording_id else [])


@require_http_methods(["GET", "POST"])
@may(Action.WRITE_REFERRAL)
def edit(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Change a draft or a returned referral."""
    found = selectors.detail(referral_id, by=request.actor).referral
    if found.direction != "up":
        raise NotFound()
    form = forms.Up(request.POST or None, initial=choices.entered(found))
    if request.method == "POST" and form.is_valid():
        version = forms.Version(request.POST)
        seen = version.cleaned_data["seen_version"] if version.is_valid() else None
        saved = _tried(
            form,
            lambda: services.save_draft(
                content=form.content(),
                by=request.actor,
                referral_id=referral_id,
                consent_given=form.given(),
                seen_version=seen,
            ),
        )
        if saved is not None:
            return _saved(request, saved.id)
    return _form_page(request, form, found.resident_id, enclosing.put_or_taken_off(found), referral=found)


@require_http_methods(["GET", "POST"])
@may(Action.WRITE_REFERRAL)
def emergency(request: HttpRequest) -> HttpResponse:
    """Write down somebody who is here as an emergency without paper."""
    resident_id = _uuid(request.GET.get("resident", ""))
    if resident_id is None:
        return page(request, "referrals/whom.html", {"target": "referrals:emergency"})
    residents.open_record(resident_id, by=request.actor, what="referral")
    initial = {"receiver_id": request.actor.org_id, "urgency": "emergency"}
    form = forms.Emergency(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = _tried(
            form,
            lambda: services.admit_emergency(
                resident_id=resident_id,
                sender_id=form.cleaned_data["sender_id"],
                content=form.content(),
                by=request.actor,
            ),
        )
        if saved is not None:
            return done(request, "referrals:detail", saved.id, message=_("已登记到诊，转出机构会收到补手续的提醒"))
    context = {
        "form": form,
        "person": resident_facts.summary(resident_id, request.actor.today),
        "senders": choices.senders(by=request.actor),
        "status": 422,
    }
    return page(request, "referrals/emergency.html", context, status=_status(form))


@require_POST
@may(Action.WRITE_REFERRAL)
def advice(request: HttpRequest) -> HttpResponse:
    """What the catalogue says of the diagnosis chosen, and which places are free where.

    A POST: the whole form comes along, and what it says of a person does not belong into an address.
    """
    code = request.POST.get("diagnosis_code", "")[:20]
    where = choices.whereto(request.POST.get("receiver_id", ""), by=request.actor)
    wants, department_id = request.POST.get("wants", "clinic"), request.POST.get("receiver_department_id", "")
    changed = request.headers.get("HX-Trigger-Name", "")
    context = {
        "form": forms.Up(
            initial={name: request.POST.get(name, "") for name in ("receiver_department_id", "outside_reason")}
        ),
        "where": where,
        "whereto_too": changed != "receiver_department_id",  # what the user just chose stays under her hands
        "alliance_first": value("referrals.alliance_first", on=request.actor.today, at=request.actor.org_id),
        "wants": wants,
        "lines": catalogue_lines.advice(code, by=request.actor) if code else [],
        "code": code,
        "tone": presenters.GUIDANCE_TONE,
        "labels": choices.GUIDANCE,
        "places": choices.places_shown(where, wants, department_id, by=request.actor),
    }
    return fragment(request, "referrals/_advice.html", context)


@require_http_methods(["GET", "POST"])
@may(Action.WRITE_REFERRAL)
def paperwork(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Bring the paper of an emergency that went first."""
    found = selectors.detail(referral_id, by=request.actor).referral
    initial = {"summary": found.summary, "seen_version": found.version}
    form = forms.Paperwork(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.given() or services.Given(relation="", how="")
        saved = _tried(
            form,
            lambda: services.complete_paperwork(
                referral_id=referral_id,
                summary=form.cleaned_data["summary"],
                consent_given=given,
                by=request.actor,
                seen_version=form.cleaned_data["seen_version"],
            ),
        )
        if saved is not None:
            return done(request, "referrals:detail", referral_id, message=_("手续已补齐"))
    context = {
        "form": form,
        "referral": found,
        "has_consent": found.consent is not None and not found.consent.is_missing,
        "consent_text": TEXT,
    }
    return page(request, "referrals/paperwork.html", context, status=_status(form))


@require_POST
@may(Action.WRITE_REFERRAL)
def pick_resident(request: HttpRequest) -> HttpResponse:
    """The rows of the picker: residents whom the actor may find."""
    found = resident_facts.search(searching.posted(request), by=request.actor, limit=10)
    return fragment(request, "referrals/_pick_residents.html", {"found": found})


def _saved(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Go to the page; with "send" pressed, send it at once."""
    if "send" in request.POST:
        try:
            services.submit(referral_id=referral_id, by=request.actor)
        except InvalidInput as flaw:  # the draft is kept; what it lacks is brought on its own page
            said = _("草稿已保存，还没有提交：%(why)s") % {"why": flaw.said(_)}
            return done(request, "referrals:edit", referral_id, message=said)
        return done(request, "referrals:detail", referral_id, message=_("已提交"))
    return done(request, "referrals:detail", referral_id, message=_("草稿已保存"))


def _form_page(
    request: HttpRequest, form: forms.Up, resident_id: UUID, recording_ids: list[UUID], referral=None
) -> HttpResponse:
    """`recording_ids`: what may go with it, whether or not its box is ticked."""
    ticked = form.fields["recording_ids"].known(form["recording_ids"].value())
    context = {
        "form": form,
        "referral": referral,
        "person": resident_facts.summary(resident_id, request.actor.today),
        "receivers": choices.receivers(by=request.actor),
        "where": choices.whereto(form["receiver_id"].value(), by=request.actor),
        "diagnosis": choices.diagnosis_text(form["diagnosis_code"].value(), by=request.actor),
        "enclosable": enclosing.to_enclose(resident_id, {*recording_ids, *ticked}),
        "ticked": ticked,
        "consent_text": TEXT,
        "alliance_first": value("referrals.alliance_first", on=request.actor.today, at=request.actor.org_id),
        "paper_limit": value("referrals.emergency_paper", on=request.actor.today, at=request.actor.org_id),
    }
    return page(request, "referrals/form.html", context, status=_status(form))


def _tried(form, act):
    """Do it; what the service finds wrong with the input is said beside the field."""
    try:
        return act()
    except InvalidInput as flaw:
        choices.put_error(form, flaw)
        return None


def _status(form) -> int:
    return 422 if form.is_bound and form.errors else 200


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
