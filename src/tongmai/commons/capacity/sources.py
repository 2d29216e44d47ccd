"""Where a booking comes from.  `id` names the thing in the app that asked, e.g. the referral; a desk has none."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class SourceKind(StrEnum):
    DESK = "desk"
    REFERRAL = "referral"
    RESIDENT = "resident"
    MESSAGE = "message"


@dataclass(frozen=True)
class Source:
    kind: SourceKind
    id: UUID | None = None


DESK = Source(SourceKind.DESK)
