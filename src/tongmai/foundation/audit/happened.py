"""What this app itself reports: it keeps its `events.py` for what an event is."""

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
