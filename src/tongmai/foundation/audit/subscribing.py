"""The register of subscribers.  Filled by config/subscriptions.py and by nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tongmai.foundation.audit.events import name_of

Handler = Callable[..., None]


@dataclass(frozen=True)
class Subscriber:
    """A handler `(event, key, by)` of one event.  `name` is stored with each delivery, so it must not change."""

    name: str
    handle: Handler
    in_transaction: bool


_subscribers: dict[str, list[Subscriber]] = {}
_unheard: dict[str, str] = {}


def on(event_class: type, *, in_transaction: bool = False) -> Callable[[Handler], Handler]:
    """Subscribe the decorated handler to `event_class`."""

    def subscribe(handle: Handler) -> Handler:
        entry = Subscriber(name=handle.__name__, handle=handle, in_transaction=in_transaction)
        _subscribers.setdefault(name_of(event_class), []).append(entry)
        return handle

    return subscribe


def unheard(event_class: type, *, because: str) -> None:
    """Declare that nobody needs to hear `event_class`, and why."""
    _unheard[name_of(event_class)] = because


def subscribers_of(event_name: str) -> list[Subscriber]:
    """Return the subscribers of an event, in the order of the page."""
    return _subscribers.get(event_name, [])


def is_answered_for(event_name: str) -> bool:
    """Whether the page names the event: heard by someone, or declared unheard."""
    return event_name in _subscribers or event_name in _unheard


def subscriber(event_name: str, name: str) -> Subscriber | None:
    """Return the subscriber of that name, or None when the page no longer lists it."""
    return next((entry for entry in subscribers_of(event_name) if entry.name == name), None)


def as_dict() -> dict[str, Any]:
    """Return who hears what, and what nobody hears and why; for the manual."""
    return {"heard": {k: [s.name for s in v] for k, v in _subscribers.items()}, "unheard": dict(_unheard)}
