"""How a failure is shown: a page, a fragment over the page, or problem+json, whichever the caller can read."""

import logging
import sys
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from tongmai.kernel.errors import TongmaiError, Unavailable, http_status
from tongmai.ui import api, databases, http

log = logging.getLogger(__name__)

# After how many seconds it is worth trying again.
RETRY_AFTER = {503: 5, 507: 60}


def shown(
    request: HttpRequest,
    status: int,
    code: str,
    title: str,
    help_text: str = "",
    saved_href: str = "",
    instead: str = "",
) -> HttpResponse:
    """Answer with the failure in the form that this caller reads; `saved_href` leads to what is there already,
    `instead` to what took the place of what was asked for."""
    if request.path.startswith(api.PROGRAMS):
        return api.problem(status, code, title)
    context = {"status": status, "title": title, "help_text": help_text, "code": code, "saved_href": saved_href}
    context["instead_href"] = instead
    if getattr(request, "htmx", False):
        return _over_the_page(http.fragment(request, "ui/_failure.html", context, status=status))
    return http.page(request, "ui/failure.html", context, status=status)


def _over_the_page(response: HttpResponse) -> HttpResponse:
    """Have htmx show the answer above the page instead of where it asked for something else."""
    response["HX-Retarget"] = "#tm-notices"
    response["HX-Reswap"] = "innerHTML show:top"
    response["HX-Reselect"] = ".tm-alert"  # who asked for a list in place wanted its part of a whole page
    response["HX-Push-Url"] = "false"
    return response


def of_error(request: HttpRequest, error: TongmaiError) -> HttpResponse:
    """Answer with one of our errors."""
    if request.path.startswith(api.PROGRAMS):
        response: HttpResponse = api.problem_of(error)
    else:
        instead = getattr(error, "instead_href", "")
        response = shown(request, http_status(error), error.code, error.said(gettext), instead=instead)
    seconds = RETRY_AFTER.get(response.status_code) or error.facts.get("seconds")
    if seconds:
        response["Retry-After"] = str(seconds)
    return response


def of_database(request: HttpRequest, failure: BaseException | None) -> HttpResponse | None:
    """Answer when `failure` is the database's and not a mistake of ours, else None."""
    error = databases.trouble(failure)
    if error is None:
        return None
    log.warning("%s %s: %s: %s", request.method, request.path, error.code, type(failure).__name__)
    return _unavailable(request, error)


def _unavailable(request: HttpRequest, error: Unavailable) -> HttpResponse:
    """The shell of our pages asks the database, and so do their notices: this page stands alone."""
    if request.path.startswith(api.PROGRAMS):
        return of_error(request, error)
    context = {"error": error, "title": error.said(gettext), "help_text": _what_became(request, error)}
    fragment = bool(request.headers.get("HX-Request"))
    return _alone(request, error, "ui/_failure.html" if fragment else "ui/unavailable.html", context)


def _alone(request: HttpRequest, error: Unavailable, template: str, context: dict[str, Any]) -> HttpResponse:
    status = http_status(error)
    context |= {"status": status, "seconds": RETRY_AFTER[status], "is_asked_again": request.method in {"GET", "HEAD"}}
    response = HttpResponse(render_to_string(template, context), status=status)
    response["Retry-After"] = str(RETRY_AFTER[status])
    response["Cache-Control"] = "no-store"
    if template == "ui/_failure.html":
        _over_the_page(response)
    return response


def _what_became(request: HttpRequest, error: Unavailable) -> str:
    """Say what became of what was asked: unknown only when the database went away while it was being written."""
    if request.method in {"GET", "HEAD"}:
        return _("恢复后重新打开即可。")
    if databases.may_be_saved(error):
        return _("刚才的操作可能没有保存。恢复后请先查看，没有保存再提交。")
    return _("刚才的操作没有保存，请稍后再提交一次。")


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
    """Django's handler400; a form that is too large is one, too, and a session that could not be kept."""
    if isinstance(
        exception, SessionInterrupted
    ):  # its row went while it was used: signed out elsewhere, or no room for it
        return _unavailable(request, Unavailable())
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_large(request)
    return shown(request, 400, "bad-request", _("请求的内容不符合要求"))


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer to a request that is larger than any that this product needs."""
    return shown(
        request,
        413,
        "too-large",
        _("提交的内容太大，没有处理"),
        _("一次最多 60 MB；请把文件分成几份，去掉图片和多余的工作表。"),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Django's handler500.  It must not fail itself: no session, no actor, no database.

    Sessions and actors are read outside of any view, so a database that is away ends here, too.
    """
    unavailable = of_database(request, sys.exc_info()[1])
    if unavailable is not None:
        return unavailable
    if request.path.startswith(api.PROGRAMS):
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
