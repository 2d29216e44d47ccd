"""What somebody is told before a merge is undone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongmai.commons.residents import access
from tongmai.commons.residents.models import Merge
from tongmai.commons.residents.services.later import LaterRow, later_rows
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import Conflict, NotFound


@dataclass(frozen=True)
class Undoing:
    """A standing merge, and what came since: `later` in the order of time, without what nobody needs to be asked about."""

    id: UUID
    survivor_id: UUID
    survivor_name: str
    retired_name: str
    merged_at: datetime
    reason: str
    later: tuple[LaterRow, ...]


def undoing(merge_id: UUID, *, by: Actor) -> Undoing:
    """Return a merge that may be undone.  What identifies the survivor is opened, and logged.

    Raises:
        NotFound, NotPermitted: absent or out of reach; this post does not decide who is who.
        Conflict: it is undone already.
    """
    require(by, Action.MATCH_RESIDENTS)
    done = Merge.objects.filter(id=merge_id).select_related("retired").first()
    if done is None:
        raise NotFound()
    survivor = access.identity(done.survivor_id, by=by, what="merges").resident
    if done.undone_at is not None:
        raise Conflict()
    return Undoing(
        id=done.id, survivor_id=survivor.id, survivor_name=survivor.name, retired_name=done.retired.name,
        merged_at=done.merged_at, reason=done.reason, later=tuple(each for each in later_rows(done) if each.is_shown),
    )  # fmt: skip
