"""Decorators in front of views: signed in, and in a post that may.

Each leaves its check on the view as `check_door(request)`, so that the API asks it before it reads what was sent.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotPermitted, NotSignedIn


def signed_in(view: Callable) -> Callable:
    """Refuse visitors: the error table sends a page to the sign-in, a program to 401."""
    return _guarded(view, _check_signed_in)


def may(*actions: Action) -> Callable[[Callable], Callable]:
    """Refuse visitors, and posts whose role includes none of `actions`."""

    def check(request: Any) -> None:
        _check_signed_in(request)
        if not any(request.actor.may(action) for action in actions):
            raise NotPermitted()

    return lambda view: _guarded(view, check)


def _guarded(view: Callable, check: Callable[[Any], None]) -> Callable:
    @wraps(view)
    def guarded(request, *args, **kwargs):
        check(request)
        return view(request, *args, **kwargs)

    guarded.check_door = check
    return guarded


def _check_signed_in(request: Any) -> None:
    if request.actor is None:
        raise NotSignedIn()
