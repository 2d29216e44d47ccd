"""One referral: its page, and the steps that are taken on it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.care.referrals import access, choices, forms, presenters, selectors, services, stepping
from tongmai.care.referrals.consent import TEXT
from tongmai.commons.residents import selectors as resident_facts
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput, StepNotAllowed
from tongmai.ui.http import done, page


@require_safe
@may(Action.SEE_REFERRALS)
def detail(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    found = selectors.detail(referral_id, by=request.actor)
    referral = found.referral
    received = "receiver" in found.sides or "reviewer" in found.sides
    audit.log_access(
        resident_id=referral.resident_id,
        by=request.actor,
        basis="referral_received" if received else "referral_sent",
        what="referral",
    )
    context = {
        "detail": found,
        "referral": referral,
        "person": resident_facts.summary(referral.resident_id, request.actor.today),
        "tag": presenters.tag(referral.state),
        "urgency": presenters.urgency_tag(referral.urgency),
        "deadline": presenters.deadline(referral.state_since, found.due_at, request.actor.now),
        "rail": presenters.rail(found),
        "facts": presenters.facts(referral),
        "steps": presenters.steps(found),
        "timeline": presenters.timeline(found.transitions),
        "consent": presenters.consent_text(referral),
        "plan": presenters.plan_of(referral),
        "enclosed": found.enclosed,
        "downs": [presenters.line(row, request.actor.now) for row in found.downs],
        "reads_case": request.actor.may(Action.OPEN_RECORD),
        "may_edit": referral.sender_id == request.actor.org_id
        and referral.state in {"draft", "returned"}
        and request.actor.may(Action.WRITE_REFERRAL),
        "may_send_down": referral.direction == "up"
        and referral.receiver_id == request.actor.org_id
        and referral.state in {"arrived", "treated", "closed"}
        and request.actor.may(Action.WRITE_REFERRAL),
        "may_note_decline": referral.state == "declined"
        and referral.sender_id == request.actor.org_id
        and referral.decline_seen_at is None,
        "may_follow_up": any(str(step) == "follow_up" for step in found.steps),
        "now": request.actor.now,
    }
    return page(request, "referrals/detail.html", context)


@require_POST
@may(Action.SEE_REFERRALS)
def step(request: HttpRequest, referral_id: UUID, name: str) -> HttpResponse:
    """Take a step that needs no more than a reason."""
    form = forms.Step(request.POST)
    if not form.is_valid():
        raise InvalidInput(field=_("理由"), problem=_("过长或无法识别"))
    seen = form.cleaned_data["seen_version"]
    stepping.take(
        name,
        referral=access.get(referral_id, by=request.actor, seen_version=seen),
        by=request.actor,
        seen_version=seen,
        said=stepping.Said(reason=form.cleaned_data["reason"]),
    )
    said = _("已完成：%(step)s") % {"step": presenters.STEPS[name][0]}
    return done(request, "referrals:detail", referral_id, message=said)


@require_POST
@may(Action.SEE_REFERRALS)
def note_decline(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    services.note_decline(referral_id=referral_id, by=request.actor)
    return done(request, "referrals:detail", referral_id)


@require_http_methods(["GET", "POST"])
@may(Action.SEE_REFERRALS)
def book(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Accept with a place or without one, book, book again, or move: the free places with the reserved ones marked."""
    found = selectors.detail(referral_id, by=request.actor)
    wanted = {str(step) for step in found.steps} & {"accept", "book", "reschedule"}
    if not wanted or found.referral.direction != "up":
        raise StepNotAllowed(state=found.referral.state, step="book")
    what = next(iter(sorted(wanted)))
    if request.method == "POST":
        form = forms.Booking(request.POST)
        if not form.is_valid():
            raise InvalidInput(field=_("时段"), problem=_("无法识别"))
        return _booked(request, _book(request, referral_id, what, form))
    context = {
        "referral": found.referral,
        "what": what,
        "person": resident_facts.summary(found.referral.resident_id, request.actor.today),
        "horizon": choices.horizon(request.actor),
        "stays": None,
        **_places(request, found.referral),
    }
    return page(request, "referrals/book.html", context)


def _places(request: HttpRequest, referral: selectors.Referral) -> dict:
    """What may be chosen: of beds the wards night by night, else the free sessions by day."""
    department = request.GET.get("department", "").replace("\x00", "")[:20]
    if referral.wants == "bed":
        asked = choices.stay_asked(referral, request.GET, by=request.actor)
        return {"stays": choices.stays_for(referral, department=department, by=request.actor, **asked)}
    places = choices.places_for(referral, by=request.actor)
    shown = [place for place in places if not department or place.department_code == department]
    return {
        "departments": choices.departments_of(places),
        "department": department,
        "days": choices.by_day(shown),
    }


def _booked(request: HttpRequest, referral: selectors.Referral) -> HttpResponse:
    """Say what came of it; where a night was full, which one."""
    if referral.state == "booked":
        return done(
            request, "referrals:detail", referral.id, message=_("已预约：%(place)s") % {"place": referral.booked_place}
        )
    full_on = selectors.missing_night(referral.id, by=request.actor)
    said = _("%(day)s 晚没有床位，已接收并列入待排号") % {"day": full_on} if full_on else _("已接收，列入待排号")
    return done(request, "referrals:detail", referral.id, message=said)


def _book(request: HttpRequest, referral_id: UUID, what: str, form: forms.Booking):
    data = form.cleaned_data
    pools = _pools(data["pool_ids"])
    facts = {"referral_id": referral_id, "by": request.actor, "seen_version": data["seen_version"]}
    if what == "reschedule":
        return services.reschedule(pool_ids=pools, reason=data["reason"], **facts)
    if what == "book":
        return services.book(pool_ids=pools, **facts)
    extra = {"note": data["reason"], "department_id": data["department_id"]}
    if not pools:
        return services.accept(**facts, **extra)
    return services.accept_and_book(pool_ids=pools, **facts, **extra)


def _pools(text: str) -> list[UUID]:
    try:
        return [UUID(part) for part in text.split()]
    except ValueError:
        raise InvalidInput(field=_("时段"), problem=_("无法识别")) from None


@require_http_methods(["GET", "POST"])
@may(Action.SEE_REFERRALS)
def record_consent(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Keep the consent that a message did not bring."""
    found = selectors.detail(referral_id, by=request.actor)
    if "record_consent" not in {str(step) for step in found.steps}:
        raise StepNotAllowed(state=found.referral.state, step="record_consent")
    form = forms.Consent(request.POST or None, initial={"seen_version": found.referral.version})
    if request.method == "POST" and form.is_valid():
        given = form.given() or services.Given(relation="", how="")
        seen = form.cleaned_data["seen_version"]
        try:
            services.record_consent(referral_id=referral_id, consent_given=given, by=request.actor, seen_version=seen)
            return done(request, "referrals:detail", referral_id, message=_("知情同意已保存"))
        except InvalidInput as flaw:
            choices.put_error(form, flaw)
    context = {"form": form, "referral": found.referral, "consent_text": TEXT}
    return page(request, "referrals/consent.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@may(Action.SEE_REFERRALS)
def redirect(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Send on to another receiver."""
    found = selectors.detail(referral_id, by=request.actor)
    if not {str(step) for step in found.steps} & {"redirect", "reassign"}:
        raise StepNotAllowed(state=found.referral.state, step="redirect")
    form = forms.Redirect(request.POST or None, initial={"seen_version": found.referral.version})
    if request.method == "POST" and form.is_valid():
        try:
            services.redirect(referral_id=referral_id, by=request.actor, **form.cleaned_data)
            return done(request, "referrals:list", message=_("已改转，等待新的接收机构答复"))
        except InvalidInput as flaw:
            choices.put_error(form, flaw)
    context = {
        "form": form,
        "referral": found.referral,
        "receivers": choices.redirect_receivers(found.referral, by=request.actor),
    }
    return page(request, "referrals/redirect.html", context, status=422 if form.errors else 200)
