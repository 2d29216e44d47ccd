"""A message on its way in, and how it fails."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tongmai.exchange.hl7v2.faults import Fault
from tongmai.exchange.models import InboundMessage, SourceObject, SourceSystem
from tongmai.exchange.telling import Opened
from tongmai.foundation.orgs.actors import Actor


@dataclass(frozen=True)
class Arrival:
    """What a function of the table is given.  `by` acts for the member whose system it is.

    `said_at` is when what the message tells happened; a clock that runs ahead does not make it newer than its arrival.
    `is_begun_anew`: it is kept for good, and whoever applies it begins anew where somebody else was faster or the machine
    failed; else each part sees to that itself.
    `entries` are the objects that are locked for it by (kind, key), `seen` what others of them are here (`objects`).
    """

    message: InboundMessage
    opened: Opened
    source: SourceSystem
    said_at: datetime
    by: Actor
    is_begun_anew: bool = False
    entries: dict[tuple[str, str], SourceObject] = field(default_factory=dict)
    seen: dict[tuple[str, str], UUID | None] = field(default_factory=dict)

    @property
    def read(self) -> Any:
        """What came, in the terms of its own format."""
        return self.opened.body

    @property
    def event(self) -> str:
        """The trigger event, e.g. A01."""
        return self.read.type[1]


class NotApplied(Exception):
    """A message cannot be applied; `faults` say why and where, for a person and for the sender."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(", ".join(fault.what for fault in faults))
        self.faults = faults
