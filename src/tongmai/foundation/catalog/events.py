"""What happens in the catalogue."""

from datetime import date
from uuid import UUID

from tongmai.foundation.audit.events import event


@event
class PriceSet:
    """An item has this price from a day on; without an amount: it has none from then on."""

    price_id: UUID
    system: str
    code: str
    amount_fen: int | None
    starts_on: date


@event
class CatalogLoaded:
    """A table of the catalogue was loaded or imported.  `table` is e.g. icd10 or divisions."""

    table: str
    version: str
    starts_on: date
    n_new: int
    n_changed: int
    n_same: int
