"""Who may see these pages.  The table of permissions lies in the layer above; its actions are known here by name."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from tongmai.kernel.errors import NotPermitted, NotSignedIn

OPERATE = "operations.see"
READ_AUDIT = "audit.read"


def may(action: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Refuse visitors, and posts whose role does not include `action`."""

    def check(request: Any) -> None:
        if request.actor is None:
            raise NotSignedIn()
        if not request.actor.may(action):
            raise NotPermitted(action=action)

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
            check(request)
            return view(request, *args, **kwargs)

        guarded.check_door = check  # type: ignore[attr-defined]  # for the API, which asks before it reads
        return guarded

    return guard
