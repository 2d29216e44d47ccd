"""What happens with results.  Ids and codes only: what was found stays in the tables."""

from uuid import UUID

from tongmai.foundation.audit.events import event


@event
class RequestReceived:
    resident_id: UUID
    request_id: UUID
    state: str


@event
class ReportReceived:
    """A report came, or a further version of one.  `is_critical`: somebody must be told at once."""

    resident_id: UUID
    report_id: UUID
    kind: str
    version: int
    is_critical: bool


@event
class DocumentReceived:
    resident_id: UUID
    document_id: UUID
