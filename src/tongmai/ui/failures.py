"""How a failure is shown: a page, a fragment over the page, or problem+json, whichever the caller can read."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from tongmai.kernel.errors import TongmaiError, http_status
from tongmai.ui import api, http


def shown(request: HttpRequest, status: int, code: str, title: str, help_text: str = "") -> HttpResponse:
    """Answer with the failure in the form that this caller reads."""
    if request.path.startswith("/api/"):
        return api.problem(status, code, title)
    context = {"status": status, "title": title, "help_text": help_text, "code": code}
    if getattr(request, "htmx", False):
        response = http.fragment(request, "ui/_failure.html", context, status=status)
        response["HX-Retarget"] = "#tm-notices"
        response["HX-Reswap"] = "innerHTML show:top"
        return response
    return http.page(request, "ui/failure.html", context, status=status)


def of_error(request: HttpRequest, error: TongmaiError) -> HttpResponse:
    """Answer with one of our errors."""
    if request.path.startswith("/api/"):
        return api.problem_of(error)
    return shown(request, http_status(error), error.code, error.said(gettext))


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send the caller to sign in and back; an htmx caller leaves its page, so that nothing is swapped into it."""
    if not getattr(request, "htmx", False):
        return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
    response = HttpResponse(status=200)
    response["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
    return response


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Django's handler404."""
    return shown(
        request, 404, "not-found", _("没有找到，或者您无权查看"), _("地址可能已经失效。请从左侧菜单或搜索重新进入。")
    )


def not_permitted(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Django's handler403."""
    return shown(
        request,
        403,
        "not-permitted",
        _("您当前的岗位不能进行这项操作"),
        _("如果您有多个岗位，请在右上角切换岗位后再试。"),
    )


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Django's handler400."""
    return shown(request, 400, "bad-request", _("请求的内容不符合要求"))


def broken(request: HttpRequest) -> HttpResponse:
    """Django's handler500.  It must not fail itself: no session, no actor, no database."""
    if request.path.startswith("/api/"):
        return api.problem(500, "broken", _("系统出错，已记录。请稍后再试"))
    return HttpResponse(render_to_string("ui/broken.html"), status=500)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW."""
    return shown(
        request,
        403,
        "csrf",
        _("页面停留太久，需要重新确认"),
        _("为了安全，本次提交没有生效。请返回、刷新页面后再提交；填写的内容仍保留在本机。"),
    )
