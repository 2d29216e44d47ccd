"""A step by its name, as pages and programs ask for it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tongmai.care.diagnostics import services
from tongmai.care.diagnostics.models import Order
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import NotFound

# Steps that need no more than a reason; the services themselves say who may take them.
PLAIN: dict[str, Callable[..., Order]] = {
    "perform": services.perform,
    "redo": services.perform,
    "send": services.send,
    "release": services.release,
    "submit": services.submit_report,
    "publish": services.submit_report,
    "verify": services.verify,
}
REASONED: dict[str, Callable[..., Order]] = {
    "cancel": services.cancel,
    "send_back": services.send_back,
    "amend": services.amend,
    "drop_amendment": services.drop_amendment,
}


def take(name: str, order_id: UUID, *, by: Actor, reason: str = "", seen_version: int | None = None) -> Order:
    """Take the step `name`.

    Raises:
        NotFound: no such step, or what the service says of the order.
    """
    asked: dict[str, Any] = {"by": by, "seen_version": seen_version}
    if name == "claim":
        return services.claim(order_id, by=by)
    if name in PLAIN:
        return PLAIN[name](order_id, **asked)
    if name in REASONED:
        return REASONED[name](order_id, reason=reason, **asked)
    raise NotFound()
