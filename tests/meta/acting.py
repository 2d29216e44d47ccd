"""Requests as somebody in particular, without the way through sign-in and session: for tables of thousands of them.

The views, their guards and the services are the product's own; only who asks is told instead of looked up, and a refusal
is answered without its page.  That the whole way does the same is shown by the tests that take it.
"""

import sys
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.handlers.base import BaseHandler
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import User
from tongmai.kernel.errors import TongmaiError, http_status

STACK = [
    "django_htmx.middleware.HtmxMiddleware",
    "tests.meta.acting.BareErrors",
    "tongmai.ui.middleware.PlainText",
]


class BareErrors:
    """Our errors as bare answers: their pages with menus and counts would take most of the time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return HttpResponse(status=http_status(exception)) if isinstance(exception, TongmaiError) else None


class Acting:
    """Sends requests as an actor; errors that are not ours are raised."""

    def __init__(self) -> None:
        self._factory = RequestFactory()
        self._users: dict[Any, Any] = {}
        self._failures: list[BaseException | None] = []
        self._handler = BaseHandler()
        with override_settings(MIDDLEWARE=STACK):
            self._handler.load_middleware()
        got_request_exception.connect(self._raised)

    def _raised(self, **_: Any) -> None:
        self._failures.append(sys.exc_info()[1])

    def send(self, actor: Actor | None, method: str, address: str, *, as_json: bool = False, **kwargs: Any) -> Any:
        """Return the answer to one request."""
        if method != "get" and as_json:
            kwargs = {"content_type": "application/json", "data": "{}"} | kwargs
        request = getattr(self._factory, method)(address, **kwargs)
        request._dont_enforce_csrf_checks = True
        request.actor = actor
        request.user = self._user(actor)
        request.session = SessionStore()
        self._failures.clear()  # other requests of this process are told here as well
        answer = self._handler.get_response(request)
        if self._failures:
            raise AssertionError(f"{method} {address}") from self._failures.pop()
        return answer

    def _user(self, actor: Actor | None) -> Any:
        if actor is None or actor.user_id is None:
            return AnonymousUser()
        if actor.user_id not in self._users:
            self._users[actor.user_id] = User.objects.get(id=actor.user_id)
        return self._users[actor.user_id]
