"""Coming in: name and password, then the second question where the account has a second factor.

Between the two nobody is signed in: the session only remembers, for a few minutes, whose password was right.
"""

from datetime import datetime, timedelta
from urllib.parse import quote
from uuid import UUID

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongmai.foundation.orgs import devices, limits, passkeys, passwords, sessions, staying
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.services import attempts
from tongmai.foundation.orgs.services.factors import Proof, passkeys_of, use
from tongmai.foundation.texting import senders
from tongmai.kernel.errors import TooMany
from tongmai.kernel.months import local_day
from tongmai.portal import forms, services
from tongmai.ui.http import page

_PENDING, _QUESTION = "pending_sign_in", "passkey_question"
_PENDING_FOR = timedelta(minutes=10)


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password.  The session gets a new key, so that one set up beforehand is worth nothing."""
    form = forms.SignIn(request.POST or None)
    next_page, by_code = onward(request), senders.sender() is not None
    if request.method == "GET":
        if request.actor is not None:
            return redirect(next_page)
        return page(request, "portal/sign_in.html", {"form": form, "next": next_page, "by_code": by_code})
    if not form.is_valid():
        return page(request, "portal/sign_in.html", {"form": form, "next": next_page, "by_code": by_code}, status=422)
    too_fast = limits.sign_in_too_fast(request)
    if too_fast:
        return _paused(request, form, too_fast, "portal/sign_in.html", next=next_page, by_code=by_code)
    try:
        let_in = _try_password(request, form)
    except TooMany as pause:
        return _paused(request, form, pause, "portal/sign_in.html", next=next_page, by_code=by_code)
    if let_in is None:
        return page(request, "portal/sign_in.html", {"form": form, "next": next_page, "by_code": by_code}, status=422)
    return redirect(next_page) if let_in else _to_second(next_page)


@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for what only the holder has.  Without a right password before there is nothing to ask."""
    now = timezone.now()
    user = _pending(request, now)
    if user is None:
        return redirect("portal:sign-in")
    form = forms.SecondFactor(request.POST or None)
    template = "portal/second_factor.html"
    if request.method == "POST" and form.is_valid():
        try:
            if _try_proof(request, form, user, now):
                return redirect(onward(request))
        except TooMany as pause:
            return _paused(request, form, pause, template, next=onward(request), question="")
    shown = {"form": form, "next": onward(request), "question": _passkey_question(request, user)}
    return page(request, template, shown, status=422 if request.method == "POST" else 200)


def onward(request: HttpRequest) -> str:
    """Return where to go next: an address of ours, from its root; what another site or nobody would understand is home."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe and target.startswith("/") else "/"


def _try_password(request: HttpRequest, form: forms.SignIn) -> bool | None:
    """True: in.  False: the second question comes.  None: refused, and the form says why.

    Raises:
        TooManyAttempts: the name or the address pauses.
    """
    now, name = timezone.now(), form.cleaned_data["username"]
    tried = [attempts.of_account(name), attempts.of_address(devices.address_of(request))]
    attempts.charge(*tried, now=now)
    user = auth.authenticate(request, **form.cleaned_data)
    if user is None:
        services.note_refusal(name, by=Actor.system(now=now))
        attempts.note_lock(name, by=Actor.system(now=now))
        form.add_error(None, _("用户名或密码不正确。密码区分大小写。"))
        return None
    attempts.give_back(*tried, now=now)
    if passwords.is_expired_initial(user, on=local_day(now)):
        form.add_error(None, _("初始密码已过期，请联系本单位的安全管理员重设。"))
        return None
    if user.second_factor_on is not None:
        request.session.flush()
        _remember(request, user, now)
        return False
    return True if _enter(request, form, user, now) else None


def _try_proof(request: HttpRequest, form: forms.SecondFactor, user, now: datetime) -> bool:
    tried = attempts.of_factor(user.pk)
    attempts.charge(tried, now=now)
    proof = Proof(
        code=form.cleaned_data["code"],
        passkey=form.cleaned_data["answer"],
        question=request.session.pop(_QUESTION, None),
        place=_place(request),
    )
    by = Actor.system(now=now)
    if not use(user, proof, by=by):
        services.note_refusal(user.get_username(), by=by)
        form.add_error(None, _("验证没有通过。动态码每三十秒换一个，每个只能用一次。"))
        return False
    attempts.give_back(tried, now=now)
    return _enter(request, form, user, now, has_second_factor=True)


def _enter(request: HttpRequest, form, user, now: datetime, *, has_second_factor: bool = False) -> bool:
    auth.login(request, user)
    if has_second_factor:
        staying.prove(request)
    actor = sessions.actor_of(request, now=now)
    if actor is None:
        staying.leave(request, now=now)
        auth.logout(request)
        form.add_error(None, _("这个账号目前没有有效的岗位，请联系本单位的安全管理员。"))
        return False
    services.note_sign_in(by=actor)
    return True


def ask_second(request: HttpRequest, user, next_page: str, *, now: datetime) -> HttpResponse:
    """Send somebody whose first proof was right on to the second question; nobody is signed in yet."""
    _remember(request, user, now)
    return _to_second(next_page)


def _remember(request: HttpRequest, user, now: datetime) -> None:
    request.session[_PENDING] = [user.pk.hex, user.get_session_auth_hash(), now.isoformat()]


def _pending(request: HttpRequest, now: datetime):
    """Return whose password was right a moment ago, None when nobody's was or it has been changed since."""
    user_hex, password_mark, since = request.session.get(_PENDING, ("", "", ""))
    if not user_hex or now - datetime.fromisoformat(since) > _PENDING_FOR:
        return None
    user = auth.get_backends()[0].get_user(UUID(user_hex))
    is_same = user is not None and constant_time_compare(user.get_session_auth_hash(), password_mark)
    return user if is_same else None


def _passkey_question(request: HttpRequest, user) -> str:
    place, existing = _place(request), passkeys_of(user)
    if not (existing and place.has_passkeys):
        return ""
    question, kept = passkeys.ask_to_prove(place, existing=existing)
    request.session[_QUESTION] = kept
    return question


def _paused(request: HttpRequest, form, pause: TooMany, template: str, **shown) -> HttpResponse:
    form.add_error(None, pause.said(_))
    response = page(request, template, {"form": form, **shown}, status=429)
    response["Retry-After"] = str(pause.facts["seconds"])
    return response


def _to_second(next_page: str) -> HttpResponse:
    return redirect(resolve_url("portal:second-factor") + ("" if next_page == "/" else f"?next={quote(next_page)}"))


def _place(request: HttpRequest) -> passkeys.Place:
    return passkeys.Place(request.scheme or "http", request.get_host())
