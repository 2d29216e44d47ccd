"""What happens in the catalogue."""

from datetime import date

from tongmai.foundation.audit.events import event


@event
class CatalogLoaded:
    """A table of the catalogue was loaded or imported.  `table` is e.g. icd10 or divisions."""

    table: str
    version: str
    starts_on: date
    n_new: int
    n_changed: int
    n_same: int
