"""Makes the actor of a request, and keeps whoever has an initial password at the page where it is changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from tongmai.foundation.orgs import sessions
from tongmai.foundation.orgs.errors import PasswordMustChange
from tongmai.ui import failures

# What somebody with an initial password may still do.
_OPEN = ("orgs:password", "portal:sign-out", "portal:language")


class ActorOfRequest:
    """Sets `request.actor`; None for a visitor who has not signed in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = sessions.actor_of(request, now=timezone.now())
        if request.actor is not None and sessions.must_change_password(request) and not _is_open(request):
            if request.path.startswith("/api/") or request.htmx:
                return failures.of_error(request, PasswordMustChange())
            return redirect("orgs:password")
        return self.get_response(request)


def _is_open(request: HttpRequest) -> bool:
    return request.path in {reverse(name) for name in _OPEN}
