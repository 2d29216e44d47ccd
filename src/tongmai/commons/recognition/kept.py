"""Are the images or the tracing behind a report kept, so that they can be looked at?  Who keeps them says so here (config/recognition.py)."""

from collections.abc import Callable, Collection
from uuid import UUID

from tongmai.commons.recognition.rules import Kept

# (resident, order numbers) → by order number what is kept; what is not kept is left out.
Keeper = Callable[[UUID, Collection[str]], dict[str, Kept]]

_keepers: dict[str, Keeper] = {}


def provide(category: str, keeper: Keeper) -> None:
    """Register who keeps the data of reports of a category (commons/results `Category`)."""
    _keepers[category] = keeper


def of(category: str, resident_id: UUID, order_numbers: Collection[str]) -> dict[str, Kept]:
    """Return what is kept of these orders; where nobody keeps such data, nothing."""
    keeper = _keepers.get(category)
    wanted = {number for number in order_numbers if number}
    return keeper(resident_id, wanted) if keeper and wanted else {}
