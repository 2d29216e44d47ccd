"""Coming in as a resident: citizen's number, then the code that was sent to her phone.

Whether a number is known is never said: the same page follows, after the same work.  The code counts in the browser that
asked for it, which has a secret in its session for that.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongmai.commons.residents import signing_in as residents
from tongmai.commons.residents.errors import CounterNeeded
from tongmai.foundation.orgs import devices, limits, policy, sessions, vault
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.texting import senders
from tongmai.foundation.texting import services as texting
from tongmai.foundation.texting.errors import GatewayAway, WrongCode
from tongmai.kernel.errors import TongmaiError, TooMany, http_status
from tongmai.kernel.months import local_day
from tongmai.portal import forms, services, signing_in
from tongmai.portal.signing_in import onward
from tongmai.ui.http import page

_ASKED = "code_sign_in"  # in the session: what is needed to enter the code


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the citizen's number, and have a code sent."""
    if request.method == "GET" and request.actor is not None:
        return redirect(onward(request))
    form = forms.AskCode(request.POST or None)
    if request.method == "GET":
        return _shown(request, "portal/sign_in_code.html", form)
    if not form.is_valid():
        return _shown(request, "portal/sign_in_code.html", form, status=422)
    try:
        _send(request, form.cleaned_data["number"], now=timezone.now())
    except (TooMany, GatewayAway) as refusal:
        return _refused(request, "portal/sign_in_code.html", form, refusal)
    return redirect(_address("portal:sign-in-code-enter", request))


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for the code; `again` has another one sent."""
    asked = request.session.get(_ASKED)
    if not asked:
        return redirect(_address("portal:sign-in-code", request))
    if "again" in request.POST:
        return _send_again(request, asked)
    form = forms.EnterCode(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _entering(request, form, asked, status=422 if form.errors else 200)
    now = timezone.now()
    try:
        return _let_in(request, form.cleaned_data["code"], asked, now=now)
    except (WrongCode, TooMany, CounterNeeded) as refusal:
        form.add_error("code" if isinstance(refusal, WrongCode) else None, refusal.said(_))
        response = _entering(request, form, asked, status=http_status(refusal))
        return _with_wait(response, refusal)


def _send(request: HttpRequest, number: str, *, now: datetime) -> None:
    """Raises TooMany, GatewayAway."""
    if too_fast := limits.sign_in_too_fast(request):
        raise too_fast
    by = Actor.system(now=now)
    asker = texting.Asker(texting.new_secret(), devices.address_of(request))
    issued = texting.ask(number, reached=residents.reached_by_phone(number, by=by), asker=asker, by=by)
    request.session[_ASKED] = {
        "code": issued.code_id.hex,
        "secret": asker.secret,
        "number": vault.sealed(number.encode()),
        "next_at": issued.next_at.isoformat(),
    }


def _send_again(request: HttpRequest, asked: dict[str, str]) -> HttpResponse:
    try:
        _send(request, vault.opened(asked["number"]).decode(), now=timezone.now())
    except vault.Unreadable:
        return redirect(_address("portal:sign-in-code", request))
    except (TooMany, GatewayAway) as refusal:
        form = forms.EnterCode()
        response = _entering(request, form, asked, status=http_status(refusal), said=refusal.said(_))
        return _with_wait(response, refusal)
    return redirect(_address("portal:sign-in-code-enter", request))


def _let_in(request: HttpRequest, code: str, asked: dict[str, str], *, now: datetime) -> HttpResponse:
    """Raises WrongCode, TooManyWrongCodes, CounterNeeded."""
    by = Actor.system(now=now)
    asker = texting.Asker(asked["secret"], devices.address_of(request))
    try:
        number = vault.opened(asked["number"]).decode()
    except vault.Unreadable:
        raise WrongCode(field="code") from None
    resident_id = texting.use(UUID(asked["code"]), code, number=number, asker=asker, by=by)
    user = residents.account_of_reached(resident_id, by=by)
    next_page = onward(request)
    request.session.flush()  # a session set up beforehand is worth nothing
    if user.second_factor_on is not None:
        return signing_in.ask_second(request, user, next_page, now=now)
    auth.login(request, user)
    request.session[sessions.BY_CODE] = True
    services.note_sign_in(by=sessions.actor_of(request, now=now))
    return redirect(next_page)


def _entering(
    request: HttpRequest, form: forms.EnterCode, asked: dict[str, str], *, status: int = 200, said: str = ""
) -> HttpResponse:
    """Say how long until another code may be asked for."""
    left = (datetime.fromisoformat(asked["next_at"]) - timezone.now()).total_seconds()
    shown = {"wait": max(int(left + 0.999), 0), "said": said}
    return _shown(request, "portal/sign_in_code_enter.html", form, status=status, **shown)


def _shown(request: HttpRequest, template: str, form, *, status: int = 200, **more) -> HttpResponse:
    trial, on = settings.SMS if senders.is_for_trial() else "", local_day(timezone.now())
    more["life"] = policy.value("texting.code.life", on=on)
    more["adult_age"] = policy.value("residents.adult_age", on=on).int
    context = {
        "form": form,
        "next": onward(request),
        "trial": trial,
        "is_offered": senders.sender() is not None,
        **more,
    }
    return page(request, template, context, status=status)


def _refused(request: HttpRequest, template: str, form, refusal: TongmaiError) -> HttpResponse:
    form.add_error(None, refusal.said(_))
    return _with_wait(_shown(request, template, form, status=http_status(refusal)), refusal)


def _with_wait(response: HttpResponse, refusal: TongmaiError) -> HttpResponse:
    if "seconds" in refusal.facts:
        response["Retry-After"] = str(refusal.facts["seconds"])
    return response


def _address(name: str, request: HttpRequest) -> str:
    target = onward(request)
    return resolve_url(name) + ("" if target == "/" else f"?{urlencode({'next': target})}")
