"""One's own account: second factors, recovery codes, devices; and the small answers that keep a session open."""

from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.foundation.orgs import codes, forms, passkeys, security, services, sessions, staying
from tongmai.foundation.orgs.guards import signed_in
from tongmai.foundation.orgs.services.confirming import confirm_self
from tongmai.foundation.orgs.services.factors import own_passkeys
from tongmai.foundation.orgs.views.showing import send, show, show_form
from tongmai.kernel.errors import InvalidInput
from tongmai.ui.http import done, shown_once

_SECRET, _QUESTION = "new_authenticator", "new_passkey"


@require_safe
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    by = request.actor
    context = {
        "own": security.own(by=by, here=staying.sign_in_id(request)),
        "is_required": sessions.must_add_factor(request),
        "has_passkeys": _place(request).has_passkeys,
        "kinds": {"totp": _("动态码"), "passkey": _("通行密钥")},
        "now": by.now,
    }
    return show(request, "security", **context)


@require_http_methods(["GET", "POST"])
@signed_in
def authenticator(request: HttpRequest) -> HttpResponse:
    """Show the QR code of a new secret; take it into use once a code of it comes back."""
    by = request.actor
    secret = request.session.setdefault(_SECRET, codes.new_secret())
    form = forms.AuthenticatorForm(request.POST or None, initial={"name": _("我的手机")})

    def act():
        entered = form.cleaned_data
        confirm_self(by=by, password=entered["password"])
        here = staying.sign_in_id(request)
        return services.add_authenticator(
            by=by, secret=secret, code=entered["code"], name=entered["name"], sign_in_id=here
        )

    if request.method == "POST" and form.carries_out(act):
        del request.session[_SECRET]
        return _added(request)
    address = codes.address(secret, account=request.user.username, issuer=_("通脉"))
    picture = segno.make(address, micro=False).svg_data_uri(scale=5, border=2)
    shown = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    status = 422 if request.method == "POST" else 200
    return show(request, "authenticator", status, form=form, picture=picture, secret=shown)


@require_http_methods(["GET", "POST"])
@signed_in
def passkey(request: HttpRequest) -> HttpResponse:
    """Ask the browser to make a passkey, and take it into use."""
    by, place = request.actor, _place(request)
    if not place.has_passkeys:
        raise InvalidInput(field=_("通行密钥"), problem=_("须用域名和 HTTPS 打开本系统才能使用；请改用动态码"))
    form = forms.PasskeyForm(request.POST or None, initial={"name": _("这台电脑")})

    def act():
        entered = form.cleaned_data
        confirm_self(by=by, password=entered["password"])
        try:
            made = passkeys.made(place, request.session.pop(_QUESTION, {}), entered["answer"])
        except passkeys.NotProven:
            raise InvalidInput(field="answer", problem=_("浏览器的回答不能用，请重试一次")) from None
        return services.add_passkey(by=by, made=made, name=entered["name"], sign_in_id=staying.sign_in_id(request))

    if request.method == "POST" and form.carries_out(act):
        return _added(request)
    question, kept = passkeys.ask_to_make(
        place, user_id=by.user_id.bytes, name=request.user.username, existing=own_passkeys(by=by)
    )
    request.session[_QUESTION] = kept
    return show(request, "passkey", 422 if request.method == "POST" else 200, form=form, question=question)


@require_http_methods(["GET", "POST"])
@signed_in
def recovery_codes(request: HttpRequest) -> HttpResponse:
    by = request.actor
    form = forms.ConfirmSelf(request.POST or None)

    def act():
        confirm_self(by=by, password=form.cleaned_data["password"])
        return services.make_recovery_codes(by=by)

    if request.method == "POST" and form.carries_out(act):
        shown = show(request, "recovery_codes", codes=form.result)
        return shown_once(shown, reverse("orgs:security"), _("恢复码已生成，只显示一次。没有保存的，请再生成一组。"))
    return show_form(
        request,
        form,
        title=_("恢复码"),
        lead=_("手机或密钥丢失时，每个恢复码可以代替一次验证。新的一组出来后，以前的立即作废。"),
        label=_("生成恢复码"),
        back=reverse("orgs:security"),
    )


@require_http_methods(["GET", "POST"])
@signed_in
def remove_factor(request: HttpRequest, factor_id: UUID) -> HttpResponse:
    by = request.actor
    factor = security.own_factor(factor_id, by=by)
    form = forms.ConfirmSelf(request.POST or None)

    def act():
        confirm_self(by=by, password=form.cleaned_data["password"])
        services.remove_factor(by=by, factor_id=factor.id)

    return send(
        request,
        form,
        act,
        title=_("移除验证方式"),
        lead=factor.name,
        label=_("移除"),
        back=reverse("orgs:security"),
        to=lambda _result: ("orgs:security",),
        message=_("已移除。"),
    )


@require_POST
@signed_in
def end_device(request: HttpRequest, sign_in_id: UUID) -> HttpResponse:
    services.end_own(by=request.actor, sign_in_id=sign_in_id)
    return done(request, "orgs:security", message=_("已在那台设备上退出。"))


@require_POST
@signed_in
def end_everywhere(request: HttpRequest) -> HttpResponse:
    """The next request of every device, this one too, finds its session over."""
    services.end_everywhere(by=request.actor)
    return done(request, "portal:home")


@require_http_methods(["GET", "POST"])
@signed_in
def stay(request: HttpRequest) -> HttpResponse:
    """Say how many seconds are left; a POST is "stay signed in".  A GET of the page itself is no action."""
    response = JsonResponse({"left": staying.seconds_left(request, request.actor)})
    response["Cache-Control"] = "no-store"
    return response


def _added(request: HttpRequest) -> HttpResponse:
    if security.own(by=request.actor, here=None).n_codes_left:
        return done(request, "orgs:security", message=_("已添加。下次登录时会用到。"))
    return done(request, "orgs:recovery-codes", message=_("已添加。请再生成一组恢复码，以防丢失。"))


def _place(request: HttpRequest) -> passkeys.Place:
    return passkeys.Place(request.scheme or "http", request.get_host())
