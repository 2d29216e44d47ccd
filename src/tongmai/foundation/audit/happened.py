"""What this app itself reports: it keeps its `events.py` for what an event is."""

from datetime import datetime

from tongmai.foundation.audit.events import event


@event
class DeliveryRetried:
    """An operator put a parked delivery back into the queue."""

    delivery_id: int


@event
class TrailExported:
    """An administrator took rows of the trail out of the system."""

    what: str
    n_rows: int


@event
class BackupMade:
    """Everything was copied into a file."""

    file_name: str
    n_bytes: int


@event
class BackupRestored:
    """This database was filled from a backup: what lay between the backup and this event is not in it."""

    file_name: str
    made_at: datetime
