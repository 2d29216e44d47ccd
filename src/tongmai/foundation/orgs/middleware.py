"""Makes the actor of a request; ends sessions that are over; keeps whoever must first change her password or add a
second factor at the page where that is done; and holds back who searches too fast."""

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongmai.foundation.orgs import limits, sessions, staying
from tongmai.foundation.orgs.errors import PasswordMustChange, SecondFactorMissing
from tongmai.ui import failures
from tongmai.ui.api import PROGRAMS

_ALWAYS = ("portal:sign-out", "portal:language", "orgs:stay")
# What somebody with an initial password may still do, and somebody whose post asks for a second factor.
_TO_CHANGE_PASSWORD = (*_ALWAYS, "orgs:password")
_TO_ADD_FACTOR = (
    *_TO_CHANGE_PASSWORD, "orgs:security", "orgs:authenticator", "orgs:passkey", "orgs:recovery-codes", "portal:help",
)  # fmt: skip

WHY_OVER = {
    "idle": _("太久没有操作，为了安全已退出登录。请重新登录；填写过的内容仍保留在本机。"),
    "longest": _("这次登录已到最长时间，请重新登录；填写过的内容仍保留在本机。"),
    staying.ELSEWHERE: _("这里的登录已经结束，请重新登录。"),
}


class ActorOfRequest:
    """Sets `request.actor`; None for a visitor who has not signed in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        is_session = not sessions.has_token(request) and request.user.is_authenticated
        if is_session and staying.remembers_otherwise(request):
            request.session.reload()
        request.actor = sessions.actor_of(request, now=now)
        if is_session and request.actor is not None:
            self._end_if_over(request)
        return self._first(request) or self.get_response(request)

    def _end_if_over(self, request) -> None:
        why = staying.why_over(request, request.actor)
        if not why:
            return
        request.actor = None
        auth.logout(request)
        request.session["notices"] = [str(WHY_OVER[why])]

    def _first(self, request) -> HttpResponse | None:
        """Return what must be done before anything else, if there is such a thing."""
        if request.actor is None:
            return None
        if sessions.must_change_password(request):
            return _kept_at(request, "orgs:password", _TO_CHANGE_PASSWORD, PasswordMustChange())
        if sessions.must_add_factor(request):
            return _kept_at(request, "orgs:security", _TO_ADD_FACTOR, SecondFactorMissing())
        return None


class Pace:
    """Holds back who asks too fast at the addresses that settings.SEARCHES names."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request, view, *_args) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.view_name not in settings.SEARCHES:
            return None
        too_fast = limits.search_too_fast(request)
        return failures.of_error(request, too_fast) if too_fast else None


def _kept_at(request, name: str, may_still: tuple[str, ...], refusal) -> HttpResponse | None:
    if request.path in {reverse(each) for each in may_still}:
        return None
    if request.path.startswith(PROGRAMS) or request.htmx:
        return failures.of_error(request, refusal)
    return redirect(name)
