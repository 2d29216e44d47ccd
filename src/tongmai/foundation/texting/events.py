"""What happens with codes.  The resident only where the code reaches one; never a number, a phone or a code."""

from uuid import UUID

from tongmai.foundation.audit.events import event


@event
class CodeAsked:
    code_id: UUID
    resident_id: UUID | None


@event
class CodeUsed:
    code_id: UUID
    resident_id: UUID


@event
class CodeRefused:
    """What was entered is not the code, or the code is good for nothing any more."""

    code_id: UUID | None
