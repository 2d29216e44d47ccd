"""What an order number means.  Orders belong to another app; who wires the apps together lends the way to ask (config/ecg.py)."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Ordered:
    """An order for an electrocardiogram: of whom, and where it is to be taken."""

    order_number: str
    resident_id: UUID
    org_id: UUID
    item_name: str = ""


Ask = Callable[[str], Ordered | None]
_ask: Ask | None = None


def provide(ask: Ask) -> None:
    """Let `ask` answer for order numbers."""
    global _ask
    _ask = ask


def by_number(order_number: str) -> Ordered | None:
    """Return the order of this number; None where there is none, or nobody who knows."""
    return _ask(order_number) if _ask is not None and order_number else None
