"""Decorators in front of views: signed in, and in a post that may."""

from collections.abc import Callable
from functools import wraps

from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotPermitted, NotSignedIn


def signed_in(view: Callable) -> Callable:
    """Refuse visitors: the error table sends a page to the sign-in, a program to 401."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.actor is None:
            raise NotSignedIn()
        return view(request, *args, **kwargs)

    return guarded


def may(*actions: Action) -> Callable[[Callable], Callable]:
    """Refuse posts whose role includes none of `actions`."""

    def guard(view: Callable) -> Callable:
        @signed_in
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not any(request.actor.may(action) for action in actions):
                raise NotPermitted()
            return view(request, *args, **kwargs)

        return guarded

    return guard
