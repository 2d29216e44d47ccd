"""Pages of sign-ins and tokens.  A secret is answered to the request that made it, and shown nowhere else."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.foundation.orgs import access, forms, listings, passwords, policy, services, staying
from tongmai.foundation.orgs.guards import may, signed_in
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.services.accounts import InitialPassword
from tongmai.foundation.orgs.views.showing import send, show, show_form
from tongmai.ui.http import done, shown_once
from tongmai.ui.paging import page_of


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_POSTS)
def create(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    by = request.actor
    person = access.staff(staff_id, by=by, to=Action.MANAGE_POSTS)
    form = forms.AccountForm(request.POST or None)

    def act():
        return services.create_account(by=by, staff_id=person.id, username=form.cleaned_data["username"])

    if request.method == "POST" and form.carries_out(act):
        return _password_once(request, form.result, person)
    return show_form(
        request,
        form,
        title=_("开通登录账号"),
        lead=f"{person.name}（{person.number}）",
        label=_("开通"),
        back=reverse("orgs:person", args=[person.id]),
    )


@require_POST
@may(Action.MANAGE_POSTS)
def reset(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    given = services.reset_password(by=request.actor, staff_id=staff_id)
    return _password_once(request, given, access.staff(staff_id, by=request.actor))


@require_POST
@may(Action.MANAGE_POSTS)
def deactivate(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    services.deactivate_account(by=request.actor, staff_id=staff_id)
    return done(request, "orgs:person", staff_id, message=_("账号已停用，立即生效。"))


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_POSTS)
def unlock(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    return _with_reason(
        request,
        staff_id,
        services.unlock,
        title=_("解除登录暂停"),
        lead=_("%(name)s 可以立即再试。请先确认是本人输错了密码。"),
        label=_("解除"),
        message=_("已解除，可以立即登录。"),
    )


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_POSTS)
def reset_factors(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    return _with_reason(
        request,
        staff_id,
        services.reset_factors,
        title=_("清除第二种验证方式"),
        lead=_("%(name)s 丢失手机或密钥时办理，请当面核对身份。清除后各处登录立即退出，恢复码作废。"),
        label=_("清除"),
        message=_("已清除。本人下次登录只用密码，之后可重新添加。"),
    )


def _with_reason(
    request: HttpRequest, staff_id: UUID, act: Callable[..., Any], *, lead: str, **shown: str
) -> HttpResponse:
    """Ask why before `act` is done to somebody's account; `lead` speaks of her by %(name)s."""
    by = request.actor
    person = access.staff(staff_id, by=by, to=Action.MANAGE_POSTS)
    form = forms.Reason(request.POST or None)
    return send(
        request,
        form,
        lambda: act(by=by, staff_id=person.id, reason=form.cleaned_data["reason"]),
        lead=lead % {"name": person.name},
        back=reverse("orgs:person", args=[person.id]),
        to=lambda _result: ("orgs:person", person.id),
        **shown,
    )


@require_POST
@may(Action.MANAGE_POSTS)
def reactivate(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    services.reactivate_account(by=request.actor, staff_id=staff_id)
    return done(request, "orgs:person", staff_id, message=_("账号已启用。"))


@require_http_methods(["GET", "POST"])
@signed_in
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; who has an initial one sees no other page before."""
    form = forms.PasswordForm(request.POST or None)
    if request.method == "POST" and form.carries_out(
        lambda: services.change_password(
            by=request.actor,
            current=form.cleaned_data["current"],
            new=form.cleaned_data["new"],
            sign_in_id=staying.sign_in_id(request),
        )
    ):
        update_session_auth_hash(request, form.result)
        return done(request, "portal:home", message=_("密码已修改，其他设备上的登录已失效。"))
    context = {
        "form": form,
        "is_initial": request.user.must_change_password,
        "is_old": passwords.is_too_old(request.user, on=request.actor.today),
        "advice": passwords.help_text(),
    }
    return show(request, "password", 422 if request.method == "POST" else 200, **context)


@require_safe
@may(Action.MANAGE_TOKENS)
def tokens(request: HttpRequest) -> HttpResponse:
    found = page_of(request, listings.tokens(by=request.actor))
    return show(request, "tokens", found=found, now=request.actor.now)


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_TOKENS)
def token_new(request: HttpRequest) -> HttpResponse:
    by = request.actor
    form = forms.TokenForm(request.POST or None, posts=listings.token_posts(by=by))

    def act():
        entered = form.cleaned_data
        return services.issue_token(by=by, post_id=UUID(entered["post"]), name=entered["name"], days=entered["days"])

    if request.method == "POST" and form.carries_out(act):
        issued = form.result
        facts = [
            (_("用途"), issued.name),
            (_("有效至"), issued.expires_at.date().isoformat()),
            (_("令牌"), issued.secret),
        ]
        back = reverse("orgs:tokens")
        shown = show(request, "secret", title=_("接口令牌"), facts=facts, back=back)
        return shown_once(shown, back, _("令牌已签发，只显示一次。没有抄录的，请撤销后重新签发。"))
    return show_form(
        request,
        form,
        title=_("签发令牌"),
        lead=_("程序凭令牌以该岗位的名义调用接口，权限与该岗位相同，每次调用都记入审计。"),
        label=_("签发"),
        back=reverse("orgs:tokens"),
        policies={"days": policy.value("orgs.token_lifetime", on=by.today, at=by.org_id)},
    )


@require_POST
@may(Action.MANAGE_TOKENS)
def token_revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    services.revoke_token(by=request.actor, token_id=token_id)
    return done(request, "orgs:tokens", message=_("令牌已撤销，立即失效。"))


def _password_once(request: HttpRequest, given: InitialPassword, person) -> HttpResponse:
    facts = [(_("姓名"), person.name), (_("用户名"), given.username), (_("初始密码"), given.password)]
    back = reverse("orgs:person", args=[person.id])
    shown = show(request, "secret", title=_("初始密码"), facts=facts, back=back)
    return shown_once(shown, back, _("初始密码已生成，只显示一次。没有抄录的，请重置密码。"))
