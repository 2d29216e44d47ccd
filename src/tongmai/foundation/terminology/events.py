"""What happened to local codes."""

from uuid import UUID

from tongmai.foundation.audit.events import event


@event
class CodeMapped:
    """A person has said what a local code means: `relation` is equivalent, wider, narrower or none."""

    local_code_id: UUID
    org_id: UUID
    code_set: str
    relation: str
    unified_code: str


@event
class CodeUnmapped:
    """What was said of a local code was taken back."""

    local_code_id: UUID
    org_id: UUID
    code_set: str
